// A log against a plain model: an array of batches with their epochs, and three numbers.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findByTimestamp } from '../../src/broker/timestamp-lookup.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { LOG_SUFFIX, offsetInFileName } from '../../src/log/file-names.ts'
import { append, batchOf, contentOf, DIR, NOW_MS, openLog } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

interface ModelBatch {
  first: number
  atMs: number
  values: string[]
  epoch: number
}

class Model {
  batches: ModelBatch[] = []
  start = 0
  end = 0
  highWatermark = 0

  append(values: string[], epoch: number, atMs: number): void {
    this.batches.push({ first: this.end, atMs, values, epoch })
    this.end += values.length
  }

  truncateTo(offset: number): void {
    if (offset >= this.end) return
    this.batches = this.batches.filter((b) => b.first + b.values.length <= offset)
    this.end = offset
    this.start = Math.min(this.start, offset)
    this.highWatermark = Math.min(this.highWatermark, offset)
  }

  startAt(offset: number): void {
    this.batches = []
    this.start = this.end = this.highWatermark = offset
  }

  content(): [number, string][] {
    return this.batches
      .flatMap((b) => b.values.map((value, i): [number, string] => [b.first + i, value]))
      .filter(([offset]) => offset >= this.start)
  }

  /** Where the log ends once it is read from its files: only what batches and the last file's name say is known. */
  reopenedEnd(lastSegment: number): number {
    const last = this.batches.at(-1)
    return Math.max(lastSegment, last === undefined ? 0 : last.first + last.values.length)
  }
}

const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), n: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('epoch' as const), n: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('truncate' as const), n: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('start-at' as const), n: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('raise-hw' as const), n: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('adopt-hw' as const), n: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('raise-start' as const), n: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const), n: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flush' as const), n: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), n: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('retain' as const), n: fc.constant(0) }) },
)

describe('a log behaves as its model', () => {
  it('whatever is appended, cut, raised, too old, and opened again', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const disk = new MemoryDisk()
        const config = { segmentBytes: 250, segmentMs: 50, retentionMs: 40, indexIntervalBytes: 100 }
        let log: PartitionLog = openLog(disk, { config })
        const model = new Model()
        let epoch = 0
        let nowMs = NOW_MS
        for (const { do: what, n } of commands) {
          const { start, end, highWatermark } = model
          switch (what) {
            case 'append': {
              const values = Array.from({ length: n }, (_, i) => `e${epoch}o${end + i}`)
              append(log, batchOf(values, {}, nowMs), epoch)
              model.append(values, epoch, nowMs)
              break
            }
            case 'epoch':
              epoch += n
              log.assignLeaderEpoch(epoch)
              break
            case 'truncate':
              expect(log.truncateTo(n)).toBe(n < end)
              model.truncateTo(n)
              // A leader's epoch that is cut away is followed by a higher one.
              epoch++
              break
            case 'start-at':
              log.truncateFullyAndStartAt(n)
              model.startAt(n)
              break
            case 'raise-hw': {
              const to = Math.min(n, end)
              expect(log.maybeIncrementHighWatermark(to)).toBe(to > highWatermark)
              model.highWatermark = Math.max(highWatermark, to)
              break
            }
            case 'adopt-hw':
              model.highWatermark = Math.min(Math.max(n, start), end)
              expect(log.updateHighWatermark(n)).toBe(model.highWatermark)
              break
            case 'raise-start':
              expect(log.maybeIncrementLogStartOffset(n)).toBe(n > start && n <= highWatermark)
              if (n > start && n <= highWatermark) model.start = n
              break
            case 'pass':
              nowMs += n
              break
            case 'retain': {
              log.deleteOldSegments(nowMs)
              // Which records share a segment is not the model's business: what is gone was old, and all that may go is gone.
              const gone = model.batches.filter(({ first, values }) => first + values.length <= log.logStartOffset)
              if (log.logStartOffset > start)
                for (const { first, atMs } of gone) if (first >= start) expect(nowMs - atMs).toBeGreaterThan(40)
              expect(log.logStartOffset).toBeGreaterThanOrEqual(start)
              expect(log.deleteOldSegments(nowMs)).toBe(0)
              model.start = log.logStartOffset
              break
            }
            case 'flush':
              log.flush()
              expect(log.recoveryPoint).toBe(end)
              break
            case 'reopen': {
              const { recoveryPoint } = log
              const lastSegment = disk.list(DIR).findLast((name) => name.endsWith('.log'))!
              if (n === 1) log.flush()
              log.close()
              log = openLog(disk, {
                config,
                cleanShutdown: n === 1,
                recoveryPoint,
                highWatermarkCheckpoint: highWatermark,
                logStartOffsetCheckpoint: start,
              })
              const reopened = model.reopenedEnd(offsetInFileName(lastSegment, LOG_SUFFIX)!)
              if (reopened < start) model.startAt(start)
              else model.end = reopened
              model.highWatermark = Math.min(model.highWatermark, model.end)
              break
            }
          }
          expect([log.logStartOffset, log.highWatermark, log.logEndOffset]).toEqual([
            model.start,
            model.highWatermark,
            model.end,
          ])
          expect(log.recoveryPoint).toBeLessThanOrEqual(model.end)
          expect(log.lastStableOffset).toBe(model.highWatermark)
          expect(contentOf(log)).toEqual(model.content())
          for (const { first, values, atMs } of model.batches) {
            // Of the first batch of its time; what lies below the start, in a segment that is there yet, hides it.
            const isFirst = model.batches.every((other) => other.first >= first || other.atMs < atMs)
            if (isFirst && first >= model.start && values.length > 0) {
              expect(findByTimestamp(log, atMs)?.offset).toBe(first)
            }
          }
        }
        // Every batch left lies in the epoch that the cache has for it.
        for (const b of model.batches)
          if (b.first >= model.start) expect(log.epochs.epochForOffset(b.first)).toBe(b.epoch)
      }),
      { numRuns: 300 },
    )
  })
})
