// Compacted logs and the invariants: what the cleaner may do is seen as nothing at all, what it may not do is found, at once
// and by those that ask for committed records.

import { describe, expect, it } from 'vitest'
import { ByteSink } from '../../src/log/cleaner/byte-sink.ts'
import { logToClean, offsetsToClean } from '../../src/log/cleaner/cleanable-offsets.ts'
import { cleanLog } from '../../src/log/cleaner/clean-log.ts'
import { OffsetMap } from '../../src/log/cleaner/offset-map.ts'
import { CommittedLedger } from '../../src/invariants/committed-ledger.ts'
import { CompactedForms } from '../../src/invariants/compaction/compacted-forms.ts'
import { judgeSwap, LatestOfKeys, type SwapProblem } from '../../src/invariants/compaction/segment-swaps.ts'
import { Recheck } from '../../src/invariants/index.ts'
import { NaiveLog } from '../../src/invariants/recheck/naive-log.ts'
import { RESOURCE_TYPE } from '../../src/metadata/metadata-image.ts'
import { patchProducer } from '../../src/records/record-batch.ts'
import { keyed, NOW_MS } from '../log/cleaner/batches.ts'
import { CleanedLog, COMPACTED, keyOf } from '../log/cleaner/cleaned-log.ts'
import { type MiniCluster, settled } from './mini-cluster.ts'

const VALUE = 'x'.repeat(60)
const RETENTION_MS = 1000

function compacted(): MiniCluster {
  const log = { ...COMPACTED, deleteRetentionMs: RETENTION_MS }
  return settled({ log, deleteRetentionMs: RETENTION_MS })
}

/** Batches of the leader, committed by all. */
function write(cluster: MiniCluster, leader: number, ...batches: readonly (readonly string[])[]): void {
  cluster.step(() => {
    for (const records of batches) {
      const result = cluster.at(leader).appendAsLeader(keyed(records), 1, 'client')
      expect(result.kind).toBe('appended')
    }
  })
  cluster.sync(...[1, 2, 3].filter((id) => id !== leader && cluster.isUp(id)))
}

/** Keys a, b and c, again and again: more than one segment. */
function overwrite(cluster: MiniCluster, leader = 1, times = 4): void {
  write(cluster, leader, ...Array.from({ length: times * 3 }, (_, i) => [`${'abc'[i % 3]}=${i}${VALUE}`]))
}

/** A round of the real cleaner, each step an event of its own. */
function clean(cluster: MiniCluster, id: number, nowMs = NOW_MS, cleanedTo?: number): number {
  const { log } = cluster.at(id)
  const tools = { map: new OffsetMap(24_000), loadFactor: 1, ioBufferBytes: 1 << 18, sink: new ByteSink(0) }
  const target = logToClean(log, offsetsToClean(log, cleanedTo, nowMs), nowMs)
  const steps = cleanLog(target, nowMs, tools)
  for (;;) {
    let end = -1
    cluster.step(() => {
      const step = steps.next()
      if (step.done === true) end = step.value.nextDirtyOffset
    })
    if (end >= 0) return end
  }
}

/** A cleaner that puts these batches in the place of the first segment. */
function cleanWrongly(cluster: MiniCluster, id: number, batches: readonly Uint8Array[], nowMs = NOW_MS): void {
  cluster.step(() => {
    const { log } = cluster.at(id)
    const cleaned = log.compaction.begin(0)
    let last = -1
    for (const bytes of batches) {
      last = Math.max(
        last + 1,
        Number(new DataView(bytes.buffer).getBigInt64(0)) + new DataView(bytes.buffer).getInt32(23),
      )
      cleaned.append(bytes, 0, bytes.length, last, NOW_MS, last)
    }
    log.compaction.swapIn({ cleaned, replaced: [log.segments.at(0)], roundMs: nowMs, firstDirtyOffset: 0 })
  })
}

/** The batches of the first segment of a replica. */
function firstSegment(cluster: MiniCluster, id: number): Uint8Array[] {
  const segment = cluster.at(id).log.segments.at(0)
  const batches: Uint8Array[] = []
  for (let at = 0; at < segment.sizeBytes;) {
    const size = 12 + new DataView(segment.file.read(at, 12).slice().buffer).getInt32(8)
    batches.push(segment.file.read(at, size).slice())
    at += size
  }
  return batches
}

