// Which batches of one partition were ever committed, that is below some leader's high watermark, and which they are: base
// and last offset, leader epoch, checksum. Two batches are the same if all four agree. In offset order, append-only but for
// what a violation rewrites; amortised O(1) a batch and nothing but typed arrays.

import { assert } from '../../sim/assert.ts'
import { firstReaching } from './first-reaching.ts'
import { grownFloats, grownInts } from './growing-arrays.ts'

const FIRST_CAPACITY = 64

export interface CommittedBatch {
  readonly base: number
  readonly last: number
  readonly epoch: number
  readonly checksum: number
  readonly ordinal: number
}

export class CommittedLedger {
  /** Number of batches. */
  size = 0
  /** Offset after the last committed batch; 0 before the first. */
  endOffset = 0
  private bases = new Float64Array(FIRST_CAPACITY)
  private lasts = new Float64Array(FIRST_CAPACITY)
  private epochs = new Int32Array(FIRST_CAPACITY)
  private checksums = new Int32Array(FIRST_CAPACITY)
  private ordinals = new Float64Array(FIRST_CAPACITY)

  /** A batch behind all others was committed, in event `ordinal`. */
  append(base: number, last: number, epoch: number, checksum: number, ordinal: number): void {
    if (base < this.endOffset || last < base)
      assert(false, `batch ${base}–${last} behind committed offset ${this.endOffset}`)
    if (this.size === this.bases.length) this.grow()
    const i = this.size++
    this.bases[i] = base
    this.lasts[i] = last
    this.epochs[i] = epoch
    this.checksums[i] = checksum | 0
    this.ordinals[i] = ordinal
    this.endOffset = last + 1
  }

  /** Is the batch at `index` this one? */
  isSame(index: number, base: number, last: number, epoch: number, checksum: number): boolean {
    return (
      this.bases[index] === base &&
      this.lasts[index] === last &&
      this.epochs[index] === epoch &&
      this.checksums[index] === (checksum | 0)
    )
  }

  baseOffset(index: number): number {
    return this.bases[index] ?? -1
  }

  lastOffset(index: number): number {
    return this.lasts[index] ?? -1
  }

  leaderEpoch(index: number): number {
    return this.epochs[index] ?? -1
  }

  at(index: number): CommittedBatch {
    const { bases, lasts, epochs, checksums, ordinals } = this
    const checksum = (checksums[index] ?? 0) >>> 0
    return {
      base: bases[index] ?? -1,
      last: lasts[index] ?? -1,
      epoch: epochs[index] ?? -1,
      checksum,
      ordinal: ordinals[index] ?? 0,
    }
  }

  /** The event in which it was committed. */
  ordinal(index: number): number {
    return this.ordinals[index] ?? 0
  }

  /** Index of the first batch that reaches `offset` or beyond; `size` if none does. */
  indexOf(offset: number): number {
    return firstReaching(this.lasts, this.size, offset)
  }

  /** Forgets what reaches `offset` or beyond: it turned out not to be so. Returns where the rest ends. */
  cutFrom(offset: number): number {
    this.size = this.indexOf(offset)
    this.endOffset = this.size === 0 ? 0 : this.lastOffset(this.size - 1) + 1
    return this.endOffset
  }

  private grow(): void {
    const capacity = this.bases.length * 2
    this.bases = grownFloats(this.bases, capacity)
    this.lasts = grownFloats(this.lasts, capacity)
    this.epochs = grownInts(this.epochs, capacity)
    this.checksums = grownInts(this.checksums, capacity)
    this.ordinals = grownFloats(this.ordinals, capacity)
  }
}
