// Which of a log's oldest segments may go, and why: those below the log start, those that make the log larger
// than `retention.bytes`, those whose newest record is older than `retention.ms`. Each replica decides for itself.
// Left out: tiered storage, compaction.

import type { LogConfig } from './log-config.ts'
import type { Segment } from './segment.ts'
import type { SegmentList } from './segment-list.ts'

/** In the order in which a check looks for them. */
export const DELETION_REASONS = ['log-start', 'retention.bytes', 'retention.ms'] as const

export type DeletionReason = (typeof DELETION_REASONS)[number]

export interface RetentionView {
  readonly segments: SegmentList
  readonly config: LogConfig
  readonly logStartOffset: number
  readonly highWatermark: number
  readonly logEndOffset: number
  readonly sizeBytes: number
}

/**
 * How many segments, from the oldest on, may be deleted for this reason. None reaches beyond the high watermark
 * (KAFKA-5634; unless not `capped`), and an empty active segment stays.
 */
export function deletableSegments(view: RetentionView, reason: DeletionReason, nowMs: number, capped = true): number {
  const { segments, highWatermark, logEndOffset } = view
  const isDue = dueBy(view, reason, nowMs)
  if (isDue === undefined) return 0
  let count = 0
  while (count < segments.size) {
    const segment = segments.at(count)
    const isActive = count === segments.size - 1
    const end = isActive ? logEndOffset : segments.at(count + 1).baseOffset
    if ((capped && end > highWatermark) || (isActive && segment.sizeBytes === 0) || !isDue(segment, isActive, end))
      break
    count++
  }
  return count
}

/** Asked of one segment after the other, the oldest first; undefined: this reason holds for none. */
function dueBy(
  { config, logStartOffset, sizeBytes }: RetentionView,
  reason: DeletionReason,
  nowMs: number,
): ((segment: Segment, isActive: boolean, end: number) => boolean) | undefined {
  switch (reason) {
    case 'log-start':
      return (_segment, isActive, end) => !isActive && end <= logStartOffset
    case 'retention.bytes': {
      if (!config.deletes || config.retentionBytes < 0) return undefined
      let overBytes = sizeBytes - config.retentionBytes
      return (segment) => {
        overBytes -= segment.sizeBytes
        return overBytes >= 0
      }
    }
    case 'retention.ms': {
      if (!config.deletes || config.retentionMs < 0) return undefined
      return (segment) => nowMs - segment.lastModifiedMs > config.retentionMs
    }
  }
}
