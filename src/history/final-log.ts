// The logs as they are in the end: which workload record lies where, on the leader that counts.

import { BatchWalk, isControl, validateBatch } from '../records/record-batch.ts'
import { RecordCursor } from '../records/record-cursor.ts'
import { IdentityReader } from '../workload/record-identity.ts'
import type { PartitionLog } from '../log/partition-log.ts'

export interface PlacedRecord {
  readonly offset: number
  /** '' for a tombstone, which does not say whose it is; with `n` −1. */
  readonly client: string
  readonly n: number
}

const READ_BYTES = 4 * 1024 * 1024

/**
 * All workload records of a log, and all tombstones, in offset order, up to its end (not only to the high watermark). With `mayBeRotten` those of
 * batches that fail their checksum are not there: nobody will ever be handed them.
 */
export function* recordsOf(log: PartitionLog, mayBeRotten = false): Generator<PlacedRecord> {
  const cursor = new RecordCursor()
  const identity = new IdentityReader()
  for (let offset = log.logStartOffset; offset < log.logEndOffset;) {
    const read = log.read(offset, READ_BYTES, log.logEndOffset, true)
    if (read.bytes.length === 0) return
    const walk = new BatchWalk(read.bytes, 0, read.bytes.length)
    while (walk.next()) {
      if (mayBeRotten && validateBatch(read.bytes, walk.position, read.bytes.length) !== undefined) continue
      if (isControl(read.bytes, walk.position)) continue
      cursor.reset(read.bytes, walk.position)
      while (cursor.next()) {
        if (cursor.offset < offset) continue
        if (cursor.valueLength < 0) {
          yield { offset: cursor.offset, client: '', n: -1 }
          continue
        }
        const isOurs = identity.read(cursor.bytes, cursor.valueAt, cursor.valueAt + cursor.valueLength)
        if (isOurs) yield { offset: cursor.offset, client: identity.client, n: identity.n }
      }
    }
    offset = read.nextOffset
  }
}
