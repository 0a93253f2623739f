// Encodes records into one batch (W-40..W-44) and keeps the sizes that the Java client's accumulator goes by: of a batch to
// be compressed an estimate. One builder holds one open batch; its scratch memory grows and is used again after `build`.

import { assert } from '../../sim/assert.ts'
import { encodeUtf8Into, utf8Length } from './utf8.ts'
import type { BatchHeader } from './record-batch.ts'
import {
  BATCH_HEADER_BYTES,
  CONTROL_FLAG,
  NO_LEADER_EPOCH,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  NO_TIMESTAMP,
  TRANSACTIONAL_FLAG,
  writeHeader,
} from './record-batch.ts'
import type { RecordHeader } from './record-cursor.ts'

/** What a batch says of itself beside its records; known only when it is sent. */
export interface BatchIdentity {
  readonly baseOffset: number
  readonly leaderEpoch: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly transactional: boolean
  readonly control: boolean
}

/** A client's batch without idempotence: base offset 0, no leader epoch yet. */
export const PLAIN_BATCH: BatchIdentity = Object.freeze({
  baseOffset: 0,
  leaderEpoch: NO_LEADER_EPOCH,
  producerId: NO_PRODUCER_ID,
  producerEpoch: NO_PRODUCER_EPOCH,
  baseSequence: NO_SEQUENCE,
  transactional: false,
  control: false,
})

/** An empty header list, to be shared. */
export const NO_HEADERS: readonly RecordHeader[] = Object.freeze([])

/** Length, attributes, timestamp delta and offset delta at their longest: 5 + 1 + 10 + 5 bytes. */
const MAX_RECORD_OVERHEAD_BYTES = 21
/** Below this a loop copies faster than `TypedArray.set`. */
const SHORT_COPY_BYTES = 24
/** The same for a batch, whose view would have to be made first. */
const SHORT_BATCH_BYTES = 400
/** By which the Java client mistrusts its estimates. */
const RATIO_MARGIN = 1.05
/** Room for the numbers in front of a key, a value or a header. */
const NUMBERS_BYTES = 32

/**
 * The most a batch with just this record can take: what the Java client compares with `max.request.size`, and allocates
 * if it is more than `batch.size`.
 */
export function batchSizeUpperBound(
  key: Uint8Array | null,
  value: Uint8Array | null,
  headers: readonly RecordHeader[],
): number {
  return BATCH_HEADER_BYTES + MAX_RECORD_OVERHEAD_BYTES + fieldsSize(key, value, headers)
}

export class BatchBuilder {
  /** Records so far. */
  recordsCount = 0
  /** Exact size of the batch if it were built now. */
  sizeBytes = BATCH_HEADER_BYTES
  /** What fraction records are expected to be compressed to; 0: they are not compressed. */
  expectedRatio = 0
  private scratch: Uint8Array
  private baseTimestampMs = NO_TIMESTAMP
  private maxTimestampMs = NO_TIMESTAMP

  constructor(initialBytes = 512) {
    this.scratch = new Uint8Array(initialBytes < BATCH_HEADER_BYTES ? BATCH_HEADER_BYTES : initialBytes)
  }

  /**
   * The Java client's rule for taking one more record into a batch of `batch.size` bytes: the first always fits; a
   * later one if the batch is not full yet and stays within the limit with it.
   */
  hasRoomFor(
    timestampMs: number,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly RecordHeader[],
    batchSizeBytes: number,
  ): boolean {
    if (this.recordsCount === 0) return true
    if (this.isFull(batchSizeBytes)) return false
    const body = this.bodySize(timestampMs, key, value, headers)
    return this.expectedBytes + varintSize(body) + body <= batchSizeBytes
  }

  /** Size of the batch if it were built now, as the Java client estimates it: with a margin of a twentieth. */
  get expectedBytes(): number {
    if (this.expectedRatio === 0) return this.sizeBytes
    const records = (this.sizeBytes - BATCH_HEADER_BYTES) * this.expectedRatio * RATIO_MARGIN
    return BATCH_HEADER_BYTES + Math.floor(records)
  }

  /** True when the batch reached `batch.size` bytes: it is sent without lingering. */
  isFull(batchSizeBytes: number): boolean {
    return this.recordsCount > 0 && this.expectedBytes >= batchSizeBytes
  }

  /** Appends a record; its offset is the next one in the batch. Bytes are copied. */
  append(
    timestampMs: number,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly RecordHeader[] = NO_HEADERS,
  ): void {
    if (this.recordsCount === 0) this.baseTimestampMs = timestampMs
    const body = this.bodySize(timestampMs, key, value, headers)
    this.reserve(this.sizeBytes + varintSize(body) + body + NUMBERS_BYTES)
    const bytes = this.scratch
    let at = writeVarint(bytes, this.sizeBytes, body)
    const bodyAt = at
    bytes[at++] = 0
    at = writeVarlong(bytes, at, timestampMs - this.baseTimestampMs)
    at = writeVarint(bytes, at, this.recordsCount)
    at = writeNullable(bytes, at, key)
    at = writeNullable(bytes, at, value)
    at = writeVarint(bytes, at, headers.length)
    for (let i = 0; i < headers.length; i++) {
      const header = headers[i]!
      const keyBytes = utf8Length(header.key)
      at = writeVarint(bytes, at, keyBytes)
      encodeUtf8Into(header.key, bytes, at)
      at = writeNullable(bytes, at + keyBytes, header.value)
    }
    assert(at === bodyAt + body, 'record size was computed wrongly')
    this.sizeBytes = at
    this.recordsCount++
    if (timestampMs > this.maxTimestampMs) this.maxTimestampMs = timestampMs
  }

