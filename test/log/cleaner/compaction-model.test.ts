// The cleaner beside a model that could not be simpler: a list of records, and the last of each key. Random writes,
// tombstones, rolls, truncations above the high watermark, restarts and rounds of cleaning, whole or given up midway.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MemoryDisk } from '../memory-disk.ts'
import { keyed, NOW_MS } from './batches.ts'
import { CleanedLog, keyOf, offsetOf } from './cleaned-log.ts'

const RETENTION_MS = 1000

type Step =
  | { readonly kind: 'write'; readonly records: readonly string[]; readonly commits: boolean }
  | { readonly kind: 'clean'; readonly mapEntries: number; readonly ioBufferBytes: number; readonly steps: number }
  | { readonly kind: 'cut'; readonly share: number }
  | { readonly kind: 'restart'; readonly clean: boolean }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'start'; readonly share: number }

const record = fc
  .tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.option(fc.nat(9)), fc.nat(40))
  .map(([key, value, length]) => (value === null ? key : `${key}=${value}${'.'.repeat(length)}`))

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('write'),
      records: fc.array(record, { minLength: 1, maxLength: 4 }),
      commits: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('clean'),
      mapEntries: fc.constantFrom(2, 3, 100),
      ioBufferBytes: fc.constantFrom(1, 150, 10_000),
      steps: fc.constantFrom(1, 3, 10, 1000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut'), share: fc.integer({ min: 0, max: 100 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart'), clean: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.nat(1500) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('start'), share: fc.integer({ min: 0, max: 40 }) }) },
)

/** What was written and not cut: what a log without compaction would hold. */
class Model {
  records: string[] = []
  /** Last offset of the batch of each record. */
  private readonly lasts = new Map<string, number>()
  /** When the cleaner first saw each tombstone, at the earliest, by its record. */
  readonly firstRoundMs = new Map<string, number>()

  write(base: number, records: readonly string[]): void {
    const placed = records.map((text, i) => `${base + i}:${text}`)
    for (const text of placed) this.lasts.set(text, base + records.length - 1)
    this.records.push(...placed)
  }

  /** Batches go whole. */
  cut(offset: number): void {
    this.records = this.records.filter((text) => (this.lasts.get(text) ?? 0) < offset)
  }

  /** A round begins. */
  round(nowMs: number): void {
    for (const text of this.records)
      if (!text.includes('=') && !this.firstRoundMs.has(text)) this.firstRoundMs.set(text, nowMs)
  }

  /** Is this a legal compaction of what was written, from `start` on? */
  judge(held: readonly string[], start: number, nowMs: number): void {
    const written = this.records.filter((text) => offsetOf(text) >= start)
    const there = new Set(held)
    // Nothing new, and in the order in which it was written.
    expect(held).toEqual(written.filter((text) => there.has(text)))
    const last = new Map(written.map((text) => [keyOf(text), text]))
    for (const text of last.values()) {
      if (there.has(text)) continue
      // Only a tombstone may be gone, and not before its time.
      expect(text).not.toContain('=')
      const firstMs = this.firstRoundMs.get(text)
      expect(firstMs).toBeDefined()
      expect(nowMs - firstMs!).toBeGreaterThanOrEqual(RETENTION_MS)
    }
  }
}

it('a log that is compacted holds the last record of each key, whatever happens to it', () => {
  let cleaned = 0
  let dropped = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
      const topic = new CleanedLog({ deleteRetentionMs: RETENTION_MS, segmentBytes: 350 }, new MemoryDisk())
      const model = new Model()
      let nowMs = NOW_MS
      for (const each of steps) {
        const { log } = topic
        switch (each.kind) {
          case 'write':
            model.write(log.logEndOffset, each.records)
            topic.append(keyed(each.records))
            if (each.commits) topic.commit()
            break
          case 'clean': {
            const round = topic.steps({ ...each, nowMs })
            if (round === undefined) break
            model.round(nowMs)
            let left = each.steps
            for (let next = round.next(); ; next = round.next()) {
              if (next.done === true) {
                topic.cleanedTo = next.value.nextDirtyOffset
                cleaned += 1
                break
              }
              if (--left > 0) continue
              round.return(next.value as never)
              break
            }
            break
          }
          case 'cut': {
            const offset = log.highWatermark + Math.floor(((log.logEndOffset - log.highWatermark) * each.share) / 100)
            log.truncateTo(offset)
            model.cut(offset)
            break
          }
          case 'restart':
            topic.restart(each.clean)
            break
          case 'wait':
            nowMs += each.ms
            break
          case 'start': {
            const { logStartOffset: start } = log
            log.maybeIncrementLogStartOffset(start + Math.floor(((log.highWatermark - start) * each.share) / 100))
            log.deleteOldSegments(nowMs)
            break
          }
        }
        const held = topic.records()
        model.judge(held, topic.log.logStartOffset, nowMs)
        dropped += model.records.length - held.length
        // Reading works from every offset on, and never gives what lies before the batch asked for.
        const { logStartOffset: start, logEndOffset: end } = topic.log
        for (let offset = start; offset < end; offset += 7) {
          const read = topic.log.read(offset, 1, end, true)
          if (read.bytes.length > 0) expect(read.nextOffset).toBeGreaterThan(offset)
        }
      }
    }),
    { numRuns: 60 },
  )
  expect(cleaned).toBeGreaterThan(20)
  expect(dropped).toBeGreaterThan(1000)
})
