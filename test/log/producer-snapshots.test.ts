// Producer snapshots (R-50, R-51, S-8): their bytes, when they are taken, which one a load goes by.

import { describe, expect, it } from 'vitest'
import { decodeSnapshot, encodeSnapshot } from '../../src/log/producer-snapshot-file.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { patchForAppend } from '../../src/records/record-batch.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { append, appendMany, batchOf, DIR, NOW_MS, openLog, sequenced } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

/** V of S-8: one producer, last batch 7..9 at 142..144, coordinator epoch 9. */
const SAMPLE =
  '00015c8e98e1000000010000000000000fa00003000000090000000000000090000000020000018bcfe568fa00000009ffffffffffffffff'

const ENTRY = {
  producerId: 4000,
  epoch: 3,
  lastSequence: 9,
  lastOffset: 144,
  offsetDelta: 2,
  timestampMs: 1_700_000_000_250,
  coordinatorEpoch: 9,
  transactionFirstOffset: -1,
}

const snapshotsOn = (disk: MemoryDisk) =>
  disk.list(DIR).flatMap((name) => (name.endsWith('.snapshot') ? [Number(name.slice(0, 20))] : []))

/** As a leader has stored it. */
function atOffset(batch: Uint8Array, offset: number): Uint8Array {
  patchForAppend(batch, 0, offset, 0)
  return batch
}

function retryOf(log: PartitionLog, bytes: Uint8Array): string | number {
  const result = log.appendAsLeader(bytes, 0, NOW_MS, 'client')
  return result.kind === 'rejected' ? result.error : result.kind
}

describe('the file', () => {
  it('has the bytes of the sample', () => {
    expect(Buffer.from(encodeSnapshot([ENTRY])).toString('hex')).toBe(SAMPLE)
    expect(decodeSnapshot(Buffer.from(SAMPLE, 'hex'))).toEqual([ENTRY])
  })

  it('with any bit changed is refused', () => {
    const bytes = encodeSnapshot([ENTRY])
    for (let at = 0; at < bytes.length; at++) {
      const rotten = bytes.slice()
      rotten[at] = rotten[at]! ^ 1
      expect(typeof decodeSnapshot(rotten), `byte ${at}`).toBe('string')
    }
    expect(decodeSnapshot(bytes.subarray(0, 30))).toBe('1 producers announced, too few found')
    expect(decodeSnapshot(new Uint8Array(3))).toBe('3 bytes are no producer snapshot')
  })
})

describe('a snapshot is taken', () => {
  const bytes = batchOf(['v0']).length

  it('when a segment is begun, at its offset, also if there are no producers', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk, { config: { segmentBytes: 2 * bytes } })
    appendMany(log, 5)
    expect(snapshotsOn(disk)).toEqual([2, 4])
    expect(disk.synced).toContain(`${DIR}/00000000000000000002.snapshot`)
  })

  it('at the offset of the new segment also behind a gap, where a follower copies a compacted log', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk, { config: { segmentBytes: bytes } })
    for (const offset of [0, 7]) log.appendAsFollower(atOffset(batchOf(['v0']), offset))
    expect([log.segments.baseOffsets(), snapshotsOn(disk), log.recoveryPoint]).toEqual([[0, 7], [7], 7])
  })

  it('when the log is closed, and not again when nothing came since', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    appendMany(log, 5)
    log.close()
    expect(snapshotsOn(disk)).toEqual([5])
    disk.synced.length = 0
    openLog(disk, { cleanShutdown: true }).close()
    expect(disk.synced.filter((path) => path.endsWith('.snapshot'))).toEqual([])
  })

  it('at the end of each recovered segment; older ones beside the segments go', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk, { config: { segmentBytes: 2 * bytes } })
    appendMany(log, 5)
    for (const offset of snapshotsOn(disk)) disk.remove(`${DIR}/0000000000000000000${offset}.snapshot`)
    disk.put(`${DIR}/00000000000000000003.snapshot`, encodeSnapshot([]))
    openLog(disk)
    expect(snapshotsOn(disk)).toEqual([2, 4, 5])
  })
})

