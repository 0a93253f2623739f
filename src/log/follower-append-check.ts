// What a follower checks of fetched batches before it appends them verbatim: checksums and that offsets rise.
// Sizes of batches are the leader's business. A batch cut off at the end of a fetch is left out.

import {
  baseOffset,
  lastOffset,
  maxTimestamp,
  NO_TIMESTAMP,
  partitionLeaderEpoch,
  validateBatch,
  wholeBatchesEnd,
} from '../records/record-batch.ts'
import { sizeInBytes } from '../records/record-batch.ts'
import { MAX_RELATIVE_OFFSET } from './segment.ts'
import { Errors } from '../protocol/error-codes.ts'
import { type RejectedAppend, rejected } from './append-result.ts'
import { rejectedFor } from './leader-append-check.ts'

interface FollowingLog {
  readonly config: { readonly segmentBytes: number }
  readonly logStartOffset: number
  readonly logEndOffset: number
}

export class FollowerAppendCheck {
  /** After a good check: where the whole batches end (0 if there are none), and what they are. */
  end = 0
  firstOffset = -1
  lastOffset = -1
  lastLeaderEpoch = -1
  maxTimestampMs = NO_TIMESTAMP
  maxTimestampOffset = -1

  /** Undefined if the whole batches in `bytes` are good in themselves; whether they fit the log is not asked here. */
  check(bytes: Uint8Array): RejectedAppend | undefined {
    this.end = wholeBatchesEnd(bytes, 0, bytes.length)
    this.firstOffset = -1
    this.lastOffset = -1
    this.lastLeaderEpoch = -1
    this.maxTimestampMs = NO_TIMESTAMP
    this.maxTimestampOffset = -1
    for (let position = 0; position < this.end; position += sizeInBytes(bytes, position)) {
      const problem = validateBatch(bytes, position, this.end)
      if (problem !== undefined) return rejectedFor(problem)
      const first = baseOffset(bytes, position)
      if (first <= this.lastOffset) {
        return rejected(Errors.UNKNOWN_SERVER_ERROR, `offsets go back from ${this.lastOffset} to ${first}`)
      }
      if (position === 0) this.firstOffset = first
      this.lastOffset = lastOffset(bytes, position)
      this.lastLeaderEpoch = partitionLeaderEpoch(bytes, position)
      const timestampMs = maxTimestamp(bytes, position)
      if (timestampMs > this.maxTimestampMs) {
        this.maxTimestampMs = timestampMs
        this.maxTimestampOffset = this.lastOffset
      }
    }
    // What follows the whole batches is a batch cut off, unless its beginning already shows that it is none.
    const rest = validateBatch(bytes, this.end, bytes.length)
    if (this.end < bytes.length && rest !== 'incomplete' && rest !== undefined) {
      return rejected(Errors.CORRUPT_MESSAGE, `bytes after offset ${this.lastOffset} are no record batch (${rest})`)
    }
    return undefined
  }

  /**
   * What keeps the checked batches from following what a log holds; undefined: nothing. `starts-inside`: the log is
   * empty and begins in the middle of the first batch, so it is to begin where that does (KAFKA-6975).
   */
  unfitFor({ config, logStartOffset, logEndOffset }: FollowingLog): RejectedAppend | 'starts-inside' | undefined {
    const { segmentBytes } = config
    if (this.end > segmentBytes) {
      return rejected(Errors.RECORD_LIST_TOO_LARGE, `${this.end} bytes do not fit a segment of ${segmentBytes}`)
    }
    // Offsets jump, so that no segment can hold them together: only damaged bytes say so.
    if (this.lastOffset - this.firstOffset > MAX_RELATIVE_OFFSET) {
      return rejected(
        Errors.UNKNOWN_SERVER_ERROR,
        `offsets ${this.firstOffset} and ${this.lastOffset} do not fit one segment`,
      )
    }
    if (this.firstOffset >= logEndOffset) return undefined
    if (logEndOffset === logStartOffset && this.lastOffset >= logEndOffset) return 'starts-inside'
    return rejected(
      Errors.UNKNOWN_SERVER_ERROR,
      `first offset ${this.firstOffset} lies below the log end ${logEndOffset}`,
    )
  }
}
