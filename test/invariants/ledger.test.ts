// The memory behind the invariants: what was committed, and what each log holds of it, beside models that keep everything.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CommittedLedger } from '../../src/invariants/committed-ledger.ts'
import { Lineage } from '../../src/invariants/lineage.ts'
import { ReplicaPast } from '../../src/invariants/replica-past.ts'
import { ReplicaTrail } from '../../src/invariants/replica-trail.ts'
import { append, batchOf, openLog, replicate } from '../log/fixtures.ts'
import { MemoryDisk } from '../log/memory-disk.ts'

describe('CommittedLedger', () => {
  it('finds batches by any of their offsets, however many there are', () => {
    const ledger = new CommittedLedger()
    for (let i = 0; i < 1000; i++) ledger.append(i * 3, i * 3 + 2, 1, i, 7)
    expect([ledger.size, ledger.endOffset]).toEqual([1000, 3000])
    for (const offset of [0, 1, 2, 3, 1499, 2999]) expect(ledger.indexOf(offset)).toBe(Math.floor(offset / 3))
    expect(ledger.indexOf(3000)).toBe(1000)
  })

  it('takes batches for the same if offsets, epoch and checksum agree', () => {
    const ledger = new CommittedLedger()
    ledger.append(0, 4, 1, 0xdeadbeef, 7)
    expect(ledger.isSame(0, 0, 4, 1, 0xdeadbeef)).toBe(true)
    expect(ledger.isSame(0, 0, 4, 2, 0xdeadbeef)).toBe(false)
    expect(ledger.isSame(0, 0, 4, 1, 0xdeadbeee)).toBe(false)
    expect(ledger.isSame(0, 0, 3, 1, 0xdeadbeef)).toBe(false)
    expect(ledger.isSame(1, 0, 4, 1, 0xdeadbeef)).toBe(false)
  })

  it('forgets whole batches', () => {
    const ledger = new CommittedLedger()
    ledger.append(0, 4, 1, 1, 7)
    ledger.append(5, 9, 1, 2, 7)
    expect(ledger.cutFrom(7)).toBe(5)
    expect([ledger.size, ledger.endOffset, ledger.cutFrom(0), ledger.endOffset]).toEqual([1, 5, 0, 0])
  })
})

/** A leader and a follower, their trails, and a ledger. */
class Pair {
  readonly ledger = new CommittedLedger()
  readonly forms = undefined
  readonly leader = openLog()
  follower = openLog(new MemoryDisk(), { dir: 'data/orders-0' })
  readonly leaderTrail = new ReplicaTrail(this, new ReplicaPast(new Lineage(), 1))
  readonly trail = new ReplicaTrail(this, new ReplicaPast(new Lineage(), 1))
  private written = 0

  write(count: number, epoch: number): void {
    append(this.leader, batchOf(Array.from({ length: count }, () => `v${this.written++}`)), epoch)
  }

  /** The follower writes records of its own. */
  stray(count: number, epoch: number): void {
    append(this.follower, batchOf(Array.from({ length: count }, () => `other ${this.written++}`)), epoch)
  }

  commit(): void {
    this.leaderTrail.catchUp(this.leader, 1)
    this.leaderTrail.commitTo(this.leader.logEndOffset, 1)
  }

  truncate(offset: number): void {
    this.follower.truncateTo(offset)
    this.trail.truncated(offset)
  }

  look(): void {
    this.trail.catchUp(this.follower, 1)
  }
}

