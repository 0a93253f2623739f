// One segment of a log: a file of batches back to back (S-3) and its two sparse indexes, named by the offset the
// segment starts at. What an existing segment holds is looked up in its files when it is asked for, as in Kafka; only the
// active one keeps it in mind. The transaction index is in transaction-index.ts.

import { assert } from '../../sim/assert.ts'
import type { DiskFile } from '../../sim/host.ts'
import { lastOffset, maxTimestamp, NO_TIMESTAMP, sizeInBytes } from '../records/record-batch.ts'
import { FileBatchScan, LOOKUP_WINDOW_BYTES, SCAN_WINDOW_BYTES } from './file-batch-scan.ts'
import {
  INDEX_SUFFIX,
  LOG_SUFFIX,
  offsetFileName,
  SEGMENT_FILE_SUFFIXES,
  TIME_INDEX_SUFFIX,
  TXN_INDEX_SUFFIX,
} from './file-names.ts'
import { OFFSET_ENTRY_BYTES, OffsetIndex } from './offset-index.ts'
import type { SegmentHome } from './segment-home.ts'
import { TIME_ENTRY_BYTES, TimeIndex } from './time-index.ts'
import { cutTransactionIndex } from './transaction-index.ts'

/** The difference of an offset to its segment's base must fit an int32. */
export const MAX_RELATIVE_OFFSET = 2147483647

/** A part of a segment: whole batches at `[from, to)` of its file. */
export interface SegmentSlice {
  readonly from: number
  readonly to: number
  /** Offset after the last batch of the slice. */
  readonly nextOffset: number
}

const UNKNOWN = -1

export class Segment {
  readonly baseOffset: number
  readonly file: DiskFile
  readonly offsetIndex: OffsetIndex
  readonly timeIndex: TimeIndex
  /** By how much earlier than `segment.ms` the segment is rolled. */
  readonly rollJitterMs: number
  private readonly home: SegmentHome
  private readonly indexIntervalBytes: number
  private next: number
  private largestMs: number
  private modifiedMs: number
  /** When it was opened, or emptied. */
  private createdMs: number
  private largestOffset: number
  private firstMs: number
  private bytesSinceIndexEntry = 0
  /** Where the latest append starts, and the first offset that does not lie before it: what most readers ask for. */
  private lastAppendOffset = Infinity
  private lastAppendPosition = 0

  /** Opens the segment's files, whose names end with `suffix`, creating those that are absent. */
  constructor(home: SegmentHome, baseOffset: number, suffix = '') {
    const { disk, dir } = home
    const path = (kind: (typeof SEGMENT_FILE_SUFFIXES)[number]) => `${dir}/${offsetFileName(baseOffset, kind)}${suffix}`
    this.home = home
    this.baseOffset = baseOffset
    this.file = disk.open(path(LOG_SUFFIX))
    this.offsetIndex = new OffsetIndex(disk, path(INDEX_SUFFIX), baseOffset, home.trustsRoom)
    this.timeIndex = new TimeIndex(disk, path(TIME_INDEX_SUFFIX), baseOffset, home.trustsRoom)
    this.indexIntervalBytes = home.config.indexIntervalBytes
    this.rollJitterMs = home.drawRollJitterMs()
    this.next = this.file.sizeBytes === 0 ? baseOffset : UNKNOWN
    this.largestMs = this.timeIndex.lastTimestampMs
    this.largestOffset = this.timeIndex.lastOffset
    this.firstMs = NO_TIMESTAMP
    this.createdMs = home.wallMs()
    this.modifiedMs = this.createdMs
  }

  get sizeBytes(): number {
    return this.file.sizeBytes
  }

  /** Offset after the last whole batch; the base offset if there is none. */
  get nextOffset(): number {
    if (this.next === UNKNOWN) this.next = this.readNextOffset()
    return this.next
  }

  /** Largest timestamp in the segment, NO_TIMESTAMP if it has none. Of a loaded one what its time index says. */
  get maxTimestampMs(): number {
    return this.largestMs
  }