describe('a cluster whose cleaners do what they may', () => {
  it('has nothing to hide: rounds on each replica, each for itself', () => {
    const cluster = compacted()
    let cleanedTo = 0
    for (let round = 0; round < 3; round++) {
      overwrite(cluster)
      write(cluster, 1, ['a', 'b=again'], ['c=again'])
      for (const id of [1, 2]) cleanedTo = clean(cluster, id, NOW_MS + round * 600, cleanedTo)
    }
    expect(cluster.at(1).log.sizeBytes).toBeLessThan(cluster.at(3).log.sizeBytes)
    expect(cluster.found).toEqual([])
  })

  it('may lose a member, which copies what compaction left, and may then lead', () => {
    const cluster = compacted()
    overwrite(cluster)
    clean(cluster, 1)
    const empty = cluster.snapshot(3)
    for (const file of empty.list('data/orders-0')) empty.remove(`data/orders-0/${file}`)
    cluster.commit({ isr: [1, 2] })
    cluster.losePower(3, empty)
    cluster.start(3)
    cluster.learn(1, 2, 3)
    cluster.sync(3, 2)
    expect(cluster.at(3).log.logEndOffset).toBe(cluster.at(1).log.logEndOffset)
    expect(cluster.at(3).log.sizeBytes).toBe(cluster.at(1).log.sizeBytes)
    cluster.commit({ isr: [1, 2, 3] })
    cluster.elect(3, [2, 3])
    cluster.crash(1)
    cluster.learn(2, 3)
    overwrite(cluster, 3, 1)
    expect(cluster.found).toEqual([])
  })

  it('may have a member that never had the batch with which an epoch began: it notes the first that it copies (R-10)', () => {
    const cluster = compacted()
    write(cluster, 1, ['kept=of epoch 0'])
    overwrite(cluster)
    cluster.sync(2, 3)
    cluster.elect(2, [1, 2, 3])
    cluster.learn(2, 1, 3)
    overwrite(cluster, 2)
    clean(cluster, 2)
    const empty = cluster.snapshot(3)
    for (const file of empty.list('data/orders-0')) empty.remove(`data/orders-0/${file}`)
    cluster.commit({ isr: [1, 2] })
    cluster.losePower(3, empty)
    cluster.start(3)
    cluster.learn(1, 2, 3)
    cluster.sync(3)
    cluster.sync(3)
    const startOf = (id: number): number | undefined =>
      cluster
        .at(id)
        .log.epochs.entries()
        .find(({ epoch }) => epoch === cluster.committed.leaderEpoch)?.startOffset
    expect(startOf(2)).toBe(13)
    expect(startOf(3)).toBeGreaterThan(13)
    expect(cluster.found).toEqual([])
    const { checker } = cluster
    const again = new Recheck(
      cluster.view,
      cluster.loop,
      cluster.bus,
      () => checker.violations,
      1e6,
      1,
      (partition) => checker.compactionOf(partition),
    )
    again.finish()
    // What is there it is asked of still.
    Object.defineProperty(cluster.at(3).log.epochs, 'epochForOffset', { value: () => 7 })
    expect(() => again.finish()).toThrow('epochs-fit-batches is violated on orders-0, and only the re-check found it')
  })

  it('may restart with logs full of holes, and cut them', () => {
    const cluster = compacted()
    overwrite(cluster)
    clean(cluster, 2)
    clean(cluster, 1)
    for (const id of [1, 2]) {
      cluster.crash(id)
      cluster.start(id)
    }
    cluster.elect(1, [1, 2, 3])
    cluster.learn(1, 2, 3)
    cluster.sync(2, 3)
    overwrite(cluster)
    expect(cluster.found).toEqual([])
  })
})

