// The header of a record batch, magic 2 (W-40..W-47), read and patched in place: `position` is where the batch starts in
// `bytes`. No objects are made, so logs and fetch paths can walk thousands of batches. Records inside are read by
// record-cursor.ts. Magic 0 and 1 are left out (W-49).

import { assert } from '../../sim/assert.ts'
import { crc32c } from './crc32c.ts'
import { readInt16, readInt32, readInt64, writeInt16, writeInt32, writeInt64 } from './fixed-ints.ts'

/** Bytes before the first record. */
export const BATCH_HEADER_BYTES = 61
/** Base offset and length field: what `batchLength` does not count. */
export const LOG_OVERHEAD_BYTES = 12
export const CURRENT_MAGIC = 2
/** A batch without a producer id, epoch or sequence has these. */
export const NO_PRODUCER_ID = -1
export const NO_PRODUCER_EPOCH = -1
export const NO_SEQUENCE = -1
export const NO_TIMESTAMP = -1
export const NO_LEADER_EPOCH = -1

/** Bits of `attributes` (W-42). */
export const CODEC_MASK = 0x07
export const LOG_APPEND_TIME_FLAG = 0x08
export const TRANSACTIONAL_FLAG = 0x10
export const CONTROL_FLAG = 0x20
/** The base timestamp is the delete horizon: what the cleaner sets (KIP-534). */
export const DELETE_HORIZON_FLAG = 0x40

/** Where the fields lie, counted from the start of the batch. */
const LENGTH_AT = 8
const LEADER_EPOCH_AT = 12
const MAGIC_AT = 16
const CRC_AT = 17
const ATTRIBUTES_AT = 21
const LAST_OFFSET_DELTA_AT = 23
const BASE_TIMESTAMP_AT = 27
const MAX_TIMESTAMP_AT = 35
const PRODUCER_ID_AT = 43
const PRODUCER_EPOCH_AT = 51
const BASE_SEQUENCE_AT = 53
const RECORDS_COUNT_AT = 57

const MAX_INT32 = 2147483647

/**
 * What validation found: `incomplete` means the bytes end before the batch does; `bad-length` and `bad-magic` that this
 * is no batch; `bad-crc` that bits changed; `bad-field` that a value is one no writer produces (an int64 beyond 2^53,
 * a negative offset delta or count).
 */
export type BatchProblem = 'incomplete' | 'bad-length' | 'bad-magic' | 'bad-crc' | 'bad-field'

export function baseOffset(bytes: Uint8Array, position: number): number {
  return readInt64(bytes, position)
}

/** Bytes after the length field. */
export function batchLength(bytes: Uint8Array, position: number): number {
  return readInt32(bytes, position + LENGTH_AT)
}

/** Bytes of the whole batch. */
export function sizeInBytes(bytes: Uint8Array, position: number): number {
  return LOG_OVERHEAD_BYTES + readInt32(bytes, position + LENGTH_AT)
}

export function partitionLeaderEpoch(bytes: Uint8Array, position: number): number {
  return readInt32(bytes, position + LEADER_EPOCH_AT)
}

export function magic(bytes: Uint8Array, position: number): number {
  return (bytes[position + MAGIC_AT]! << 24) >> 24
}

/** The stored checksum, unsigned. */
export function crc(bytes: Uint8Array, position: number): number {
  return readInt32(bytes, position + CRC_AT) >>> 0
}

export function attributes(bytes: Uint8Array, position: number): number {
  return readInt16(bytes, position + ATTRIBUTES_AT)
}

export function lastOffsetDelta(bytes: Uint8Array, position: number): number {
  return readInt32(bytes, position + LAST_OFFSET_DELTA_AT)
}

/** Offset of the last record the batch was written with, even if compaction removed it since (W-44). */
export function lastOffset(bytes: Uint8Array, position: number): number {
  return readInt64(bytes, position) + readInt32(bytes, position + LAST_OFFSET_DELTA_AT)
}

export function baseTimestamp(bytes: Uint8Array, position: number): number {
  return readInt64(bytes, position + BASE_TIMESTAMP_AT)
}

export function maxTimestamp(bytes: Uint8Array, position: number): number {
  return readInt64(bytes, position + MAX_TIMESTAMP_AT)
}

export function producerId(bytes: Uint8Array, position: number): number {
  return readInt64(bytes, position + PRODUCER_ID_AT)
}

export function producerEpoch(bytes: Uint8Array, position: number): number {
  return readInt16(bytes, position + PRODUCER_EPOCH_AT)
}

export function baseSequence(bytes: Uint8Array, position: number): number {
  return readInt32(bytes, position + BASE_SEQUENCE_AT)
}