  /**
   * What its age is counted from: its largest timestamp, or, where it has none, when its files were changed last (of a
   * loaded one: when it was loaded; of one that compaction emptied: what the segments had that it replaced).
   */
  get lastModifiedMs(): number {
    return this.largestMs === NO_TIMESTAMP ? this.modifiedMs : this.largestMs
  }

  set lastModifiedMs(ms: number) {
    this.modifiedMs = ms
  }

  get offsetIndexBytes(): number {
    return this.offsetIndex.size * OFFSET_ENTRY_BYTES
  }

  get timeIndexBytes(): number {
    return this.timeIndex.size * TIME_ENTRY_BYTES
  }

  /** Last offset of the (first) batch that holds the largest timestamp; the base offset if there is none. */
  get maxTimestampOffset(): number {
    return this.largestOffset
  }

  /** Largest timestamp of the first chunk (with an index entry for each batch: of the first batch): its age is counted from it. */
  get firstTimestampMs(): number {
    if (this.firstMs === NO_TIMESTAMP && this.sizeBytes > 0) {
      const scan = this.scanFrom(0, LOOKUP_WINDOW_BYTES)
      if (scan.next()) this.firstMs = maxTimestamp(scan.bytes, scan.at)
    }
    return this.firstMs
  }

  /** How long it is in use for records that go up to `timestampMs`: by timestamps, or if its first has none by the clock. */
  waitedMs(timestampMs: number): number {
    const { firstTimestampMs } = this
    return firstTimestampMs === NO_TIMESTAMP ? this.home.wallMs() - this.createdMs : timestampMs - firstTimestampMs
  }

  /** Its segment must be closed before either index takes another entry. */
  get hasFullIndex(): boolean {
    return this.offsetIndex.isFull || this.timeIndex.isFull
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
    const next = this.nextOffset
    const position = this.file.append(bytes, from, to)
    this.lastAppendOffset = next
    this.lastAppendPosition = position
    if (!this.home.indexEachBatch || sizeInBytes(bytes, from) === to - from) {
      this.note(position, to - from, last, maxTimestampMs, maxTimestampOffset)
      return
    }
    for (let at = from; at < to; at += sizeInBytes(bytes, at)) {
      const lastOfBatch = lastOffset(bytes, at)
      this.note(position + at - from, sizeInBytes(bytes, at), lastOfBatch, maxTimestamp(bytes, at), lastOfBatch)
    }
  }

  /** Takes note of batches that are in the file: called in file order, by appends and by recovery. */
  note(position: number, sizeBytes: number, last: number, maxTimestampMs: number, maxTimestampOffset: number): void {
    if (last < this.nextOffset) assert(false, `offset ${last} goes back in segment ${this.baseOffset}`)
    if (position === 0) this.firstMs = maxTimestampMs
    if (maxTimestampMs > this.largestMs) {
      this.largestMs = maxTimestampMs
      this.largestOffset = maxTimestampOffset
    } else if (this.largestMs === NO_TIMESTAMP) this.modifiedMs = this.home.wallMs()
    if (this.bytesSinceIndexEntry > this.indexIntervalBytes) {
      this.offsetIndex.append(last, position, this.home.offsetEntry)
      this.noteTimestamp()
      this.bytesSinceIndexEntry = 0
    }
    this.bytesSinceIndexEntry += sizeBytes
    this.next = last + 1
  }

  /** Gives the indexes the room that an active segment needs. */
  becomeActive(): void {
    const { segmentIndexBytes } = this.home.config
    this.offsetIndex.file.allocate(segmentIndexBytes)
    this.timeIndex.file.allocate(segmentIndexBytes)
  }

  /** Nothing more will be appended: the time index gets the largest timestamp, both lose the room they do not need. */
  becomeInactive(): void {
    this.noteTimestamp()
    this.offsetIndex.file.trim()
    this.timeIndex.file.trim()
    this.file.allocate(0)
  }

