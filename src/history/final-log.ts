// The logs as they are in the end: which workload record lies where, on the leader that counts.

import { decodeBatch } from '../records/batch-reader.ts'
import { BatchWalk, isControl } from '../records/record-batch.ts'
import { identify } from '../workload/record-identity.ts'
import type { PartitionLog } from '../log/partition-log.ts'

export interface PlacedRecord {
  readonly offset: number
  readonly client: string
  readonly n: number
}

const READ_BYTES = 4 * 1024 * 1024

/** All workload records of a log, in offset order, up to its end (not only to the high watermark). */
export function* recordsOf(log: PartitionLog): Generator<PlacedRecord> {
  for (let offset = log.logStartOffset; offset < log.logEndOffset;) {
    const read = log.read(offset, READ_BYTES, log.logEndOffset, true)
    if (read.bytes.length === 0) return
    const walk = new BatchWalk(read.bytes, 0, read.bytes.length)
    while (walk.next()) {
      if (isControl(read.bytes, walk.position)) continue
      const records = decodeBatch(read.bytes, walk.position)
      if (typeof records === 'string') continue
      for (const { offset: at, value } of records) {
        const identity = at < offset ? undefined : identify(value)
        if (identity !== undefined) yield { offset: at, client: identity.client, n: identity.n }
      }
    }
    offset = read.nextOffset
  }
}
