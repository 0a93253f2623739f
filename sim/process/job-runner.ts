// Runs the jobs of one incarnation, one function at a time. A job's function runs whole at the instant it starts; what
// it charges keeps its thread busy, and what it sends leaves when its charged time is over. A job submitted inside a
// job starts, at the earliest, when that job's function has returned. Left out: a pause takes hold between jobs, so the
// job under way when it begins still ends, and sends, in time.

import { assert } from '../assert.ts'
import type { Departure } from '../endpoint.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Jobs, Micros, Pool } from '../host.ts'
import { HeldJob } from './held-job.ts'
import { JobPool } from './job-pool.ts'
import type { Life } from './life.ts'
import type { Slowdown } from './slowdown.ts'

/** More jobs than this started by one event is a loop that takes no time. */
const MAX_JOBS_PER_EVENT = 100_000

export class JobRunner implements Jobs {
  private readonly loop: EventLoop
  private readonly life: Life
  private readonly cpu: Slowdown
  private readonly pools = new Map<string, JobPool>()
  /** Pools to look at when the running job's function has returned: one entry per submission, in order. */
  private readonly pending: JobPool[] = []
  private draining = false
  /** The running job: whether there is one, what it has charged, sent, and whether it has to be held. */
  private running = false
  private chargedUs: Micros = 0
  private departures: Departure[] = []
  private held: HeldJob | undefined = undefined

  constructor(loop: EventLoop, life: Life, cpu: Slowdown) {
    this.loop = loop
    this.life = life
    this.cpu = cpu
  }

  pool(name: string, threads: number): Pool {
    this.life.check('jobs')
    assert(!this.pools.has(name), `${this.life.label} has two pools '${name}'`)
    const pool = new JobPool(name, threads, this.loop, this.life, this)
    this.pools.set(name, pool)
    return pool
  }

  /** CPU time of the running job, as long as a slow CPU makes it. */
  charge(us: Micros): void {
    this.occupy(Math.ceil(us * this.cpu.factor))
  }

  /** Time the running job spends on its thread, whatever the CPU's speed. */
  occupy(us: Micros): void {
    if (!(us >= 0) || !Number.isSafeInteger(us)) assert(false, `a job of ${this.life.label} is charged ${us} µs`)
    if (this.running) this.chargedUs += us
  }

  localUs(): Micros {
    return this.running ? this.loop.nowUs + this.chargedUs : this.loop.nowUs
  }

  postpone(departure: Departure): boolean {
    if (this.running) this.departures.push(departure)
    // What is sent by code that a halt unwinds goes nowhere.
    return this.running || this.life.ownEnd !== undefined
  }

  hold(): (() => void) | undefined {
    if (!this.running || !this.life.alive) return undefined
    this.held ??= new HeldJob(this.loop, this.life)
    return this.held.hold(this.chargedUs)
  }

  /** A job has come to wait in `pool`. */
  submitted(pool: JobPool): void {
    if (this.draining) this.pending.push(pool)
    else this.drain(pool)
  }

  /** Starts what can start in `pool`, and after each job what it submitted itself, in order of submission. */
  drain(pool: JobPool): void {
    if (this.draining) assert(false, `${this.life.label} starts jobs within a job`)
    this.draining = true
    const pending = this.pending
    let started = 0
    try {
      while (this.life.alive && pool.startOne()) {
        started++
        for (let i = 0; i < pending.length && this.life.alive; i++) {
          if (pending[i]?.startOne() === true) started++
          if (started > MAX_JOBS_PER_EVENT) this.spins()
        }
        empty(pending)
        if (started > MAX_JOBS_PER_EVENT) this.spins()
      }
    } finally {
      empty(pending)
      this.draining = false
    }
  }

  private spins(): never {
    assert(false, `jobs of ${this.life.label} start jobs for ever at one instant`)
  }

  /** Runs a job on a free thread of `pool`. */
  execute(pool: JobPool, thread: number, fn: () => void): void {
    this.running = true
    this.chargedUs = 0
    let sent = false
    try {
      fn()
      // What a job sends before its process dies under it never leaves.
      sent = this.life.alive
    } finally {
      this.running = false
      if (!sent) {
        empty(this.departures)
        this.held = undefined
      }
    }
    if (sent) this.end(pool, thread)
  }

  private end(pool: JobPool, thread: number): void {
    const held = this.held
    if (held === undefined) {
      const endUs = this.loop.nowUs + this.chargedUs
      pool.occupy(thread, endUs)
      this.release(this.departures, endUs)
      empty(this.departures)
      return
    }
    this.held = undefined
    pool.occupy(thread, Infinity)
    held.park(this.loop.nowUs, this.chargedUs, this.departures, (endUs, departures) => {
      pool.occupy(thread, endUs)
      this.release(departures, endUs)
      this.drain(pool)
    })
    this.departures = []
  }

  private release(departures: readonly Departure[], endUs: Micros): void {
    for (let i = 0; i < departures.length; i++) departures[i]?.depart(endUs)
  }
}

/** By `pop`, which keeps the memory of a short array; setting its length gives that back, for the next `push` to ask anew. */
function empty(items: unknown[]): void {
  while (items.length > 0) items.pop()
}
