// What older releases did to logs, and today's do not: each side of each switch.

import { describe, expect, it } from 'vitest'
import { DEFAULT_LOG_CONFIG } from '../../src/log/log-config.ts'
import { LogDirectory } from '../../src/log/log-directory.ts'
import { append, appendMany, batchOf, DIR, EPOCH_FILE, NOW_MS, openLog, sequenced } from './fixtures.ts'
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

describe('a start that is broken off while logs are loaded, after a stop in order (RB-24, R-24)', () => {
  const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'
  const config = { ...DEFAULT_LOG_CONFIG, indexIntervalBytes: 100, segmentIndexBytes: 240, retentionMs: 60_000 }

  it.each([
    [true, { marker: false, cleanShutdown: false, largestMs: NOW_MS, start: 0 }],
    [false, { marker: true, cleanShutdown: true, largestMs: 0, start: 10 }],
  ])('with deleteMarkerBeforeLoad %s leaves %o', (deleteMarkerBeforeLoad, expected) => {
    const disk = new MemoryDisk()
    const behaviour = { deleteMarkerBeforeLoad }
    const open = () => LogDirectory.open({ disk, dir: 'data', configOf: () => config, behaviour, wallMs: () => NOW_MS })
    const first = open()
    appendMany(first.create('t', 0, TOPIC_ID, config), 10)
    for (const step of first.shutdownSteps(1)) step()
    // What a load does last is not done: the marker it would have removed is there, and what it opened is open.
    const marker = disk.text('data/.kafka_cleanshutdown')
    open()
    if (!deleteMarkerBeforeLoad) disk.put('data/.kafka_cleanshutdown', new TextEncoder().encode(marker))
    expect(disk.exists('data/.kafka_cleanshutdown')).toBe(expected.marker)

    const second = open()
    expect(second.cleanShutdown).toBe(expected.cleanShutdown)
    const log = second.get('t', 0)!
    expect(log.segments.active.maxTimestampMs).toBe(expected.largestMs)
    // Nothing more fits an index that is full of nothing: a new segment is begun, and the old one seems very old.
    append(log, batchOf(['new']), 0)
    log.maybeIncrementHighWatermark(log.logEndOffset)
    log.deleteOldSegments(NOW_MS)
    expect(log.logStartOffset).toBe(expected.start)
  })
})

describe('the producer snapshots of segments that were cut off, when new ones have their names (RB-26, R-50)', () => {
  it.each([
    [false, true],
    [true, false],
  ])('with snapshotDeleteByName %s: a new one stays: %s', (snapshotDeleteByName, stays) => {
    const disk = new MemoryDisk()
    const batch = (n: number) => sequenced(7, 0, n, 1)
    const doomed: string[] = []
    const log = openLog(disk, {
      config: { segmentBytes: 2 * batch(0).length },
      behaviour: { snapshotDeleteByName },
      retired: (files) => void doomed.push(...files),
    })
    for (let n = 0; n < 6; n++) append(log, batch(n), 0)
    const snapshot = `${DIR}/00000000000000000004.snapshot`
    expect(disk.exists(snapshot)).toBe(true)
    log.truncateTo(1)
    for (let n = 1; n < 6; n++) append(log, batch(n), 0)
    expect(disk.exists(snapshot)).toBe(true)
    // `file.delete.delay.ms` is over.
    for (const file of doomed) if (disk.exists(file)) disk.remove(file)
    expect(disk.exists(snapshot)).toBe(stays)
  })
})
