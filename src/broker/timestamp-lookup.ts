// Offsets by record time, for ListOffsets (R-128, W-32). Reads through the log in offset order: exact, and only as fast as
// the log is short. (Kafka looks into its time index first; the answers are the same.)

import type { PartitionLog } from '../log/partition-log.ts'
import { decodeBatch } from '../records/batch-reader.ts'
import { BatchWalk, lastOffset, maxTimestamp, partitionLeaderEpoch } from '../records/record-batch.ts'

export interface TimestampedOffset {
  /** Of the record; −1 where time plays no part. */
  readonly timestampMs: number
  readonly offset: number
  readonly leaderEpoch: number
}

const READ_BYTES = 1048576

/** The first record, from the log start on, with a timestamp ≥ `timestampMs`. */
export function findByTimestamp(log: PartitionLog, timestampMs: number): TimestampedOffset | undefined {
  let found: TimestampedOffset | undefined
  eachBatch(log, (bytes, position) => {
    if (maxTimestamp(bytes, position) >= timestampMs) found = firstRecord(log, bytes, position, timestampMs)
    return found !== undefined
  })
  return found
}

/** The first record with the largest timestamp of the log. */
export function findMaxTimestamp(log: PartitionLog): TimestampedOffset | undefined {
  let found: TimestampedOffset | undefined
  eachBatch(log, (bytes, position) => {
    const largest = maxTimestamp(bytes, position)
    if (found === undefined || largest > found.timestampMs) found = firstRecord(log, bytes, position, largest) ?? found
    return false
  })
  return found
}

/** Calls `visit` for each batch until it returns true. */
function eachBatch(log: PartitionLog, visit: (bytes: Uint8Array, position: number) => boolean): void {
  let offset = log.logStartOffset
  while (offset < log.logEndOffset) {
    const { bytes } = log.read(offset, READ_BYTES, log.logEndOffset, true)
    if (bytes.length === 0) return
    const walk = new BatchWalk(bytes, 0, bytes.length)
    while (walk.next()) {
      if (visit(bytes, walk.position)) return
      offset = lastOffset(bytes, walk.position) + 1
    }
  }
}

function firstRecord(
  log: PartitionLog,
  bytes: Uint8Array,
  position: number,
  timestampMs: number,
): TimestampedOffset | undefined {
  const records = decodeBatch(bytes, position)
  if (typeof records === 'string') return undefined
  for (const record of records) {
    if (record.timestampMs < timestampMs || record.offset < log.logStartOffset) continue
    return {
      timestampMs: record.timestampMs,
      offset: record.offset,
      leaderEpoch: partitionLeaderEpoch(bytes, position),
    }
  }
  return undefined
}
