// One deadline of a process, by its machine's crystal. Pending deadlines form a ring, in order of arming, so that a
// change of drift finds them all and leaving costs nothing.

import { assert } from '../assert.ts'
import type { EventId, EventLoop } from '../event-loop.ts'
import type { Kind, Micros, Timer } from '../host.ts'
import type { Owner } from '../owner.ts'
import type { MachineClock } from './machine-clock.ts'

export class DeadlineTimer implements Timer {
  private readonly ring: TimerRing
  private readonly kind: Kind
  private readonly fn: () => void
  private readonly fire: () => void
  /** 0 for a timer that fires once. */
  private readonly periodUs: Micros
  /** The crystal's reading at which to fire. */
  private targetUs: Micros
  private event: EventId = 0
  /** Neighbours in the ring; undefined when not pending. */
  previous: DeadlineTimer | TimerRing | undefined = undefined
  next: DeadlineTimer | TimerRing | undefined = undefined

  constructor(ring: TimerRing, kind: Kind, targetUs: Micros, periodUs: Micros, fn: () => void) {
    if (!Number.isSafeInteger(targetUs)) assert(false, `deadline of '${kind}' at ${targetUs} µs`)
    this.ring = ring
    this.kind = kind
    this.fn = fn
    this.fire = () => this.onDue()
    this.periodUs = periodUs
    this.targetUs = targetUs
    this.arm()
  }

  cancel(): void {
    if (this.next === undefined) return
    this.ring.loop.cancel(this.event)
    this.leave()
  }

  /** The drift has changed: what is not yet due by now is due at another time. */
  rearm(): void {
    // A deadline already reached waits in the queue, or for a paused process to resume: it keeps its place.
    if (this.targetUs <= this.ring.clock.crystalUs()) return
    this.ring.loop.cancel(this.event)
    this.schedule()
  }

  private arm(): void {
    const last = this.ring.previous
    this.previous = last
    this.next = this.ring
    last.next = this
    this.ring.previous = this
    this.schedule()
  }

  private schedule(): void {
    const { loop, owner, clock } = this.ring
    this.event = loop.schedule(clock.firstAtUs(this.targetUs), owner, this.kind, 0, this.fire)
  }

  private leave(): void {
    const { previous, next } = this
    if (previous === undefined || next === undefined) assert(false, `timer '${this.kind}' leaves its ring twice`)
    previous.next = next
    next.previous = previous
    this.previous = undefined
    this.next = undefined
  }

  private onDue(): void {
    const nowUs = this.ring.clock.crystalUs()
    if (this.next === undefined || nowUs < this.targetUs)
      assert(false, `timer '${this.kind}' fires before its deadline`)
    this.leave()
    if (this.periodUs > 0) {
      // The period's grid holds; ticks missed in a pause are made up for by this one, not by a burst.
      const periods = Math.floor((nowUs - this.targetUs) / this.periodUs) + 1
      this.targetUs += periods * this.periodUs
      this.arm()
    }
    this.fn()
  }
}

/** The pending deadlines of one incarnation: the ring's fixed point, and what its timers share. */
export class TimerRing {
  readonly loop: EventLoop
  readonly owner: Owner
  readonly clock: MachineClock
  previous: DeadlineTimer | TimerRing = this
  next: DeadlineTimer | TimerRing = this

  constructor(loop: EventLoop, owner: Owner, clock: MachineClock) {
    this.loop = loop
    this.owner = owner
    this.clock = clock
  }

  /** The drift has changed: all pending deadlines, oldest first, are computed anew. */
  rearm(): void {
    for (let timer = this.next; timer instanceof DeadlineTimer;) {
      const following = timer.next
      assert(following !== undefined, 'a timer in the ring has left it')
      timer.rearm()
      timer = following
    }
  }
}