/** Sequence of the last record, or NO_SEQUENCE (W-44). */
export function lastSequence(bytes: Uint8Array, position: number): number {
  const base = readInt32(bytes, position + BASE_SEQUENCE_AT)
  return base === NO_SEQUENCE ? NO_SEQUENCE : addToSequence(base, readInt32(bytes, position + LAST_OFFSET_DELTA_AT))
}

/** Records in the batch; after compaction fewer than `lastOffsetDelta + 1`, perhaps 0 (W-44). */
export function recordsCount(bytes: Uint8Array, position: number): number {
  return readInt32(bytes, position + RECORDS_COUNT_AT)
}

/** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
export function codec(bytes: Uint8Array, position: number): number {
  return bytes[position + ATTRIBUTES_AT + 1]! & CODEC_MASK
}

/** When the tombstones in the batch may go, or its marker; −1 if the cleaner has not said yet (KIP-534). */
export function deleteHorizonMs(bytes: Uint8Array, position: number): number {
  const isSet = (bytes[position + ATTRIBUTES_AT + 1]! & DELETE_HORIZON_FLAG) !== 0
  return isSet ? readInt64(bytes, position + BASE_TIMESTAMP_AT) : NO_TIMESTAMP
}

export function isLogAppendTime(bytes: Uint8Array, position: number): boolean {
  return (bytes[position + ATTRIBUTES_AT + 1]! & LOG_APPEND_TIME_FLAG) !== 0
}

export function isTransactional(bytes: Uint8Array, position: number): boolean {
  return (bytes[position + ATTRIBUTES_AT + 1]! & TRANSACTIONAL_FLAG) !== 0
}

export function isControl(bytes: Uint8Array, position: number): boolean {
  return (bytes[position + ATTRIBUTES_AT + 1]! & CONTROL_FLAG) !== 0
}

/** `sequence + delta` on the ring of sequences, where 2147483647 is followed by 0; `delta` may be negative. */
export function addToSequence(sequence: number, delta: number): number {
  const sum = sequence + delta
  if (sum < 0 && sequence >= 0) return sum + MAX_INT32 + 1
  return sum > MAX_INT32 ? sum - MAX_INT32 - 1 : sum
}

/** True when the header at `position` is all there and describes a batch (the batch itself may be cut off). */
export function hasBatchHeader(bytes: Uint8Array, position: number, end: number): boolean {
  return (
    end - position >= BATCH_HEADER_BYTES &&
    sizeInBytes(bytes, position) >= BATCH_HEADER_BYTES &&
    magic(bytes, position) === CURRENT_MAGIC
  )
}

/** Checks the structure of the batch at `position` in `bytes[…, end)`, but not its checksum. */
export function checkStructure(bytes: Uint8Array, position: number, end: number): BatchProblem | undefined {
  const available = end - position
  if (available < LOG_OVERHEAD_BYTES) return 'incomplete'
  const size = sizeInBytes(bytes, position)
  if (size < BATCH_HEADER_BYTES) return 'bad-length'
  if (available > MAGIC_AT && magic(bytes, position) !== CURRENT_MAGIC) return 'bad-magic'
  if (available < size) return 'incomplete'
  if (lastOffsetDelta(bytes, position) < 0 || recordsCount(bytes, position) < 0) return 'bad-field'
  // A sum that is safe has a base offset that is.
  if (baseOffset(bytes, position) < 0 || !Number.isSafeInteger(lastOffset(bytes, position))) return 'bad-field'
  if (!Number.isSafeInteger(baseTimestamp(bytes, position))) return 'bad-field'
  if (!Number.isSafeInteger(maxTimestamp(bytes, position))) return 'bad-field'
  if (!Number.isSafeInteger(producerId(bytes, position))) return 'bad-field'
  return undefined
}

/** Checks structure and checksum of the batch at `position` in `bytes[…, end)`: undefined when it is good. */
export function validateBatch(bytes: Uint8Array, position: number, end: number): BatchProblem | undefined {
  const problem = checkStructure(bytes, position, end)
  if (problem !== undefined) return problem
  return computeCrc(bytes, position) === crc(bytes, position) ? undefined : 'bad-crc'
}

/** The checksum the batch ought to have: over everything from `attributes` to its end (W-41). */
export function computeCrc(bytes: Uint8Array, position: number): number {
  return crc32c(bytes, position + ATTRIBUTES_AT, position + sizeInBytes(bytes, position))
}

/** Where the whole batches of `bytes[from, to)` end: what lies behind is cut off. Looks at lengths and magic only. */
export function wholeBatchesEnd(bytes: Uint8Array, from: number, to: number): number {
  let position = from
  while (hasBatchHeader(bytes, position, to)) {
    const next = position + sizeInBytes(bytes, position)
    if (next > to) break
    position = next
  }
  return position
}

