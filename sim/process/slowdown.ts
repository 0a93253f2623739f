// How many times slower than usual something is, while several causes of slowness come and go.

import { assert } from '../assert.ts'

export class Slowdown {
  private causes: readonly { readonly factor: number }[] = []
  private product = 1

  /** 1 when nothing slows it down. */
  get factor(): number {
    return this.product
  }

  /** Multiplies by `factor` (> 0; below 1 is faster) until the returned function is called. */
  apply(factor: number): () => void {
    assert(Number.isFinite(factor) && factor > 0, `slowed down by a factor of ${factor}`)
    const cause = { factor }
    this.set([...this.causes, cause])
    return () => this.set(this.causes.filter((other) => other !== cause))
  }

  /** Multiplies anew each time: dividing a cause out again would leave rounding behind. */
  private set(causes: readonly { readonly factor: number }[]): void {
    this.causes = causes
    this.product = causes.reduce((product, cause) => product * cause.factor, 1)
  }
}
