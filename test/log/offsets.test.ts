import { describe, expect, it } from 'vitest'
import type { LogObserver } from '../../src/log/log-observer.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { append, appendMany, batchOf, contentOf, openLog } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

function observed(): { events: string[]; observer: LogObserver } {
  const events: string[] = []
  return {
    events,
    observer: {
      appended: (log, first, last, epoch) => events.push(`${log.name} appended ${first}-${last} e${epoch}`),
      truncated: (log, from, to) => events.push(`${log.name} truncated ${from}>${to}`),
      highWatermarkChanged: (log, from, to) => events.push(`${log.name} hw ${from}>${to}`),
      logStartOffsetChanged: (log, from, to) => events.push(`${log.name} start ${from}>${to}`),
      segmentsDeleted: (log, count, reason) => events.push(`${log.name} deleted ${count} by ${reason}`),
      segmentsReplaced: () => {},
      checkpointWritten: () => {},
    },
  }
}

describe('the high watermark (R-17)', () => {
  it('a leader only raises it, and never above the end', () => {
    const log = openLog()
    appendMany(log, 5)
    expect([log.maybeIncrementHighWatermark(3), log.highWatermark]).toEqual([true, 3])
    expect([log.maybeIncrementHighWatermark(2), log.highWatermark]).toEqual([false, 3])
    expect([log.maybeIncrementHighWatermark(3), log.highWatermark]).toEqual([false, 3])
    expect(() => log.maybeIncrementHighWatermark(6)).toThrow(/above the end/)
  })

  it('a follower adopts what it is told, clamped to start and end, downwards too', () => {
    const log = openLog()
    appendMany(log, 5)
    expect(log.updateHighWatermark(99)).toBe(5)
    log.maybeIncrementLogStartOffset(2)
    expect(log.updateHighWatermark(4)).toBe(4)
    expect(log.updateHighWatermark(0)).toBe(2)
  })
})

describe('the log start (R-8)', () => {
  it('rises, but never above the high watermark, and takes the epoch cache along', () => {
    const log = openLog()
    appendMany(log, 3, 1)
    appendMany(log, 3, 2)
    log.maybeIncrementHighWatermark(4)
    expect(log.maybeIncrementLogStartOffset(5)).toBe(false)
    expect(log.maybeIncrementLogStartOffset(4)).toBe(true)
    expect(log.maybeIncrementLogStartOffset(3)).toBe(false)
    expect(log.logStartOffset).toBe(4)
    expect(log.epochs.entries()).toEqual([{ epoch: 2, startOffset: 4 }])
  })

  it('may lie inside a batch; offsets below it are out of range', () => {
    const log = openLog()
    append(log, batchOf(['a', 'b', 'c']))
    log.maybeIncrementHighWatermark(3)
    log.maybeIncrementLogStartOffset(1)
    expect(log.read(0, 1000, 3, true).outOfRange).toBe(true)
    expect(contentOf(log)).toEqual([
      [1, 'b'],
      [2, 'c'],
    ])
  })
})

