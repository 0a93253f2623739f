// A job that waits for something of unknown end, such as a stalled disk. Its function has returned; its thread and what
// it sent stay until every hold is released. What it charged after a hold comes after that hold's release.

import { assert } from '../assert.ts'
import type { Departure } from '../endpoint.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Micros } from '../host.ts'
import type { Life } from './life.ts'

/** What becomes of the job once nothing holds it. */
export type JobEnd = (endUs: Micros, departures: readonly Departure[]) => void

export class HeldJob {
  private readonly loop: EventLoop
  private readonly life: Life
  private holds = 0
  private endUs: Micros = 0
  private chargedUs: Micros = 0
  private departures: readonly Departure[] = []
  private onEnd: JobEnd | undefined = undefined

  constructor(loop: EventLoop, life: Life) {
    this.loop = loop
    this.life = life
  }

  /** One more thing to wait for, begun when the job had charged `chargedUs`. The function returned releases it. */
  hold(chargedUs: Micros): () => void {
    this.holds++
    let released = false
    return () => {
      if (released) return
      released = true
      this.release(chargedUs)
    }
  }

  /** The job's function has returned, having charged `chargedUs` since `startUs`. */
  park(startUs: Micros, chargedUs: Micros, departures: readonly Departure[], onEnd: JobEnd): void {
    this.endUs = startUs + chargedUs
    this.chargedUs = chargedUs
    this.departures = departures
    this.onEnd = onEnd
  }

  private release(heldAtUs: Micros): void {
    if (!this.life.alive) return
    assert(this.onEnd !== undefined, 'a job is released before its function has returned')
    this.endUs = Math.max(this.endUs, this.loop.nowUs + this.chargedUs - heldAtUs)
    this.holds--
    if (this.holds > 0) return
    // A paused process ends the job when it goes on: an event of its own waits for that.
    if (this.life.owner.state === 'paused')
      this.loop.schedule(this.loop.nowUs, this.life.owner, 'job-end', 0, () => this.end())
    else this.end()
  }

  private end(): void {
    assert(this.onEnd !== undefined, 'a held job ends before its function has returned')
    this.onEnd(Math.max(this.endUs, this.loop.nowUs), this.departures)
  }
}
