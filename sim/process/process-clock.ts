// The clock one incarnation of a process reads and sets timers by: its machine's, until the process dies. It reads the
// start of the running event or job, not what a job has charged so far: time never goes back when a job ends.

import { assert } from '../assert.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Clock, Kind, Timer } from '../host.ts'
import { DeadlineTimer, TimerRing } from './deadline-timer.ts'
import type { Life } from './life.ts'
import type { MachineClock } from './machine-clock.ts'

export class ProcessClock implements Clock {
  private readonly life: Life
  private readonly machine: MachineClock
  private readonly ring: TimerRing

  constructor(loop: EventLoop, life: Life, machine: MachineClock) {
    this.life = life
    this.machine = machine
    this.ring = new TimerRing(loop, life.owner, machine)
    machine.watchRate(() => this.ring.rearm())
  }

  wallMs(): number {
    this.life.check('clock')
    return this.machine.wallMs()
  }

  monotonicMs(): number {
    this.life.check('clock')
    return this.machine.monotonicMs()
  }

  at(deadlineMs: number, kind: Kind, fn: () => void): Timer {
    this.life.check('clock')
    return new DeadlineTimer(this.ring, kind, this.machine.crystalAtMonotonicMs(deadlineMs), 0, fn)
  }

  /** A delay below 0 counts as 0. Delays are exact to the microsecond. */
  after(delayMs: number, kind: Kind, fn: () => void): Timer {
    this.life.check('clock')
    const delayUs = Math.max(0, Math.round(delayMs * 1000))
    return new DeadlineTimer(this.ring, kind, this.machine.crystalUs() + delayUs, 0, fn)
  }

  /** The period's grid is kept: a process that was paused makes up for all missed ticks at once, by one late tick. */
  every(periodMs: number, kind: Kind, fn: () => void): Timer {
    this.life.check('clock')
    const periodUs = Math.round(periodMs * 1000)
    assert(periodUs > 0, `timer '${kind}' every ${periodMs} ms`)
    return new DeadlineTimer(this.ring, kind, this.machine.crystalUs() + periodUs, periodUs, fn)
  }

  /** The process has died. */
  stop(): void {
    this.machine.watchRate(undefined)
  }
}
