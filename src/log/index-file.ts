// A file of entries of one size, as both indexes of a segment are (S-4 – S-6). Kafka maps it into memory: entries reach the
// page cache, and only a sync makes them durable. While its segment is active the file has room for all entries it may
// ever hold; that room is cut off when the segment is closed. Entries are read from the file, not kept apart.

import { assert } from '../../sim/assert.ts'
import type { Disk, DiskFile } from '../../sim/host.ts'
import { readInt32, readInt64 } from '../records/fixed-ints.ts'

/** How many entries are looked at through one view of the file. */
const WINDOW_ENTRIES = 65536
const NO_BYTES = new Uint8Array(0)

export class IndexFile {
  readonly file: DiskFile
  entries: number
  private readonly entryBytes: number
  private maxEntries: number
  /** A view of the file from `from` on. */
  private bytes: Uint8Array = NO_BYTES
  private from = 0
  /** Something was written since the last sync was asked for. */
  private dirty = false

  /** With `trustsRoom` all that it has room for counts as written. */
  constructor(disk: Disk, path: string, entryBytes: number, trustsRoom = false) {
    this.file = disk.open(path)
    this.entryBytes = entryBytes
    const room = trustsRoom ? this.file.allocatedBytes - this.file.sizeBytes : 0
    if (room > 0) this.file.append(new Uint8Array(room))
    this.entries = Math.floor(this.file.sizeBytes / entryBytes)
    this.maxEntries = this.entries
    // A torn entry at the end is none, and is written over.
    if (this.file.sizeBytes > this.entries * entryBytes) this.file.truncate(this.entries * entryBytes)
  }

  /** `reserved` entries are kept back from those who ask. */
  isFull(reserved: number): boolean {
    return this.entries >= this.maxEntries - reserved
  }

  append(entry: Uint8Array): void {
    if (entry.length !== this.entryBytes) assert(false, `${entry.length} bytes are no entry of ${this.file.path}`)
    this.file.append(entry)
    this.entries++
    this.dirty = true
  }

  /** Makes `bytes` hold entry `n`; returns where it starts there. */
  seek(n: number): number {
    const position = n * this.entryBytes
    const at = position - this.from
    if (at >= 0 && at + this.entryBytes <= this.bytes.length) return at
    if (n < 0 || n >= this.entries) assert(false, `entry ${n} of ${this.entries} in ${this.file.path}`)
    const windowBytes = WINDOW_ENTRIES * this.entryBytes
    this.from = position - (position % windowBytes)
    this.bytes = this.file.read(this.from, Math.min(windowBytes, this.entries * this.entryBytes - this.from))
    return position - this.from
  }

  /** The last entry whose field at `field`, an int64 if `wide`, else an int32, is ≤ `value`; or −1. The field must rise. */
  floor(field: number, wide: boolean, value: number): number {
    let low = 0
    let high = this.entries
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = this.seek(middle) + field
      if ((wide ? readInt64(this.bytes, at) : readInt32(this.bytes, at)) <= value) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** To be read right after `seek`. */
  get window(): Uint8Array {
    return this.bytes
  }

  /** Keeps the first `count` entries. */
  truncateTo(count: number): void {
    if (count >= this.entries) return
    this.entries = count
    this.dirty = true
    this.bytes = NO_BYTES
    this.file.truncate(count * this.entryBytes)
  }

  /** Makes room for as many entries as fit `maxBytes`, with zeros in place of those to come. */
  allocate(maxBytes: number): void {
    this.maxEntries = Math.max(this.entries, Math.floor(maxBytes / this.entryBytes))
    this.file.allocate(this.maxEntries * this.entryBytes)
  }

  /** Cuts off the room that is not used. */
  trim(): void {
    this.maxEntries = this.entries
    // Else the view would keep the memory that goes.
    this.bytes = NO_BYTES
    this.file.allocate(0)
  }

  /** True if a sync would have something to do. */
  get needsSync(): boolean {
    return this.dirty
  }

  sync(then?: () => void): void {
    this.dirty = false
    this.file.sync(then)
  }
}
