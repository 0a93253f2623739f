// A round of cleaning, on a log in memory.

import { describe, expect, it } from 'vitest'
import { UncleanableLogError } from '../../../src/log/cleaner/uncleanable-log-error.ts'
import { BATCH_HEADER_BYTES, sizeInBytes } from '../../../src/records/record-batch.ts'
import { DIR, sequenced } from '../fixtures.ts'
import { MemoryDisk } from '../memory-disk.ts'
import { keyed, NOW_MS } from './batches.ts'
import { CleanedLog } from './cleaned-log.ts'

const VALUE = 'x'.repeat(60)

/** Ten keys, each written `times` times, one batch a record. */
function overwritten(times: number, topic = new CleanedLog()): CleanedLog {
  for (let i = 0; i < times * 10; i++) topic.write(`k${i % 10}=${i}${VALUE}`)
  return topic
}

describe('a round', () => {
  it('keeps the last record of each key below the active segment, and everything from there on', () => {
    const topic = overwritten(5)
    const { baseOffset } = topic.log.segments.active
    const before = topic.records()
    const stats = topic.clean()
    expect(stats?.nextDirtyOffset).toBe(baseOffset)
    const last = new Set<string>()
    const kept = before.filter((record, i) => {
      const key = record.split('=')[0]!.split(':')[1]!
      const isLast = !before.slice(i + 1, baseOffset).some((later) => later.includes(`:${key}=`))
      if (isLast) last.add(key)
      return i >= baseOffset || isLast
    })
    expect(last.size).toBe(10)
    expect(topic.records()).toEqual(kept)
    expect(stats).toMatchObject({ recordsRead: baseOffset, recordsKept: 10 })
  })

  it('makes one segment of those that fit one, and leaves their files to be removed later', () => {
    const topic = overwritten(5)
    const segments = topic.log.segmentCount
    topic.clean()
    expect(topic.log.segmentCount).toBe(segments)
    overwritten(1, topic)
    topic.clean()
    expect(topic.log.segmentCount).toBeLessThan(segments)
    expect(topic.retired.length).toBeGreaterThan(0)
    for (const file of topic.retired) expect(topic.disk.exists(file)).toBe(true)
    expect(topic.disk.list(DIR).filter((name) => /\.(cleaned|swap)$/.test(name))).toEqual([])
  })

  it('leaves the log as long as it was, and readable at every offset', () => {
    const topic = overwritten(5)
    const { logEndOffset, highWatermark } = topic.log
    topic.clean()
    expect(topic.log.logEndOffset).toBe(logEndOffset)
    expect(topic.log.highWatermark).toBe(highWatermark)
    for (let offset = 0; offset < logEndOffset; offset++) {
      const read = topic.log.read(offset, 1, logEndOffset, true)
      expect(read.outOfRange).toBe(false)
      expect(read.nextOffset).toBeGreaterThan(offset)
    }
  })

  it('is the same after a restart, by a kill and in order', () => {
    for (const clean of [false, true]) {
      const topic = overwritten(5)
      topic.clean()
      const records = topic.records()
      const { logEndOffset } = topic.log
      topic.restart(clean)
      expect(topic.records()).toEqual(records)
      expect(topic.log.logEndOffset).toBe(logEndOffset)
    }
  })

  it('reads in chunks of the I/O buffer, and batches that are larger than it whole', () => {
    const whole = overwritten(4)
    whole.clean()
    for (const ioBufferBytes of [1, 100, 250, 1000]) {
      const topic = overwritten(4)
      topic.clean({ ioBufferBytes })
      expect(topic.records()).toEqual(whole.records())
    }
  })

  it('goes as far as the offset map has room for keys, and on from there the next time (R-32)', () => {
    const topic = new CleanedLog()
    for (let i = 0; i < 60; i++) topic.write(`k${i % 20}=${i}${VALUE}`)
    const first = topic.clean({ mapEntries: 7 })
    expect(first?.nextDirtyOffset).toBe(7)
    const second = topic.clean({ mapEntries: 7 })
    expect(second?.nextDirtyOffset).toBe(14)
    for (let round = 0; round < 20 && topic.clean({ mapEntries: 7 }) !== undefined; round++);
    const unbounded = new CleanedLog()
    for (let i = 0; i < 60; i++) unbounded.write(`k${i % 20}=${i}${VALUE}`)
    unbounded.clean()
    expect(topic.records()).toEqual(unbounded.records())
  })

  it('can be given up at any step: nothing is left of it, and what it swapped in stays', () => {
    for (let at = 0; ; at += 3) {
      const topic = overwritten(2)
      const before = topic.records()
      const steps = topic.steps()!
      let done = false
      for (let i = 0; i < at && !done; i++) done = steps.next().done === true
      if (done) {
        expect(at).toBeGreaterThan(10)
        break
      }
      steps.return({
        nextDirtyOffset: 0,
        bytesRead: 0,
        bytesWritten: 0,
        recordsRead: 0,
        recordsKept: 0,
        tombstonesGone: 0,
      })
      expect(topic.disk.list(DIR).filter((name) => /\.(cleaned|swap)$/.test(name))).toEqual([])
      const left = topic.records()
      expect(before).toEqual(expect.arrayContaining(left))
      topic.clean()
      const all = overwritten(2)
      all.clean()
      expect(topic.records()).toEqual(all.records())
    }
  })

  it('of a log that cannot be read is given up', () => {
    const disk = new MemoryDisk()
    const topic = overwritten(5, new CleanedLog({}, disk))
    // The length of the first record.
    const path = `${DIR}/00000000000000000000.log`
    const bytes = disk.bytes(path).slice()
    bytes[61] = 126
    disk.put(path, bytes)
    expect(() => topic.clean()).toThrow(UncleanableLogError)
    expect(disk.list(DIR).filter((name) => name.includes('.cleaned'))).toEqual([])
  })

  it('gives what has rotted a new checksum where a batch is written again, as Kafka does', () => {
    const disk = new MemoryDisk()
    const topic = new CleanedLog({}, disk)
    topic.write('a=1', 'b=good')
    for (let i = 0; i < 12; i++) topic.write(`a=${i}`, `c=${i}`)
    const path = `${DIR}/00000000000000000000.log`
    const text = Buffer.from(disk.bytes(path)).toString('latin1')
    disk.put(path, new Uint8Array(Buffer.from(text.replace('good', 'goof'), 'latin1')))
    expect(() => topic.records()).toThrow('bad-crc')
    topic.clean()
    expect(topic.records()[0]).toBe('1:b=goof')
  })

  it('ends, or is given up, whichever bit of a batch header has rotted (R-26)', () => {
    const given = { up: 0, to: 0 }
    for (let bit = 0; bit < BATCH_HEADER_BYTES * 8; bit += 3) {
      const disk = new MemoryDisk()
      const topic = new CleanedLog({}, disk)
      for (let i = 0; i < 12; i++) topic.write(`k${i % 4}=${i}`, `j${i % 3}=${i}`)
      const path = `${DIR}/00000000000000000000.log`
      const bytes = disk.bytes(path).slice()
      const at = sizeInBytes(bytes, 0) + (bit >> 3)
      bytes[at] = bytes[at]! ^ (1 << (bit & 7))
      disk.put(path, bytes)
      try {
        topic.clean()
        given.to++
      } catch (error) {
        expect(error, `bit ${bit}`).toBeInstanceOf(UncleanableLogError)
        given.up++
      }
      expect(disk.list(DIR).filter((name) => name.includes('.cleaned'))).toEqual([])
    }
    expect(given.up).toBeGreaterThan(20)
    expect(given.to).toBeGreaterThan(80)
  })
})

