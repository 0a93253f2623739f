// Holds the indexes of one segment against its batches (R-7, S-4, S-5), going on where it stopped last: each batch is walked
// once, when the indexes have grown. Of an append with one entry for many batches the entry names where the first begins,
// and the last offset of the last.

import { FileBatchScan, SCAN_WINDOW_BYTES } from '../../log/file-batch-scan.ts'
import { baseOffset, lastOffset, maxTimestamp } from '../../records/record-batch.ts'
import type { ObservedSegment } from '../cluster-view.ts'

const NONE = -1

export class SegmentCheck {
  readonly segment: ObservedSegment
  private readonly looksAtTimes: boolean
  /** Batches before are walked. */
  private position = 0
  /** Entries of either index that were found right. */
  private offsets = 0
  private times = 0
  /** Last offset in an entry whose batches are not all walked yet. */
  private awaited = NONE
  /** The largest timestamp among the walked batches, and the batch that has it first. */
  private largestMs = NONE
  private largestFrom = NONE
  private largestTo = NONE
  private walkedTo = NONE

  constructor(segment: ObservedSegment, looksAtTimes = true) {
    this.segment = segment
    this.looksAtTimes = looksAtTimes
  }

  /** Nothing was added to either index since it was walked. */
  get isDone(): boolean {
    const { offsetIndex, timeIndex } = this.segment
    return this.offsets === offsetIndex.size && (this.times === timeIndex.size || !this.looksAtTimes)
  }

  /** Walks to the end of the file. Says what is wrong; undefined: nothing. */
  walk(): string | undefined {
    const { segment } = this
    const { offsetIndex } = segment
    // Of what was walked before only the largest timestamp can be named only now.
    if (this.nextTimeOffset <= this.walkedTo) {
      const fault = this.takeTime(this.largestMs, this.largestFrom, this.largestTo, NONE)
      if (fault !== undefined) return fault
    }
    const scan = new FileBatchScan(segment.file, this.position, segment.sizeBytes, SCAN_WINDOW_BYTES, false)
    while (scan.next()) {
      const { bytes, at, position } = scan
      const base = baseOffset(bytes, at)
      const last = lastOffset(bytes, at)
      const timestampMs = maxTimestamp(bytes, at)
      const fault = this.takeOffset(position, last) ?? this.takeTime(timestampMs, base, last, this.largestMs)
      if (fault !== undefined) return fault
      if (timestampMs > this.largestMs) {
        this.largestMs = timestampMs
        this.largestFrom = base
        this.largestTo = last
      }
      this.walkedTo = last
    }
    this.position = scan.following
    if (this.awaited !== NONE) return this.says('offset index', `ends a batch at offset ${this.awaited}`)
    if (this.offsets < offsetIndex.size) {
      return this.says('offset index', `begins a batch at byte ${offsetIndex.position(this.offsets)}`)
    }
    if (this.nextTimeOffset < Infinity) return this.says('time index', `has a batch at offset ${this.nextTimeOffset}`)
    return undefined
  }

  /** It was closed, so its time index has the largest timestamp of all (S-5). Says if that is not so. */
  closed(): string | undefined {
    const { timeIndex, baseOffset: base } = this.segment
    const said = timeIndex.size === 0 ? NONE : timeIndex.timestampMs(timeIndex.size - 1)
    if (said >= this.largestMs) return undefined
    return `the time index of segment ${base} ends with ${said}, and the segment has ${this.largestMs}`
  }

  /** Of the first entry that was not found right yet. */
  private get nextTimeOffset(): number {
    const { timeIndex } = this.segment
    return this.looksAtTimes && this.times < timeIndex.size ? timeIndex.offset(this.times) : Infinity
  }

  private takeOffset(position: number, last: number): string | undefined {
    const { offsetIndex } = this.segment
    if (this.offsets < offsetIndex.size) {
      const said = offsetIndex.position(this.offsets)
      if (said < position) return this.says('offset index', `begins a batch at byte ${said}`)
      if (said === position) {
        const offset = offsetIndex.offset(this.offsets)
        if (this.awaited !== NONE || offset < last) {
          return this.says('offset index', `has offset ${offset} from byte ${position} on, where ${last} is`)
        }
        this.awaited = offset
        this.offsets++
      }
    }
    if (this.awaited === NONE || last < this.awaited) return undefined
    if (last > this.awaited) return this.says('offset index', `ends a batch at offset ${this.awaited}`)
    this.awaited = NONE
    return undefined
  }

  /** The next entry names the batch `[from, to]`, or none up to it. `before` is the largest timestamp before the batch. */
  private takeTime(timestampMs: number, from: number, to: number, before: number): string | undefined {
    const { timeIndex } = this.segment
    const offset = this.nextTimeOffset
    if (offset > to) return undefined
    if (offset < from) return this.says('time index', `has its largest timestamp so far at offset ${offset}`)
    const said = timeIndex.timestampMs(this.times)
    if (said !== timestampMs || said <= before) {
      return this.says('time index', `has ${said} as its largest timestamp so far at offset ${offset}`)
    }
    this.times++
    return undefined
  }

  private says(index: string, what: string): string {
    return `the ${index} of segment ${this.segment.baseOffset} says that it ${what}, and it does not`
  }
}
