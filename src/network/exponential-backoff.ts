// Kafka's back-off: initial · 2^failures with ±20 % jitter, never above the maximum (P-6). Without room to grow it is
// constant, and nothing is drawn.

import type { Rng } from '../../sim/index.ts'

const JITTER_PER_MILLE = 200

export class ExponentialBackoff {
  private readonly initialMs: number
  private readonly maxMs: number
  private readonly rng: Rng
  private readonly jitterPerMille: number

  constructor(initialMs: number, maxMs: number, rng: Rng, jitterPerMille: number = JITTER_PER_MILLE) {
    this.initialMs = Math.min(initialMs, maxMs)
    this.maxMs = maxMs
    this.rng = rng
    this.jitterPerMille = jitterPerMille
  }

  /** Delay before the attempt that follows `failures` failures in a row after the first, in whole ms. */
  delayMs(failures: number): number {
    if (this.initialMs === this.maxMs) return this.initialMs
    let baseMs = this.initialMs
    for (let i = 0; i < failures && baseMs < this.maxMs; i++) baseMs *= 2
    baseMs = Math.min(baseMs, this.maxMs)
    const perMille = this.rng.between(1000 - this.jitterPerMille, 1000 + this.jitterPerMille)
    return Math.min(Math.floor((baseMs * perMille) / 1000), this.maxMs)
  }
}
