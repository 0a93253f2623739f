// Distributions as piecewise-linear quantile tables: what people know of a latency is its p50, p99 and worst case,
// and straight lines need no logarithm whose last bit differs between engines.

import { assert } from '../assert.ts'

/** Values at cumulative probabilities, both non-decreasing; the first probability is 0 and the last 1. */
export interface Quantiles {
  readonly probabilities: readonly number[]
  readonly values: readonly number[]
}

/** What is known of a distribution: whole numbers, none below the one before it. `min` is `p50` unless given. */
export interface KnownQuantiles {
  readonly min?: number
  readonly p50: number
  readonly p90?: number
  readonly p99?: number
  readonly p999?: number
  readonly max: number
}

/** The table of a distribution that is even between the known points. */
export function quantiles(known: KnownQuantiles): Quantiles {
  const { min = known.p50, p50, p90, p99, p999, max } = known
  const points: (readonly [number, number | undefined])[] = [
    [0, min],
    [0.5, p50],
    [0.9, p90],
    [0.99, p99],
    [0.999, p999],
    [1, max],
  ]
  const probabilities: number[] = []
  const values: number[] = []
  for (const [probability, value] of points) {
    if (value === undefined) continue
    probabilities.push(probability)
    values.push(value)
  }
  return checked({ probabilities, values })
}

/** All values from `low` to `high`; the two ends are half as likely as the others. */
export function uniform(low: number, high: number): Quantiles {
  return checked({ probabilities: [0, 1], values: [low, high] })
}

/** Always `value`. */
export function fixed(value: number): Quantiles {
  return uniform(value, value)
}

/** The value at `probability` in [0, 1), rounded to a whole number. Only +, -, ×, ÷ and floor: the same everywhere. */
export function valueAt(table: Quantiles, probability: number): number {
  const { probabilities, values } = table
  let i = 1
  while (i < probabilities.length - 1 && probability >= (probabilities[i] ?? 1)) i++
  const from = probabilities[i - 1] ?? 0
  const low = values[i - 1] ?? 0
  const width = (probabilities[i] ?? 1) - from
  return low + Math.floor((((values[i] ?? low) - low) * (probability - from)) / width + 0.5)
}

function checked(table: Quantiles): Quantiles {
  const { values } = table
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN
    assert(Number.isSafeInteger(value), `quantiles must be whole numbers: ${values.join(', ')}`)
    assert(i === 0 || value >= (values[i - 1] ?? NaN), `quantiles must not fall: ${values.join(', ')}`)
  }
  return table
}
