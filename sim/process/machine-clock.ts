// The clock hardware of one machine. It drifts: a fast or slow crystal moves the monotonic and the wall clock alike.
// The wall clock also has an offset and may jump; the monotonic one never does. Left out: slewing (an NTP daemon that
// runs the clock a little faster for a while) is a drift that somebody ends.

import { assert } from '../assert.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Micros } from '../host.ts'
import { advancedUs, elapsedForUs, MAX_DRIFT_PPM, rateOf } from './rate.ts'

export class MachineClock {
  private readonly loop: EventLoop
  /** Wall time at which the machine's crystal read 0, in µs since 1970. */
  private wallBaseUs: Micros
  /** The crystal read `anchorUs` at virtual time `anchoredAtUs`, and has run at `rate` since. */
  private anchorUs: Micros = 0
  private anchoredAtUs: Micros = 0
  private rate = rateOf(0)
  private bootUs: Micros = 0
  private drift = 0
  private onRateChange: (() => void) | undefined = undefined

  constructor(loop: EventLoop, wallStartMs: number) {
    assert(Number.isInteger(wallStartMs), `wall clock starts at ${wallStartMs} ms`)
    this.loop = loop
    this.wallBaseUs = wallStartMs * 1000
  }

  get driftPpm(): number {
    return this.drift
  }

  /** Reading of the drifting crystal: µs since the start of the run, were it not for the drift. Never goes back. */
  crystalUs(): Micros {
    return this.anchorUs + advancedUs(this.loop.nowUs - this.anchoredAtUs, this.rate)
  }

  /** Wall-clock time in whole ms since 1970. */
  wallMs(): number {
    return Math.floor((this.wallBaseUs + this.crystalUs()) / 1000)
  }

  /** Whole ms since the machine booted, as its crystal counts them. */
  monotonicMs(): number {
    return Math.floor((this.crystalUs() - this.bootUs) / 1000)
  }

  /** The crystal's reading at which `monotonicMs()` first is `ms` or more. */
  crystalAtMonotonicMs(ms: number): Micros {
    return this.bootUs + Math.ceil(ms) * 1000
  }

  /** The first virtual microsecond, now or later, at which the crystal reads `crystalUs` or more, as it now drifts. */
  firstAtUs(crystalUs: Micros): Micros {
    const atUs = this.anchoredAtUs + elapsedForUs(crystalUs - this.anchorUs, this.rate)
    return Math.max(this.loop.nowUs, atUs)
  }

  /** Moves the wall clock only; it may go back. */
  jumpWall(byMs: number): void {
    assert(Number.isInteger(byMs), `wall clock jumps by ${byMs} ms`)
    this.wallBaseUs += byMs * 1000
  }

  /** Adds to the drift, from now on; returns what takes exactly this away again. Drifts add up. */
  addDrift(ppm: number): () => void {
    this.setDrift(this.drift + ppm)
    let healed = false
    return () => {
      if (healed) return
      healed = true
      this.setDrift(this.drift - ppm)
    }
  }

  /** The machine has been switched on: its monotonic clock starts at 0. */
  boot(): void {
    this.bootUs = this.crystalUs()
  }

  /** Who keeps deadlines by this clock, and must compute them anew when its drift changes: one process at most. */
  watchRate(listener: (() => void) | undefined): void {
    this.onRateChange = listener
  }

  private setDrift(ppm: number): void {
    // Drifts that overlap add up, to no more than a clock can take.
    const rate = rateOf(Math.max(-MAX_DRIFT_PPM, Math.min(MAX_DRIFT_PPM, ppm)))
    this.anchorUs = this.crystalUs()
    this.anchoredAtUs = this.loop.nowUs
    this.drift = ppm
    this.rate = rate
    this.onRateChange?.()
  }
}
