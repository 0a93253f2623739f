// Random operations, crashes, stalls and losses of power at random times, against the naive model.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Micros } from '../../../sim/host.ts'
import type { FakeJob } from '../fake-endpoint.ts'
import { DiskModel, type ModelFile, type Moment } from './disk-model.ts'
import { Rig } from './rig.ts'

const PATHS = ['a', 'b', 'd/x', 'd/y']
const WRITEBACK_US = 200_000

type Op =
  | { do: 'append'; path: string; length: number }
  | { do: 'truncate'; path: string; part: number }
  | { do: 'sync' | 'sync-then' | 'remove'; path: string }
  | { do: 'sync-dir' | 'sync-dir-then' }
  | { do: 'rename'; path: string; to: string }
  | { do: 'charge'; us: number }

type Step = { waitUs: number } & (
  | { do: 'job'; ops: Op[] }
  | { do: 'crash' | 'stall' | 'unstall' | 'slow' | 'crawl' }
  | { do: 'power-loss'; lose: 'some' | 'all-unflushed' }
)

const path = fc.constantFrom(...PATHS)
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('append' as const), path, length: fc.integer({ min: 1, max: 9 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('truncate' as const), path, part: fc.integer({ min: 0, max: 9 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('sync' as const, 'sync-then' as const, 'remove' as const), path }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('sync-dir' as const, 'sync-dir-then' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const), path, to: path }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('charge' as const), us: fc.integer({ min: 1, max: 3000 }) }) },
)
const waitUs = fc.oneof(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 2 * WRITEBACK_US }))
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      waitUs,
      do: fc.constant('job' as const),
      ops: fc.array(op, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      waitUs,
      do: fc.constantFrom('crash' as const, 'stall' as const, 'unstall' as const, 'slow' as const, 'crawl' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      waitUs,
      do: fc.constant('power-loss' as const),
      lose: fc.constantFrom('some' as const, 'all-unflushed' as const),
    }),
  },
)

class Experiment {
  readonly rig: Rig
  readonly model = new DiskModel()
  private incarnation = 1
  private opCount = 0
  private readonly heals: (() => void)[] = []
  private stalledSinceUs = 0
  /** When the incarnations that were killed were. */
  private readonly killedUs = new Map<number, Micros>()
  private readonly views: { view: Uint8Array; was: Buffer }[] = []

  constructor(seed: number) {
    this.rig = new Rig({ writebackAgeUs: WRITEBACK_US }, seed)
  }

  step(next: Step): void {
    const { rig } = this
    switch (next.do) {
      case 'job':
        rig.endpoint.job(() => next.ops.forEach((each) => this.op(each)))
        break
      case 'crash':
        this.killedUs.set(this.incarnation, rig.loop.nowUs)
        rig.crash()
        this.incarnation++
        break
      case 'stall':
        if (this.heals.length === 0) this.stalledSinceUs = rig.loop.nowUs
        this.heals.push(rig.simDisk.stall())
        break
      case 'unstall':
        this.heals.pop()?.()
        break
      case 'slow':
        rig.loop.schedule(rig.loop.nowUs + 5000, rig.world, 'heal', 0, rig.simDisk.slow(1.5))
        break
      case 'crawl':
        rig.loop.schedule(rig.loop.nowUs + 50_000, rig.world, 'heal', 0, rig.simDisk.slow(200))
        break
      case 'power-loss':
        this.powerLoss(next.lose)
        break
    }
    this.checkCache()
  }

  checkViews(): void {
    for (const { view, was } of this.views) expect(Buffer.from(view)).toEqual(was)
  }