describe('what is no trouble either', () => {
  it('is a log cut in a hole that compaction made: read as it was written, it ends where it was cut', () => {
    const topic = new CleanedLog()
    for (let i = 0; i < 12; i++) topic.write(`${i === 0 ? 'z' : 'abc'[i % 3]}=${i}${VALUE}`)
    const ledger = new CommittedLedger()
    const forms = new CompactedForms()
    const written = topic.batches().map(({ base, last }) => ({ base, last, checksum: base * 7 }))
    for (const { base, last, checksum } of written) ledger.append(base, last, 0, checksum, 0)
    topic.clean()
    const kept = new Set(topic.batches().map(({ base }) => base))
    for (const { base, checksum } of written) if (!kept.has(base)) forms.batchReplaced(base, 0, checksum, undefined)
    const hole = written.map(({ base }) => base).filter((base) => !kept.has(base))
    expect(hole.slice(0, 3)).toEqual([1, 2, 3])
    topic.log.truncateTo(3)
    expect(topic.log.logEndOffset).toBe(3)
    const naive = new NaiveLog(topic.log, () => ({ ledger, forms }))
    naive.read()
    const { batches } = naive
    expect(Array.from({ length: batches.size }, (_, i) => batches.base(i))).toEqual([0, 1, 2])
  })

  it('is a tombstone that a follower was given with its date, and that goes with what it deletes', () => {
    const [leader, follower] = [new CleanedLog(), new CleanedLog()]
    const copy = (): void => {
      for (;;) {
        const { bytes } = leader.log.read(follower.log.logEndOffset, 1 << 20, leader.log.logEndOffset, true)
        if (bytes.length === 0) return follower.commit()
        expect(follower.log.appendAsFollower(bytes).kind).toBe('appended')
      }
    }
    leader.write(`a=0${VALUE}`)
    copy()
    leader.write('a')
    for (let i = 0; i < 12; i++) leader.write(`${'bc'[i % 2]}=${i}${VALUE}`)
    leader.clean({ nowMs: NOW_MS })
    copy()
    const dated = follower.batches().find(({ base }) => base === 1)
    expect(dated?.horizonMs).toBe(NOW_MS + RETENTION_MS)
    const swaps: SwapProblem[][] = []
    const latest = new LatestOfKeys()
    const context = { forms: new CompactedForms(), log: follower.log, deleteRetentionMs: RETENTION_MS }
    for (const steps = follower.steps({ nowMs: NOW_MS + RETENTION_MS }); steps?.next().done === false;) {
      const { lastSwap } = follower.log
      if (lastSwap !== undefined) swaps.push(judgeSwap(lastSwap, latest, context))
    }
    expect(follower.records().filter((record) => keyOf(record) === 'a')).toEqual([])
    expect(swaps.length).toBeGreaterThan(0)
    expect(swaps.flat()).toEqual([])
  })
})

describe('what the checker knows', () => {
  it('is what a round began with, also when the high watermark of a follower falls meanwhile (R-17)', () => {
    const cluster = compacted()
    write(cluster, 1, ['a=1'], ['a=2'])
    cluster.sync(2)
    const { log } = cluster.at(2)
    const round = { roundMs: NOW_MS, firstDirtyOffset: 0, cleaned: log.segments.active, replaced: [] }
    const latest = new LatestOfKeys()
    latest.read(log, round)
    expect(latest.of('a')).toBe(1)
    expect(log.updateHighWatermark(1)).toBe(1)
    latest.read(log, round)
    expect(latest.of('a')).toBe(1)
    latest.read(log, { ...round, roundMs: NOW_MS + 1 })
    expect(latest.of('a')).toBe(0)
  })

  it('are all swaps of an event, and delete.retention.ms also while no controller runs', () => {
    const cluster = settled({ log: { ...COMPACTED, deleteRetentionMs: RETENTION_MS } })
    const [name, value] = ['delete.retention.ms', String(RETENTION_MS)]
    const resource = { resourceType: RESOURCE_TYPE.topic, resourceName: 'orders' }
    cluster.image.apply({ type: 'ConfigRecord', ...resource, name, value }, 0)
    write(cluster, 1, ['z'])
    overwrite(cluster)
    clean(cluster, 2)
    Object.assign(cluster.view, { metadata: undefined })
    cluster.step(() => {
      const { log } = cluster.at(1)
      const tools = { map: new OffsetMap(24_000), loadFactor: 1, ioBufferBytes: 1 << 18, sink: new ByteSink(0) }
      const target = logToClean(log, offsetsToClean(log, undefined, NOW_MS), NOW_MS)
      for (const steps = cleanLog(target, NOW_MS, tools); steps.next().done !== true;);
    })
    Object.assign(cluster.view, { metadata: cluster.image })
    cluster.crash(1)
    cluster.start(1)
    cluster.elect(1, [1, 2, 3])
    cluster.learn(1, 2, 3)
    expect(cluster.at(1).log.sizeBytes).toBeLessThan(cluster.at(3).log.sizeBytes)
    expect(cluster.found).toEqual([])
  })
})

