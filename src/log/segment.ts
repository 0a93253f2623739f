// One segment of a log: a file of batches back to back, named by the offset it starts at (R-3, S-3), and its sparse
// index. Index files and transaction indexes are left out.

import { assert } from '../../sim/assert.ts'
import type { Disk, DiskFile } from '../../sim/host.ts'
import { lastOffset, maxTimestamp, NO_TIMESTAMP } from '../records/record-batch.ts'
import { FileBatchScan, LOOKUP_WINDOW_BYTES, SCAN_WINDOW_BYTES } from './file-batch-scan.ts'
import { SegmentIndex } from './segment-index.ts'

const LOG_SUFFIX = '.log'
const NAME_DIGITS = 20

/** A part of a segment: whole batches at `[from, to)` of its file. */
export interface SegmentSlice {
  readonly from: number
  readonly to: number
  /** Offset after the last batch of the slice. */
  readonly nextOffset: number
}

export class Segment {
  readonly baseOffset: number
  readonly file: DiskFile
  /** Offset after the last batch; the base offset while there is none. */
  nextOffset: number
  /** Largest timestamp in the segment, and the last offset of the (first) batch that holds it. */
  maxTimestampMs = NO_TIMESTAMP
  maxTimestampOffset = -1
  /** Largest timestamp of the first chunk, from which the segment's age is counted. */
  firstTimestampMs = NO_TIMESTAMP
  private readonly index = new SegmentIndex()
  private readonly indexIntervalBytes: number
  private bytesSinceIndexEntry = 0
  /** Where the latest append starts, and the first offset that does not lie before it: what most readers ask for. */
  private lastAppendOffset = Infinity
  private lastAppendPosition = 0

  /** Opens `dir/<base offset>.log`, creating it if absent. What is in it must be noted batch by batch. */
  constructor(disk: Disk, dir: string, baseOffset: number, indexIntervalBytes: number) {
    this.baseOffset = baseOffset
    this.file = disk.open(`${dir}/${segmentFileName(baseOffset)}`)
    this.nextOffset = baseOffset
    this.indexIntervalBytes = indexIntervalBytes
  }

  get sizeBytes(): number {
    return this.file.sizeBytes
  }

  /**
   * Appends `bytes[from, to)`, one chunk of whole batches that ends with `last`. `maxTimestampMs` is the largest of
   * the chunk, in the batch with last offset `maxTimestampOffset`.
   */
  append(
    bytes: Uint8Array,
    from: number,
    to: number,
    last: number,
    maxTimestampMs: number,
    maxTimestampOffset: number,
  ): void {
    const position = this.file.append(bytes, from, to)
    this.lastAppendOffset = this.nextOffset
    this.lastAppendPosition = position
    this.note(position, to - from, last, maxTimestampMs, maxTimestampOffset)
  }

  /** Takes note of a chunk that is in the file: called in file order, by appends and by loading. */
  note(position: number, sizeBytes: number, last: number, maxTimestampMs: number, maxTimestampOffset: number): void {
    if (last < this.nextOffset) assert(false, `offset ${last} goes back in segment ${this.baseOffset}`)
    if (position === 0) this.firstTimestampMs = maxTimestampMs
    if (maxTimestampMs > this.maxTimestampMs) {
      this.maxTimestampMs = maxTimestampMs
      this.maxTimestampOffset = maxTimestampOffset
    }
    if (this.bytesSinceIndexEntry > this.indexIntervalBytes) {
      this.index.add(last, position, this.maxTimestampMs, this.maxTimestampOffset)
      this.bytesSinceIndexEntry = 0
    }
    this.bytesSinceIndexEntry += sizeBytes
    this.nextOffset = last + 1
  }

