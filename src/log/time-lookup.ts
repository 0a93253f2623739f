// Where in a log to look for a record by its time (R-128): the segments' largest timestamps name the segment, its indexes a
// position in it. The cost does not grow with the log: the largest timestamp up to each closed segment is kept, which rises
// from one to the next however the timestamps go.

import type { FileBatchScan } from './file-batch-scan.ts'
import { LOOKUP_WINDOW_BYTES } from './file-batch-scan.ts'
import type { SegmentList } from './segment-list.ts'

export class TimeLookup {
  private readonly segments: SegmentList
  /** Of each of the first `known` segments, all closed: the largest timestamp in it and those before it. */
  private peaks = new Float64Array(8)
  private known = 0

  constructor(segments: SegmentList) {
    this.segments = segments
  }

  /**
   * Walks, from at or before the first record with a timestamp ≥ `timestampMs` whose offset is not below `fromOffset`, to
   * the end of the first segment that has such a timestamp; undefined if none has.
   */
  scanFrom(timestampMs: number, fromOffset: number): FileBatchScan | undefined {
    const index = this.firstSegmentWith(timestampMs)
    if (index < 0) return undefined
    const segment = this.segments.at(index)
    return segment.scanFrom(segment.positionForTimestamp(timestampMs, fromOffset), LOOKUP_WINDOW_BYTES, true)
  }

  /** Stands at the batch that holds the largest timestamp of all; undefined if no record has one. */
  batchWithLargest(): FileBatchScan | undefined {
    this.notePeaks()
    const closed = this.known === 0 ? -1 : this.peaks[this.known - 1]!
    const active = this.segments.active
    const largestMs = active.maxTimestampMs > closed ? active.maxTimestampMs : closed
    const index = this.firstSegmentWith(largestMs)
    if (largestMs < 0 || index < 0) return undefined
    const segment = this.segments.at(index)
    const scan = segment.scanFrom(segment.positionOf(segment.maxTimestampOffset), LOOKUP_WINDOW_BYTES, true)
    return scan.next() ? scan : undefined
  }

  /** Segments from `index` on have changed, or gone. */
  forgetFrom(index: number): void {
    if (index < this.known) this.known = index
  }

  /** Index of the first segment with a timestamp ≥ `timestampMs`, or −1. */
  private firstSegmentWith(timestampMs: number): number {
    this.notePeaks()
    let low = 0
    let high = this.known
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.peaks[middle]! >= timestampMs) high = middle
      else low = middle + 1
    }
    if (low < this.known) return low
    return this.segments.active.maxTimestampMs >= timestampMs ? this.segments.size - 1 : -1
  }

  private notePeaks(): void {
    const closed = this.segments.size - 1
    while (this.known < closed) {
      if (this.known === this.peaks.length) this.grow()
      const { maxTimestampMs } = this.segments.at(this.known)
      const before = this.known === 0 ? -1 : this.peaks[this.known - 1]!
      this.peaks[this.known++] = maxTimestampMs > before ? maxTimestampMs : before
    }
  }

  private grow(): void {
    const { peaks } = this
    this.peaks = new Float64Array(peaks.length * 2)
    this.peaks.set(peaks)
  }
}