  /** Forgets what the indexes say, for the batches to be noted anew from the first on. */
  beginRecovery(): void {
    this.offsetIndex.file.truncateTo(0)
    this.timeIndex.truncateTo(this.baseOffset)
    this.becomeActive()
    this.largestMs = NO_TIMESTAMP
    this.largestOffset = this.baseOffset
    this.next = this.baseOffset
    this.bytesSinceIndexEntry = 0
    this.lastAppendOffset = Infinity
  }

  /** Cuts the file at `endPosition`, where the good batches end. Returns how many bytes go. */
  endRecovery(endPosition: number): number {
    const lostBytes = this.sizeBytes - endPosition
    this.file.truncate(endPosition)
    this.cutTransactionIndex(this.nextOffset)
    this.becomeInactive()
    this.bytesSinceIndexEntry = 0
    return lostBytes
  }

  /** Cuts off what follows the last whole batch. Returns how many bytes go. */
  cutPartialBatch(): number {
    if (this.sizeBytes === 0) return 0
    const scan = this.scanFromLastEntry()
    while (scan.next());
    const lostBytes = this.sizeBytes - scan.following
    if (lostBytes > 0) this.file.truncate(scan.following)
    return lostBytes
  }

  /** Removes every batch that reaches `offset` or beyond. */
  truncateTo(offset: number): void {
    this.file.truncate(this.positionOf(offset))
    this.offsetIndex.truncateTo(offset)
    this.timeIndex.truncateTo(offset)
    // What a rotten index, or a rotten last offset, kept from being found.
    if (this.sizeBytes > 0 && this.readNextOffset() > offset) this.file.truncate(this.scannedPositionOf(offset, 0))
    this.cutTransactionIndex(offset)
    this.becomeActive()
    if (this.sizeBytes === 0) {
      this.firstMs = NO_TIMESTAMP
      this.createdMs = this.home.wallMs()
    }
    this.next = this.sizeBytes === 0 ? this.baseOffset : UNKNOWN
    this.bytesSinceIndexEntry = 0
    this.lastAppendOffset = Infinity
    if (this.largestMs >= 0) this.readLargestTimestamp()
  }

  /** Syncs the batches, and the indexes where they have changed. See `DiskFile.sync` for `then`. */
  sync(then?: () => void): void {
    const { file: offsets } = this.offsetIndex
    const { file: times } = this.timeIndex
    if (then === undefined) {
      this.file.sync()
      if (offsets.needsSync) offsets.sync()
      if (times.needsSync) times.sync()
      return
    }
    let pending = 1
    const oneDone = (): void => {
      if (--pending === 0) then()
    }
    if (offsets.needsSync) pending++
    if (times.needsSync) pending++
    this.file.sync(oneDone)
    if (offsets.needsSync) offsets.sync(oneDone)
    if (times.needsSync) times.sync(oneDone)
  }

  /** Puts `to` in place of `from` at the end of the names of its files. Returns their paths. */
  changeSuffix(from: string, to: string): string[] {
    const { disk, dir } = this.home
    const paths: string[] = []
    for (const kind of SEGMENT_FILE_SUFFIXES) {
      const path = `${dir}/${offsetFileName(this.baseOffset, kind)}`
      if (!disk.exists(path + from)) continue
      disk.rename(path + from, path + to)
      paths.push(path + to)
    }
    return paths
  }

  /** Position of the first batch whose last offset is ≥ `offset`; the end of the file if there is none. */
  positionOf(offset: number): number {
    if (offset >= this.nextOffset) return this.sizeBytes
    if (offset === this.lastAppendOffset) return this.lastAppendPosition
    let position = this.indexedPosition(offset)
    if (offset > this.lastAppendOffset && position < this.lastAppendPosition) position = this.lastAppendPosition
    return this.scannedPositionOf(offset, position)
  }

