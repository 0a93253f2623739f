// Compresses the records of a batch, and makes them readable again (W-48): all after the header is one compressed stream.

import { attributes, BATCH_HEADER_BYTES, codec, CODEC_MASK, setRecords, sizeInBytes } from '../record-batch.ts'
import { codecById, type Compression } from './codec.ts'

/** The batch at `position`, which is not compressed, as one that is. */
export function compressBatch(bytes: Uint8Array, position: number, { codec: to, level }: Compression): Uint8Array {
  const records = bytes.subarray(position + BATCH_HEADER_BYTES, position + sizeInBytes(bytes, position))
  return withRecords(bytes, position, to.compress(records, level), to.id)
}

/** The batch at `position` as one that is not compressed, with the same header; undefined if its records are damaged. */
export function inflateBatch(bytes: Uint8Array, position: number): Uint8Array | undefined {
  const from = codecById(codec(bytes, position))
  const records = bytes.subarray(position + BATCH_HEADER_BYTES, position + sizeInBytes(bytes, position))
  try {
    return from === undefined ? undefined : withRecords(bytes, position, from.decompress(records), 0)
  } catch {
    return undefined
  }
}

function withRecords(bytes: Uint8Array, position: number, records: Uint8Array, codecId: number): Uint8Array {
  const batch = new Uint8Array(BATCH_HEADER_BYTES + records.length)
  batch.set(bytes.subarray(position, position + BATCH_HEADER_BYTES))
  batch.set(records, BATCH_HEADER_BYTES)
  setRecords(batch, (attributes(batch, 0) & ~CODEC_MASK) | codecId)
  return batch
}
