// The bytes of a `.snapshot` file: the state of each producer, of its batches the last one only (R-50, S-8).

import { crc32c } from '../records/crc32c.ts'
import { readInt16, readInt32, readInt64, writeInt16, writeInt32, writeInt64 } from '../records/fixed-ints.ts'

/** What a snapshot says of one producer. */
export interface SnapshotEntry {
  readonly producerId: number
  readonly epoch: number
  /** Of its last batch; −1, −1 and 0 if it has none. */
  readonly lastSequence: number
  readonly lastOffset: number
  readonly offsetDelta: number
  readonly timestampMs: number
  readonly coordinatorEpoch: number
  /** First offset of its open transaction, or −1. */
  readonly transactionFirstOffset: number
}

const VERSION = 1
const CRC_AT = 2
const COUNT_AT = 6
const ENTRIES_AT = 10
const ENTRY_BYTES = 46

export function encodeSnapshot(entries: readonly SnapshotEntry[]): Uint8Array {
  const bytes = new Uint8Array(ENTRIES_AT + entries.length * ENTRY_BYTES)
  writeInt16(bytes, 0, VERSION)
  writeInt32(bytes, COUNT_AT, entries.length)
  entries.forEach((entry, i) => {
    const at = ENTRIES_AT + i * ENTRY_BYTES
    writeInt64(bytes, at, entry.producerId)
    writeInt16(bytes, at + 8, entry.epoch)
    writeInt32(bytes, at + 10, entry.lastSequence)
    writeInt64(bytes, at + 14, entry.lastOffset)
    writeInt32(bytes, at + 22, entry.offsetDelta)
    writeInt64(bytes, at + 26, entry.timestampMs)
    writeInt32(bytes, at + 34, entry.coordinatorEpoch)
    writeInt64(bytes, at + 38, entry.transactionFirstOffset)
  })
  writeInt32(bytes, CRC_AT, crc32c(bytes, COUNT_AT))
  return bytes
}

/** The entries, or what is wrong with the file. */
export function decodeSnapshot(bytes: Uint8Array): SnapshotEntry[] | string {
  if (bytes.length < ENTRIES_AT) return `${bytes.length} bytes are no producer snapshot`
  if (readInt16(bytes, 0) !== VERSION) return `unknown version ${readInt16(bytes, 0)}`
  const count = readInt32(bytes, COUNT_AT)
  if (count < 0 || bytes.length < ENTRIES_AT + count * ENTRY_BYTES) return `${count} producers announced, too few found`
  if (crc32c(bytes, COUNT_AT) !== readInt32(bytes, CRC_AT) >>> 0) return 'the checksum does not match'
  const entries: SnapshotEntry[] = []
  for (let i = 0; i < count; i++) {
    const at = ENTRIES_AT + i * ENTRY_BYTES
    entries.push({
      producerId: readInt64(bytes, at),
      epoch: readInt16(bytes, at + 8),
      lastSequence: readInt32(bytes, at + 10),
      lastOffset: readInt64(bytes, at + 14),
      offsetDelta: readInt32(bytes, at + 22),
      timestampMs: readInt64(bytes, at + 26),
      coordinatorEpoch: readInt32(bytes, at + 34),
      transactionFirstOffset: readInt64(bytes, at + 38),
    })
  }
  return entries
}