  /** The finished batch as a copy of exact size; the builder is empty again. At least one record must have been added. */
  build(identity: BatchIdentity = PLAIN_BATCH): Uint8Array {
    assert(this.recordsCount > 0, 'a batch needs a record')
    const header: BatchHeader = {
      baseOffset: identity.baseOffset,
      partitionLeaderEpoch: identity.leaderEpoch,
      attributes: (identity.transactional ? TRANSACTIONAL_FLAG : 0) | (identity.control ? CONTROL_FLAG : 0),
      lastOffsetDelta: this.recordsCount - 1,
      baseTimestampMs: this.baseTimestampMs,
      maxTimestampMs: this.maxTimestampMs,
      producerId: identity.producerId,
      producerEpoch: identity.producerEpoch,
      baseSequence: identity.baseSequence,
      recordsCount: this.recordsCount,
    }
    const batch = new Uint8Array(this.sizeBytes)
    copyRecords(this.scratch, batch)
    writeHeader(batch, 0, batch.length, header)
    this.reset()
    return batch
  }

  /** Forgets the records. */
  reset(): void {
    this.expectedRatio = 0
    this.recordsCount = 0
    this.sizeBytes = BATCH_HEADER_BYTES
    this.baseTimestampMs = NO_TIMESTAMP
    this.maxTimestampMs = NO_TIMESTAMP
  }

  private bodySize(
    timestampMs: number,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly RecordHeader[],
  ): number {
    const timestampDelta = this.recordsCount === 0 ? 0 : timestampMs - this.baseTimestampMs
    return 1 + varlongSize(timestampDelta) + varintSize(this.recordsCount) + fieldsSize(key, value, headers)
  }

  private reserve(bytes: number): void {
    if (bytes <= this.scratch.length) return
    let capacity = this.scratch.length * 2
    while (capacity < bytes) capacity *= 2
    const grown = new Uint8Array(capacity)
    grown.set(this.scratch.subarray(0, this.sizeBytes))
    this.scratch = grown
  }
}

/** What follows the header. Of a few hundred bytes a loop is faster than `slice`, or a view to copy from. */
function copyRecords(from: Uint8Array, to: Uint8Array): void {
  const size = to.length
  if (size > SHORT_BATCH_BYTES) to.set(from.subarray(BATCH_HEADER_BYTES, size), BATCH_HEADER_BYTES)
  else for (let i = BATCH_HEADER_BYTES; i < size; i++) to[i] = from[i]!
}

function fieldsSize(key: Uint8Array | null, value: Uint8Array | null, headers: readonly RecordHeader[]): number {
  let size = nullableSize(key) + nullableSize(value) + varintSize(headers.length)
  for (let i = 0; i < headers.length; i++) {
    const header = headers[i]!
    const keyBytes = utf8Length(header.key)
    size += varintSize(keyBytes) + keyBytes + nullableSize(header.value)
  }
  return size
}

function nullableSize(field: Uint8Array | null): number {
  return field === null ? 1 : varintSize(field.length) + field.length
}

/** Bytes of the zigzag varint of a value ≥ 0 below 2^31. */
function varintSize(value: number): number {
  if (value < 64) return 1
  if (value < 8192) return 2
  if (value < 1048576) return 3
  return value < 134217728 ? 4 : 5
}

function varlongSize(value: number): number {
  let zigzag = toZigzag(value)
  let size = 1
  for (; zigzag >= 128; size++) zigzag = Math.floor(zigzag / 128)
  return size
}

function toZigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let zigzag = (value << 1) ^ (value >> 31)
  let to = at
  while ((zigzag & ~127) !== 0) {
    bytes[to++] = (zigzag & 127) | 128
    zigzag >>>= 7
  }
  bytes[to++] = zigzag
  return to
}

function writeVarlong(bytes: Uint8Array, at: number, value: number): number {
  let zigzag = toZigzag(value)
  if (zigzag > Number.MAX_SAFE_INTEGER) assert(false, `timestamp delta out of range: ${value}`)
  let to = at
  while (zigzag >= 128) {
    bytes[to++] = (zigzag % 128) | 128
    zigzag = Math.floor(zigzag / 128)
  }
  bytes[to++] = zigzag
  return to
}

function writeNullable(bytes: Uint8Array, at: number, field: Uint8Array | null): number {
  if (field === null) return writeVarint(bytes, at, -1)
  const length = field.length
  const to = writeVarint(bytes, at, length)
  if (length > SHORT_COPY_BYTES) bytes.set(field, to)
  else for (let i = 0; i < length; i++) bytes[to + i] = field[i]!
  return to + length
}
