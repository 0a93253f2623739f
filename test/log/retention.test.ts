// What a log drops of itself, and when it begins a new segment by time.

import { describe, expect, it } from 'vitest'
import type { LogConfig } from '../../src/log/log-config.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { append, appendMany, batchOf, contentOf, DIR, NOW_MS, openLog } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

/** Room for two batches of one record each. */
const TWO_A_SEGMENT = { segmentBytes: 150 }

/** Six records in three segments, all committed; record i is of `NOW_MS + i * 100`. */
function threeSegments(config: Partial<LogConfig>, disk = new MemoryDisk()): PartitionLog {
  const log = openLog(disk, { config: { ...TWO_A_SEGMENT, ...config } })
  for (let i = 0; i < 6; i++) append(log, batchOf([`v${i}`], {}, NOW_MS + i * 100))
  log.maybeIncrementHighWatermark(6)
  expect(log.segmentCount).toBe(3)
  return log
}

const logFiles = (disk: MemoryDisk) => disk.list(DIR).filter((name) => name.includes('.log'))

describe('retention.ms', () => {
  it('drops segments whose newest record is older, oldest first, and keeps the first that is not', () => {
    const log = threeSegments({ retentionMs: 1000 })
    expect(log.deleteOldSegments(NOW_MS + 1100)).toBe(0)
    expect(log.deleteOldSegments(NOW_MS + 1101)).toBe(1)
    expect([log.logStartOffset, log.firstSegmentOffset, log.segmentCount]).toEqual([2, 2, 2])
    expect(contentOf(log).map(([offset]) => offset)).toEqual([2, 3, 4, 5])
  })

  it('may drop all: a new segment is begun first, and the log is empty at its end', () => {
    const log = threeSegments({ retentionMs: 1000 })
    expect(log.deleteOldSegments(NOW_MS + 10_000)).toBe(3)
    expect([log.logStartOffset, log.highWatermark, log.logEndOffset, log.segmentCount]).toEqual([6, 6, 6, 1])
    expect(log.deleteOldSegments(NOW_MS + 20_000)).toBe(0)
    appendMany(log, 1)
    expect(contentOf(log)).toEqual([[6, 'v6']])
  })

  it('drops nothing that is not committed (KAFKA-5634)', () => {
    const log = openLog(new MemoryDisk(), { config: { ...TWO_A_SEGMENT, retentionMs: 0 } })
    appendMany(log, 6)
    log.maybeIncrementHighWatermark(3)
    log.deleteOldSegments(NOW_MS + 1)
    expect(log.logStartOffset).toBe(2)
  })

  it('counts from the last append where records have no timestamp, and from the load when it is loaded', () => {
    let nowMs = NOW_MS
    const disk = new MemoryDisk()
    const open = () => openLog(disk, { config: { retentionMs: 1000 }, wallMs: () => nowMs, cleanShutdown: true })
    const log = open()
    for (const afterMs of [0, 500]) {
      nowMs = NOW_MS + afterMs
      append(log, batchOf(['v'], {}, -1))
    }
    log.maybeIncrementHighWatermark(2)
    expect([log.deleteOldSegments(NOW_MS + 1500), log.deleteOldSegments(NOW_MS + 1501)]).toEqual([0, 1])
    append(log, batchOf(['w'], {}, -1))
    log.close()
    nowMs = NOW_MS + 5000
    const again = open()
    again.maybeIncrementHighWatermark(3)
    expect([again.deleteOldSegments(NOW_MS + 6000), again.deleteOldSegments(NOW_MS + 6001)]).toEqual([0, 1])
  })

  it('−1 is for ever', () => {
    expect(threeSegments({ retentionMs: -1 }).deleteOldSegments(NOW_MS * 2)).toBe(0)
  })

  it('says nothing where only compaction cleans', () => {
    const log = threeSegments({ retentionMs: 0, retentionBytes: 0, deletes: false })
    expect(log.deleteOldSegments(NOW_MS * 2)).toBe(0)
  })
})

