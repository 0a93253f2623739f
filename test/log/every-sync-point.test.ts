// A kill and a loss of power at every step of a short life of a log — appends, rolls, flushes, checkpoints, retention, a
// truncation, a stop in order, and the recovery after each — leave a log that is one of the legal ones.

import { describe, expect, it } from 'vitest'
import { World } from '../../sim/index.ts'
import { DEFAULT_LOG_CONFIG } from '../../src/log/log-config.ts'
import { LogDirectory } from '../../src/log/log-directory.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { append, contentOf, NOW_MS, sequenced } from './fixtures.ts'
import { expectGoodIndexes } from './good-indexes.ts'

const CONFIG = {
  ...DEFAULT_LOG_CONFIG,
  segmentBytes: 420,
  indexIntervalBytes: 100,
  retentionMs: 12,
  fileDeleteDelayMs: 8,
}
const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'
const LIFE_MS = 44
const STEP_US = 500
/** Every sync takes longer than a step, so that there is a step within each. */
const SYNC = { probabilities: [0, 1], values: [600, 1100] }

type End = 'kill' | 'all-unflushed' | 'some'

class Life {
  readonly world: World
  log: PartitionLog | undefined
  directory: LogDirectory | undefined
  /** All values that were ever written at an offset. */
  readonly written = new Map<number, Set<string>>()
  /** What was known to be synced, and not cut since. */
  durable = 0
  private incarnation = 0

  constructor(seed: number) {
    this.world = new World({ seed, disk: { syncLatencyUs: SYNC, coldReadLatencyUs: SYNC } })
    this.world.addProcess('broker-1', {
      boot: (host) => {
        this.log = undefined
        const epoch = ++this.incarnation
        const threads = host.jobs.pool('io', 2)
        host.jobs.pool('recovery', 1).run('recover', () => {
          const wallMs = () => NOW_MS
          const retired = (files: readonly string[], delayMs: number) =>
            void host.clock.after(delayMs, 'delete', () => files.forEach((file) => host.disk.remove(file)))
          const directory = LogDirectory.open({ disk: host.disk, dir: 'data', configOf: () => CONFIG, wallMs, retired })
          const log = directory.get('t', 0) ?? directory.create('t', 0, TOPIC_ID, CONFIG)
          this.directory = directory
          this.log = log
          // The first life is the one that is ended; later ones only load what it left.
          if (epoch > 1) return
          for (let ms = 1; ms <= LIFE_MS; ms++) {
            host.clock.after(ms, 'step', () => threads.run('step', () => this.step(directory, log, ms, epoch)))
          }
        })
      },
    })
    this.world.process('broker-1').start()
  }

  private step(directory: LogDirectory, log: PartitionLog, ms: number, epoch: number): void {
    if (ms === LIFE_MS) {
      for (const step of directory.shutdownSteps(7)) step()
      return
    }
    if (ms === 30) {
      this.durable = Math.min(this.durable, log.logEndOffset - 3)
      log.truncateTo(log.logEndOffset - 3)
    }
    const first = log.logEndOffset
    const sequence = log.producers.get(7)?.lastSequence ?? -1
    append(log, sequenced(7, 0, sequence + 1, 1 + (ms % 2), {}, NOW_MS + ms), epoch)
    for (let offset = first; offset < log.logEndOffset; offset++) {
      const values = this.written.get(offset) ?? new Set()
      this.written.set(offset, values.add(`p7s${sequence + 1 + offset - first}`))
    }
    log.maybeIncrementHighWatermark(log.logEndOffset)
    const end = log.logEndOffset
    if (ms % 6 === 3) log.flush(() => (this.durable = Math.max(this.durable, Math.min(end, log.logEndOffset))))
    if (ms % 7 === 2) directory.checkpointRecoveryPoints()
    if (ms % 7 === 4) directory.checkpointHighWatermarks()
    if (ms === 17 || ms === 36) log.deleteOldSegments(NOW_MS + ms)
    if (ms === 19) directory.checkpointLogStartOffsets()
    if (ms === 23) log.maybeIncrementLogStartOffset(log.logStartOffset + 1)
  }

