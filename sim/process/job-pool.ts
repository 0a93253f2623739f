// One pool of threads: until when each is busy, the jobs that wait, and one wake-up event for when a waiting job can
// start. Threads are interchangeable; there is no pre-emption and no shared core between pools.

import type { EventId, EventLoop } from '../event-loop.ts'
import { assert } from '../assert.ts'
import type { Kind, Micros, Pool } from '../host.ts'
import type { JobRunner } from './job-runner.ts'
import type { Life } from './life.ts'

interface WaitingJob {
  readonly kind: Kind
  readonly fn: () => void
  /** Ordinal of the event that submitted it. */
  readonly cause: number
}

export class JobPool implements Pool {
  readonly name: string
  private readonly loop: EventLoop
  private readonly life: Life
  private readonly runner: JobRunner
  /** When each thread is free again; Infinity while a job holds it. */
  private readonly busyUntilUs: Float64Array
  /** Waiting jobs are those from `head` on. */
  private waiting: WaitingJob[] = []
  private head = 0
  private wakeUp: EventId = 0
  /** Infinity when no wake-up is armed. */
  private wakeUpAtUs: Micros = Infinity
  private readonly onWakeUp: () => void

  constructor(name: string, threads: number, loop: EventLoop, life: Life, runner: JobRunner) {
    assert(Number.isInteger(threads) && threads > 0, `pool '${name}' of ${threads} threads`)
    this.name = name
    this.loop = loop
    this.life = life
    this.runner = runner
    this.busyUntilUs = new Float64Array(threads)
    this.onWakeUp = () => {
      this.wakeUpAtUs = Infinity
      runner.drain(this)
    }
  }

  get queued(): number {
    return this.waiting.length - this.head
  }

  run(kind: Kind, fn: () => void): void {
    this.life.check(`pool '${this.name}'`)
    this.waiting.push({ kind, fn, cause: this.loop.executed })
    this.runner.submitted(this)
  }

  /** Starts the longest waiting job if a thread is free; says whether it did. Otherwise sees to its being woken. */
  startOne(): boolean {
    const job = this.waiting[this.head]
    const thread = this.earliestFree()
    if (job === undefined || (this.busyUntilUs[thread] ?? 0) > this.loop.nowUs) {
      this.arm(job, this.busyUntilUs[thread] ?? 0)
      return false
    }
    this.shift()
    this.runner.execute(this, thread, job.fn)
    return true
  }

  /** The job on `thread` ends at `endUs`; Infinity when it is not known yet. */
  occupy(thread: number, endUs: Micros): void {
    this.busyUntilUs[thread] = endUs
  }

  private earliestFree(): number {
    const busy = this.busyUntilUs
    let best = 0
    for (let i = 1; i < busy.length; i++) if ((busy[i] ?? 0) < (busy[best] ?? 0)) best = i
    return best
  }

  /** Keeps one wake-up armed, not later than the next job can start. One that comes too early arms the next. */
  private arm(first: WaitingJob | undefined, freeAtUs: Micros): void {
    if (first !== undefined && this.wakeUpAtUs <= freeAtUs) return
    if (this.wakeUpAtUs !== Infinity) this.loop.cancel(this.wakeUp)
    this.wakeUpAtUs = Infinity
    if (first === undefined) return
    this.wakeUpAtUs = freeAtUs
    this.wakeUp = this.loop.schedule(freeAtUs, this.life.owner, first.kind, 0, this.onWakeUp, first.cause)
  }

  private shift(): void {
    // The usual case. Unlike setting the length, `pop` keeps the array's memory for the next job.
    if (this.waiting.length === 1) {
      this.waiting.pop()
      return
    }
    this.head++
    if (this.head === this.waiting.length) {
      this.waiting.length = 0
      this.head = 0
    } else if (this.head >= 1024 && this.head * 2 >= this.waiting.length) {
      this.waiting = this.waiting.slice(this.head)
      this.head = 0
    }
  }
}
