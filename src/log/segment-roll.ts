// When a new segment is begun before an append: by size, by the range of offsets, by a full index, by the time
// between records. Time passes only as records come, by their timestamps: an idle log never rolls. Only where a segment begins
// with records that have none does the broker's clock count.

import type { LogConfig } from './log-config.ts'
import { MAX_RELATIVE_OFFSET, type Segment } from './segment.ts'

/** Must `active` be left, for `sizeBytes` more bytes that end with offset `last` and go up to `maxTimestampMs`? */
export function mustRoll(
  active: Segment,
  config: LogConfig,
  sizeBytes: number,
  last: number,
  maxTimestampMs: number,
): boolean {
  const { sizeBytes: filledBytes, baseOffset } = active
  // An empty segment is where a new one would begin.
  if (filledBytes === 0) return last - baseOffset > MAX_RELATIVE_OFFSET
  if (filledBytes > config.segmentBytes - sizeBytes || last - baseOffset > MAX_RELATIVE_OFFSET) return true
  return active.hasFullIndex || active.waitedMs(maxTimestampMs) > longestMs(config) - active.rollJitterMs
}

/** A log that is compacted may keep nothing uncompacted for longer than `max.compaction.lag.ms`, and what is active is. */
function longestMs({ compacted, segmentMs, maxCompactionLagMs }: LogConfig): number {
  return compacted && maxCompactionLagMs > 0 ? Math.min(segmentMs, maxCompactionLagMs) : segmentMs
}