describe('truncation (R-15)', () => {
  it('at or beyond the end touches no data', () => {
    const log = openLog()
    appendMany(log, 3)
    expect([log.truncateTo(3), log.truncateTo(9), log.logEndOffset]).toEqual([false, false, 3])
  })

  it('drops what reaches the offset, and the high watermark comes down to the new end', () => {
    const log = openLog()
    appendMany(log, 5, 1)
    appendMany(log, 3, 2)
    log.maybeIncrementHighWatermark(8)
    expect(log.truncateTo(6)).toBe(true)
    expect([log.logEndOffset, log.highWatermark]).toEqual([6, 6])
    expect(contentOf(log).length).toBe(6)
    log.truncateTo(5)
    expect(log.epochs.latestEpoch).toBe(1)
    expect(log.endOffsetFor(1)).toEqual({ epoch: 1, endOffset: 5 })
  })

  it('leaves a high watermark below the new end alone', () => {
    const log = openLog()
    appendMany(log, 5)
    log.maybeIncrementHighWatermark(2)
    log.truncateTo(4)
    expect(log.highWatermark).toBe(2)
  })

  it('inside a batch drops the whole batch; the end is still what was asked for', () => {
    const log = openLog()
    append(log, batchOf(['a', 'b', 'c']))
    append(log, batchOf(['d', 'e', 'f']))
    log.truncateTo(5)
    expect([contentOf(log).length, log.logEndOffset]).toEqual([3, 5])
    expect(append(log, batchOf(['x'])).firstOffset).toBe(5)
  })

  it('pulls the log start down with it (R-8)', () => {
    const log = openLog()
    appendMany(log, 5)
    log.maybeIncrementHighWatermark(5)
    log.maybeIncrementLogStartOffset(4)
    log.truncateTo(2)
    expect([log.logStartOffset, log.logEndOffset, log.highWatermark]).toEqual([2, 2, 2])
  })

  it('below the first segment starts the log anew', () => {
    const log = openLog()
    log.truncateFullyAndStartAt(100)
    appendMany(log, 3)
    expect(log.truncateTo(50)).toBe(true)
    expect([log.logStartOffset, log.logEndOffset, log.firstSegmentOffset]).toEqual([50, 50, 50])
  })

  it('views handed out before stay as they were', () => {
    const log = openLog()
    appendMany(log, 3)
    const { bytes } = log.read(0, 1000, 3, true)
    const copy = bytes.slice()
    log.truncateTo(1)
    appendMany(log, 4, 1)
    expect(bytes).toEqual(copy)
  })
})

describe('starting anew at an offset (R-16, KAFKA-9491)', () => {
  it('leaves an empty log there: start, high watermark, end and the epochs with it', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    appendMany(log, 5, 3)
    log.truncateFullyAndStartAt(100)
    expect([log.logStartOffset, log.highWatermark, log.logEndOffset]).toEqual([100, 100, 100])
    expect(log.epochs.isEmpty).toBe(true)
    expect(disk.list('data/orders-0').filter((name) => !name.endsWith('.deleted'))).toEqual([
      '00000000000000000100.index',
      '00000000000000000100.log',
      '00000000000000000100.timeindex',
      'leader-epoch-checkpoint',
    ])
    expect(append(log, batchOf(['x'])).firstOffset).toBe(100)
  })
})

describe('what an observer sees', () => {
  it('never is a log between two states: start ≤ high watermark ≤ end at every call', () => {
    const check = (log: PartitionLog): void => {
      expect(log.logStartOffset).toBeLessThanOrEqual(log.highWatermark)
      expect(log.highWatermark).toBeLessThanOrEqual(log.logEndOffset)
    }
    const observer = {
      appended: check,
      truncated: check,
      highWatermarkChanged: check,
      logStartOffsetChanged: check,
      segmentsDeleted: check,
      segmentsReplaced: check,
      checkpointWritten: () => {},
    }
    const log = openLog(new MemoryDisk(), { observer })
    appendMany(log, 6)
    log.maybeIncrementHighWatermark(6)
    log.maybeIncrementLogStartOffset(5)
    log.truncateTo(3)
    log.truncateFullyAndStartAt(9)
    expect.assertions(2 * 14)
  })

  it('is every change, in order', () => {
    const { events, observer } = observed()
    const log = openLog(new MemoryDisk(), { observer })
    append(log, batchOf(['a', 'b']), 4)
    log.maybeIncrementHighWatermark(2)
    log.maybeIncrementHighWatermark(2)
    log.maybeIncrementLogStartOffset(1)
    log.truncateTo(0)
    log.truncateFullyAndStartAt(7)
    expect(events).toEqual([
      'orders-0 appended 0-1 e4',
      'orders-0 hw 0>2',
      'orders-0 start 0>1',
      'orders-0 truncated 2>0',
      'orders-0 start 1>0',
      'orders-0 hw 2>0',
      'orders-0 truncated 0>7',
      'orders-0 start 0>7',
      'orders-0 hw 0>7',
    ])
  })
})
