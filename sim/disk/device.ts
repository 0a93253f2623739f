// The device under the cache: one queue that serves syncs and cold reads one after the other, in the order they are
// issued. On a sound device the end of a request is known, and told, when it is issued, and stays. While the device is
// slow or stalled the end can still change, so a request gets a ticket in place of it: what has been done of it counts,
// the rest goes on at the speed of the day, and whoever waits is told when it has ended, or when the device is sound
// again and the end is certain. Requests of a dead process stay; a power loss empties the queue. Left out: merging,
// reordering and parallelism of requests; that a sound device turns slow under requests whose ends are told.

import { assert } from '../assert.ts'
import type { EventId, EventLoop } from '../event-loop.ts'
import type { Micros } from '../host.ts'
import type { Owner } from '../owner.ts'
import type { Quantiles } from '../random/quantiles.ts'
import type { Rng } from '../random/rng.ts'

/** Times from here on are tickets: later than any time, and in the order of the requests they stand for. */
const FIRST_TICKET = 2 ** 52

/** True if the time is not known yet, being the end of a request to a device that is slow or stalled. */
export function isTicket(us: Micros): boolean {
  return us >= FIRST_TICKET
}

/** The time a ticket stands for; the ticket itself if that is not known yet. */
export type TimeOfTicket = (ticket: Micros) => Micros

class Request {
  readonly ticket: Micros
  /** Maybe the ticket of an earlier request. */
  readonly issuedUs: Micros
  /** What is left to do, in µs of a sound device. */
  workUs: number
  onEnd: ((endUs: Micros) => void) | undefined

  constructor(ticket: Micros, issuedUs: Micros, workUs: number) {
    this.ticket = ticket
    this.issuedUs = issuedUs
    this.workUs = workUs
    this.onEnd = undefined
  }
}

export class Device {
  private readonly loop: EventLoop
  private readonly owner: Owner
  private readonly rng: Rng
  private readonly redeem: (timeOfTicket: TimeOfTicket) => void
  /** When the last of the requests whose ends are told ends. */
  private busyUntilUs: Micros
  private readonly factors: number[]
  private stalls: number
  private stalledSinceUs: Micros
  /** Since when the device has had its present speed. */
  private speedSinceUs: Micros
  private nextTicket: Micros
  /** Those that hold tickets, in order. */
  private queue: Request[]
  /** The event at the end of the first of them; -1 if there is none. */
  private wake: EventId
  private readonly onWake: () => void

  /** `redeem` is told what tickets stand for, before any `onEnd` hears of it; `owner` owns the device's events. */
  constructor(loop: EventLoop, owner: Owner, rng: Rng, redeem: (timeOfTicket: TimeOfTicket) => void) {
    this.loop = loop
    this.owner = owner
    this.rng = rng
    this.redeem = redeem
    this.busyUntilUs = 0
    this.factors = []
    this.stalls = 0
    this.stalledSinceUs = 0
    this.speedSinceUs = 0
    this.nextTicket = FIRST_TICKET
    this.queue = []
    this.wake = -1
    this.onWake = () => {
      this.wake = -1
      this.settle()
    }
  }

  /** Until when writeback has been at work. */
  workedUntil(nowUs: Micros): Micros {
    return this.stalls > 0 ? this.stalledSinceUs : nowUs
  }

  /** Queues a request issued at `atUs`; returns when it ends, or a ticket. */
  serve(atUs: Micros, latency: Quantiles, bytes: number, bytesPerUs: number): Micros {
    const workUs = this.rng.quantile(latency) + Math.ceil(bytes / bytesPerUs)
    if (this.sound) {
      assert(!isTicket(atUs), 'a request waits for a slow or stalled disk, but the disk is sound')
      this.busyUntilUs = Math.max(atUs, this.busyUntilUs) + workUs
      return this.busyUntilUs
    }
    const request = new Request(this.nextTicket++, atUs, workUs)
    this.queue.push(request)
    if (this.queue.length === 1) this.arm()
    return request.ticket
  }

