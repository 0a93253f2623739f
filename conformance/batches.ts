// Record batches of the script: good ones from our own encoder, so that Kafka judges our bytes, and broken ones made from
// good ones byte by byte. Timestamps lie before every clock of either cluster.

import { BatchBuilder, PLAIN_BATCH } from '../src/records/batch-builder.ts'
import { crc32c } from '../src/records/crc32c.ts'
import { writeInt16, writeInt32, writeInt64 } from '../src/records/fixed-ints.ts'

/** Of the first record of every batch, unless it says otherwise: 2024-10-15. */
export const BASE_TIMESTAMP_MS = 1_729_000_000_000

export interface BatchFields {
  /** One record each, `v0`, `v1` …, 10 ms apart, unless given. */
  readonly records?: number
  readonly values?: readonly string[]
  readonly timestamps?: readonly number[]
  readonly key?: string | null
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly sequence?: number
  readonly control?: boolean
  readonly transactional?: boolean
}

export function batch(fields: BatchFields = {}): Uint8Array {
  const values = fields.values ?? Array.from({ length: fields.records ?? 1 }, (_, i) => `v${i}`)
  const builder = new BatchBuilder()
  const key = fields.key === null ? null : bytesOf(fields.key ?? 'k')
  for (const [i, value] of values.entries()) {
    builder.append(fields.timestamps?.[i] ?? BASE_TIMESTAMP_MS + 10 * i, key, bytesOf(value))
  }
  return builder.build({
    ...PLAIN_BATCH,
    producerId: fields.producerId ?? PLAIN_BATCH.producerId,
    producerEpoch: fields.producerEpoch ?? (fields.producerId === undefined ? PLAIN_BATCH.producerEpoch : 0),
    baseSequence: fields.sequence ?? PLAIN_BATCH.baseSequence,
    control: fields.control ?? false,
    transactional: fields.transactional ?? false,
  })
}

export function joined(...batches: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(batches.reduce((size, one) => size + one.length, 0))
  let at = 0
  for (const one of batches) {
    bytes.set(one, at)
    at += one.length
  }
  return bytes
}

/** Where fields of a batch lie (W-40). */
const LENGTH_AT = 8
const MAGIC_AT = 16
const CRC_AT = 17
const ATTRIBUTES_AT = 21
const LAST_OFFSET_DELTA_AT = 23
const RECORDS_COUNT_AT = 57
const BATCH_HEADER_BYTES = 61

export function withBadCrc(good: Uint8Array): Uint8Array {
  return patched(good, (_, view) => view.setUint32(CRC_AT, view.getUint32(CRC_AT) ^ 1), false)
}

/** Base offset and magic lie outside the checksum. */
export function withBaseOffset(good: Uint8Array, offset: number): Uint8Array {
  return patched(good, (bytes) => writeInt64(bytes, 0, offset), false)
}

export function withMagic(good: Uint8Array, magic: number): Uint8Array {
  return patched(good, (bytes) => (bytes[MAGIC_AT] = magic), false)
}

export function withAttributes(good: Uint8Array, attributes: number): Uint8Array {
  return patched(good, (bytes) => writeInt16(bytes, ATTRIBUTES_AT, attributes))
}

export function withLastOffsetDelta(good: Uint8Array, delta: number): Uint8Array {
  return patched(good, (bytes) => writeInt32(bytes, LAST_OFFSET_DELTA_AT, delta))
}

export function withRecordsCount(good: Uint8Array, count: number): Uint8Array {
  return patched(good, (bytes) => writeInt32(bytes, RECORDS_COUNT_AT, count))
}

/** Says that it is longer than its bytes, or shorter. */
export function withLength(good: Uint8Array, length: number): Uint8Array {
  return patched(good, (bytes) => writeInt32(bytes, LENGTH_AT, length), false)
}

/** A sound header, and not one record: what compaction may leave, and no client may send. */
export function withoutRecords(good: Uint8Array): Uint8Array {
  return patched(good.slice(0, BATCH_HEADER_BYTES), (bytes) => {
    writeInt32(bytes, LENGTH_AT, BATCH_HEADER_BYTES - 12)
    writeInt32(bytes, RECORDS_COUNT_AT, 0)
    writeInt32(bytes, LAST_OFFSET_DELTA_AT, 0)
  })
}

/** A whole message of magic 1 (offset, size, CRC-32, magic, attributes, timestamp, key, value), or of magic 0. */
export function legacyMessage(magic: 0 | 1): Uint8Array {
  const value = bytesOf('old')
  const body = magic === 1 ? 8 : 0
  const size = 4 + 1 + 1 + body + 4 + 4 + value.length
  const bytes = new Uint8Array(12 + size)
  writeInt32(bytes, 8, size)
  bytes[16] = magic
  let at = 18
  if (magic === 1) {
    writeInt64(bytes, at, BASE_TIMESTAMP_MS)
    at += 8
  }
  writeInt32(bytes, at, -1)
  writeInt32(bytes, at + 4, value.length)
  bytes.set(value, at + 8)
  writeInt32(bytes, 12, crc32(bytes.subarray(16)) | 0)
  return bytes
}

function patched(good: Uint8Array, patch: (bytes: Uint8Array, view: DataView) => unknown, freshCrc = true): Uint8Array {
  const bytes = good.slice()
  const view = new DataView(bytes.buffer)
  patch(bytes, view)
  if (freshCrc) view.setUint32(CRC_AT, crc32c(bytes, ATTRIBUTES_AT, bytes.length) >>> 0)
  return bytes
}

/** The checksum of message formats before 2. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
