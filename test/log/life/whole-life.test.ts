// A log on the simulated disk beside a plain list, its whole life in one property: appends with and without sequences,
// rolls by size, time and full indexes, truncations, flushes, checkpoints, deleted records, retention, rounds of cleaning,
// kills, losses of power and stops in order, also in the middle of any of these, and the recovery after each. Whenever it is
// looked at, reads by offset and by time agree with the list, and what was synced is there.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ByteSink } from '../../../src/log/cleaner/byte-sink.ts'
import { cleanLog } from '../../../src/log/cleaner/clean-log.ts'
import { dirtiest, logToClean, offsetsToClean } from '../../../src/log/cleaner/cleanable-offsets.ts'
import { OffsetMap } from '../../../src/log/cleaner/offset-map.ts'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../../src/log/log-config.ts'
import type { BatchIdentity } from '../../../src/records/batch-builder.ts'
import { keyed } from '../cleaner/batches.ts'
import { append } from '../fixtures.ts'
import { expectAgreement, heldBy, PRODUCER_ID, suspect, textsOf } from './held.ts'
import { LifeModel } from './life-model.ts'
import { type End, LivingLog, type Open } from './living-log.ts'

const RETENTION_MS = 250
const DELETE_RETENTION_MS = 150

type Deed =
  | {
      readonly kind: 'append'
      readonly keys: readonly string[]
      readonly sequenced: boolean
      readonly commits: boolean
    }
  | { readonly kind: 'epoch' | 'retain' | 'flush' | 'flush-later' }
  | { readonly kind: 'cut' | 'cut-deep' | 'start-at' | 'delete-records'; readonly share: number }
  | { readonly kind: 'clean'; readonly mapEntries: number; readonly ioBufferBytes: number; readonly steps: number }
  | { readonly kind: 'checkpoint'; readonly which: 'recovery-points' | 'high-watermarks' | 'log-starts' }

type Step =
  | Deed
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'end'; readonly how: End; readonly within: Deed | undefined; readonly afterUs: number }

const share = fc.integer({ min: 0, max: 100 })
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('append'),
      // A capital letter is a tombstone.
      keys: fc.array(fc.constantFrom(...'a a a b b c d e f A B C'.split(' ')), { minLength: 1, maxLength: 4 }),
      sequenced: fc.boolean(),
      commits: fc.constantFrom(true, true, false),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('epoch', 'retain', 'flush', 'flush-later') }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('cut', 'cut', 'cut-deep', 'delete-records', 'start-at'), share }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('clean'),
      mapEntries: fc.constantFrom(3, 100),
      ioBufferBytes: fc.constantFrom(1, 200, 10_000),
      steps: fc.constantFrom(3, 1000, 1000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('checkpoint'),
      which: fc.constantFrom('recovery-points', 'high-watermarks', 'log-starts'),
    }),
  },
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 16, arbitrary: deed },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.nat(300) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('end'),
      how: fc.constantFrom('kill', 'clean-stop', 'some', 'torn', 'all-unflushed'),
      within: fc.option(deed, { nil: undefined }),
      afterUs: fc.nat(5000),
    }),
  },
)

const settings: fc.Arbitrary<LogConfig> = fc
  .record({
    policy: fc.constantFrom('delete', 'compact', 'compact,delete'),
    segmentBytes: fc.constantFrom(300, 700),
    segmentMs: fc.constantFrom(100, 1_000_000),
    segmentIndexBytes: fc.constantFrom(36, 10_000),
  })
  .map(({ policy, ...sizes }) => ({
    ...DEFAULT_LOG_CONFIG,
    ...sizes,
    indexIntervalBytes: 100,
    compacted: policy !== 'delete',
    deletes: policy !== 'compact',
    retentionMs: RETENTION_MS,
    deleteRetentionMs: DELETE_RETENTION_MS,
    minCleanableDirtyRatio: 0,
    fileDeleteDelayMs: 20,
  }))