describe('retention.bytes', () => {
  it('drops the oldest segments while the rest is still as large', () => {
    const log = threeSegments({ retentionMs: -1 })
    const bytes = log.sizeBytes
    log.updateConfig({ ...log.config, retentionBytes: bytes - 1 })
    expect(log.deleteOldSegments(NOW_MS)).toBe(0)
    log.updateConfig({ ...log.config, retentionBytes: Math.floor(bytes / 3) })
    log.deleteOldSegments(NOW_MS)
    expect(log.logStartOffset).toBe(4)
  })

  it('never takes the active segment below the limit', () => {
    const log = threeSegments({ retentionMs: -1, retentionBytes: 1 })
    log.deleteOldSegments(NOW_MS)
    expect([log.logStartOffset, log.segmentCount]).toEqual([4, 1])
  })
})

describe('the log start', () => {
  it('lets segments go that lie below it, whatever their age', () => {
    const disk = new MemoryDisk()
    const log = threeSegments({ retentionMs: -1, deletes: false }, disk)
    log.maybeIncrementLogStartOffset(5)
    expect(log.deleteOldSegments(NOW_MS)).toBe(2)
    expect([log.logStartOffset, log.firstSegmentOffset]).toEqual([5, 4])
  })
})

describe('a deleted segment', () => {
  it('stays under another name, of which a log that is loaded takes no notice but to remove it', () => {
    const disk = new MemoryDisk()
    const log = threeSegments({ retentionMs: 1000 }, disk)
    log.deleteOldSegments(NOW_MS + 1101)
    expect(logFiles(disk)[0]).toBe('00000000000000000000.log.deleted')
    log.flush()
    log.close()
    const again = openLog(disk, { cleanShutdown: true, highWatermarkCheckpoint: 6 })
    expect([again.logStartOffset, again.logEndOffset]).toEqual([2, 6])
    expect(logFiles(disk)).toEqual(['00000000000000000002.log', '00000000000000000004.log'])
  })

  it('can still be read by whom it was handed out to', () => {
    const log = threeSegments({ retentionMs: 1000 })
    const before = log.read(0, 1 << 20, 6, true)
    log.deleteOldSegments(NOW_MS + 10_000)
    expect(before.bytes.length).toBeGreaterThan(0)
    expect(log.read(0, 1 << 20, 6, true).outOfRange).toBe(true)
  })
})

describe('segment.ms (R-4)', () => {
  const logWith = (segmentMs: number) => openLog(new MemoryDisk(), { config: { segmentMs } })
  const at = (log: PartitionLog, ms: number) => append(log, batchOf(['v'], {}, NOW_MS + ms))

  it('begins a segment when a record is more than this younger than the first one', () => {
    const log = logWith(1000)
    at(log, 0)
    at(log, 1000)
    expect(log.segmentCount).toBe(1)
    at(log, 1001)
    expect([log.segmentCount, log.firstSegmentOffset]).toEqual([2, 0])
    at(log, 2001)
    expect(log.segmentCount).toBe(2)
  })

  it('counts from the first record also after the log was loaded, and anew after it was cut to nothing', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk, { config: { segmentMs: 1000 } })
    at(log, 0)
    at(log, 900)
    log.close()
    const again = openLog(disk, { config: { segmentMs: 1000 } })
    at(again, 1001)
    expect(again.segmentCount).toBe(2)
    again.truncateTo(0)
    at(again, 5000)
    expect(again.segmentCount).toBe(1)
  })

  it('counts from when the segment was begun, by the clock, if its first record has no timestamp', () => {
    let nowMs = NOW_MS
    const log = openLog(new MemoryDisk(), { config: { segmentMs: 1000 }, wallMs: () => nowMs })
    const segmentsAt = (ms: number) => {
      nowMs = NOW_MS + ms
      append(log, batchOf(['v'], {}, -1))
      return log.segmentCount
    }
    expect([500, 1000, 1001, 2001, 2002].map(segmentsAt)).toEqual([1, 1, 2, 2, 3])
  })
})
