// Base-128 integers of the protocol (W-4): unsigned varints of lengths and tags, and zigzag varints. A varint and a
// varlong of the same value have the same bytes, so one set of functions serves both. Longs are numbers: every safe
// integer is exact, because zigzag is done on the groups of 7 bits and never on the doubled value.

import { assert } from '../../sim/assert.ts'

/** Bytes of the unsigned varint of `value` in [0, 2^32). */
export function uvarintSize(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x200000) return 3
  return value < 0x10000000 ? 4 : 5
}

/** Writes an unsigned varint at `at` and returns the position after it. */
export function writeUvarint(bytes: Uint8Array, at: number, value: number): number {
  assert(value >= 0 && value <= 0xffffffff, `unsigned varint out of range: ${value}`)
  let rest = value
  let to = at
  while (rest >= 0x80) {
    bytes[to++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[to++] = rest
  return to
}

/** The unsigned varint at `at`; `varintLength` says where it ends. */
export function readUvarint(bytes: Uint8Array, at: number): number {
  const length = varintLength(bytes, at)
  assert(length <= 5, 'unsigned varint of more than 5 bytes')
  let value = 0
  for (let i = at + length - 1; i >= at; i--) value = value * 0x80 + (byteAt(bytes, i) & 0x7f)
  assert(value <= 0xffffffff, `unsigned varint out of range: ${value}`)
  return value
}

/** Bytes of the zigzag varint of a safe integer. */
export function varintSize(value: number): number {
  let rest = Math.floor(magnitude(value) / 0x40)
  let size = 1
  for (; rest > 0; rest = Math.floor(rest / 0x80)) size += 1
  return size
}

/** Writes a zigzag varint at `at` and returns the position after it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  assert(Number.isSafeInteger(value), `varint beyond 2^53: ${value}`)
  const whole = magnitude(value)
  let rest = Math.floor(whole / 0x40)
  let group = (whole % 0x40) * 2 + (value < 0 ? 1 : 0)
  let to = at
  while (rest > 0) {
    bytes[to++] = group | 0x80
    group = rest % 0x80
    rest = Math.floor(rest / 0x80)
  }
  bytes[to++] = group
  return to
}

/** The zigzag varint at `at`; `varintLength` says where it ends. */
export function readVarint(bytes: Uint8Array, at: number): number {
  const length = varintLength(bytes, at)
  let rest = 0
  for (let i = at + length - 1; i > at; i--) rest = rest * 0x80 + (byteAt(bytes, i) & 0x7f)
  const first = byteAt(bytes, at) & 0x7f
  const whole = rest * 0x40 + (first >> 1)
  assert(Number.isSafeInteger(whole), 'varint beyond 2^53')
  return (first & 1) === 0 ? whole : -whole - 1
}

/** Bytes of the varint of any kind that begins at `at`. */
export function varintLength(bytes: Uint8Array, at: number): number {
  let end = at
  while (byteAt(bytes, end) >= 0x80) end += 1
  assert(end - at < 10, 'varint of more than 10 bytes')
  return end - at + 1
}

/** n for n ≥ 0 and −n−1 for n < 0: zigzag is twice this, plus one for negative numbers. */
function magnitude(value: number): number {
  return value < 0 ? -(value + 1) : value
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  assert(byte !== undefined, 'varint runs past the end of its bytes')
  return byte
}
