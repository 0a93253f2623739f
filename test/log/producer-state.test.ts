import { describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import {
  append,
  appended,
  batchOf,
  contentOf,
  errorOf,
  marker,
  NOW_MS,
  openLog,
  replicate,
  sequenced,
} from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

function offer(log: PartitionLog, bytes: Uint8Array): string | number {
  const result = log.appendAsLeader(bytes, 0, NOW_MS, 'client')
  return result.kind === 'rejected' ? result.error : `${result.kind} ${result.firstOffset}-${result.lastOffset}`
}

describe('idempotent producers (R-46)', () => {
  it('(1) an exact retry of one of the last five batches succeeds with its old offsets and appends nothing', () => {
    const log = openLog()
    for (let i = 0; i < 5; i++) append(log, sequenced(7, 0, 2 * i, 2))
    for (let i = 0; i < 5; i++) expect(offer(log, sequenced(7, 0, 2 * i, 2))).toBe(`duplicate ${2 * i}-${2 * i + 1}`)
    expect(log.logEndOffset).toBe(10)
  })

  it('a retry older than five batches is out of order (R-47)', () => {
    const log = openLog()
    for (let i = 0; i < 6; i++) append(log, sequenced(7, 0, i))
    expect(offer(log, sequenced(7, 0, 0))).toBe(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    expect(offer(log, sequenced(7, 0, 1))).toBe('duplicate 1-1')
  })

  it('keepFiveBatches: false (B-23): of a broker that remembers one batch, an older retry is out of order', () => {
    const log = openLog(new MemoryDisk(), { config: { batchesKeptPerProducer: 1 } })
    for (let i = 0; i < 2; i++) append(log, sequenced(7, 0, 2 * i, 2))
    expect(offer(log, sequenced(7, 0, 2, 2))).toBe('duplicate 2-3')
    expect(offer(log, sequenced(7, 0, 0, 2))).toBe(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
  })

  it('a batch that only overlaps an old one is no duplicate', () => {
    const log = openLog()
    append(log, sequenced(7, 0, 0, 3))
    expect(offer(log, sequenced(7, 0, 0, 2))).toBe(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    expect(offer(log, sequenced(7, 0, 1, 2))).toBe(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
  })

  it('(2) an epoch below the known one is refused', () => {
    const log = openLog()
    append(log, sequenced(7, 4, 0))
    expect(offer(log, sequenced(7, 3, 0))).toBe(Errors.INVALID_PRODUCER_EPOCH)
  })

  it('(3) a new epoch must start at sequence 0', () => {
    const log = openLog()
    append(log, sequenced(7, 4, 0))
    expect(offer(log, sequenced(7, 5, 1))).toBe(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    expect(offer(log, sequenced(7, 5, 0))).toBe('appended 1-1')
  })

  it('a new epoch forgets the batches of the old one', () => {
    const log = openLog()
    append(log, sequenced(7, 4, 0))
    append(log, sequenced(7, 5, 0))
    expect(log.producers.get(7)!.cachedBatches.length).toBe(1)
    expect(offer(log, sequenced(7, 4, 0))).toBe(Errors.INVALID_PRODUCER_EPOCH)
  })

  it('(4) within an epoch the next sequence must follow the last, 2147483647 being followed by 0', () => {
    const log = openLog()
    append(log, sequenced(7, 0, 2147483645, 3))
    expect(offer(log, sequenced(7, 0, 1))).toBe(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    expect(offer(log, sequenced(7, 0, 0, 2))).toBe('appended 3-4')
    expect(offer(log, sequenced(7, 0, 2))).toBe('appended 5-5')
  })

  it('(4) also across the wrap inside one batch', () => {
    const log = openLog()
    append(log, sequenced(7, 0, 2147483646, 4))
    expect(offer(log, sequenced(7, 0, 2147483646, 4))).toBe('duplicate 0-3')
    expect(offer(log, sequenced(7, 0, 2))).toBe('appended 4-4')
  })

  it('(5) without state any sequence is accepted', () => {
    expect(offer(openLog(), sequenced(7, 3, 1234))).toBe('appended 0-0')
  })

  it('a refusal leaves log and state as they were', () => {
    const log = openLog()
    append(log, sequenced(7, 0, 0))
    offer(log, sequenced(7, 0, 5))
    expect(offer(log, sequenced(7, 0, 1))).toBe('appended 1-1')
  })

  it('producers do not disturb one another', () => {
    const log = openLog()
    append(log, sequenced(7, 0, 0))
    append(log, sequenced(8, 0, 0))
    append(log, batchOf(['plain']))
    expect([offer(log, sequenced(7, 0, 1)), offer(log, sequenced(8, 0, 0))]).toEqual(['appended 3-3', 'duplicate 1-1'])
  })
})

describe('producer state on other replicas and after a restart', () => {
  it('a follower builds the same state, without checking sequences (R-45, R-48)', () => {
    const leader = openLog()
    append(leader, sequenced(7, 0, 0, 2))
    append(leader, sequenced(8, 0, 100))
    leader.expireProducers(NOW_MS + 1e12)
    append(leader, sequenced(7, 0, 50))
    const follower = openLog()
    replicate(leader, follower)
    expect(offer(follower, sequenced(7, 0, 50))).toBe('duplicate 3-3')
    expect(offer(follower, sequenced(7, 0, 51))).toBe('appended 4-4')
    expect(offer(follower, sequenced(8, 0, 101))).toBe('appended 5-5')
  })

  it('a lower epoch that comes by replication is taken (R-48)', () => {
    const leader = openLog()
    append(leader, sequenced(7, 5, 0))
    leader.expireProducers(NOW_MS + 1e12)
    append(leader, sequenced(7, 2, 9))
    const follower = openLog()
    replicate(leader, follower)
    expect(follower.producers.get(7)).toMatchObject({ epoch: 2, lastSequence: 9 })
  })

  it('is rebuilt from the log when it is opened, cleanly or not (R-27)', () => {
    for (const cleanShutdown of [true, false]) {
      const disk = new MemoryDisk()
      const log = openLog(disk)
      for (let i = 0; i < 7; i++) append(log, sequenced(7, 0, i))
      log.close()
      const again = openLog(disk, { cleanShutdown })
      expect(offer(again, sequenced(7, 0, 6))).toBe('duplicate 6-6')
      expect(offer(again, sequenced(7, 0, 8))).toBe(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    }
  })

  it('truncated batches vanish from it, so that their retry is appended anew (R-51)', () => {
    const log = openLog()
    for (let i = 0; i < 4; i++) append(log, sequenced(7, 0, i))
    log.truncateTo(2)
    expect(offer(log, sequenced(7, 0, 1))).toBe('duplicate 1-1')
    expect(offer(log, sequenced(7, 0, 2))).toBe('appended 2-2')
    log.truncateFullyAndStartAt(100)
    expect(log.producers.size).toBe(0)
    expect(offer(log, sequenced(7, 0, 3))).toBe('appended 100-100')
  })
})

describe('expiry (R-49)', () => {
  const config = { producerIdExpirationMs: 1000 }

  it('goes by record timestamps, at exactly producer.id.expiration.ms', () => {
    const log = openLog(new MemoryDisk(), { config })
    append(log, sequenced(7, 0, 0, 1, {}, NOW_MS))
    append(log, sequenced(8, 0, 0, 1, {}, NOW_MS - 5000))
    expect(log.expireProducers(NOW_MS + 999)).toBe(1)
    expect([log.producers.get(7)?.producerId, log.producers.get(8)]).toEqual([7, undefined])
    expect(log.expireProducers(NOW_MS + 1000)).toBe(1)
    expect(offer(log, sequenced(7, 0, 77))).toBe('appended 2-2')
  })

  it('spares producers with an open transaction, and counts their markers (KAFKA-9144)', () => {
    const log = openLog(new MemoryDisk(), { config })
    append(log, sequenced(7, 0, 0, 1, { transactional: true }, NOW_MS - 9000))
    expect(log.expireProducers(NOW_MS)).toBe(0)
    appended(log.appendAsLeader(marker('commit', 7, 0, 0, NOW_MS), 0, NOW_MS, 'coordinator'))
    expect(log.expireProducers(NOW_MS + 999)).toBe(0)
    expect(log.expireProducers(NOW_MS + 1000)).toBe(1)
  })
})

describe('transactions and the last stable offset (R-18)', () => {
  const data = (producerId: number, sequence: number): Uint8Array =>
    sequenced(producerId, 0, sequence, 1, { transactional: true })

  function end(log: PartitionLog, kind: 'abort' | 'commit', producerId: number): void {
    appended(log.appendAsLeader(marker(kind, producerId, 0), 0, NOW_MS, 'coordinator'))
  }

  it('is the high watermark while there is no transaction', () => {
    const log = openLog()
    append(log, batchOf(['a', 'b']))
    log.maybeIncrementHighWatermark(1)
    expect(log.lastStableOffset).toBe(1)
  })

  it('stays at the first open transaction, and after its marker until that is committed', () => {
    const log = openLog()
    append(log, batchOf(['a']))
    append(log, data(7, 0))
    append(log, batchOf(['b']))
    log.maybeIncrementHighWatermark(3)
    expect(log.lastStableOffset).toBe(1)
    end(log, 'commit', 7)
    expect(log.lastStableOffset).toBe(1)
    log.maybeIncrementHighWatermark(4)
    expect(log.lastStableOffset).toBe(4)
  })

  it('moves on to the next transaction, whichever ends first', () => {
    const log = openLog()
    append(log, data(7, 0))
    append(log, data(8, 0))
    end(log, 'abort', 8)
    log.maybeIncrementHighWatermark(3)
    expect(log.lastStableOffset).toBe(0)
    append(log, data(8, 1))
    end(log, 'commit', 7)
    log.maybeIncrementHighWatermark(5)
    expect(log.lastStableOffset).toBe(3)
  })

  it('is never above the high watermark nor below the log start', () => {
    const log = openLog()
    append(log, data(7, 0))
    append(log, batchOf(['b']))
    append(log, batchOf(['c']))
    expect(log.lastStableOffset).toBe(0)
    log.maybeIncrementHighWatermark(3)
    log.maybeIncrementLogStartOffset(2)
    expect(log.lastStableOffset).toBe(2)
  })

  it('is known again after a restart and after a truncation of the marker', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    append(log, data(7, 0))
    end(log, 'commit', 7)
    log.close()
    // A snapshot does not tell that a marker is not committed yet: until then read_committed is not held back by it.
    const again = openLog(disk, { highWatermarkCheckpoint: 1 })
    expect([again.highWatermark, again.lastStableOffset]).toEqual([1, 1])
    again.truncateTo(1)
    append(again, batchOf(['x']))
    again.maybeIncrementHighWatermark(2)
    expect(again.lastStableOffset).toBe(0)
    expect(contentOf(again).length).toBe(2)
  })

  it('a marker without data here bounds nothing, but keeps its producer epoch', () => {
    const log = openLog()
    end(log, 'abort', 7)
    log.maybeIncrementHighWatermark(1)
    expect(log.lastStableOffset).toBe(1)
    expect(log.producers.get(7)!.epoch).toBe(0)
  })

  it('plain data is refused while the producer has an open transaction', () => {
    const log = openLog()
    append(log, data(7, 0))
    expect(errorOf(log.appendAsLeader(sequenced(7, 0, 1), 0, NOW_MS, 'client'))).toBe(Errors.INVALID_TXN_STATE)
  })
})
