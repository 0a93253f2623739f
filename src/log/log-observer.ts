// What the world may watch of a log. Calls come right after the change, synchronously; an observer changes nothing.

import type { CheckpointFile } from '../trace/log-event.ts'
import type { OffsetEntry } from './checkpoint-file.ts'
import type { DeletionReason } from './log-retention.ts'
import type { PartitionLog } from './partition-log.ts'

export interface LogObserver {
  /** Whole batches `[firstOffset, lastOffset]` reached the page cache; `leaderEpoch` is that of the last one. */
  appended(log: PartitionLog, firstOffset: number, lastOffset: number, leaderEpoch: number): void
  /** The log end moved back from `fromOffset`, or all was dropped and the log starts anew at `toOffset`. */
  truncated(log: PartitionLog, fromOffset: number, toOffset: number): void
  /** Rises on a leader; on a follower and by truncation it may fall. */
  highWatermarkChanged(log: PartitionLog, from: number, to: number): void
  logStartOffsetChanged(log: PartitionLog, from: number, to: number): void
  /** The oldest `count` segments are gone; the log starts where the next one does, or later. */
  segmentsDeleted(log: PartitionLog, count: number, reason: DeletionReason): void
  /** Compaction put a segment in the place of others: see `lastSwap`. */
  segmentsReplaced(log: PartitionLog): void
  /** A checkpoint of this log directory was replaced: what it says now. */
  checkpointWritten(dir: string, file: CheckpointFile, entries: readonly OffsetEntry[]): void
}
