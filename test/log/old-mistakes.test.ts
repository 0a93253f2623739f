// What older releases did to logs, and today's do not: each side of each switch.

import { describe, expect, it } from 'vitest'
import { append, appendMany, batchOf, EPOCH_FILE, openLog } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

describe('a log that begins anew at a later offset (RB-18, R-16)', () => {
  it.each([
    [true, 100],
    [false, 3],
  ])('with raiseHwOnFullTruncate %s has its high watermark at %i', (raiseHwOnFullTruncate, expected) => {
    const log = openLog(new MemoryDisk(), { behaviour: { raiseHwOnFullTruncate } })
    appendMany(log, 5)
    log.maybeIncrementHighWatermark(3)
    log.truncateFullyAndStartAt(100)
    expect([log.logStartOffset, log.highWatermark, log.logEndOffset]).toEqual([100, expected, 100])
  })
})

describe('retention of what is not committed (RB-43, R-22)', () => {
  it.each([
    [true, 2],
    [false, 6],
  ])('with capRetentionAtHw %s leaves the log start at %i', (capRetentionAtHw, expected) => {
    const segmentBytes = 2 * batchOf(['v0']).length
    const config = { segmentBytes, retentionBytes: segmentBytes }
    const log = openLog(new MemoryDisk(), { config, behaviour: { capRetentionAtHw } })
    appendMany(log, 8)
    log.maybeIncrementHighWatermark(3)
    log.deleteOldSegments(0)
    expect([log.logStartOffset, log.highWatermark]).toEqual([expected, 3])
  })
})

describe('the file of leader epochs after a truncation (RB-25, R-14)', () => {
  it.each([
    [true, true],
    [false, false],
  ])('with syncEpochCheckpoint %s is synced before it takes its place: %s', (syncEpochCheckpoint, expected) => {
    const disk = new MemoryDisk()
    const log = openLog(disk, { behaviour: { syncEpochCheckpoint } })
    append(log, batchOf(['a']), 0)
    append(log, batchOf(['b']), 1)
    disk.synced.length = 0
    log.truncateTo(1)
    expect(disk.synced.includes(`${EPOCH_FILE}.tmp`)).toBe(expected)
    expect(disk.text(EPOCH_FILE)).toBe('0\n1\n0 0\n')
  })
})
