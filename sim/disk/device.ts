// The device under the cache: one queue that serves syncs and cold reads one after the other, in the order they are
// issued. Slow factors stretch what is issued while they last. While stalled it begins nothing: a request issued then is
// answered with a ticket in place of its end, and gets its end when the stall is over; requests issued before a stall
// keep theirs. Left out: merging, reordering and parallelism of requests.

import { assert } from '../assert.ts'
import type { Micros } from '../host.ts'
import type { Quantiles } from '../random/quantiles.ts'
import type { Rng } from '../random/rng.ts'

/** Times from here on are tickets: later than any time, and in the order of the requests they stand for. */
const FIRST_TICKET = 2 ** 52

/** True if the time is not known yet, being the end of a request to a stalled device. */
export function isTicket(us: Micros): boolean {
  return us >= FIRST_TICKET
}

class WaitingRequest {
  readonly issuedUs: Micros
  readonly serviceUs: Micros
  onEnd: ((endUs: Micros) => void) | undefined

  constructor(issuedUs: Micros, serviceUs: Micros) {
    this.issuedUs = issuedUs
    this.serviceUs = serviceUs
    this.onEnd = undefined
  }
}

export class Device {
  private readonly rng: Rng
  private busyUntilUs: Micros
  private readonly factors: number[]
  private stalls: number
  private stalledSinceUs: Micros
  private waiting: WaitingRequest[]

  constructor(rng: Rng) {
    this.rng = rng
    this.busyUntilUs = 0
    this.factors = []
    this.stalls = 0
    this.stalledSinceUs = 0
    this.waiting = []
  }

  get stalled(): boolean {
    return this.stalls > 0
  }

  /** Until when writeback has been at work. */
  workedUntil(nowUs: Micros): Micros {
    return this.stalls > 0 ? this.stalledSinceUs : nowUs
  }

  /** Queues a request issued at `atUs`; returns when it ends, or a ticket. */
  serve(atUs: Micros, latency: Quantiles, bytes: number, bytesPerUs: number): Micros {
    const serviceUs = this.rng.quantile(latency) + Math.ceil(bytes / bytesPerUs)
    if (this.stalls > 0) {
      this.waiting.push(new WaitingRequest(atUs, serviceUs))
      return FIRST_TICKET + this.waiting.length - 1
    }
    assert(!isTicket(atUs), 'a request waits for a stall, but the disk does not stall')
    return this.begin(atUs, serviceUs)
  }

  /** Runs `onEnd` with the end of the latest request, which holds a ticket, as soon as it is known. */
  whenKnown(onEnd: (endUs: Micros) => void): void {
    const request = this.waiting.at(-1)
    assert(request !== undefined && request.onEnd === undefined, 'no request holds a ticket')
    request.onEnd = onEnd
  }

  slow(factor: number): () => void {
    assert(factor > 0 && factor < Infinity, `a disk slower by ${factor}`)
    this.factors.push(factor)
    return once(() => this.factors.splice(this.factors.indexOf(factor), 1))
  }

  stall(nowUs: Micros): void {
    if (this.stalls === 0) this.stalledSinceUs = nowUs
    this.stalls++
  }

  /**
   * Ends one of the stalls. If it was the last, the requests that waited are queued anew, and `redeem` is told what
   * time every ticket stands for before any `onEnd` runs.
   */
  unstall(nowUs: Micros, redeem: (timeOfTicket: (ticket: Micros) => Micros) => void): void {
    assert(this.stalls > 0, 'the disk is not stalled')
    this.stalls--
    if (this.stalls > 0) return
    const requests = this.waiting
    this.waiting = []
    const ends: Micros[] = []
    const timeOfTicket = (ticket: Micros): Micros => {
      const endUs = ends[ticket - FIRST_TICKET]
      assert(endUs !== undefined, 'a ticket for a request that does not wait')
      return endUs
    }
    for (const request of requests) {
      const issuedUs = isTicket(request.issuedUs) ? timeOfTicket(request.issuedUs) : request.issuedUs
      ends.push(this.begin(Math.max(nowUs, issuedUs), request.serviceUs))
    }
    redeem(timeOfTicket)
    for (let i = 0; i < requests.length; i++) requests[i]?.onEnd?.(ends[i] ?? 0)
  }

  /** Whatever was queued is forgotten; slowness and stalls stay. */
  powerLoss(nowUs: Micros): void {
    this.busyUntilUs = nowUs
    this.waiting = []
  }

  private begin(atUs: Micros, serviceUs: Micros): Micros {
    let stretched = serviceUs
    for (const factor of this.factors) stretched *= factor
    this.busyUntilUs = Math.max(atUs, this.busyUntilUs) + Math.ceil(stretched)
    return this.busyUntilUs
  }
}

/** Healing twice heals once. */
export function once(fn: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    fn()
  }
}
