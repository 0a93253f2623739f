// Means and percentiles of what was measured.

export function meanOf(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length
}

/** The smallest value that at least this share of all does not exceed (nearest rank). In whole numbers: 99.9 % is exact. */
export function percentileOf(sorted: Float64Array, percentile: number): number {
  const perMillion = Math.round(percentile * 10_000)
  const rank = Math.max(1, Math.ceil((perMillion * sorted.length) / 1_000_000))
  return sorted[rank - 1] ?? 0
}
