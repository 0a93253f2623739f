import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { append, appendMany, batchOf, contentOf, DIR, EPOCH_FILE, FIRST_SEGMENT, openLog } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

/** Bytes of one batch of `appendMany` while offsets have one digit. */
const BATCH_BYTES = batchOf(['v0']).length

function logOf(disk: MemoryDisk, batches: number, segmentBytes = 1 << 30): PartitionLog {
  const log = openLog(disk, { config: { segmentBytes } })
  appendMany(log, batches)
  return log
}

describe('opening after an unclean stop (R-25)', () => {
  it('cuts the log at a partial batch', () => {
    const disk = new MemoryDisk()
    logOf(disk, 3)
    disk.open(FIRST_SEGMENT).truncate(3 * BATCH_BYTES - 1)
    const log = openLog(disk)
    expect([log.logEndOffset, log.lostBytes, disk.bytes(FIRST_SEGMENT).length]).toEqual([
      2,
      BATCH_BYTES - 1,
      2 * BATCH_BYTES,
    ])
  })

  it('cuts it at a batch with wrong bits, and at zeros', () => {
    const rotten = new MemoryDisk()
    logOf(rotten, 3)
    rotten.rot(FIRST_SEGMENT, BATCH_BYTES + 65)
    expect(openLog(rotten).logEndOffset).toBe(1)
    const zeroed = new MemoryDisk()
    logOf(zeroed, 3)
    zeroed.open(FIRST_SEGMENT).append(new Uint8Array(500))
    expect(openLog(zeroed).logEndOffset).toBe(3)
  })

  it('cuts it at a base offset that goes back, which no checksum covers', () => {
    const disk = new MemoryDisk()
    logOf(disk, 3)
    const bytes = disk.bytes(FIRST_SEGMENT).slice()
    bytes[2 * BATCH_BYTES + 7] = 0
    disk.put(FIRST_SEGMENT, bytes)
    expect(openLog(disk).logEndOffset).toBe(2)
  })

  it('deletes all segments behind the cut', () => {
    const disk = new MemoryDisk()
    logOf(disk, 6, 2 * BATCH_BYTES)
    disk.rot(`${DIR}/00000000000000000002.log`, 65)
    const log = openLog(disk)
    expect([log.logEndOffset, log.segmentCount]).toEqual([2, 2])
    expect(disk.list(DIR)).not.toContain('00000000000000000004.log')
    expect(log.lostBytes).toBe(4 * BATCH_BYTES)
  })

  it('does not notice whole batches that are missing at the end of a segment: the log then has a hole, as in Kafka', () => {
    const disk = new MemoryDisk()
    logOf(disk, 6, 2 * BATCH_BYTES)
    disk.open(`${DIR}/00000000000000000002.log`).truncate(BATCH_BYTES)
    const log = openLog(disk)
    expect(contentOf(log).map(([offset]) => offset)).toEqual([0, 1, 2, 4, 5])
    expect([log.logEndOffset, log.lostBytes]).toEqual([6, 0])
  })

  it('does not look for damage in segments below the recovery point (R-26)', () => {
    const disk = new MemoryDisk()
    logOf(disk, 6, 2 * BATCH_BYTES)
    disk.rot(FIRST_SEGMENT, 65)
    expect(openLog(disk, { recoveryPoint: 2 }).logEndOffset).toBe(6)
    expect(openLog(disk, { recoveryPoint: 1 }).logEndOffset).toBe(0)
  })

  it('does not advance the recovery point', () => {
    const disk = new MemoryDisk()
    logOf(disk, 6)
    expect(openLog(disk, { recoveryPoint: 2 }).recoveryPoint).toBe(2)
    expect(openLog(disk, { recoveryPoint: 99 }).recoveryPoint).toBe(6)
  })

  it('finds the epochs that the checkpoint misses, in the batches', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    appendMany(log, 2, 1)
    appendMany(log, 2, 4)
    disk.remove(EPOCH_FILE)
    expect(openLog(disk).epochs.entries()).toEqual([
      { epoch: 1, startOffset: 0 },
      { epoch: 4, startOffset: 2 },
    ])
  })

  it('cuts the epoch cache to what is left of the log (R-14, R-27)', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    appendMany(log, 2, 1)
    appendMany(log, 2, 4)
    disk.open(FIRST_SEGMENT).truncate(2 * BATCH_BYTES)
    expect(openLog(disk).epochs.latestEpoch).toBe(1)
    const raised = openLog(disk, { logStartOffsetCheckpoint: 1 })
    expect(raised.epochs.entries()).toEqual([{ epoch: 1, startOffset: 1 }])
  })
})

describe('opening after a clean stop (R-25)', () => {
  it('reads no checksums and sets the recovery point to the end', () => {
    const disk = new MemoryDisk()
    logOf(disk, 4)
    disk.rot(FIRST_SEGMENT, 65)
    const log = openLog(disk, { cleanShutdown: true })
    expect([log.logEndOffset, log.recoveryPoint]).toEqual([4, 4])
  })

  it('still cuts off a partial batch, behind which appends would be lost', () => {
    const disk = new MemoryDisk()
    logOf(disk, 2)
    disk.open(FIRST_SEGMENT).truncate(2 * BATCH_BYTES - 5)
    const log = openLog(disk, { cleanShutdown: true })
    append(log, batchOf(['new']))
    expect(contentOf(openLog(disk))).toEqual([
      [0, 'v0'],
      [1, 'new'],
    ])
  })
})