describe('a load', () => {
  function logOf(batches: number, disk: MemoryDisk): PartitionLog {
    const log = openLog(disk)
    for (let i = 0; i < batches; i++) append(log, sequenced(7, 0, i))
    return log
  }

  it('knows of the batches before the snapshot the last one only (R-50)', () => {
    const disk = new MemoryDisk()
    logOf(5, disk).close()
    const again = openLog(disk, { cleanShutdown: true })
    expect(retryOf(again, sequenced(7, 0, 4))).toBe('duplicate')
    expect(retryOf(again, sequenced(7, 0, 3))).toBe(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    expect(retryOf(again, sequenced(7, 0, 5))).toBe('appended')
  })

  it('replays what lies behind it', () => {
    const disk = new MemoryDisk()
    const config = { segmentBytes: 3 * sequenced(7, 0, 0).length }
    const log = openLog(disk, { config })
    for (let i = 0; i < 6; i++) append(log, sequenced(7, 0, i))
    log.close()
    // The one that was taken when the segment at 3 was begun is good.
    disk.rot(`${DIR}/00000000000000000006.snapshot`, 20)
    const again = openLog(disk, { config, cleanShutdown: true })
    expect(again.producers.get(7)!.cachedBatches.map((batch) => batch.lastSequence)).toEqual([2, 3, 4, 5])
    expect(retryOf(again, sequenced(7, 0, 3))).toBe('duplicate')
  })

  it('after a recovery goes by the snapshot that this has left', () => {
    const disk = new MemoryDisk()
    logOf(5, disk)
    const again = openLog(disk)
    expect(again.producers.get(7)!.cachedBatches.map((batch) => batch.lastSequence)).toEqual([4])
  })

  it('passes over a damaged one, which is removed, and falls back on an older one, or on the whole log', () => {
    const disk = new MemoryDisk()
    const log = logOf(4, disk)
    log.close()
    disk.rot(`${DIR}/00000000000000000004.snapshot`, 20)
    const again = openLog(disk, { cleanShutdown: true })
    expect(again.producers.get(7)!.cachedBatches).toHaveLength(4)
    expect(typeof decodeSnapshot(disk.bytes(`${DIR}/00000000000000000004.snapshot`))).toBe('object')
  })

  it('after a clean stop without any snapshot reads nothing and knows no producer', () => {
    const disk = new MemoryDisk()
    logOf(4, disk).close()
    for (const offset of snapshotsOn(disk)) disk.remove(`${DIR}/0000000000000000000${offset}.snapshot`)
    const again = openLog(disk, { cleanShutdown: true })
    expect(again.producers.size).toBe(0)
    expect(snapshotsOn(disk)).toEqual([4])
  })

  it('leaves out producers that were idle for too long, unless a transaction is open', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    append(log, sequenced(7, 0, 0))
    append(log, sequenced(8, 0, 0, 1, { transactional: true }))
    log.close()
    const config = { producerIdExpirationMs: 1000 }
    const again = openLog(disk, { cleanShutdown: true, config, wallMs: () => NOW_MS + 1000 })
    expect([again.producers.get(7), again.producers.get(8)?.transactionFirstOffset]).toEqual([undefined, 1])
    again.maybeIncrementHighWatermark(2)
    expect(again.lastStableOffset).toBe(1)
  })
})

describe('a truncation (R-51)', () => {
  it('goes back to the snapshot before it and replays: what was cut is forgotten', () => {
    const disk = new MemoryDisk()
    const bytes = sequenced(7, 0, 0).length
    const log = openLog(disk, { config: { segmentBytes: 2 * bytes } })
    for (let i = 0; i < 5; i++) append(log, sequenced(7, 0, i))
    log.truncateTo(3)
    expect(log.producers.get(7)!.lastSequence).toBe(2)
    expect(snapshotsOn(disk)).toEqual([2, 3])
    expect(retryOf(log, sequenced(7, 0, 3))).toBe('appended')
  })
})
