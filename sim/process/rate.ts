// Exact arithmetic of a clock that runs at (1 + ppm / 10^6) times true speed, in whole microseconds. Products are
// split so that every intermediate stays far below 2^53: the answers are exact for centuries of virtual time.

import { assert } from '../assert.ts'
import type { Micros } from '../host.ts'

const MILLION = 1_000_000

/** The largest drift of a clock, fast or slow, in parts per million. Real ones stay below 500; this is for torture. */
export const MAX_DRIFT_PPM = 500_000

/** Clock microseconds per true second at this drift. Asserts a whole drift within the limit. */
export function rateOf(driftPpm: number): number {
  assert(Number.isInteger(driftPpm) && Math.abs(driftPpm) <= MAX_DRIFT_PPM, `drift of ${driftPpm} ppm`)
  return MILLION + driftPpm
}

/** What the clock has advanced, rounded down, when `elapsedUs` of true time have passed. */
export function advancedUs(elapsedUs: Micros, rate: number): Micros {
  if (rate === MILLION) return elapsedUs
  const rest = elapsedUs % MILLION
  return ((elapsedUs - rest) / MILLION) * rate + Math.floor((rest * rate) / MILLION)
}

/** The least true time after which the clock has advanced by at least `needUs`: the inverse of `advancedUs`. */
export function elapsedForUs(needUs: Micros, rate: number): Micros {
  if (rate === MILLION || needUs <= 0) return Math.max(0, needUs)
  const rest = needUs % rate
  return ((needUs - rest) / rate) * MILLION + Math.ceil((rest * MILLION) / rate)
}