class Life {
  readonly living: LivingLog
  readonly model = new LifeModel(DELETE_RETENTION_MS)
  private epoch = 0
  private writes = 0

  constructor(seed: number, config: LogConfig) {
    this.living = new LivingLog(seed, config)
  }

  take(step: Step): void {
    const { living, model } = this
    if (step.kind === 'wait') living.wait(step.ms)
    else if (step.kind === 'end') this.end(step.how, step.within, step.afterUs)
    else {
      living.do((open) => this.act(step, open))
      if (step.kind === 'flush') model.durable = model.end
    }
    const { log } = living.open
    const held = heldBy(log)
    expect([log.logStartOffset, log.highWatermark, log.logEndOffset]).toEqual([
      model.start,
      model.highWatermark,
      model.end,
    ])
    expect(log.recoveryPoint).toBeLessThanOrEqual(log.logEndOffset)
    model.judge(textsOf(held, log), living.nowMs)
    expectAgreement(held, log, model)
  }

  private end(how: End, within: Deed | undefined, afterUs: number): void {
    const { living, model } = this
    const checkpoints = within?.kind === 'checkpoint' && within.which === 'high-watermarks'
    if (checkpoints) model.checkpointed = undefined
    living.end(how, within && ((open) => this.act(within, open)), afterUs)
    if (how === 'clean-stop') model.checkpointed = model.highWatermark
    const losesPower = how !== 'kill' && how !== 'clean-stop'
    const { log } = living.open
    const held = heldBy(log)
    model.adopt(textsOf(held, log), log, losesPower, living.nowMs)
    if (losesPower) suspect(held, log, model)
    if (model.checkpointed === undefined) {
      living.do(({ directory }) => directory.checkpointHighWatermarks())
      model.checkpointed = model.highWatermark
    }
    this.epoch++
  }

  /** Both the log and the model do it, at once. */
  private act(deed: Deed, { log, directory }: Open): void {
    const { model, living } = this
    const { nowMs } = living
    switch (deed.kind) {
      case 'append':
        this.append(deed.keys, deed.sequenced, log)
        if (!deed.commits) break
        log.maybeIncrementHighWatermark(log.logEndOffset)
        model.highWatermark = model.end
        break
      case 'epoch':
        log.assignLeaderEpoch(++this.epoch)
        break
      case 'flush':
        log.flush()
        break
      case 'flush-later': {
        const { end, cuts } = model
        log.flush(() => {
          if (model.cuts === cuts) model.durable = Math.max(model.durable, end)
        })
        break
      }
      case 'cut':
      case 'cut-deep': {
        const from = deed.kind === 'cut' ? model.highWatermark : model.start
        const offset = from + Math.floor(((model.end - from) * deed.share) / 100)
        log.truncateTo(offset)
        model.cut(offset)
        this.epoch++
        break
      }
      case 'start-at': {
        const offset = Math.floor((model.end * deed.share) / 50)
        log.truncateFullyAndStartAt(offset)
        model.startAt(offset)
        this.epoch++
        break
      }
      case 'delete-records': {
        const { start, highWatermark } = model
        const offset = start + Math.floor(((highWatermark - start) * deed.share) / 100)
        expect(log.maybeIncrementLogStartOffset(offset)).toBe(offset > start)
        model.start = offset
        break
      }
      case 'retain':
        this.retain(log)
        break
      case 'clean':
        this.clean(deed, { log, directory })
        break
      case 'checkpoint':
        if (deed.which === 'recovery-points') directory.checkpointRecoveryPoints()
        else if (deed.which === 'log-starts') directory.checkpointLogStartOffsets()
        else {
          directory.checkpointHighWatermarks()
          if (model.checkpointed !== undefined) model.checkpointed = model.highWatermark
        }
    }
    living.nowMs = nowMs + 10
  }