describe('tombstones', () => {
  it('stay for delete.retention.ms after the round that first saw them, then go (R-33)', () => {
    const topic = new CleanedLog()
    topic.write('a=1', 'b=1')
    topic.write('a')
    for (let i = 0; i < 20; i++) topic.write(`fill${i}=${VALUE}`)
    topic.clean()
    expect(topic.records().slice(0, 2)).toEqual(['1:b=1', '2:a'])
    for (const [afterMs, there] of [
      [999, true],
      [1000, false],
    ] as const) {
      for (let i = 0; i < 20; i++) topic.write(`fill${i}=${VALUE}`)
      topic.clean({ nowMs: NOW_MS + afterMs })
      expect(topic.records().includes('2:a')).toBe(there)
    }
    expect(topic.records()[0]).toBe('1:b=1')
  })
})

describe('producers', () => {
  it('keep their last sequence, though nothing is left of their records', () => {
    const topic = new CleanedLog()
    topic.append(sequenced(7, 0, 0, 3))
    topic.append(sequenced(7, 0, 3, 2))
    topic.commit()
    for (let i = 0; i < 20; i++) topic.write(`k=${i}${VALUE}`)
    topic.clean()
    expect(topic.batches()[0]).toMatchObject({ base: 3, last: 4, records: [] })
    topic.restart()
    const state = topic.log.producers.get(7)
    expect([state?.epoch, state?.lastSequence]).toEqual([0, 4])
    const retry = topic.log.appendAsLeader(sequenced(7, 0, 3, 2), 9, NOW_MS, 'client')
    expect(retry).toMatchObject({ kind: 'duplicate', firstOffset: 3, lastOffset: 4 })
    expect(topic.log.appendAsLeader(sequenced(7, 0, 5), 9, NOW_MS, 'client').kind).toBe('appended')
  })
})

describe('a follower', () => {
  it('copies a compacted log, and then ends where it does', () => {
    const leader = overwritten(5)
    leader.clean()
    const follower = new CleanedLog()
    for (;;) {
      const read = leader.log.read(follower.log.logEndOffset, 1, leader.log.logEndOffset, true)
      if (read.bytes.length === 0) break
      expect(follower.log.appendAsFollower(read.bytes).kind).toBe('appended')
    }
    expect(follower.records()).toEqual(leader.records())
    expect(follower.log.logEndOffset).toBe(leader.log.logEndOffset)
  })
})

