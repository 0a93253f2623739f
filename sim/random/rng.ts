// One named stream of chance. Every entity and purpose has its own, so that removing one leaves all others as they
// were. Built on seedrandom's xor128; no float functions whose last bit may differ between engines.

import type { Quantiles } from './quantiles.ts'

export interface Rng {
  /** Uniform in [0, 2^32). */
  u32(): number
  /** Uniform integer in [0, n), n in [1, 2^53). No modulo bias. */
  below(n: number): number
  /** Uniform integer in [low, high], both included. */
  between(low: number, high: number): number
  /** Uniform in [0, 1) with 53 bits. */
  unit(): number
  /** True with probability p in [0, 1]; draws nothing when p is 0 or 1. */
  chance(p: number): boolean
  /** One element of a non-empty list. */
  pick<T>(items: readonly T[]): T
  /** An index, with probability proportional to its weight (≥ 0, not all 0). */
  weighted(weights: readonly number[]): number
  /** A new list in random order. */
  shuffled<T>(items: readonly T[]): T[]
  /** A whole number drawn from a piecewise-linear quantile table. */
  quantile(table: Quantiles): number
}
