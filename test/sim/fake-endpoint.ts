// An incarnation with no process around it: runs functions as jobs, each on a thread of its own.

import type { Departure, Endpoint } from '../../sim/endpoint.ts'
import type { EventLoop } from '../../sim/event-loop.ts'
import type { Micros } from '../../sim/host.ts'
import type { Owner } from '../../sim/owner.ts'

export class FakeJob {
  chargedUs: Micros = 0
  holds = 0
  /** When each hold was released, in order. */
  readonly releasesUs: Micros[] = []
  readonly departures: Departure[] = []
  /** When the job ended or will end; undefined while it runs or is held. */
  endUs: Micros | undefined = undefined
}

export class FakeEndpoint implements Endpoint {
  readonly owner: Owner
  readonly hostName: string
  private readonly loop: EventLoop
  private running: FakeJob | undefined = undefined

  constructor(loop: EventLoop, owner: Owner, hostName: string) {
    this.loop = loop
    this.owner = owner
    this.hostName = hostName
  }

  /** The running job. */
  get current(): FakeJob | undefined {
    return this.running
  }

  /** Runs `fn` as a job that starts now. */
  job(fn: () => void): FakeJob {
    const job = new FakeJob()
    const startUs = this.loop.nowUs
    this.running = job
    fn()
    this.running = undefined
    if (job.holds === 0) this.end(job, startUs + job.chargedUs)
    return job
  }

  localUs(): Micros {
    return this.loop.nowUs + (this.running?.chargedUs ?? 0)
  }

  postpone(departure: Departure): boolean {
    this.running?.departures.push(departure)
    return this.running !== undefined
  }

  charge(us: Micros): void {
    if (this.running !== undefined) this.running.chargedUs += us
  }

  hold(): (() => void) | undefined {
    const job = this.running
    if (job === undefined) return undefined
    const startUs = this.loop.nowUs
    job.holds++
    return () => {
      job.holds--
      job.releasesUs.push(this.loop.nowUs)
      if (job.holds === 0) this.end(job, Math.max(this.loop.nowUs, startUs + job.chargedUs))
    }
  }

  private end(job: FakeJob, endUs: Micros): void {
    job.endUs = endUs
    for (const departure of job.departures) departure.depart(endUs)
  }
}
