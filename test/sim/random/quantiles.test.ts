import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixed, quantiles, uniform, valueAt } from '../../../sim/random/quantiles.ts'
import { Xor128Rng } from '../../../sim/random/xor128.ts'

describe('quantile tables', () => {
  it('pass through the known points', () => {
    const table = quantiles({ min: 10, p50: 100, p90: 200, p99: 1000, p999: 5000, max: 90_000 })
    const at = [0, 0.5, 0.9, 0.99, 0.999, 1 - 2 ** -32].map((probability) => valueAt(table, probability))
    expect(at).toEqual([10, 100, 200, 1000, 5000, 90_000])
  })

  it('are straight between them', () => {
    const table = quantiles({ min: 0, p50: 100, max: 1000 })
    expect([0.25, 0.4, 0.75].map((probability) => valueAt(table, probability))).toEqual([50, 80, 550])
  })

  it('begin at p50 when no minimum is known', () => {
    expect(valueAt(quantiles({ p50: 40, max: 50 }), 0.2)).toBe(40)
  })

  it('give whole numbers within their ends, rising with the probability', () => {
    const known = fc.array(fc.integer({ min: -1e9, max: 1e12 }), { minLength: 4, maxLength: 4 })
    const share = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((word) => word / 2 ** 32)
    fc.assert(
      fc.property(known, share, share, (values, x, y) => {
        const [min = 0, p50 = 0, p99 = 0, max = 0] = values.toSorted((a, b) => a - b)
        const table = quantiles({ min, p50, p99, max })
        const low = valueAt(table, Math.min(x, y))
        const high = valueAt(table, Math.max(x, y))
        expect(Number.isSafeInteger(low) && Number.isSafeInteger(high)).toBe(true)
        expect(min <= low && low <= high && high <= max).toBe(true)
      }),
    )
  })

  it('refuse values that fall or are not whole', () => {
    expect(() => quantiles({ p50: 10, p99: 9, max: 20 })).toThrow('quantiles must not fall: 10, 10, 9, 20')
    expect(() => quantiles({ p50: 10, max: 9 })).toThrow('must not fall')
    expect(() => quantiles({ p50: 1.5, max: 9 })).toThrow('must be whole numbers')
    expect(() => fixed(NaN)).toThrow('must be whole numbers')
    expect(() => uniform(2, 1)).toThrow('must not fall')
  })

  it('are drawn in their proportions', () => {
    const rng = new Xor128Rng('proportions')
    const table = quantiles({ min: 0, p50: 100, p99: 1000, max: 10_000 })
    const draws = Array.from({ length: 20_000 }, () => rng.quantile(table))
    const shareBelow = (limit: number): number => draws.filter((draw) => draw < limit).length / draws.length
    expect(shareBelow(50)).toBeCloseTo(0.25, 1)
    expect(shareBelow(100)).toBeCloseTo(0.5, 1)
    expect(1 - shareBelow(1000)).toBeGreaterThan(0.007)
    expect(1 - shareBelow(1000)).toBeLessThan(0.013)
    const ends = Array.from({ length: 200 }, () => rng.quantile(uniform(3, 5)))
    expect(new Set(ends)).toEqual(new Set([3, 4, 5]))
    expect(rng.quantile(fixed(7))).toBe(7)
  })
})