  private op(op: Op): void {
    const { disk, endpoint } = this.rig
    const { model } = this
    switch (op.do) {
      case 'append': {
        const bytes = new Uint8Array(op.length).fill((this.opCount++ % 255) + 1)
        const file = this.opened(op.path)
        const position = disk.open(op.path).append(bytes)
        expect(position).toBe(file.content.now.length)
        model.append(file, bytes, this.moment())
        const view = disk.open(op.path).read(0, position + op.length)
        this.views.push({ view, was: Buffer.from(view) })
        return
      }
      case 'truncate': {
        const file = this.opened(op.path)
        if (op.part >= file.content.now.length) return
        disk.open(op.path).truncate(op.part)
        model.truncate(file, op.part, this.moment())
        return
      }
      case 'sync': {
        const file = this.opened(op.path)
        disk.open(op.path).sync()
        model.sync(file, this.moment())
        return
      }
      case 'sync-then': {
        const file = this.opened(op.path)
        const end = this.continuation()
        disk.open(op.path).sync(end.onEnd)
        model.sync(file, end)
        return
      }
      case 'sync-dir':
        disk.syncDir('')
        model.syncDir(this.moment())
        return
      case 'sync-dir-then': {
        const end = this.continuation()
        disk.syncDir('d', end.onEnd)
        model.syncDir(end)
        return
      }
      case 'rename': {
        const file = model.file(op.path)
        if (file === undefined || op.path === op.to) return
        disk.rename(op.path, op.to)
        model.rename(this.moment(), (names) => {
          names.delete(op.path)
          names.set(op.to, file)
        })
        return
      }
      case 'remove':
        disk.remove(op.path)
        if (model.file(op.path) !== undefined) model.rename(this.moment(), (names) => names.delete(op.path))
        return
      case 'charge':
        endpoint.charge(op.us)
    }
  }

  private opened(path: string): ModelFile {
    this.rig.disk.open(path)
    return this.model.file(path) ?? this.model.create(path, this.moment())
  }

  /** Now, in the running job: after everything it is held for, if it is held. */
  private moment(): Moment {
    const { endpoint } = this.rig
    const job: FakeJob = endpoint.current!
    const [localUs, holds, incarnation] = [endpoint.localUs(), job.holds, this.incarnation]
    if (holds === 0) return { notBefore: () => localUs, certainlyBy: () => localUs }
    return {
      // What a job did that was killed while it was held takes place when its hold would have ended.
      notBefore: () => job.releasesUs[holds - 1] ?? this.killedUs.get(incarnation) ?? Infinity,
      certainlyBy: () => job.releasesUs[holds - 1] ?? Infinity,
    }
  }

  private continuation(): Moment & { onEnd: () => void } {
    const { incarnation } = this
    const issuedUs = this.rig.endpoint.localUs()
    let ranUs = Infinity
    return {
      onEnd: () => {
        expect(this.incarnation).toBe(incarnation)
        ranUs = this.rig.loop.nowUs
      },
      // Of one whose process was killed first nobody hears.
      notBefore: () => (ranUs === Infinity ? issuedUs : ranUs),
      certainlyBy: () => ranUs,
    }
  }

  private powerLoss(lose: 'some' | 'all-unflushed'): void {
    const { loop, simDisk } = this.rig
    const writtenBackUs = (this.heals.length > 0 ? this.stalledSinceUs : loop.nowUs) - WRITEBACK_US
    loop.kill(this.rig.endpoint.owner)
    this.incarnation++
    const report = simDisk.powerLoss(lose)
    expect(report.atUs).toBe(loop.nowUs)
    const found = new Map(simDisk.paths().map((path) => [path, Buffer.from(simDisk.inspect(path)!)]))
    expect(this.model.powerLoss(found, loop.nowUs, writtenBackUs, lose === 'all-unflushed')).toBe(true)
    this.rig.boot()
  }

  private checkCache(): void {
    const { simDisk } = this.rig
    expect(simDisk.paths()).toEqual([...this.model.names.keys()].sort())
    for (const [path, file] of this.model.names) {
      expect(Buffer.from(simDisk.inspect(path)!)).toEqual(file.content.now)
    }
  }
}

it('law: a crash keeps the cache, and a loss of power leaves a state the model allows', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), fc.array(step, { maxLength: 60, size: 'max' }), (seed, steps) => {
      const experiment = new Experiment(seed)
      let atUs = 0
      for (const next of steps) {
        atUs += next.waitUs
        experiment.rig.at(atUs, () => experiment.step(next))
      }
      experiment.checkViews()
    }),
    { numRuns: 400 },
  )
})
