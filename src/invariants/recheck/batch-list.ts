// Batches in a list, as the naive re-check keeps them: base and last offset, leader epoch, checksum, whether it is in
// the log or was taken out by compaction, and nothing clever. In typed arrays, since a long run has millions.

import { grownFloats, grownInts } from '../growing-arrays.ts'

const FIRST_CAPACITY = 64

export class BatchList {
  size = 0
  private bases = new Float64Array(FIRST_CAPACITY)
  private lasts = new Float64Array(FIRST_CAPACITY)
  private epochs = new Int32Array(FIRST_CAPACITY)
  private checksums = new Int32Array(FIRST_CAPACITY)
  private gone = new Int32Array(FIRST_CAPACITY)

  /** −1 if there is no batch at `index`; so with `last` and `epoch`. */
  base(index: number): number {
    return index >= 0 && index < this.size ? this.bases[index]! : -1
  }

  last(index: number): number {
    return index >= 0 && index < this.size ? this.lasts[index]! : -1
  }

  epoch(index: number): number {
    return index >= 0 && index < this.size ? this.epochs[index]! : -1
  }

  /** As it was read, compaction had taken it out of the log. */
  isGone(index: number): boolean {
    return index >= 0 && index < this.size && this.gone[index] === 1
  }

  push(base: number, last: number, epoch: number, checksum: number, isGone = false): void {
    const i = this.size++
    if (i === this.bases.length) this.grow()
    this.bases[i] = base
    this.lasts[i] = last
    this.epochs[i] = epoch
    this.checksums[i] = checksum | 0
    this.gone[i] = isGone ? 1 : 0
  }

  /** The batch at `index` of `other` comes next here. */
  pushFrom(other: BatchList, index: number): void {
    this.push(other.bases[index]!, other.lasts[index]!, other.epochs[index]!, other.checksums[index]!)
  }

  /** Drops all from `index` on. */
  cutTo(index: number): void {
    this.size = index
  }

  dropFirst(count: number): void {
    if (count === 0) return
    const columns = [this.bases, this.lasts, this.epochs, this.checksums, this.gone]
    for (const column of columns) column.copyWithin(0, count, this.size)
    this.size -= count
  }

  /** Do both have a batch there, and is it the same? */
  isSame(index: number, other: BatchList, otherIndex: number): boolean {
    return (
      index < this.size &&
      otherIndex < other.size &&
      this.bases[index] === other.bases[otherIndex] &&
      this.lasts[index] === other.lasts[otherIndex] &&
      this.epochs[index] === other.epochs[otherIndex] &&
      this.checksums[index] === other.checksums[otherIndex]
    )
  }

  /** Of the first batch that reaches `offset` or beyond: mostly near the end. */
  indexOf(offset: number): number {
    let index = this.size
    while (index > 0 && this.lasts[index - 1]! >= offset) index--
    return index
  }

  private grow(): void {
    const capacity = this.bases.length * 2
    this.bases = grownFloats(this.bases, capacity)
    this.lasts = grownFloats(this.lasts, capacity)
    this.epochs = grownInts(this.epochs, capacity)
    this.checksums = grownInts(this.checksums, capacity)
    this.gone = grownInts(this.gone, capacity)
  }
}