  /** A position from which to look for the first record at or after `offset` with a timestamp ≥ `timestampMs`. */
  positionForTimestamp(timestampMs: number, offset: number): number {
    const entry = this.timeIndex.floorByTimestamp(timestampMs)
    const indexed = entry < 0 ? this.baseOffset : this.timeIndex.offset(entry)
    return this.indexedPosition(indexed > offset ? indexed : offset)
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
    const byPosition = this.offsetIndex.floorByPosition(limit)
    const byOffset = this.offsetIndex.floorByOffset(upToOffset - 1)
    const entry = (byPosition < byOffset ? byPosition : byOffset) - 1
    const skipTo = entry < 0 ? 0 : this.offsetIndex.position(entry)
    if (skipTo > from) {
      const slice = this.batchesWithin(from, skipTo, fromOffset, limit, upToOffset, minOneBatch)
      // Else the index is rotten: it led beyond the limits.
      if (slice.to > from) return slice
    }
    return this.batchesWithin(from, from, fromOffset, limit, upToOffset, minOneBatch)
  }

  /** Walks the batches from a position on. With `whole`, each lies entirely in the scan's bytes. */
  scanFrom(position: number, windowBytes: number, whole = false): FileBatchScan {
    return new FileBatchScan(this.file, position, this.sizeBytes, windowBytes, whole)
  }

  /** From `from` on up to where the limits are, which is looked for from `scanAt` on. */
  private batchesWithin(
    from: number,
    scanAt: number,
    fromOffset: number,
    limit: number,
    upToOffset: number,
    minOneBatch: boolean,
  ): SegmentSlice {
    const scan = this.scanFrom(scanAt, LOOKUP_WINDOW_BYTES)
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

  private scannedPositionOf(offset: number, from: number): number {
    const scan = this.scanFrom(from, LOOKUP_WINDOW_BYTES)
    while (scan.next()) if (lastOffset(scan.bytes, scan.at) >= offset) return scan.position
    return this.sizeBytes
  }

  private cutTransactionIndex(offset: number): void {
    const { disk, dir } = this.home
    cutTransactionIndex(disk, `${dir}/${offsetFileName(this.baseOffset, TXN_INDEX_SUFFIX)}`, offset)
  }

  private noteTimestamp(): void {
    this.timeIndex.maybeAppend(this.largestMs, this.largestOffset, this.home.timeEntry)
  }

  /** Where the append starts that the index names as the last one up to `offset`; 0 if it names none. */
  private indexedPosition(offset: number): number {
    const entry = this.offsetIndex.floorByOffset(offset)
    return entry < 0 ? 0 : Math.max(0, this.offsetIndex.position(entry))
  }

  /** From the beginning if the entry has rotted: who looks for the end of the batches is not to go by it. */
  private scanFromLastEntry(): FileBatchScan {
    const entry = this.offsetIndex.size - 1
    const position = entry < 0 ? 0 : this.offsetIndex.position(entry)
    if (position > 0) {
      const first = this.scanFrom(position, LOOKUP_WINDOW_BYTES)
      const isBatch = first.next() && lastOffset(first.bytes, first.at) <= this.offsetIndex.offset(entry)
      if (isBatch) return this.scanFrom(position, LOOKUP_WINDOW_BYTES)
    }
    return this.scanFrom(0, LOOKUP_WINDOW_BYTES)
  }

  private readNextOffset(): number {
    let next = this.baseOffset
    const scan = this.scanFromLastEntry()
    while (scan.next()) next = lastOffset(scan.bytes, scan.at) + 1
    return next
  }

  /** The last entry of the time index, unless a batch after it has a larger timestamp. */
  private readLargestTimestamp(): void {
    this.largestMs = this.timeIndex.lastTimestampMs
    this.largestOffset = this.timeIndex.lastOffset
    const scan = this.scanFrom(this.indexedPosition(this.largestOffset), SCAN_WINDOW_BYTES)
    while (scan.next()) {
      const timestampMs = maxTimestamp(scan.bytes, scan.at)
      if (timestampMs <= this.largestMs) continue
      this.largestMs = timestampMs
      this.largestOffset = lastOffset(scan.bytes, scan.at)
    }
  }
}
