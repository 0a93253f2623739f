import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Xor128Rng } from '../../../sim/random/xor128.ts'

/** Counts of 0 … n-1 among the draws. */
function counts(n: number, draws: number, draw: () => number): number[] {
  const result = Array.from({ length: n }, () => 0)
  for (let i = 0; i < draws; i++) {
    const value = draw()
    result[value] = (result[value] ?? 0) + 1
  }
  return result
}

/** Pearson's chi-squared against equal shares. */
function chiSquared(observed: readonly number[]): number {
  const expected = observed.reduce((sum, count) => sum + count, 0) / observed.length
  return observed.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

describe('a generator', () => {
  it('draws integers below n evenly', () => {
    const rng = new Xor128Rng('even')
    // 99.99 % of fair generators stay below 33 with 9 degrees of freedom.
    expect(chiSquared(counts(10, 20_000, () => rng.below(10)))).toBeLessThan(33)
  })

  it('has no modulo bias where it would be largest', () => {
    const rng = new Xor128Rng('bias')
    // Of 2^32 values the first third would come twice as often from a bare remainder by 3 · 2^30.
    const third = counts(3, 9000, () => Math.floor(rng.below(3 * 2 ** 30) / 2 ** 30))
    expect(chiSquared(third)).toBeLessThan(20)
    const wide = counts(3, 9000, () => Math.floor(rng.below(3 * 2 ** 51) / 2 ** 51))
    expect(chiSquared(wide)).toBeLessThan(20)
  })

  it('keeps within the range asked for', () => {
    const bound = fc.oneof(
      fc.integer({ min: 1, max: 100 }),
      fc.maxSafeInteger().map((n) => Math.abs(n) + 1),
    )
    fc.assert(
      fc.property(fc.string(), bound, fc.nat(1000), (name, n, low) => {
        fc.pre(n < Number.MAX_SAFE_INTEGER)
        const rng = new Xor128Rng(name)
        const below = rng.below(n)
        expect(Number.isSafeInteger(below) && below >= 0 && below < n).toBe(true)
        const between = rng.between(-low, low)
        expect(Number.isSafeInteger(between) && between >= -low && between <= low).toBe(true)
        const unit = rng.unit()
        expect(unit >= 0 && unit < 1).toBe(true)
        expect(rng.below(1)).toBe(0)
      }),
    )
  })

  it('reaches both ends of a range', () => {
    const rng = new Xor128Rng('ends')
    const drawn = new Set(Array.from({ length: 100 }, () => rng.between(-1, 1)))
    expect(drawn).toEqual(new Set([-1, 0, 1]))
  })

  it('uses all 53 bits of a unit', () => {
    const rng = new Xor128Rng('unit')
    const drawn = Array.from({ length: 200 }, () => rng.unit() * 2 ** 53)
    expect(drawn.every(Number.isInteger)).toBe(true)
    expect(drawn.some((value) => value % 2 === 1)).toBe(true)
    expect(drawn.some((value) => value >= 2 ** 52)).toBe(true)
  })

  it('draws nothing for what is certain', () => {
    const [asked, other] = [new Xor128Rng('certain'), new Xor128Rng('certain')]
    expect([asked.chance(0), asked.chance(1)]).toEqual([false, true])
    expect(asked.u32()).toBe(other.u32())
    const hits = counts(2, 10_000, () => Number(asked.chance(0.2)))
    expect(Math.abs((hits[1] ?? 0) - 2000)).toBeLessThan(160)
  })

  it('picks by weight, and never what weighs nothing', () => {
    const rng = new Xor128Rng('weights')
    const [none = 0, one = 0, three = 0, last = 0] = counts(4, 8000, () => rng.weighted([0, 1, 3, 0]))
    expect([none, last]).toEqual([0, 0])
    expect(Math.abs(one - 2000)).toBeLessThan(160)
    expect(one + three).toBe(8000)
    expect(rng.weighted([0, 0, 0.1])).toBe(2)
  })

  it('shuffles into a new list, every order equally likely', () => {
    const rng = new Xor128Rng('shuffle')
    const items = Object.freeze(['a', 'b', 'c'])
    const orders = ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']
    const drawn = counts(6, 6000, () => orders.indexOf(rng.shuffled(items).join('')))
    expect(drawn).toHaveLength(6)
    expect(chiSquared(drawn)).toBeLessThan(26)
    expect(rng.shuffled([])).toEqual([])
  })

  it('picks every item', () => {
    const rng = new Xor128Rng('pick')
    expect(chiSquared(counts(4, 4000, () => rng.pick([0, 1, 2, 3])))).toBeLessThan(22)
  })

  it('refuses what cannot be drawn', () => {
    const rng = new Xor128Rng('refuse')
    for (const n of [0, -1, 1.5, NaN, 2 ** 53]) expect(() => rng.below(n)).toThrow('a number below')
    expect(() => rng.between(2, 1)).toThrow('a number in [2, 1]')
    expect(() => rng.pick([])).toThrow('a pick from nothing')
    expect(() => rng.chance(1.01)).toThrow('a chance of 1.01')
    expect(() => rng.chance(NaN)).toThrow('a chance of NaN')
    expect(() => rng.weighted([0, 0])).toThrow('no weight is above 0')
    expect(() => rng.weighted([1, -1])).toThrow('a weight of -1')
  })
})
