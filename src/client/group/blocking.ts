// A thread of an application that may wait, as in Java: a generator that yields the ms until which it waits at most. It
// looks again when it is woken or that time has come, so everything written on top reads like blocking code.

import { assert, type Timer } from '../../../sim/index.ts'
import type { KafkaHost } from '../../trace/kafka-event.ts'

export type Blocking<T> = Generator<number, T, void>

export class BlockingThread {
  private readonly host: KafkaHost
  private script: Blocking<void> | undefined
  private timer: Timer | undefined
  private running = false
  private woken = false

  constructor(host: KafkaHost) {
    this.host = host
  }

  run(script: Blocking<void>): void {
    assert(this.script === undefined, 'a thread does one thing at a time')
    this.script = script
    this.resume()
  }

  /** What it waits for may have happened. */
  wake(): void {
    this.woken = true
    if (!this.running) this.resume()
  }

  private resume(): void {
    const { script } = this
    if (script === undefined) return
    this.timer?.cancel()
    this.timer = undefined
    this.running = true
    for (;;) {
      this.woken = false
      const { done, value } = script.next()
      if (done === true) {
        this.script = undefined
        break
      }
      if (this.woken) continue
      this.timer = this.host.clock.at(value, 'application', () => {
        this.timer = undefined
        this.resume()
      })
      break
    }
    this.running = false
  }
}

/** Waits until this time, whatever happens. */
export function* sleepUntil(host: KafkaHost, deadlineMs: number): Blocking<void> {
  while (host.clock.monotonicMs() < deadlineMs) yield deadlineMs
}

/** For a step that need not wait. */
export function* withoutWaiting(): Blocking<void> {}
