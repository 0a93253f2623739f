// A broker's periodic work, on its background threads; none of it is done once the broker has closed.

import type { Pool, Timer } from '../../sim/index.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'

/** Threads for periodic work (`background.threads`). */
const BACKGROUND_THREADS = 10

export class Duties {
  private readonly host: KafkaHost
  private readonly background: Pool
  private readonly timers: Timer[] = []
  private closed = false

  constructor(host: KafkaHost) {
    this.host = host
    this.background = host.jobs.pool('background', BACKGROUND_THREADS)
  }

  /** At once, or as soon as a thread is free. */
  run(kind: string, duty: () => void): void {
    this.background.run(kind, () => {
      if (!this.closed) duty()
    })
  }

  repeat(kind: string, periodMs: number, duty: () => void): void {
    this.timers.push(this.host.clock.every(periodMs, kind, () => this.run(kind, duty)))
  }

  later(delayMs: number, kind: string, duty: () => void): void {
    this.host.clock.after(delayMs, kind, () => this.run(kind, duty))
  }

  close(): void {
    this.closed = true
    for (const timer of this.timers) timer.cancel()
  }
}
