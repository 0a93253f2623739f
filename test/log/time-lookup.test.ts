// Records by their time, through the indexes, against a walk over all records.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findByTimestamp, findMaxTimestamp } from '../../src/broker/timestamp-lookup.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { append, appendMany, batchOf, NOW_MS, openLog } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

const CONFIG = { segmentBytes: 400, indexIntervalBytes: 100 }

describe('the first record of a time or later', () => {
  it('is the one that a walk over all records finds, however timestamps go, also after cuts and loads', () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ append: fc.nat(30) }) },
      { weight: 1, arbitrary: fc.record({ truncateTo: fc.nat(20) }) },
      { weight: 1, arbitrary: fc.record({ reopen: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ ask: fc.nat(32) }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const disk = new MemoryDisk()
        let log: PartitionLog = openLog(disk, { config: CONFIG })
        const times: number[] = []
        const check = (ms: number): void => {
          const first = times.findIndex((time) => time >= ms)
          expect(findByTimestamp(log, NOW_MS + ms)?.offset ?? -1).toBe(first)
        }
        for (const step of steps) {
          if ('append' in step) {
            append(log, batchOf(['v'], {}, NOW_MS + step.append))
            times.push(step.append)
          } else if ('truncateTo' in step) {
            log.truncateTo(step.truncateTo)
            times.length = Math.min(times.length, step.truncateTo)
          } else if ('reopen' in step) {
            log.close()
            log = openLog(disk, { config: CONFIG, cleanShutdown: step.reopen })
          } else {
            check(step.ask)
          }
        }
        for (let ms = 0; ms <= 31; ms++) check(ms)
        const largest = Math.max(...times)
        expect(findMaxTimestamp(log)?.offset ?? -1).toBe(times.indexOf(largest))
      }),
      { numRuns: 150 },
    )
  })

  it('is looked for in one segment only: if the log starts behind all of that age in it, nothing is found', () => {
    const log = openLog(new MemoryDisk(), { config: CONFIG })
    append(log, batchOf(['late'], {}, NOW_MS + 99))
    for (let i = 0; i < 9; i++) append(log, batchOf(['v'], {}, NOW_MS + i))
    append(log, batchOf(['later'], {}, NOW_MS + 100))
    expect(log.segmentCount).toBeGreaterThan(1)
    log.maybeIncrementHighWatermark(11)
    expect(findByTimestamp(log, NOW_MS + 50)?.offset).toBe(0)
    log.maybeIncrementLogStartOffset(1)
    expect(findByTimestamp(log, NOW_MS + 50)).toBeUndefined()
    expect(findByTimestamp(log, NOW_MS + 100)?.offset).toBe(10)
  })

  it('costs as much in a log of a thousand segments as in one of ten', () => {
    class CountingDisk extends MemoryDisk {
      bytesRead = 0
      override open(path: string): ReturnType<MemoryDisk['open']> {
        const file = super.open(path)
        const read = file.read.bind(file)
        file.read = (position, length) => {
          this.bytesRead += length
          return read(position, length)
        }
        return file
      }
    }
    const costOf = (batches: number): number => {
      const disk = new CountingDisk()
      const log = openLog(disk, { config: { segmentBytes: 100 } })
      appendMany(log, batches)
      findByTimestamp(log, NOW_MS)
      disk.bytesRead = 0
      findByTimestamp(log, NOW_MS)
      return disk.bytesRead
    }
    expect(costOf(1000)).toBe(costOf(10))
  })
})