  private append(keys: readonly string[], sequenced: boolean, log: PartitionLogLike): void {
    const { model, living, epoch } = this
    const base = log.logEndOffset
    const last = base + keys.length - 1
    const records = keys.map((letter, i) => {
      const key = letter.toLowerCase()
      const isTombstone = letter !== key
      const record = isTombstone ? key : `${key}=${++this.writes}${'.'.repeat(this.writes % 50)}`
      const atMs = living.nowMs + i
      const written = { offset: base + i, key, isTombstone, atMs, epoch, last }
      return { record, placed: [`${base + i}@${atMs}:${record}`, written] as const }
    })
    const lastSequence = log.producers.get(PRODUCER_ID)?.lastSequence ?? -1
    const identity: Partial<BatchIdentity> = sequenced
      ? { producerId: PRODUCER_ID, producerEpoch: 0, baseSequence: lastSequence + 1 }
      : {}
    append(
      log,
      keyed(
        records.map(({ record }) => record),
        identity,
        living.nowMs,
      ),
      epoch,
    )
    model.append(
      records.map(({ placed }) => [...placed]),
      last + 1,
    )
  }

  private retain(log: PartitionLogLike): void {
    const { model, living } = this
    const before = textsOf(heldBy(log), log)
    const { start } = model
    log.deleteOldSegments(living.nowMs)
    expect(log.deleteOldSegments(living.nowMs)).toBe(0)
    expect(log.logStartOffset).toBeGreaterThanOrEqual(start)
    model.start = log.logStartOffset
    if (!log.config.deletes) expect(model.start).toBe(start)
    // A segment whose largest time is lost counts as older than it is.
    if (!model.timesAreSure) return
    for (const text of before) {
      const { offset, atMs } = model.of(text)
      if (offset < model.start) expect(living.nowMs - atMs, text).toBeGreaterThan(RETENTION_MS)
    }
  }

  private clean(
    { mapEntries, ioBufferBytes, steps }: Extract<Deed, { kind: 'clean' }>,
    { log, directory }: Open,
  ): void {
    const { model, living } = this
    const offsets = offsetsToClean(log, directory.cleaned.offset('t', 0), living.nowMs)
    if (offsets.checkpointIsInvalid) directory.cleaned.update('t', 0, offsets.firstDirtyOffset)
    const target = log.config.compacted ? dirtiest([logToClean(log, offsets, living.nowMs)]) : undefined
    if (target === undefined) return
    expect(target.firstUncleanableOffset).toBeLessThanOrEqual(log.segments.active.baseOffset)
    model.round(living.nowMs, target.firstUncleanableOffset)
    const tools = { map: new OffsetMap(mapEntries * 24), loadFactor: 1, ioBufferBytes, sink: new ByteSink(0) }
    const round = cleanLog(target, living.nowMs, tools)
    let left = steps
    for (let next = round.next(); ; next = round.next()) {
      if (next.done === true) {
        directory.cleaned.update('t', 0, next.value.nextDirtyOffset)
        done.rounds++
        return
      }
      if (--left > 0) continue
      round.return({
        nextDirtyOffset: 0,
        bytesRead: 0,
        bytesWritten: 0,
        recordsRead: 0,
        recordsKept: 0,
        tombstonesGone: 0,
      })
      return
    }
  }
}

type PartitionLogLike = Open['log']

/** What took place in all lives together. */
const done = { rounds: 0, lost: 0, rolled: 0, retained: 0 }

it('a log is what a plain list says, and what was synced is there, whatever happens to it', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      settings,
      fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }),
      (seed, config, steps) => {
        const life = new Life(seed, config)
        for (const each of steps) {
          const { end, start } = life.model
          life.take(each)
          if (each.kind === 'end' && life.model.end < end) done.lost++
          if (each.kind === 'retain' && life.model.start > start) done.retained++
          done.rolled = Math.max(done.rolled, life.living.open.log.segmentCount)
        }
      },
    ),
    { numRuns: 45 },
  )
  expect(done.rounds).toBeGreaterThan(10)
  expect(done.lost).toBeGreaterThan(5)
  expect(done.retained).toBeGreaterThan(3)
  expect(done.rolled).toBeGreaterThan(5)
})
