// Chance as the drawing code wants it, over a fast-check generator or a stream of the case's own: what is drawn here is the
// structure of a world. Whatever happens inside the run is drawn by the run's own streams.

import { assert, type Rng } from '../../sim/index.ts'

export type Weighted<T> = readonly (readonly [weight: number, value: T])[]

/** Whole numbers, both ends included. */
export interface Chance {
  nextInt(low: number, high: number): number
}

/** A stream that others do not draw from: what it decides leaves all else as it was. */
export function chanceOf(stream: Rng): Chance {
  return { nextInt: (low, high) => stream.between(low, high) }
}

export class Dice {
  private readonly random: Chance

  constructor(random: Chance) {
    this.random = random
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return this.random.nextInt(low, high)
  }

  /** True in so many of a hundred. */
  chance(percent: number): boolean {
    return this.between(0, 99) < percent
  }

  pick<T>(list: readonly T[]): T {
    assert(list.length > 0, 'there is something to pick')
    return list[this.between(0, list.length - 1)] as T
  }

  weighted<T>(entries: Weighted<T>): T {
    const total = entries.reduce((sum, [weight]) => sum + weight, 0)
    let rest = this.between(1, total)
    for (const [weight, value] of entries) {
      rest -= weight
      if (rest <= 0) return value
    }
    return this.pick(entries)[1]
  }

  /** Each order of magnitude is as likely as any other: many small numbers, a few large ones. */
  spread(low: number, high: number): number {
    let doublings = 0
    for (let reached = low; reached * 2 <= high; reached *= 2) doublings++
    const floor = low * 2 ** this.between(0, doublings)
    return this.between(floor, Math.min(high, floor * 2))
  }

  /** Swarm testing: a random part of what there is, never nothing, each with a weight of its own. */
  swarm<T>(list: readonly T[], percent: number): Weighted<T> {
    const chosen = list.filter(() => this.chance(percent))
    return (chosen.length > 0 ? chosen : [this.pick(list)]).map((value) => [this.spread(1, 16), value] as const)
  }
}
