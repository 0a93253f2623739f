// Puts checked batches at the end of a log, and begins a new segment where that is due. Appending only reaches the
// page cache; what a roll leaves behind is synced in the background, and at `flush.messages` the append waits.

import { assert } from '../../sim/assert.ts'
import type { Buggify } from '../buggify/buggify.ts'
import { baseOffset, lastOffset, sizeInBytes } from '../records/record-batch.ts'
import type { LogFlush } from './log-flush.ts'
import type { LogOffsets } from './log-offsets.ts'
import type { ProducerHistory } from './producer-history.ts'
import type { SegmentList } from './segment-list.ts'
import { mustRoll } from './segment-roll.ts'

export class LogWriter {
  private readonly segments: SegmentList
  private readonly offsets: LogOffsets
  private readonly producers: ProducerHistory
  private readonly flusher: LogFlush
  private readonly buggify: Buggify

  constructor(
    segments: SegmentList,
    offsets: LogOffsets,
    producers: ProducerHistory,
    flusher: LogFlush,
    buggify: Buggify,
  ) {
    this.segments = segments
    this.offsets = offsets
    this.producers = producers
    this.flusher = flusher
    this.buggify = buggify
  }

  /** Writes the first `size` bytes: batches with their offsets assigned, that end with offset `last`. */
  write(bytes: Uint8Array, size: number, last: number, maxTimestampMs: number, maxTimestampOffset: number): void {
    const { segments, producers } = this
    const { config } = segments.home
    const isFull = mustRoll(segments.active, config, size, last, maxTimestampMs)
    // An empty segment is where a new one would begin.
    if (isFull || (segments.active.sizeBytes > 0 && this.buggify.now('early-segment-roll'))) {
      // A follower may be given batches behind a gap: the segment is named after the first of them.
      this.roll(baseOffset(bytes, 0))
    }
    segments.active.append(bytes, 0, size, last, maxTimestampMs, maxTimestampOffset)
    this.offsets.appendedTo(last + 1)
    for (let position = 0; position < size; position += sizeInBytes(bytes, position)) {
      if (lastOffset(bytes, position) > last) assert(false, 'batches out of order')
      producers.table.note(bytes, position)
    }
    producers.endOffset = last + 1
    if (last + 1 - this.flusher.recoveryPoint >= config.flushMessages) this.flusher.flushTo(last + 1)
    else if (this.buggify.now('early-flush')) this.flusher.flushTo(last + 1, nothing)
  }

  /**
   * Closes the active segment and begins another at `atOffset`, behind a gap maybe: the snapshot of the producers' state
   * has that name, too, and goes when the segment goes. It is synced first of all.
   */
  roll(atOffset = this.offsets.end): void {
    this.segments.active.becomeInactive()
    this.segments.begin(atOffset)
    if (this.producers.take(atOffset)) this.producers.snapshots.sync(atOffset, nothing)
    this.flusher.flushTo(atOffset, nothing)
    this.segments.home.rolled?.()
  }
}

function nothing(): void {}
