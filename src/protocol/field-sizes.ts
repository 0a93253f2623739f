// Bytes of the fields whose size depends on their value, in the old and the flexible style (W-5, W-6).

import { utf8Length } from './utf8.ts'
import { uvarintSize } from './varint.ts'

export function stringSize(text: string, flexible: boolean): number {
  const length = utf8Length(text)
  return length + (flexible ? uvarintSize(length + 1) : 2)
}

export function nullableStringSize(text: string | null, flexible: boolean): number {
  if (text === null) return flexible ? 1 : 2
  return stringSize(text, flexible)
}

export function bytesSize(bytes: Uint8Array, flexible: boolean): number {
  return bytes.length + (flexible ? uvarintSize(bytes.length + 1) : 4)
}

export function recordsSize(records: Uint8Array | null, flexible: boolean): number {
  if (records === null) return flexible ? 1 : 4
  return records.length + (flexible ? uvarintSize(records.length + 1) : 4)
}

/** The count in front of an array of `length` elements. */
export function countSize(length: number, flexible: boolean): number {
  return flexible ? uvarintSize(length + 1) : 4
}

/** The count of a null array. */
export function nullCountSize(flexible: boolean): number {
  return flexible ? 1 : 4
}

/** A tagged field whose data takes `dataSize` bytes. */
export function taggedSize(tag: number, dataSize: number): number {
  return uvarintSize(tag) + uvarintSize(dataSize) + dataSize
}
