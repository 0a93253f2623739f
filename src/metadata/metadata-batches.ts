// Metadata records as they travel and lie on disk: one record batch an append, one record a metadata record.

import { assert } from '../../sim/index.ts'
import { decodeMetadataRecord, encodeMetadataRecord, type MetadataRecord } from '../protocol/metadata-record.ts'
import { BatchBuilder } from '../records/batch-builder.ts'
import { decodeBatch } from '../records/batch-reader.ts'
import { BatchWalk, isControl, lastOffset } from '../records/record-batch.ts'

/** One batch with base offset 0; the log gives it its place. */
export function encodeMetadataBatch(records: readonly MetadataRecord[], wallMs: number): Uint8Array {
  const builder = new BatchBuilder()
  for (const record of records) builder.append(wallMs, null, encodeMetadataRecord(record))
  return builder.build()
}

/**
 * Hands over the records at or above `fromOffset` of whole batches, in order, and returns the offset to read next.
 * Control batches take an offset and say nothing here.
 */
export function readMetadataBatches(
  bytes: Uint8Array,
  fromOffset: number,
  onRecord: (record: MetadataRecord, offset: number) => void,
): number {
  const walk = new BatchWalk(bytes, 0, bytes.length)
  let nextOffset = fromOffset
  while (walk.next()) {
    nextOffset = Math.max(nextOffset, lastOffset(bytes, walk.position) + 1)
    if (isControl(bytes, walk.position)) continue
    const records = decodeBatch(bytes, walk.position)
    assert(typeof records !== 'string', `unreadable metadata batch: ${String(records)}`)
    for (const { offset, value } of records) {
      if (offset < fromOffset) continue
      assert(value !== null, 'a metadata record has a value')
      onRecord(decodeMetadataRecord(value), offset)
    }
  }
  return nextOffset
}
