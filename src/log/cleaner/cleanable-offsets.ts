// How far a log may be cleaned, how dirty it is, and which log is the dirtiest.

import type { LogConfig } from '../log-config.ts'
import type { Segment } from '../segment.ts'
import type { SegmentList } from '../segment-list.ts'

/** A log as the cleaner sees it before it cleans; `PartitionLog` fits. */
export interface DirtyLog {
  readonly segments: SegmentList
  readonly config: LogConfig
  readonly logStartOffset: number
  readonly lastStableOffset: number
  readonly logEndOffset: number
}

export interface OffsetsToClean {
  /** Below it the log was cleaned before. */
  readonly firstDirtyOffset: number
  readonly firstUncleanableOffset: number
  /** The checkpoint made no sense for this log: it is to be set to `firstDirtyOffset`. */
  readonly checkpointIsInvalid: boolean
}

/** A log with what a round would read of it. */
export interface LogToClean<L extends DirtyLog = DirtyLog> {
  readonly log: L
  readonly firstDirtyOffset: number
  readonly firstUncleanableOffset: number
  readonly cleanBytes: number
  readonly cleanableBytes: number
  /** A dirty segment is older than `max.compaction.lag.ms`: the ratio does not matter. */
  readonly isOverdue: boolean
}

/**
 * Dirty is what lies at or above the checkpoint (undefined: the log was never cleaned). Uncleanable is what is above the
 * last stable offset, and so above the high watermark, what is in the active segment, and every segment from the first on
 * that holds a record younger than `min.compaction.lag.ms`.
 */
export function offsetsToClean(log: DirtyLog, checkpoint: number | undefined, nowMs: number): OffsetsToClean {
  const { segments, config, logStartOffset } = log
  const checkpointIsInvalid = checkpoint !== undefined && (checkpoint < logStartOffset || checkpoint > log.logEndOffset)
  const firstDirtyOffset = checkpoint === undefined || checkpointIsInvalid ? logStartOffset : checkpoint
  let uncleanable = Math.min(log.lastStableOffset, segments.active.baseOffset)
  if (config.minCompactionLagMs > 0) {
    for (const segment of inactiveFrom(segments, firstDirtyOffset)) {
      if (segment.lastModifiedMs <= nowMs - config.minCompactionLagMs) continue
      uncleanable = Math.min(uncleanable, segment.baseOffset)
      break
    }
  }
  return {
    firstDirtyOffset,
    firstUncleanableOffset: Math.max(firstDirtyOffset, uncleanable),
    checkpointIsInvalid,
  }
}

/** Only whole segments are cleaned: the first uncleanable offset goes back to the start of the one that holds it. */
export function logToClean<L extends DirtyLog>(log: L, offsets: OffsetsToClean, nowMs: number): LogToClean<L> {
  const { segments, config } = log
  const { firstDirtyOffset, firstUncleanableOffset: uncleanable } = offsets
  const firstUncleanable = inactiveFrom(segments, uncleanable)[0] ?? segments.active
  const end = firstUncleanable.baseOffset
  return {
    log,
    firstDirtyOffset,
    firstUncleanableOffset: end,
    cleanBytes: bytesOf(segmentsBetween(segments, -1, firstDirtyOffset)),
    cleanableBytes: bytesOf(segmentsBetween(segments, Math.min(firstDirtyOffset, end), end)),
    isOverdue: compactionDelayMs(segments, firstDirtyOffset, config.maxCompactionLagMs, nowMs) > 0,
  }
}

/** Share of the cleanable bytes that are dirty; NaN for a log without any. */
export function cleanableRatio({ cleanBytes, cleanableBytes }: LogToClean): number {
  return cleanableBytes / (cleanBytes + cleanableBytes)
}

/** The one with the largest ratio among those that are dirty enough, or overdue; of equals the first. */
export function dirtiest<L extends DirtyLog>(candidates: readonly LogToClean<L>[]): LogToClean<L> | undefined {
  let chosen: LogToClean<L> | undefined
  for (const candidate of candidates) {
    if (candidate.cleanBytes + candidate.cleanableBytes === 0) continue
    const ratio = cleanableRatio(candidate)
    const isDue =
      (candidate.isOverdue && candidate.cleanableBytes > 0) || ratio > candidate.log.config.minCleanableDirtyRatio
    if (isDue && (chosen === undefined || ratio > cleanableRatio(chosen))) chosen = candidate
  }
  return chosen
}

/** The segments that hold offsets of `[from, to)`, by their names. */
export function segmentsBetween(segments: SegmentList, from: number, to: number): Segment[] {
  const between: Segment[] = []
  if (from >= to) return between
  for (let i = Math.max(0, segments.floorIndex(from)); i < segments.size; i++) {
    const segment = segments.at(i)
    if (segment.baseOffset >= to) break
    between.push(segment)
  }
  return between
}

function inactiveFrom(segments: SegmentList, offset: number): Segment[] {
  const { baseOffset } = segments.active
  return offset > baseOffset ? [] : segmentsBetween(segments, offset, baseOffset)
}

/** By how much the oldest dirty segment that is closed has waited too long. */
function compactionDelayMs(segments: SegmentList, firstDirtyOffset: number, maxLagMs: number, nowMs: number): number {
  let oldestMs = Infinity
  for (const { firstTimestampMs } of inactiveFrom(segments, firstDirtyOffset)) {
    if (firstTimestampMs > 0 && firstTimestampMs < oldestMs) oldestMs = firstTimestampMs
  }
  return Math.max(0, nowMs - Math.max(maxLagMs, 0) - oldestMs)
}

function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}
