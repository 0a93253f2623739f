// The one generator: seedrandom's xor128, with the exact draws the world needs on top of it.

import seedrandom from 'seedrandom'
import { assert } from '../assert.ts'
import { type Quantiles, valueAt } from './quantiles.ts'
import type { Rng } from './rng.ts'
import { spreadName } from './spread-name.ts'

const TWO_32 = 2 ** 32
const TWO_53 = 2 ** 53

export class Xor128Rng implements Rng {
  private readonly generator: { int32(): number }

  /** The same name always makes the same stream. */
  constructor(name: string) {
    this.generator = seedrandom.xor128(spreadName(name))
  }

  u32(): number {
    return this.generator.int32() >>> 0
  }

  below(n: number): number {
    if (!(Number.isSafeInteger(n) && n >= 1)) assert(false, `a number below ${n}`)
    // Draws beyond the last whole multiple of n are refused, as they would favour the low remainders.
    if (n <= TWO_32) {
      const limit = TWO_32 - (TWO_32 % n)
      let word = this.u32()
      while (word >= limit) word = this.u32()
      return word % n
    }
    const limit = TWO_53 - (TWO_53 % n)
    let wide = this.u53()
    while (wide >= limit) wide = this.u53()
    return wide % n
  }

  between(low: number, high: number): number {
    if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && low <= high))
      assert(false, `a number in [${low}, ${high}]`)
    return low + this.below(high - low + 1)
  }

  unit(): number {
    return this.u53() / TWO_53
  }

  chance(p: number): boolean {
    if (!(p >= 0 && p <= 1)) assert(false, `a chance of ${p}`)
    if (p === 0 || p === 1) return p === 1
    return this.unit() < p
  }

  pick<T>(items: readonly T[]): T {
    assert(items.length > 0, 'a pick from nothing')
    const index = this.below(items.length)
    // In range, so this is a T, even where T includes undefined.
    return items[index] as T
  }

  weighted(weights: readonly number[]): number {
    let total = 0
    for (const weight of weights) {
      assert(weight >= 0 && weight < Infinity, `a weight of ${weight}`)
      total += weight
    }
    assert(total > 0, 'no weight is above 0')
    let rest = this.unit() * total
    let last = 0
    for (const [index, weight] of weights.entries()) {
      if (weight === 0) continue
      if (rest < weight) return index
      rest -= weight
      last = index
    }
    // Rounding may leave a last bit over.
    return last
  }

  shuffled<T>(items: readonly T[]): T[] {
    const rest = [...items]
    const result: T[] = []
    while (rest.length > 0) {
      const index = this.below(rest.length)
      const last = rest.length - 1
      // Both indexes are in range. What is taken is replaced by the last, so that this stays linear.
      result.push(rest[index] as T)
      rest[index] = rest[last] as T
      rest.pop()
    }
    return result
  }

  quantile(table: Quantiles): number {
    return valueAt(table, this.u32() / TWO_32)
  }

  private u53(): number {
    const high = this.u32() >>> 11
    return high * TWO_32 + this.u32()
  }
}
