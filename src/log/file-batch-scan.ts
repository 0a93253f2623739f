// Walks the batches in a range of a log file, reading it in windows. It looks at lengths and magic only and stops at the
// first bytes that are no whole batch.

import type { DiskFile } from '../../sim/host.ts'
import { BATCH_HEADER_BYTES, hasBatchHeader, sizeInBytes } from '../records/record-batch.ts'

/** For looking something up between two index entries. */
export const LOOKUP_WINDOW_BYTES = 4096
/** For reading a whole segment. */
export const SCAN_WINDOW_BYTES = 262144

const NO_BYTES = new Uint8Array(0)

export class FileBatchScan {
  /** The current batch: its header (all of it, if `whole`) lies in `bytes` at `at`, and in the file at `position`. */
  bytes: Uint8Array = NO_BYTES
  at = 0
  position: number
  sizeBytes = 0
  /** Where the next batch starts; when `next()` said false, where the whole batches end. */
  following: number
  private readonly file: Pick<DiskFile, 'read'>
  private readonly to: number
  private readonly windowBytes: number
  private readonly whole: boolean
  private windowAt = 0

  /** Scans `[from, to)` of the file. With `whole`, `bytes` holds each batch entirely, else its header at least. */
  constructor(file: Pick<DiskFile, 'read'>, from: number, to: number, windowBytes: number, whole: boolean) {
    this.file = file
    this.position = from
    this.following = from
    this.to = to
    this.windowBytes = windowBytes
    this.whole = whole
  }

  /** Moves to the next whole batch of the range; false if there is none. */
  next(): boolean {
    const position = this.following
    if (this.to - position < BATCH_HEADER_BYTES) return false
    this.cover(position, BATCH_HEADER_BYTES)
    if (!hasBatchHeader(this.bytes, position - this.windowAt, this.bytes.length)) return false
    const sizeBytes = sizeInBytes(this.bytes, position - this.windowAt)
    if (sizeBytes > this.to - position) return false
    if (this.whole) this.cover(position, sizeBytes)
    this.at = position - this.windowAt
    this.position = position
    this.sizeBytes = sizeBytes
    this.following = position + sizeBytes
    return true
  }

  /** Makes the window hold `[position, position + length)`. */
  private cover(position: number, length: number): void {
    if (position + length <= this.windowAt + this.bytes.length) return
    const wanted = length > this.windowBytes ? length : this.windowBytes
    const available = this.to - position
    this.bytes = this.file.read(position, wanted < available ? wanted : available)
    this.windowAt = position
  }
}
