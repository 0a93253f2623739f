// The streams of chance of one run, by name. A stream's draws depend on the run's seed and its own name alone: whoever
// is added, removed or draws more often changes nothing for the others.

import { assert } from '../assert.ts'
import type { Rng } from './rng.ts'
import { Xor128Rng } from './xor128.ts'

export class Streams {
  private readonly seed: number
  private readonly byName = new Map<string, Rng>()

  constructor(seed: number) {
    assert(Number.isSafeInteger(seed) && seed >= 0, `a run with seed ${seed}`)
    this.seed = seed
  }

  /** Opens the stream. Opening one twice is a defect: two users would disturb each other. */
  stream(name: string): Rng {
    assert(!this.byName.has(name), `the stream '${name}' is opened twice`)
    return this.reuse(name)
  }

  /** The stream as it was left, or opened now: for those who know that they share it. */
  reuse(name: string): Rng {
    const known = this.byName.get(name)
    if (known !== undefined) return known
    const rng = new Xor128Rng(`${this.seed}/${name}`)
    this.byName.set(name, rng)
    return rng
  }
}
