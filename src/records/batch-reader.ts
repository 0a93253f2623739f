// Decodes the records of a batch into objects, for consumers and for whoever replays a log. Paths that only need offsets
// or timestamps use RecordCursor instead.

import { BatchWalk } from './record-batch.ts'
import { RecordCursor, type RecordHeader } from './record-cursor.ts'

/** A record as a reader sees it; key, value and header values are views into the batch, or into its readable form. */
export interface DecodedRecord {
  readonly offset: number
  readonly timestampMs: number
  /** NO_SEQUENCE without an idempotent producer. */
  readonly sequence: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
}

/** The records of the batch at `position`, or what is wrong with them. The batch must be whole. */
export function decodeBatch(bytes: Uint8Array, position: number): DecodedRecord[] | string {
  const cursor = new RecordCursor()
  const records: DecodedRecord[] = []
  cursor.reset(bytes, position)
  while (cursor.next()) {
    records.push({
      offset: cursor.offset,
      timestampMs: cursor.timestampMs,
      sequence: cursor.sequence,
      key: cursor.key,
      value: cursor.value,
      headers: cursor.headers(),
    })
  }
  return cursor.problem === '' ? records : cursor.problem
}

/** All records of the whole batches in `bytes`, or what is wrong with the first bad batch. */
export function decodeBatches(bytes: Uint8Array): DecodedRecord[] | string {
  const all: DecodedRecord[] = []
  const walk = new BatchWalk(bytes, 0, bytes.length)
  while (walk.next()) {
    const records = decodeBatch(bytes, walk.position)
    if (typeof records === 'string') return records
    for (const record of records) all.push(record)
  }
  return all
}
