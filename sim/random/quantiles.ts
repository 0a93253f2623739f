// Distributions as piecewise-linear quantile tables: what people know of a latency is its p50, p99 and worst case,
// and straight lines need no logarithm whose last bit differs between engines.

/** Values at cumulative probabilities, both non-decreasing; the first probability is 0 and the last 1. */
export interface Quantiles {
  readonly probabilities: readonly number[]
  readonly values: readonly number[]
}