/**
 * Walks the whole batches of a byte range, without allocation:
 * `const walk = new BatchWalk(bytes, 0, bytes.length); while (walk.next()) … walk.position …`
 */
export class BatchWalk {
  /** Where the current batch starts; meaningful after `next()` returned true. */
  position: number
  private readonly bytes: Uint8Array
  private readonly to: number
  private following: number

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.position = from
    this.bytes = bytes
    this.to = to
    this.following = from
  }

  /** Moves to the next whole batch; false when there is none. */
  next(): boolean {
    if (!hasBatchHeader(this.bytes, this.following, this.to)) return false
    const end = this.following + sizeInBytes(this.bytes, this.following)
    if (end > this.to) return false
    this.position = this.following
    this.following = end
    return true
  }
}

/** Lies outside the checksum, which stays valid. */
export function patchLeaderEpoch(bytes: Uint8Array, position: number, leaderEpoch: number): void {
  writeInt32(bytes, position + LEADER_EPOCH_AT, leaderEpoch)
}

/** What a leader writes into its copy. Both fields lie outside the checksum, which stays valid. */
export function patchForAppend(bytes: Uint8Array, position: number, firstOffset: number, leaderEpoch: number): void {
  if (firstOffset < 0) assert(false, `negative base offset ${firstOffset}`)
  writeInt64(bytes, position, firstOffset)
  writeInt32(bytes, position + LEADER_EPOCH_AT, leaderEpoch)
}

/** Sets the largest timestamp, and the timestamp type bit if `logAppendTime`; the checksum is recomputed (W-45). */
export function patchMaxTimestamp(
  bytes: Uint8Array,
  position: number,
  timestampMs: number,
  logAppendTime: boolean,
): void {
  const old = attributes(bytes, position)
  writeInt16(bytes, position + ATTRIBUTES_AT, logAppendTime ? old | LOG_APPEND_TIME_FLAG : old & ~LOG_APPEND_TIME_FLAG)
  writeInt64(bytes, position + MAX_TIMESTAMP_AT, timestampMs)
  rewriteCrc(bytes, position)
}

/** Gives a built batch another producer id, epoch and base sequence (a producer that bumped its epoch resends it). */
export function patchProducer(bytes: Uint8Array, position: number, id: number, epoch: number, sequence: number): void {
  writeInt64(bytes, position + PRODUCER_ID_AT, id)
  writeInt16(bytes, position + PRODUCER_EPOCH_AT, epoch)
  writeInt32(bytes, position + BASE_SEQUENCE_AT, sequence)
  rewriteCrc(bytes, position)
}

/** All fields of a header but length, magic and checksum, which `writeHeader` derives. */
export interface BatchHeader {
  readonly baseOffset: number
  readonly partitionLeaderEpoch: number
  readonly attributes: number
  readonly lastOffsetDelta: number
  readonly baseTimestampMs: number
  readonly maxTimestampMs: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly recordsCount: number
}

/** Writes the header of the batch whose records already lie in `bytes[position + 61, end)`. */
export function writeHeader(bytes: Uint8Array, position: number, end: number, header: BatchHeader): void {
  writeInt64(bytes, position, header.baseOffset)
  writeInt32(bytes, position + LENGTH_AT, end - position - LOG_OVERHEAD_BYTES)
  writeInt32(bytes, position + LEADER_EPOCH_AT, header.partitionLeaderEpoch)
  bytes[position + MAGIC_AT] = CURRENT_MAGIC
  writeInt16(bytes, position + ATTRIBUTES_AT, header.attributes)
  writeInt32(bytes, position + LAST_OFFSET_DELTA_AT, header.lastOffsetDelta)
  writeInt64(bytes, position + BASE_TIMESTAMP_AT, header.baseTimestampMs)
  writeInt64(bytes, position + MAX_TIMESTAMP_AT, header.maxTimestampMs)
  writeInt64(bytes, position + PRODUCER_ID_AT, header.producerId)
  writeInt16(bytes, position + PRODUCER_EPOCH_AT, header.producerEpoch)
  writeInt32(bytes, position + BASE_SEQUENCE_AT, header.baseSequence)
  writeInt32(bytes, position + RECORDS_COUNT_AT, header.recordsCount)
  rewriteCrc(bytes, position)
}

/** The bytes are one batch whose records were put in the place of others: its length, attributes and checksum follow. */
export function setRecords(batch: Uint8Array, attributeBits: number): void {
  writeInt32(batch, LENGTH_AT, batch.length - LOG_OVERHEAD_BYTES)
  writeInt16(batch, ATTRIBUTES_AT, attributeBits)
  rewriteCrc(batch, 0)
}

function rewriteCrc(bytes: Uint8Array, position: number): void {
  writeInt32(bytes, position + CRC_AT, computeCrc(bytes, position))
}
