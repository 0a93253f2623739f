// When a new segment is begun before an append: by size, by the range of offsets, by the time between records. Time
// passes only as records come, by their timestamps: an idle log never rolls. Left out: full indexes, jitter, records
// without a timestamp, which do not count.

import { NO_TIMESTAMP } from '../records/record-batch.ts'
import type { LogConfig } from './log-config.ts'
import type { Segment } from './segment.ts'

/** The difference of an offset to its segment's base must fit an int32. */
export const MAX_RELATIVE_OFFSET = 2147483647

/** Must `active` be left, for `sizeBytes` more bytes that end with offset `last` and go up to `maxTimestampMs`? */
export function mustRoll(
  active: Segment,
  config: LogConfig,
  sizeBytes: number,
  last: number,
  maxTimestampMs: number,
): boolean {
  if (active.sizeBytes > config.segmentBytes - sizeBytes || last - active.baseOffset > MAX_RELATIVE_OFFSET) return true
  const { firstTimestampMs } = active
  return firstTimestampMs !== NO_TIMESTAMP && maxTimestampMs - firstTimestampMs > config.segmentMs
}
