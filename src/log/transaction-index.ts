// The `.txnindex` of a segment (S-7): of transactions that were aborted in it, producer id, first and last offset, and where the
// log was stable then. Made with the first abort, so that a log without transactions has none; here only a directory of real
// files brings one. It goes with its segment, and is cut with it; what it says is asked by nobody yet.

import type { Disk } from '../../sim/host.ts'
import { readInt16, readInt64 } from '../records/fixed-ints.ts'

export const TRANSACTION_ENTRY_BYTES = 34
const VERSION = 0
const FIRST_OFFSET_AT = 10
const LAST_OFFSET_AT = 18

/** Drops the entries of aborts at or beyond `offset` of the index at `path`, if there is one. */
export function cutTransactionIndex(disk: Disk, path: string, offset: number): void {
  if (!disk.exists(path)) return
  const file = disk.open(path)
  const bytes = file.read(0, file.sizeBytes)
  for (let at = 0; at + TRANSACTION_ENTRY_BYTES <= bytes.length; at += TRANSACTION_ENTRY_BYTES) {
    if (readInt64(bytes, at + LAST_OFFSET_AT) >= offset) return file.truncate(at)
  }
}

/** What is wrong with the index of a segment of the offsets `[base, end)`; undefined: nothing. */
export function transactionIndexProblem(bytes: Uint8Array, base: number, end: number): string | undefined {
  if (bytes.length % TRANSACTION_ENTRY_BYTES !== 0)
    return `${bytes.length} bytes are no whole entries of ${TRANSACTION_ENTRY_BYTES}`
  let before = base - 1
  for (let at = 0; at < bytes.length; at += TRANSACTION_ENTRY_BYTES) {
    if (readInt16(bytes, at) !== VERSION) return `entry at byte ${at}: version ${readInt16(bytes, at)}`
    const last = readInt64(bytes, at + LAST_OFFSET_AT)
    if (last <= before || last >= end || readInt64(bytes, at + FIRST_OFFSET_AT) > last)
      return `entry at byte ${at}: an abort at offset ${last}, in a segment of offsets ${base} to ${end - 1}`
    before = last
  }
  return undefined
}
