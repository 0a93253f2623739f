// Notices that virtual time has stopped: too many events at one instant. What is at fault is a cycle of events that
// schedule each other without delay, so the last events before the limit are counted and named.

import type { Kind, Micros } from './host.ts'
import type { Owner } from './owner.ts'

/** Virtual time does not advance. The message names who does what, over and over. */
export class SpinError extends Error {
  override readonly name = 'SpinError'
}

/** How many events before the limit are looked at. */
const WATCHED = 1000
const NAMED = 8

export class SpinGuard {
  /** From this many events at an instant on, the loop reports each to `watch`. */
  readonly watchFrom: number
  private readonly limit: number
  private readonly counts = new Map<string, number>()
  private instantUs = -1

  constructor(limit: number) {
    this.limit = limit
    this.watchFrom = Math.max(1, limit - WATCHED + 1)
  }

  /** Takes note of the `nth` event at `atUs`, before it is executed. Throws a SpinError when that is one too many. */
  watch(nth: number, atUs: Micros, owner: Owner, kind: Kind): void {
    if (atUs !== this.instantUs) this.counts.clear()
    this.instantUs = atUs
    if (nth > this.limit)
      throw new SpinError(`${this.limit} events at ${atUs} us without time passing: ${this.names()}`)
    const what = `${owner.name} ${kind}`
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  private names(): string {
    const sorted = [...this.counts].sort((x, y) => y[1] - x[1])
    const named = sorted.slice(0, NAMED).map(([what, count]) => `${what} (${count} of the last ${this.watched()})`)
    return named.join(', ') + (sorted.length > NAMED ? `, and ${sorted.length - NAMED} more` : '')
  }

  private watched(): number {
    return this.limit - this.watchFrom + 1
  }
}
