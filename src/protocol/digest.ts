// How a message is folded into 32 bits for the trace hash. Each step is one-to-one in the new word and in what came
// before, so two messages that differ in a single 32-bit word never have the same digest. Records count by their length
// and their CRC, and long strings by length and both ends: cheap, and enough to tell runs apart.

import { ZERO_UUID } from './uuid.ts'

/** Where every digest begins. */
export const DIGEST_SEED = 0x2545f491

const MULTIPLIER = 0x9e3779b1
const TWO_TO_32 = 4294967296
const STRING_ENDS = 32

/** A record batch shorter than its own header has no CRC to read. */
const BATCH_HEADER_BYTES = 61
const CRC_AT = 17

export function fold32(digest: number, word: number): number {
  const mixed = Math.imul(digest ^ word, MULTIPLIER)
  return mixed ^ (mixed >>> 15)
}

/** Folds a safe integer, both halves. */
export function fold64(digest: number, value: number): number {
  return fold32(fold32(digest, value), Math.floor(value / TWO_TO_32))
}

export function foldBool(digest: number, value: boolean): number {
  return fold32(digest, value ? 1 : 0)
}

export function foldString(digest: number, text: string | null): number {
  if (text === null) return fold32(digest, -1)
  const length = text.length
  let folded = fold32(digest, length)
  const firstEnd = length <= 2 * STRING_ENDS ? length : STRING_ENDS
  for (let i = 0; i < firstEnd; i++) folded = Math.imul(folded ^ text.charCodeAt(i), MULTIPLIER)
  for (let i = Math.max(firstEnd, length - STRING_ENDS); i < length; i++) {
    folded = Math.imul(folded ^ text.charCodeAt(i), MULTIPLIER)
  }
  return folded ^ (folded >>> 15)
}

export function foldRecords(digest: number, records: Uint8Array | null): number {
  if (records === null) return fold32(digest, -1)
  const folded = fold32(digest, records.length)
  if (records.length < BATCH_HEADER_BYTES) return folded
  return fold32(
    folded,
    (records[CRC_AT]! << 24) | (records[CRC_AT + 1]! << 16) | (records[CRC_AT + 2]! << 8) | records[CRC_AT + 3]!,
  )
}

/** Folds every byte: what members say of themselves and what they are assigned has no CRC of its own. */
export function foldBytes(digest: number, bytes: Uint8Array): number {
  let folded = fold32(digest, bytes.length)
  for (const byte of bytes) folded = Math.imul(folded ^ byte, MULTIPLIER)
  return folded ^ (folded >>> 15)
}

export function foldInt32s(digest: number, values: readonly number[]): number {
  let folded = fold32(digest, values.length)
  for (const value of values) folded = fold32(folded, value)
  return folded
}

/** Folds an id, four of its 22 characters at a time. */
export function foldUuid(digest: number, uuid: string): number {
  if (uuid === ZERO_UUID) return fold32(digest, 0)
  let folded = digest
  for (let i = 0; i < 20; i += 4) {
    const four =
      uuid.charCodeAt(i) |
      (uuid.charCodeAt(i + 1) << 7) |
      (uuid.charCodeAt(i + 2) << 14) |
      (uuid.charCodeAt(i + 3) << 21)
    folded = Math.imul(folded ^ four, MULTIPLIER)
  }
  return fold32(folded, uuid.charCodeAt(20) | (uuid.charCodeAt(21) << 7))
}

export function foldUuids(digest: number, uuids: readonly string[]): number {
  let folded = fold32(digest, uuids.length)
  for (const uuid of uuids) folded = foldUuid(folded, uuid)
  return folded
}

export function foldStrings(digest: number, texts: readonly string[]): number {
  let folded = fold32(digest, texts.length)
  for (const text of texts) folded = foldString(folded, text)
  return folded
}
