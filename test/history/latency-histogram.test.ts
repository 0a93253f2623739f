// Percentiles out of a histogram: those of the sorted values, within a thousandth.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LatencyHistogram } from '../../src/history/latency-histogram.ts'

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram()
  for (const value of values) histogram.add(value)
  return histogram
}

describe('a histogram of latencies', () => {
  it('gives the percentiles of what was added, never less and at most a thousandth more', () => {
    const value = fc.oneof(fc.nat(3000), fc.nat(10_000_000), fc.nat(2 ** 45))
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (values) => {
        const histogram = histogramOf(values)
        const sorted = values.toSorted((a, b) => a - b)
        for (const percent of [0, 1, 50, 90, 99, 99.9, 100]) {
          const rank = Math.max(1, Math.ceil((percent * values.length) / 100))
          const exact = sorted[rank - 1] ?? 0
          expect(histogram.percentileUs(percent)).toBeGreaterThanOrEqual(exact)
          expect(histogram.percentileUs(percent)).toBeLessThanOrEqual(exact * 1.001 + 1)
        }
        expect(histogram.maxUs).toBe(sorted.at(-1))
      }),
      { numRuns: 100 },
    )
  })

  it('is exact below two milliseconds', () => {
    expect(histogramOf([1, 2, 3, 2047]).percentileUs(75)).toBe(3)
    expect(histogramOf([1, 2, 3, 2047]).percentileUs(100)).toBe(2047)
  })

  it('of nothing says nothing', () => {
    expect(histogramOf([]).percentileUs(99)).toBe(0)
  })
})
