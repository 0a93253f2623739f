// Batches of a compacted log with their records, as the checks of compaction compare them. Keys and contents are text of
// one character a byte.

import {
  attributes,
  baseOffset,
  baseSequence,
  BatchWalk,
  crc,
  deleteHorizonMs,
  isControl,
  isTransactional,
  lastOffset,
  maxTimestamp,
  partitionLeaderEpoch,
  producerEpoch,
  producerId,
} from '../../records/record-batch.ts'
import { RecordCursor } from '../../records/record-cursor.ts'

export interface KeyedRecord {
  readonly offset: number
  /** Null: it has none. */
  readonly key: string | null
  readonly isTombstone: boolean
  /** Timestamp, key, value and headers. */
  readonly content: string
}

export interface KeyedBatch {
  readonly base: number
  readonly last: number
  readonly epoch: number
  readonly checksum: number
  readonly control: boolean
  readonly transactional: boolean
  /** −1: none. */
  readonly horizonMs: number
  /** Who wrote it and how, which compaction leaves alone. */
  readonly header: string
  readonly maxTimestampMs: number
  readonly records: readonly KeyedRecord[]
}

const LEFT_ALONE = 0x38

/** All whole batches in `bytes`. */
export function keyedBatches(bytes: Uint8Array): KeyedBatch[] {
  const batches: KeyedBatch[] = []
  const walk = new BatchWalk(bytes, 0, bytes.length)
  while (walk.next()) batches.push(keyedBatch(bytes, walk.position))
  return batches
}

function keyedBatch(bytes: Uint8Array, at: number): KeyedBatch {
  const who = [
    producerId(bytes, at),
    producerEpoch(bytes, at),
    baseSequence(bytes, at),
    attributes(bytes, at) & LEFT_ALONE,
  ]
  return {
    base: baseOffset(bytes, at),
    last: lastOffset(bytes, at),
    epoch: partitionLeaderEpoch(bytes, at),
    checksum: crc(bytes, at) | 0,
    control: isControl(bytes, at),
    transactional: isTransactional(bytes, at),
    horizonMs: deleteHorizonMs(bytes, at),
    header: who.join(' '),
    maxTimestampMs: maxTimestamp(bytes, at),
    records: records(bytes, at),
  }
}

function records(bytes: Uint8Array, at: number): KeyedRecord[] {
  const list: KeyedRecord[] = []
  const cursor = new RecordCursor()
  cursor.reset(bytes, at)
  while (cursor.next()) {
    list.push({
      offset: cursor.offset,
      key: cursor.keyLength < 0 ? null : text(cursor.bytes, cursor.keyAt, cursor.keyAt + cursor.keyLength),
      isTombstone: cursor.valueLength < 0,
      content: `${cursor.timestampMs} ${text(cursor.bytes, cursor.fieldsAt, cursor.recordEnd)}`,
    })
  }
  return list
}

function text(bytes: Uint8Array, from: number, to: number): string {
  let out = ''
  for (let i = from; i < to; i++) out += String.fromCharCode(bytes[i]!)
  return out
}
