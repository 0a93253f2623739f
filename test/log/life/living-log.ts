// A log directory with one log, in a process on the simulated disk. Whatever is done to it is a job, so that what comes
// after a sync waits for it; a job can be cut short by the end of the process, or of the power.

import { World } from '../../../sim/index.ts'
import type { Disk } from '../../../sim/host.ts'
import type { LogConfig } from '../../../src/log/log-config.ts'
import { LogDirectory } from '../../../src/log/log-directory.ts'
import type { PartitionLog } from '../../../src/log/partition-log.ts'
import { NOW_MS } from '../fixtures.ts'

const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'
const SYNC = { probabilities: [0, 1], values: [300, 2000] }
const STEP_US = 250

export type End = 'kill' | 'clean-stop' | 'some' | 'torn' | 'all-unflushed'

export interface Open {
  readonly directory: LogDirectory
  readonly log: PartitionLog
}

type Deed = (open: Open) => void

export class LivingLog {
  nowMs = NOW_MS
  boots = 0
  private readonly world: World
  private opened: Open | undefined
  private run: (fn: () => void) => void = () => {}

  constructor(seed: number, config: LogConfig) {
    this.world = new World({ seed, disk: { syncLatencyUs: SYNC, coldReadLatencyUs: SYNC } })
    this.world.addProcess('broker-1', {
      boot: ({ disk, clock, jobs }) => {
        this.opened = undefined
        this.boots++
        const pool = jobs.pool('io', 1)
        this.run = (fn) => pool.run('step', fn)
        const retired = (files: readonly string[], delayMs: number) =>
          void clock.after(delayMs, 'delete', () => files.forEach((file) => disk.remove(file)))
        this.run(() => (this.opened = this.load(disk, config, retired)))
      },
    })
    this.boot()
  }

  get open(): Open {
    if (this.opened === undefined) throw new Error('the log is not loaded')
    return this.opened
  }

  /** Until it is done, its waits for the disk included. */
  do(deed: Deed): void {
    const { open } = this
    this.run(() => deed(open))
    this.settle()
  }

  /** Begun, and then `how` ends the process, this much later; what is next is the log that was loaded again. */
  end(how: End, deed: Deed | undefined, afterUs: number): void {
    const { open } = this
    if (deed !== undefined) this.run(() => deed(open))
    if (how === 'clean-stop') {
      for (const step of open.directory.shutdownSteps(this.boots)) this.run(step)
      this.settle()
    } else this.world.run(this.world.loop.nowUs + afterUs)
    const process = this.world.process('broker-1')
    if (how === 'kill' || how === 'clean-stop') process.crash()
    else process.powerLoss(how === 'all-unflushed' ? how : 'some', how === 'torn')
    this.boot()
  }

  /** Virtual time passes, on the device too. */
  wait(ms: number): void {
    this.nowMs += ms
    this.world.run(this.world.loop.nowUs + ms * 1000)
  }

  private boot(): void {
    this.world.process('broker-1').start()
    this.settle()
  }

  private settle(): void {
    const waits = { done: false }
    this.run(() => (waits.done = true))
    while (!waits.done) this.world.run(this.world.loop.nowUs + STEP_US)
  }

  private load(disk: Disk, config: LogConfig, retired: (files: readonly string[], delayMs: number) => void): Open {
    const wallMs = () => this.nowMs
    const directory = LogDirectory.open({ disk, dir: 'data', configOf: () => config, wallMs, retired })
    const log = directory.get('t', 0) ?? directory.create('t', 0, TOPIC_ID, config)
    return { directory, log }
  }
}
