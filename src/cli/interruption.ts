// A wish that a command ends before its time: SIGINT (Ctrl-C) or SIGTERM. The first makes it tell what it has found so far
// and finish its files; the second ends the process at once, for by then nobody listens any more.

import { setImmediate } from 'node:timers/promises'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { Io, StopSignal } from './io.ts'

/** Signals are heard only between two turns of the event loop: work that is done in slices gives one up this often. */
const TURN_MS = 50

export class Interruption {
  /** Of the first, once there was one. */
  signal: StopSignal | undefined
  /** Resolves when it comes, if it does. */
  readonly happened: Promise<void>
  private readonly io: Io
  private readonly stopListening: (() => void) | undefined
  private nextTurnMs = performance.now() + TURN_MS
  private hasTold = false

  constructor(io: Io) {
    this.io = io
    let tell = (): void => undefined
    this.happened = new Promise((resolve) => (tell = resolve))
    this.stopListening = io.onStopSignal?.((signal) => {
      this.signal ??= signal
      tell()
    })
  }

  /** What the work comes to; undefined if it was interrupted, and then it is left as it is. */
  async resultOf<T>(work: Iterator<void, T>): Promise<T | undefined> {
    for (let slice = work.next(); ; slice = work.next()) {
      if (slice.done === true) return slice.value
      if (this.signal === undefined && performance.now() >= this.nextTurnMs) {
        await setImmediate()
        this.nextTurnMs = performance.now() + TURN_MS
      }
      if (this.signal !== undefined) return undefined
    }
  }

  /** Once, and only if there is something to tell: for people, on stderr. */
  tell(): void {
    if (this.signal === undefined || this.hasTold) return
    this.hasTold = true
    this.io.stderr.write(
      `kafkasim: interrupted by ${this.signal}; what was found until then follows (again: end at once)\n`,
    )
  }

  /** The code of a command that was cut short: a verdict of all that it was to do is not known, whatever was found. */
  code(otherwise: ExitCode): ExitCode {
    if (this.signal === undefined) return otherwise
    return this.signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated
  }

  /** From now on signals do what they do to any program. */
  close(): void {
    this.stopListening?.()
  }
}
