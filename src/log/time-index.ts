// The `.timeindex` of a segment (R-7, S-5): largest timestamps so far, rising, each with the last offset of the batch that
// holds it.

import type { Disk } from '../../sim/host.ts'
import { readInt32, readInt64, writeInt32, writeInt64 } from '../records/fixed-ints.ts'
import { NO_TIMESTAMP } from '../records/record-batch.ts'
import { IndexFile } from './index-file.ts'

export const TIME_ENTRY_BYTES = 12

export class TimeIndex {
  readonly file: IndexFile
  /** Of the last entry; NO_TIMESTAMP and the base offset if there is none. */
  lastTimestampMs = NO_TIMESTAMP
  lastOffset: number
  private readonly baseOffset: number

  constructor(disk: Disk, path: string, baseOffset: number, trustsRoom = false) {
    this.file = new IndexFile(disk, path, TIME_ENTRY_BYTES, trustsRoom)
    this.baseOffset = baseOffset
    this.lastOffset = baseOffset
    this.readLast()
  }

  get size(): number {
    return this.file.entries
  }

  /** One entry is kept back for the moment when the segment is closed. */
  get isFull(): boolean {
    return this.file.isFull(1)
  }

  /**
   * Adds an entry if the timestamp is larger than all before. `entry` is memory for one entry. A timestamp that rot has made
   * larger than a number can be counts as the largest.
   */
  maybeAppend(ms: number, offset: number, entry: Uint8Array): void {
    const timestampMs = ms > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : ms
    if (timestampMs <= this.lastTimestampMs) return
    writeInt64(entry, 0, timestampMs)
    writeInt32(entry, 8, offset - this.baseOffset)
    this.file.append(entry)
    this.lastTimestampMs = timestampMs
    this.lastOffset = offset
  }

  timestampMs(n: number): number {
    const at = this.file.seek(n)
    return readInt64(this.file.window, at)
  }

  offset(n: number): number {
    const at = this.file.seek(n)
    return this.baseOffset + readInt32(this.file.window, at + 8)
  }

  /** The last entry with a timestamp ≤ `timestampMs`, or −1. */
  floorByTimestamp(timestampMs: number): number {
    return this.file.floor(0, true, timestampMs)
  }

  /** Drops the entries with offset ≥ `offset`. */
  truncateTo(offset: number): void {
    this.file.truncateTo(this.file.floor(8, false, offset - 1 - this.baseOffset) + 1)
    this.readLast()
  }

  private readLast(): void {
    const last = this.size - 1
    this.lastTimestampMs = last < 0 ? NO_TIMESTAMP : this.timestampMs(last)
    this.lastOffset = last < 0 ? this.baseOffset : this.offset(last)
  }
}