  /** Position of the first batch whose last offset is ≥ `offset`; the end of the file if there is none. */
  positionOf(offset: number): number {
    if (offset >= this.nextOffset) return this.sizeBytes
    if (offset === this.lastAppendOffset) return this.lastAppendPosition
    const entry = this.index.floorByOffset(offset)
    let position = entry < 0 ? 0 : this.index.position(entry)
    if (offset > this.lastAppendOffset && position < this.lastAppendPosition) position = this.lastAppendPosition
    const scan = this.scanFrom(position, LOOKUP_WINDOW_BYTES)
    while (scan.next()) if (lastOffset(scan.bytes, scan.at) >= offset) return scan.position
    return this.sizeBytes
  }

  /**
   * Whole batches from the one that holds `fromOffset` (or the next one, if compaction left a gap) up to `maxBytes`,
   * all below `upToOffset`. With `minOneBatch` the first may be larger than `maxBytes`. Undefined if the segment has
   * nothing at or after `fromOffset`. Costs two lookups, whatever the size of the segment.
   */
  slice(fromOffset: number, maxBytes: number, upToOffset: number, minOneBatch: boolean): SegmentSlice | undefined {
    const from = this.positionOf(fromOffset)
    const size = this.sizeBytes
    if (from >= size) return undefined
    if (this.nextOffset <= upToOffset && size - from <= maxBytes) return { from, to: size, nextOffset: this.nextOffset }
    const limit = from + maxBytes
    // The entry before the last one within both limits: its first batch is sure to be within them.
    const byPosition = this.index.floorByPosition(limit)
    const byOffset = this.index.floorByOffset(upToOffset - 1)
    const entry = (byPosition < byOffset ? byPosition : byOffset) - 1
    const skipTo = entry < 0 ? 0 : this.index.position(entry)
    const scan = this.scanFrom(skipTo > from ? skipTo : from, LOOKUP_WINDOW_BYTES)
    let to = from
    let nextOffset = fromOffset
    while (scan.next()) {
      const next = lastOffset(scan.bytes, scan.at) + 1
      const fits = scan.following <= limit || (minOneBatch && scan.position === from)
      if (!fits || next > upToOffset) break
      to = scan.following
      nextOffset = next
    }
    return { from, to, nextOffset }
  }

  /** Removes every batch that reaches `offset` or beyond. */
  truncateTo(offset: number): void {
    this.file.truncate(this.positionOf(offset))
    if (this.sizeBytes === 0) this.firstTimestampMs = NO_TIMESTAMP
    this.index.truncateTo(offset)
    const entry = this.index.size - 1
    this.maxTimestampMs = entry < 0 ? NO_TIMESTAMP : this.index.maxTimestampMs(entry)
    this.maxTimestampOffset = entry < 0 ? -1 : this.index.maxTimestampOffset(entry)
    this.nextOffset = this.baseOffset
    this.bytesSinceIndexEntry = 0
    this.lastAppendOffset = Infinity
    const scan = this.scanFrom(entry < 0 ? 0 : this.index.position(entry), SCAN_WINDOW_BYTES)
    while (scan.next()) {
      const timestampMs = maxTimestamp(scan.bytes, scan.at)
      this.nextOffset = lastOffset(scan.bytes, scan.at) + 1
      if (timestampMs > this.maxTimestampMs) {
        this.maxTimestampMs = timestampMs
        this.maxTimestampOffset = this.nextOffset - 1
      }
    }
  }

  private scanFrom(position: number, windowBytes: number): FileBatchScan {
    return new FileBatchScan(this.file, position, this.sizeBytes, windowBytes, false)
  }
}

/** `00000000000000000042.log` for 42. */
export function segmentFileName(baseOffset: number): string {
  return String(baseOffset).padStart(NAME_DIGITS, '0') + LOG_SUFFIX
}

/** The base offset of a segment's log file; undefined for any other name. */
export function segmentBaseOffset(fileName: string): number | undefined {
  if (fileName.length !== NAME_DIGITS + LOG_SUFFIX.length || !fileName.endsWith(LOG_SUFFIX)) return undefined
  const digits = fileName.slice(0, NAME_DIGITS)
  const offset = Number(digits)
  return /^\d+$/.test(digits) && Number.isSafeInteger(offset) ? offset : undefined
}