  /** Runs `onEnd` with the end of the latest request, which holds a ticket, as soon as it is known. */
  whenKnown(onEnd: (endUs: Micros) => void): void {
    const request = this.queue.at(-1)
    assert(request !== undefined && request.onEnd === undefined, 'no request holds a ticket')
    request.onEnd = onEnd
  }

  /** Work takes `factor` times as long until the function returned is called. Factors multiply. */
  slow(factor: number): () => void {
    assert(factor > 0 && factor < Infinity, `a disk slower by ${factor}`)
    this.changeSpeed(() => this.factors.push(factor))
    return once(() => this.changeSpeed(() => this.factors.splice(this.factors.indexOf(factor), 1)))
  }

  /** No work is done until the function returned, and those of all other stalls, are called. */
  stall(): () => void {
    this.changeSpeed(() => {
      if (this.stalls === 0) this.stalledSinceUs = this.loop.nowUs
      this.stalls++
    })
    return once(() => this.changeSpeed(() => this.stalls--))
  }

  /** Tells the ends of what has ended by now; of everything, if the device is sound. */
  settle(): void {
    const ends: Micros[] = []
    for (const request of this.queue) {
      const endUs = this.endOf(request)
      if (!this.sound && endUs > this.loop.nowUs) break
      this.busyUntilUs = endUs
      ends.push(endUs)
    }
    const ended = this.queue.splice(0, ends.length)
    const first = ended[0]?.ticket
    if (first !== undefined) {
      this.redeem((ticket) => {
        assert(ticket >= first, 'a ticket for a request that has ended')
        return ends[ticket - first] ?? ticket
      })
      for (let i = 0; i < ended.length; i++) ended[i]?.onEnd?.(ends[i] ?? 0)
    }
    this.arm()
  }

  /** Whatever has not ended by now is forgotten; slowness and stalls stay. */
  clear(): void {
    this.settle()
    this.queue = []
    this.busyUntilUs = Math.min(this.busyUntilUs, this.loop.nowUs)
    this.arm()
  }

  /** Ends do not change, short of a death. */
  private get sound(): boolean {
    return this.stalls === 0 && this.factors.length === 0
  }

  private get factor(): number {
    let factor = 1
    for (const each of this.factors) factor *= each
    return factor
  }

  private changeSpeed(change: () => void): void {
    this.settle()
    const { nowUs } = this.loop
    const first = this.queue[0]
    if (first !== undefined && this.stalls === 0) {
      const servedUs = Math.max(0, nowUs - this.startOf(first))
      first.workUs = Math.max(0, first.workUs - servedUs / this.factor)
    }
    this.speedSinceUs = nowUs
    change()
    this.settle()
  }

  /**
   * When the device begins with what is left of a request, all before it having ended. One issued after an earlier one
   * whose end was not known (its ticket) is ready when that has ended.
   */
  private startOf(request: Request): Micros {
    const readyUs = isTicket(request.issuedUs) ? 0 : request.issuedUs
    return Math.max(readyUs, this.busyUntilUs, this.speedSinceUs)
  }

  /** When it ends at the present speed, all before it having ended; Infinity while stalled. */
  private endOf(request: Request): Micros {
    return this.stalls > 0 ? Infinity : this.startOf(request) + Math.ceil(request.workUs * this.factor)
  }

  private arm(): void {
    if (this.wake !== -1) this.loop.cancel(this.wake)
    this.wake = -1
    const first = this.queue[0]
    const endUs = first === undefined ? Infinity : this.endOf(first)
    if (!isTicket(endUs)) this.wake = this.loop.schedule(endUs, this.owner, 'disk-end', 0, this.onWake)
  }
}

/** Calling it again does nothing. */
function once(fn: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    fn()
  }
}