describe('offsets after opening', () => {
  it('the high watermark is the checkpoint, clamped to start and end (R-28)', () => {
    const disk = new MemoryDisk()
    logOf(disk, 4)
    expect(openLog(disk, { highWatermarkCheckpoint: 3 }).highWatermark).toBe(3)
    expect(openLog(disk, { highWatermarkCheckpoint: 9 }).highWatermark).toBe(4)
    expect(openLog(disk, { highWatermarkCheckpoint: 0, logStartOffsetCheckpoint: 2 }).highWatermark).toBe(2)
  })

  it('the start is the checkpoint, or the first segment if that is higher', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    log.truncateFullyAndStartAt(10)
    appendMany(log, 4)
    expect(openLog(disk, { logStartOffsetCheckpoint: 12 }).logStartOffset).toBe(12)
    expect(openLog(disk, { logStartOffsetCheckpoint: 3 }).logStartOffset).toBe(10)
  })

  it('a start checkpoint beyond the end drops everything: the log begins anew there (R-27)', () => {
    const disk = new MemoryDisk()
    logOf(disk, 4)
    const log = openLog(disk, { logStartOffsetCheckpoint: 20 })
    expect([log.logStartOffset, log.highWatermark, log.logEndOffset]).toEqual([20, 20, 20])
    expect(log.epochs.isEmpty).toBe(true)
    expect(disk.list(DIR).filter((name) => name.endsWith('.log'))).toEqual(['00000000000000000020.log'])
  })

  it('leftovers of deletions and of unfinished work are removed (R-27)', () => {
    const disk = new MemoryDisk()
    logOf(disk, 1)
    for (const name of ['00000000000000000009.log.deleted', '00000000000000000003.log.cleaned']) {
      disk.put(`${DIR}/${name}`, 'x')
    }
    expect(openLog(disk).logEndOffset).toBe(1)
    expect(disk.list(DIR)).toEqual([
      '00000000000000000000.index',
      '00000000000000000000.log',
      '00000000000000000000.timeindex',
      '00000000000000000001.snapshot',
      'leader-epoch-checkpoint',
    ])
  })
})

describe('recovery in general', () => {
  it('yields the longest prefix of whole good batches, wherever the bytes end or rot, and opens the same again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ count: fc.integer({ min: 1, max: 3 }), size: fc.nat(80), epoch: fc.nat(3) }), {
          minLength: 1,
          maxLength: 14,
        }),
        fc.integer({ min: 340, max: 900 }),
        fc.nat(),
        fc.option(fc.nat()),
        fc.nat(),
        (batches, segmentBytes, cutSeed, rotSeed, flushSeed) => {
          const disk = new MemoryDisk()
          const config = { segmentBytes, indexIntervalBytes: 150 }
          const log = openLog(disk, { config })
          const flushAt = flushSeed % (batches.length + 1)
          let epoch = 0
          const ends: { segment: string; position: number; nextOffset: number }[] = []
          batches.forEach(({ count, size, epoch: step }, i) => {
            if (i === flushAt) log.flush()
            epoch += step
            append(log, batchOf(Array.from({ length: count }, () => 'x'.repeat(size))), epoch)
            const segment = disk.list(DIR).findLast((name) => name.endsWith('.log'))!
            const position = disk.bytes(`${DIR}/${segment}`).length
            ends.push({ segment, position, nextOffset: log.logEndOffset })
          })
          const whole = contentOf(log)
          const flushed = log.recoveryPoint
          // Only what lies beyond the flushed batches is damaged: the last segment is cut, and a bit may rot before.
          const last = ends.at(-1)!
          const firstLoss =
            ends.filter((e) => e.segment === last.segment && e.nextOffset <= flushed).at(-1)?.position ?? 0
          const path = `${DIR}/${last.segment}`
          const cut = firstLoss + (cutSeed % (last.position - firstLoss + 1))
          disk.open(path).truncate(cut)
          let expectedEnd = ends.filter((e) => e.segment !== last.segment || e.position <= cut).at(-1)?.nextOffset ?? 0
          if (rotSeed !== null && cut > firstLoss) {
            const rotAt = firstLoss + (rotSeed % (cut - firstLoss))
            const before = ends.filter((e) => e.segment !== last.segment || e.position <= rotAt).at(-1)?.nextOffset ?? 0
            const batchStart =
              ends.filter((e) => e.segment === last.segment && e.position <= rotAt).at(-1)?.position ?? 0
            // Bits of the leader epoch are covered by nothing, and a base offset may rot upwards: left out here.
            if (rotAt - batchStart >= 16) {
              disk.rot(path, rotAt)
              expectedEnd = Math.min(expectedEnd, before)
            }
          }
          const recovered = openLog(disk, { config, recoveryPoint: flushed })
          expect(recovered.logEndOffset).toBe(expectedEnd)
          expect(recovered.logEndOffset).toBeGreaterThanOrEqual(flushed)
          expect(contentOf(recovered)).toEqual(whole.slice(0, expectedEnd))
          expect(recovered.epochs.entries()).toEqual(
            log.epochs.entries().filter((entry) => entry.startOffset < expectedEnd),
          )
          const again = openLog(disk, { config, recoveryPoint: flushed })
          expect([again.logEndOffset, again.lostBytes]).toEqual([expectedEnd, 0])
          append(again, batchOf(['next']), epoch)
          expect(contentOf(openLog(disk, { config })).at(-1)).toEqual([expectedEnd, 'next'])
        },
      ),
      { numRuns: 200 },
    )
  })
})
