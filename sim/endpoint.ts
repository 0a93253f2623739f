// One incarnation of a process as the network and the disk see it: whose events they schedule, and when, by the
// clock of the job it is running, what it does takes place.

import type { Micros } from './host.ts'
import type { Owner } from './owner.ts'

export interface Endpoint {
  readonly owner: Owner
  readonly hostName: string
  /** When what the process does now takes place: now, plus what the running job has charged so far. */
  localUs(): Micros
  /** Inside a job: keeps `departure` until the job ends, then calls `depart(endUs)`; true. Outside a job: false. */
  postpone(departure: Departure): boolean
  /** Adds `us` to the running job; nothing outside a job. */
  charge(us: Micros): void
  /** Keeps the running job's thread, and what it postponed, until the returned function is called. */
  hold(): (() => void) | undefined
}

/** Something that leaves the process when the job that made it ends. */
export interface Departure {
  depart(atUs: Micros): void
}
