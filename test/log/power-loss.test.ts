// Logs on the simulated disk: what a kill, a power loss and a clean stop leave.

import { describe, expect, it } from 'vitest'
import { World } from '../../sim/index.ts'
import { DEFAULT_LOG_CONFIG } from '../../src/log/log-config.ts'
import { LogDirectory } from '../../src/log/log-directory.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { LOG_SUFFIX, offsetInFileName } from '../../src/log/file-names.ts'
import { append, batchOf, contentOf } from './fixtures.ts'
import { expectGoodIndexes } from './good-indexes.ts'

const CONFIG = { ...DEFAULT_LOG_CONFIG, segmentBytes: 1500, indexIntervalBytes: 300 }
const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** One process that appends a batch of two records every millisecond, and what the test knows of its log. */
class Life {
  readonly world: World
  /** What is in the log, by offset. */
  written = new Map<number, string>()
  /** The log end that was last known to be durable. */
  durable = 0
  boots = 0
  log: PartitionLog | undefined
  directory: LogDirectory | undefined
  segments: number[] = []
  /** Both as of the moment of the last loss. */
  before: readonly number[] = []
  durableBefore = 0

  constructor(seed: number, flushEveryMs: number) {
    this.world = new World({ seed })
    this.world.addProcess('broker-1', {
      boot: (host) => {
        this.log = undefined
        const epoch = ++this.boots
        // In jobs, so that what comes after a sync waits for it.
        const threads = host.jobs.pool('io', 1)
        threads.run('load', () => {
          const directory = LogDirectory.open({ disk: host.disk, dir: 'data', configOf: () => CONFIG })
          const log = directory.get('orders', 0) ?? directory.create('orders', 0, TOPIC_ID, CONFIG)
          this.directory = directory
          this.log = log
          this.segments = host.disk.list(log.dir).flatMap((name) => offsetInFileName(name, LOG_SUFFIX) ?? [])
          host.clock.every(1, 'append', () => threads.run('append', () => this.append(log, epoch)))
          host.clock.every(flushEveryMs, 'flush', () => {
            const end = log.logEndOffset
            log.flush(() => (this.durable = Math.max(this.durable, end)))
          })
          host.clock.every(29, 'checkpoint', () => directory.checkpointRecoveryPoints(() => {}))
        })
      },
    })
  }

  private append(log: PartitionLog, epoch: number): void {
    const first = log.logEndOffset
    const values = [`${epoch} at ${first}`, `${epoch} ${'x'.repeat(first % 90)}`]
    append(log, batchOf(values), epoch)
    values.forEach((value, i) => this.written.set(first + i, value))
  }

  /** Runs for `ms`, ends the process by `how`, starts it again, and returns what the log holds then. */
  lose(ms: number, how: 'crash' | 'power-loss' | 'clean-stop'): [number, string][] {
    const process = this.world.process('broker-1')
    if (this.boots === 0) process.start()
    this.world.run(this.world.loop.nowUs + ms * 1000)
    this.before = [...this.written.keys()]
    this.durableBefore = this.durable
    if (how === 'clean-stop') for (const step of this.directory!.shutdownSteps(this.boots)) step()
    if (how === 'power-loss') process.powerLoss()
    else process.crash()
    process.start()
    while (this.log === undefined) this.world.run(this.world.loop.nowUs + 50)
    const content = contentOf(this.log)
    expect(this.directory!.cleanShutdown).toBe(how === 'clean-stop')
    for (const [offset, value] of content) {
      expect(value).toBe(this.written.get(offset))
      expect(value.startsWith(`${this.log.epochs.epochForOffset(offset)} `)).toBe(true)
    }
    expectGoodIndexes(this.log)
    this.written = new Map(content)
    this.durable = Math.min(this.durable, this.log.logEndOffset)
    return content
  }
}

describe('a log whose process dies', () => {
  it.each(['crash', 'clean-stop'] as const)('keeps all after a %s, and knows which it was', (how) => {
    const life = new Life(1, 10_000)
    for (const ms of [100, 55]) {
      const content = life.lose(ms, how)
      expect(life.before.length).toBeGreaterThan(80)
      expect(content.map(([offset]) => offset)).toEqual(life.before)
    }
  })

  it('keeps all that was synced when the power goes, and of each segment a prefix of whole batches', () => {
    let losses = 0
    let holes = 0
    for (let seed = 0; seed < 40; seed++) {
      const life = new Life(seed, 5 + (seed % 40))
      for (let i = 0; i < 4; i++) {
        const offsets = life.lose(20 + ((seed * 7 + i * 31) % 90), 'power-loss').map(([offset]) => offset)
        const kept = life.before.filter((offset) => life.written.has(offset))
        if (kept.length < life.before.length) losses++
        expect(kept).toEqual(offsets)
        for (const offset of life.before) if (offset < life.durableBefore) expect(life.written.has(offset)).toBe(true)
        for (let at = 1; at < offsets.length; at++) {
          if (offsets[at] === offsets[at - 1]! + 1) continue
          holes++
          expect(life.segments).toContain(offsets[at])
        }
      }
      const kept = life.written.size
      expect(life.lose(40, 'crash').length).toBeGreaterThan(kept)
      expect([...life.written.keys()]).toEqual(life.before)
    }
    expect(losses).toBeGreaterThan(0)
    // Segments lose their ends independently, and nothing in a log tells that whole batches are missing at the end of one.
    expect(holes).toBeGreaterThan(0)
  })
})
