// Identities of batches that wait to be compared, first in first out: the part of a log that is not committed yet.

import { assert } from '../../sim/assert.ts'
import { grownFloats, grownInts } from './growing-arrays.ts'

const FIRST_CAPACITY = 16

export class BatchQueue {
  private head = 0
  private tail = 0
  private bases = new Float64Array(FIRST_CAPACITY)
  private lasts = new Float64Array(FIRST_CAPACITY)
  private epochs = new Int32Array(FIRST_CAPACITY)
  private checksums = new Int32Array(FIRST_CAPACITY)

  get size(): number {
    return this.tail - this.head
  }

  get firstBase(): number {
    return this.bases[this.head] ?? -1
  }

  get firstLast(): number {
    return this.lasts[this.head] ?? -1
  }

  get firstEpoch(): number {
    return this.epochs[this.head] ?? -1
  }

  get firstChecksum(): number {
    return this.checksums[this.head] ?? -1
  }

  push(base: number, last: number, epoch: number, checksum: number): void {
    if (this.tail === this.bases.length) this.makeRoom()
    const i = this.tail++
    this.bases[i] = base
    this.lasts[i] = last
    this.epochs[i] = epoch
    this.checksums[i] = checksum | 0
  }

  shift(): void {
    assert(this.size > 0, 'no batch waits')
    this.head++
    if (this.head === this.tail) this.clear()
  }

  /** Drops what reaches `offset` or beyond; returns the base of the first batch dropped, or `offset`. */
  cutFrom(offset: number): number {
    let from = offset
    while (this.size > 0 && (this.lasts[this.tail - 1] ?? 0) >= offset) {
      this.tail--
      from = Math.min(from, this.bases[this.tail] ?? offset)
    }
    if (this.size === 0) this.clear()
    return from
  }

  clear(): void {
    this.head = 0
    this.tail = 0
  }

  /** Moves down if half the space is free, else doubles it. */
  private makeRoom(): void {
    const { head, tail } = this
    if (head * 2 < this.bases.length) {
      const capacity = this.bases.length * 2
      this.bases = grownFloats(this.bases, capacity)
      this.lasts = grownFloats(this.lasts, capacity)
      this.epochs = grownInts(this.epochs, capacity)
      this.checksums = grownInts(this.checksums, capacity)
      return
    }
    this.bases.copyWithin(0, head, tail)
    this.lasts.copyWithin(0, head, tail)
    this.epochs.copyWithin(0, head, tail)
    this.checksums.copyWithin(0, head, tail)
    this.head = 0
    this.tail = tail - head
  }
}
