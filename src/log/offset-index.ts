// The `.index` of a segment (R-7, S-4): of some appends the last offset and the position where they start, both rising.

import type { Disk } from '../../sim/host.ts'
import { readInt32, writeInt32 } from '../records/fixed-ints.ts'
import { IndexFile } from './index-file.ts'

export const OFFSET_ENTRY_BYTES = 8

export class OffsetIndex {
  readonly file: IndexFile
  private readonly baseOffset: number

  constructor(disk: Disk, path: string, baseOffset: number, trustsRoom = false) {
    this.file = new IndexFile(disk, path, OFFSET_ENTRY_BYTES, trustsRoom)
    this.baseOffset = baseOffset
  }

  get size(): number {
    return this.file.entries
  }

  get isFull(): boolean {
    return this.file.isFull(0)
  }

  /** `entry` is memory for one entry. */
  append(lastOffset: number, position: number, entry: Uint8Array): void {
    writeInt32(entry, 0, lastOffset - this.baseOffset)
    writeInt32(entry, 4, position)
    this.file.append(entry)
  }

  offset(n: number): number {
    const at = this.file.seek(n)
    return this.baseOffset + readInt32(this.file.window, at)
  }

  position(n: number): number {
    const at = this.file.seek(n)
    return readInt32(this.file.window, at + 4)
  }

  /** The last entry with offset ≤ `offset`, or −1. */
  floorByOffset(offset: number): number {
    return this.file.floor(0, false, offset - this.baseOffset)
  }

  /** The last entry with position ≤ `position`, or −1. */
  floorByPosition(position: number): number {
    return this.file.floor(4, false, position)
  }

  /** Drops the entries with offset ≥ `offset`. */
  truncateTo(offset: number): void {
    this.file.truncateTo(this.floorByOffset(offset - 1) + 1)
  }
}
