// The leader's own copy of the batches it appends, with what a leader writes into it: offsets, leader epoch, and
// timestamps where due (R-1, W-45). The sender's bytes stay as they are.

import {
  isLogAppendTime,
  lastOffsetDelta,
  maxTimestamp,
  patchForAppend,
  patchMaxTimestamp,
  sizeInBytes,
} from '../records/record-batch.ts'

/** Copies up to this size are made in memory that is kept for the next one. */
const SCRATCH_BYTES = 65536

export class LeaderCopy {
  /** After `stamp`: the copy, in the first bytes of this; valid until the next `stamp`. */
  bytes = new Uint8Array(0)
  /** Last offset given. */
  lastOffset = -1
  /** Last offset of the first batch that holds the largest timestamp. */
  maxTimestampOffset = -1
  private scratch = this.bytes

  /**
   * Copies whole, checked batches, the first record of which gets `firstOffset`. `maxTimestampMs` is the largest of
   * all; `settle` says how it gets into the headers: as the append time, as the largest record timestamp of the one
   * batch, or not at all. A checksum is rewritten only where the header's timestamp changes.
   */
  stamp(
    bytes: Uint8Array,
    firstOffset: number,
    leaderEpoch: number,
    maxTimestampMs: number,
    settle: 'append-time' | 'create-time' | 'as-is',
  ): void {
    this.copy(bytes)
    const own = this.bytes
    let next = firstOffset
    this.maxTimestampOffset = -1
    for (let position = 0; position < bytes.length; position += sizeInBytes(own, position)) {
      patchForAppend(own, position, next, leaderEpoch)
      next += lastOffsetDelta(own, position) + 1
      const byAppendTime = settle === 'append-time'
      const isOff = maxTimestamp(own, position) !== maxTimestampMs || isLogAppendTime(own, position)
      if (byAppendTime || (settle === 'create-time' && isOff)) {
        patchMaxTimestamp(own, position, maxTimestampMs, byAppendTime)
      }
      if (this.maxTimestampOffset < 0 && maxTimestamp(own, position) === maxTimestampMs) {
        this.maxTimestampOffset = next - 1
      }
    }
    this.lastOffset = next - 1
  }

  private copy(bytes: Uint8Array): void {
    if (bytes.length > SCRATCH_BYTES) {
      this.bytes = bytes.slice()
      return
    }
    if (this.scratch.length < bytes.length) {
      let capacity = 1024
      while (capacity < bytes.length) capacity *= 2
      this.scratch = new Uint8Array(capacity)
    }
    this.bytes = this.scratch
    this.bytes.set(bytes)
  }
}