describe('what may be cleaned (R-30)', () => {
  it('ends below the high watermark', () => {
    const topic = overwritten(2)
    const { logEndOffset } = topic.log
    for (let i = 0; i < 30; i++) topic.append(keyed([`k${i % 10}=${i}${VALUE}`]))
    expect(topic.log.highWatermark).toBe(logEndOffset)
    const stats = topic.clean()
    expect(stats!.nextDirtyOffset).toBeLessThanOrEqual(logEndOffset)
    expect(topic.records().at(-1)).toContain('k9=29')
  })

  it('ends below an open transaction', () => {
    const topic = new CleanedLog()
    for (let i = 0; i < 10; i++) topic.write(`k=${i}${VALUE}`)
    const opened = topic.log.logEndOffset
    topic.append(sequenced(7, 0, 0, 1, { transactional: true }))
    topic.commit()
    for (let i = 0; i < 20; i++) topic.write(`k=${i}${VALUE}`)
    expect(topic.log.lastStableOffset).toBe(opened)
    expect(topic.clean()!.nextDirtyOffset).toBeLessThanOrEqual(opened)
  })

  it('ends at the first segment with a record younger than min.compaction.lag.ms', () => {
    const topic = new CleanedLog({ minCompactionLagMs: 500 })
    for (let i = 0; i < 30; i++) {
      topic.append(keyed([`k${i % 3}=${i}${VALUE}`], {}, NOW_MS + i * 100))
      topic.commit()
    }
    expect(topic.target(NOW_MS + 500)).toBeUndefined()
    const nowMs = NOW_MS + 2000
    const target = topic.target(nowMs)!
    const { segments } = topic.log
    const first = segments.at(segments.floorIndex(target.firstUncleanableOffset))
    expect(first.baseOffset).toBe(target.firstUncleanableOffset)
    expect(first.maxTimestampMs).toBeGreaterThan(nowMs - 500)
    expect(segments.at(segments.floorIndex(first.baseOffset - 1)).maxTimestampMs).toBeLessThanOrEqual(nowMs - 500)
    expect(topic.target(NOW_MS + 1_000_000)!.firstUncleanableOffset).toBe(segments.active.baseOffset)
  })

  it('is a log that is dirty enough, by bytes', () => {
    const topic = overwritten(10, new CleanedLog({ minCleanableDirtyRatio: 0.5 }))
    topic.clean()
    const cleanBytes = topic.log.sizeBytes - topic.log.segments.active.sizeBytes
    let dirtyBytes = 0
    while (topic.target() === undefined) {
      topic.write(`k=${VALUE}`)
      dirtyBytes = topic.log.sizeBytes - cleanBytes - topic.log.segments.active.sizeBytes
    }
    expect(dirtyBytes / (cleanBytes + dirtyBytes)).toBeGreaterThan(0.5)
  })

  it('is a log with a dirty record older than max.compaction.lag.ms, however little is dirty (R-31)', () => {
    const config = { minCleanableDirtyRatio: 1, maxCompactionLagMs: 5000 }
    const topic = overwritten(2, new CleanedLog(config))
    expect(topic.target(NOW_MS + 5000)).toBeUndefined()
    expect(topic.target(NOW_MS + 5001)?.isOverdue).toBe(true)
  })

  it('rolls the active segment after max.compaction.lag.ms, so that it can be cleaned', () => {
    const topic = new CleanedLog({ maxCompactionLagMs: 5000, segmentBytes: 1 << 20 })
    topic.write('a=1')
    topic.append(keyed(['a=2'], {}, NOW_MS + 5000))
    expect(topic.log.segmentCount).toBe(1)
    topic.append(keyed(['a=3'], {}, NOW_MS + 5001))
    expect(topic.log.segmentCount).toBe(2)
  })

  it('begins at the log start if the checkpoint is below it or above the log end', () => {
    const topic = overwritten(5)
    topic.cleanedTo = 1000
    expect(topic.target()?.firstDirtyOffset).toBe(0)
    topic.log.maybeIncrementLogStartOffset(7)
    topic.cleanedTo = 3
    expect(topic.target()?.firstDirtyOffset).toBe(7)
    topic.cleanedTo = 9
    expect(topic.target()?.firstDirtyOffset).toBe(9)
  })

  it('is dirty again from where the log was cut (KAFKA-3330)', () => {
    const topic = overwritten(5)
    topic.clean()
    const { cleanedTo } = topic
    topic.log.truncateTo(12)
    expect(topic.cleanedTo).toBeLessThanOrEqual(12)
    expect(cleanedTo).toBeGreaterThan(12)
    for (let i = 0; i < 20; i++) topic.write(`k3=new${i}${VALUE}`)
    topic.clean()
    expect(topic.records().filter((record) => record.includes('k3=new')).length).toBeLessThan(8)
  })
})
