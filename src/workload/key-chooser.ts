// Which key a record gets: keys `k0`, `k1` …, all alike; or a few hot ones that take a share of all records; or as Zipf has
// it, the n-th key once where the first comes n times. Zipf's weights are 1/n: nothing that engines compute differently.

import type { Rng } from '../../sim/index.ts'

export interface Keys {
  /** 0: records have no key. */
  readonly count: number
  readonly skew: 'even' | 'zipf' | { readonly hot: number; readonly share: number }
}

export class KeyChooser {
  /** Number of the key chosen last; −1 if there are none. */
  chosen = -1
  private readonly keys: readonly Uint8Array[]
  private readonly skew: Keys['skew']
  private readonly rng: Rng
  /** Of Zipf: the weights of each key and all before it. */
  private readonly cumulative: Float64Array

  constructor({ count, skew }: Keys, rng: Rng) {
    this.keys = Array.from({ length: count }, (_, i) => keyBytes(i))
    this.skew = skew
    this.rng = rng
    this.cumulative = new Float64Array(skew === 'zipf' ? count : 0)
    let sum = 0
    for (let i = 0; i < this.cumulative.length; i++) {
      sum += 1 / (i + 1)
      this.cumulative[i] = sum
    }
  }

  next(): Uint8Array | null {
    if (this.keys.length === 0) return null
    this.chosen = this.choose()
    return this.keys[this.chosen] ?? null
  }

  private choose(): number {
    const { keys, skew, rng } = this
    if (skew === 'even') return rng.below(keys.length)
    if (skew === 'zipf') return this.zipf()
    return rng.chance(skew.share) ? rng.below(skew.hot) : skew.hot + rng.below(keys.length - skew.hot)
  }

  private zipf(): number {
    const wanted = this.rng.unit() * (this.cumulative.at(-1) ?? 0)
    let low = 0
    let high = this.cumulative.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.cumulative[middle] ?? 0) > wanted) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** The bytes of a key, by its number. */
export function keyBytes(index: number): Uint8Array {
  return asciiBytes(`k${index}`)
}

function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}