  /** Runs to this moment, ends it, starts it again, and lets it load its log. */
  end(atUs: number, how: End): void {
    this.world.run(atUs)
    const process = this.world.process('broker-1')
    if (how === 'kill') process.crash()
    else process.powerLoss(how)
    process.start()
  }

  /** Until the log is loaded, and what was asked of the disk meanwhile is done. */
  load(): PartitionLog {
    this.world.run(this.world.loop.nowUs + 1100)
    for (let i = 0; this.log === undefined && i < 100; i++) this.world.run(this.world.loop.nowUs + 50)
    if (this.log === undefined) throw new Error('the log was not loaded')
    return this.log
  }
}

/** What must hold of a log, however it came to be. */
function expectLegal(life: Life, log: PartitionLog): void {
  const content = contentOf(log)
  for (const [offset, value] of content) expect(life.written.get(offset), `at ${offset}`).toContain(value)
  const there = new Set(content.map(([offset]) => offset))
  for (let offset = log.logStartOffset; offset < life.durable; offset++)
    expect(there.has(offset), `${offset} was synced`).toBe(true)
  expect(log.logStartOffset).toBeLessThanOrEqual(log.highWatermark)
  expect(log.highWatermark).toBeLessThanOrEqual(log.logEndOffset)
  expect(log.recoveryPoint).toBeLessThanOrEqual(log.logEndOffset)
  const bases = new Set(log.segments.baseOffsets())
  for (let i = 1; i < content.length; i++) {
    const [before, offset] = [content[i - 1]![0], content[i]![0]]
    if (offset !== before + 1) expect(bases.has(offset), `a hole before ${offset}`).toBe(true)
  }
  expectGoodIndexes(log)
  // State of the producer is that of its last batch, and no batch lies in another epoch than the cache says.
  const last = content.at(-1)
  if (last !== undefined && last[0] === log.logEndOffset - 1)
    expect(`p7s${log.producers.get(7)?.lastSequence}`).toBe(last[1])
  // (The log may start anew where a checkpoint has it that is older than the cache: then the first are in none.)
  const known = log.epochs.entries()[0]?.startOffset ?? Infinity
  for (const [offset] of content) if (offset >= known) expect(log.epochs.epochForOffset(offset)).toBeGreaterThan(0)
  expect(log.epochs.entries().every(({ startOffset }) => startOffset <= log.logEndOffset)).toBe(true)
}

describe('at every step of its life', () => {
  const steps = Array.from({ length: ((LIFE_MS + 6) * 1000) / STEP_US }, (_, i) => (i + 1) * STEP_US)

  it('a log that is killed is whole', () => {
    for (const atUs of steps) {
      const life = new Life(1)
      life.world.run(atUs)
      const before = life.log === undefined ? [] : contentOf(life.log)
      life.end(atUs, 'kill')
      const log = life.load()
      expectLegal(life, log)
      const after = contentOf(log)
      const start = Math.max(before[0]?.[0] ?? 0, log.logStartOffset)
      expect(after.filter(([offset]) => offset >= start)).toEqual(before.filter(([offset]) => offset >= start))
    }
  })

  it.each(['all-unflushed', 'some'] as const)('a log that loses its power, and %s with it, is a legal one', (how) => {
    for (const [i, atUs] of steps.entries()) {
      const life = new Life(how === 'some' ? i : 1)
      life.end(atUs, how)
      expectLegal(life, life.load())
    }
  })

  it('and so is one whose power is lost again while it recovers', () => {
    for (const atUs of steps.filter((_, i) => i % 9 === 4)) {
      for (let againUs = 100; againUs < 4000; againUs += 550) {
        const life = new Life(atUs)
        life.end(atUs, 'some')
        life.end(life.world.loop.nowUs + againUs, againUs % 200 === 0 ? 'all-unflushed' : 'some')
        const log = life.load()
        expectLegal(life, log)
      }
    }
  })
})