describe('ReplicaTrail', () => {
  it('knows what a log holds, of what is committed now or later', () => {
    const pair = new Pair()
    pair.write(5, 1)
    replicate(pair.leader, pair.follower)
    pair.look()
    expect([pair.trail.endOffset, pair.trail.holds(0, 4)]).toEqual([5, false])
    pair.commit()
    expect([pair.trail.holds(0, 4), pair.trail.holds(2, 3), pair.trail.holdsAllCommitted]).toEqual([true, true, true])
    pair.write(2, 1)
    pair.commit()
    expect([pair.trail.holdsAllCommitted, pair.trail.firstMissing]).toEqual([false, 5])
  })

  it('tells other records at the same offsets, and what agrees before and after them', () => {
    const pair = new Pair()
    pair.write(2, 1)
    replicate(pair.leader, pair.follower)
    pair.write(3, 2)
    pair.stray(3, 2)
    pair.write(4, 2)
    replicate(pair.leader, pair.follower)
    pair.commit()
    pair.look()
    expect([pair.trail.holds(0, 1), pair.trail.holds(0, 2), pair.trail.holds(5, 8)]).toEqual([true, false, true])
    expect([pair.trail.firstMissing, pair.trail.differsTo]).toEqual([2, 4])
    pair.truncate(2)
    replicate(pair.leader, pair.follower)
    pair.look()
    expect(pair.trail.holdsAllCommitted).toBe(true)
  })

  it('tells batches cut at other places', () => {
    const pair = new Pair()
    pair.write(3, 1)
    pair.write(2, 1)
    pair.commit()
    pair.stray(2, 1)
    pair.stray(4, 1)
    pair.look()
    expect([pair.trail.holdsAllCommitted, pair.trail.firstMissing, pair.trail.differsTo]).toEqual([false, 0, 5])
  })

  it('reads a log anew after a restart', () => {
    const pair = new Pair()
    pair.write(5, 1)
    pair.commit()
    replicate(pair.leader, pair.follower)
    pair.look()
    pair.follower = openLog(new MemoryDisk())
    pair.look()
    expect([pair.trail.endOffset, pair.trail.holdsAllCommitted]).toEqual([0, false])
  })

  it('asks for nothing below the start of a log', () => {
    const pair = new Pair()
    pair.write(5, 1)
    pair.write(5, 1)
    pair.commit()
    pair.look()
    pair.follower.truncateFullyAndStartAt(5)
    pair.trail.truncated(5)
    replicate(pair.leader, pair.follower)
    pair.look()
    expect(pair.trail.holdsAllCommitted).toBe(true)
  })

  it('agrees with a comparison of all bytes, whatever is written, copied, committed and cut', () => {
    const step = fc.oneof(
      fc.tuple(fc.constantFrom('write' as const, 'stray' as const), fc.integer({ min: 1, max: 3 })),
      fc.tuple(fc.constantFrom('copy' as const, 'commit' as const, 'look' as const), fc.constant(0)),
      fc.tuple(fc.constant('truncate' as const), fc.nat(30)),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const pair = new Pair()
        for (const [what, n] of steps) {
          if (what === 'write') pair.write(n, 1)
          else if (what === 'stray') pair.stray(n, 1)
          else if (what === 'commit') pair.commit()
          else if (what === 'look') pair.look()
          else if (what === 'truncate') pair.truncate(Math.min(n, pair.follower.logEndOffset))
          else if (pair.follower.logEndOffset <= pair.leader.logEndOffset) copy(pair)
        }
        pair.look()
        const held = batchesOf(pair.follower)
        const committed = batchesOf(pair.leader).filter((batch) => batch.last < pair.ledger.endOffset)
        const missing = committed.filter((batch) => !held.some((other) => sameBatch(batch, other)))
        expect(pair.trail.holdsAllCommitted).toBe(missing.length === 0)
        for (const batch of committed) {
          if (pair.trail.holds(batch.base, batch.last)) expect(missing).not.toContainEqual(batch)
        }
        expect(pair.ledger.size).toBe(committed.length)
      }),
      { numRuns: 300 },
    )
  })
})

/** As a follower would if it asked at its log end, if a batch of the leader starts there. */
function copy(pair: Pair): void {
  const starts = batchesOf(pair.leader).some(({ base }) => base === pair.follower.logEndOffset)
  if (starts) replicate(pair.leader, pair.follower)
}

interface Batch {
  readonly base: number
  readonly last: number
  readonly bytes: string
}

function batchesOf(log: { logEndOffset: number; read: Pair['leader']['read'] }): Batch[] {
  const batches: Batch[] = []
  for (let offset = 0; offset < log.logEndOffset;) {
    const { bytes, nextOffset } = log.read(offset, 1, log.logEndOffset, true)
    if (bytes.length === 0) break
    batches.push({
      base: Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0)),
      last: nextOffset - 1,
      bytes: bytes.join(),
    })
    offset = nextOffset
  }
  return batches
}

function sameBatch(a: Batch, b: Batch): boolean {
  return a.base === b.base && a.bytes === b.bytes
}
