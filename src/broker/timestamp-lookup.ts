// Offsets by record time, for ListOffsets (R-128, W-32), through the indexes of the log, as in Kafka.

import type { PartitionLog } from '../log/partition-log.ts'
import { decodeBatch } from '../records/batch-reader.ts'
import { lastOffset, maxTimestamp, partitionLeaderEpoch } from '../records/record-batch.ts'

export interface TimestampedOffset {
  /** Of the record; −1 where time plays no part. */
  readonly timestampMs: number
  readonly offset: number
  readonly leaderEpoch: number
}

/**
 * The first record, from the log start on, with a timestamp ≥ `timestampMs`. It is looked for in one segment only, the first
 * that has such a timestamp: if all of that segment's lie below the log start, nothing is found.
 */
export function findByTimestamp(log: PartitionLog, timestampMs: number): TimestampedOffset | undefined {
  const { logStartOffset } = log
  const scan = log.segments.byTime.scanFrom(timestampMs, logStartOffset)
  if (scan === undefined) return undefined
  while (scan.next()) {
    const { bytes, at } = scan
    if (maxTimestamp(bytes, at) < timestampMs || lastOffset(bytes, at) < logStartOffset) continue
    const found = firstRecord(bytes, at, timestampMs, logStartOffset)
    if (found !== undefined) return found
  }
  return undefined
}

/** The first record with the largest timestamp of the log, wherever the log starts. */
export function findMaxTimestamp(log: PartitionLog): TimestampedOffset | undefined {
  const scan = log.segments.byTime.batchWithLargest()
  return scan === undefined ? undefined : firstRecord(scan.bytes, scan.at, maxTimestamp(scan.bytes, scan.at), 0)
}

function firstRecord(
  bytes: Uint8Array,
  position: number,
  timestampMs: number,
  fromOffset: number,
): TimestampedOffset | undefined {
  const records = decodeBatch(bytes, position)
  if (typeof records === 'string') return undefined
  for (const record of records) {
    if (record.timestampMs < timestampMs || record.offset < fromOffset) continue
    return {
      timestampMs: record.timestampMs,
      offset: record.offset,
      leaderEpoch: partitionLeaderEpoch(bytes, position),
    }
  }
  return undefined
}