describe('a cleaner that does what it may not', () => {
  const lastOfB = (cluster: MiniCluster): Uint8Array[] => {
    // a=0, b=1, c=2 in the first segment; a and c are written again, b is not.
    write(cluster, 1, [`a=0${VALUE}`], [`b=1${VALUE}`], [`c=2${VALUE}`], [`a=3${VALUE}`], [`c=4${VALUE}`])
    return firstSegment(cluster, 1)
  }

  it('is found when it drops the last record of a key, and so is whoever leads without it', () => {
    const cluster = compacted()
    const [, , c] = lastOfB(cluster)
    cleanWrongly(cluster, 1, [c!])
    expect(cluster.unexcused).toEqual(['compaction-keeps-last'])
    expect(cluster.checker.violations[0]?.message).toBe('compaction on broker 1: offset 1 is gone, the last of its key')
    cluster.crash(1)
    cluster.start(1)
    cluster.elect(1, [1, 2, 3])
    cluster.learn(1)
    expect(cluster.unexcused).toContain('leader-completeness')
    expect(cluster.unexcused).toContain('isr-holds-committed')
  })

  it('is not, when a later record of the key is there', () => {
    const cluster = compacted()
    const [, b] = lastOfB(cluster)
    cleanWrongly(cluster, 1, [b!])
    expect(cluster.found).toEqual([])
  })

  it('is found when it changes a record', () => {
    const cluster = compacted()
    const [a, b, c] = lastOfB(cluster)
    b![b!.length - 5]! ^= 1
    cleanWrongly(cluster, 1, [a!, b!, c!])
    expect(cluster.unexcused).toEqual(['compaction-keeps-last'])
    expect(cluster.checker.violations[0]?.message).toContain('offset 1 is another record')
  })

  it('is found when it changes who wrote a batch', () => {
    const cluster = compacted()
    const [a, b, c] = lastOfB(cluster)
    patchProducer(c!, 0, 9, 0, 0)
    cleanWrongly(cluster, 1, [a!, b!, c!])
    expect(cluster.checker.violations[0]?.message).toContain('the batch at offset 2 has another last offset, producer')
  })

  it('is found when it makes up a batch, or moves one', () => {
    for (const base of [1, 5]) {
      const cluster = compacted()
      const [a, b, c] = lastOfB(cluster)
      const moved = c!.slice()
      new DataView(moved.buffer).setBigInt64(0, BigInt(base))
      cleanWrongly(cluster, 1, base === 1 ? [a!, moved] : [a!, b!, c!, moved])
      expect(cluster.unexcused).toContain('compaction-keeps-last')
    }
  })

  it('is found when it drops a tombstone that it had never seen before, or before its time', () => {
    const cluster = compacted()
    write(cluster, 1, ['a'], [`b=1${VALUE}`], [`c=2${VALUE}`], [`b=3${VALUE}`], [`c=4${VALUE}`], [`b=5${VALUE}`])
    const [, b, c] = firstSegment(cluster, 1)
    cleanWrongly(cluster, 1, [b!, c!])
    expect(cluster.unexcused).toEqual(['tombstones-stay'])
    expect(cluster.checker.violations[0]?.message).toContain(
      'the tombstone at offset 0 is gone, and had never been seen',
    )

    const early = compacted()
    write(early, 1, ['a'], [`b=1${VALUE}`], [`c=2${VALUE}`], [`b=3${VALUE}`], [`c=4${VALUE}`], [`b=5${VALUE}`])
    clean(early, 1)
    expect(early.found).toEqual([])
    cleanWrongly(early, 1, firstSegment(early, 1).slice(1), NOW_MS + RETENTION_MS - 1)
    expect(early.checker.violations[0]?.message).toContain(
      'the tombstone at offset 0 is gone, and was to stay 1 ms longer',
    )
    const inTime = compacted()
    write(inTime, 1, ['a'], [`b=1${VALUE}`], [`c=2${VALUE}`], [`b=3${VALUE}`], [`c=4${VALUE}`], [`b=5${VALUE}`])
    clean(inTime, 1)
    cleanWrongly(inTime, 1, firstSegment(inTime, 1).slice(1), NOW_MS + RETENTION_MS)
    expect(inTime.found).toEqual([])
  })

  it('is found when it dates tombstones too early', () => {
    const cluster = settled({
      log: { ...COMPACTED, deleteRetentionMs: RETENTION_MS - 1 },
      deleteRetentionMs: RETENTION_MS,
    })
    write(cluster, 1, ['z'])
    overwrite(cluster)
    clean(cluster, 1)
    expect(cluster.unexcused).toEqual(['tombstones-stay'])
    expect(cluster.checker.violations[0]?.message).toContain('may go after 999 ms, not after 1000')
  })
})
