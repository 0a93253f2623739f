// Big-endian integers at a position of a byte array, as plain functions for the hot path. Int64 are numbers: exact up to
// 2^53, which every offset, timestamp and producer id of a run stays below; reading a larger one (damaged bytes) gives an
// approximation, which validation refuses, and writing one is a defect.

import { assert } from '../../sim/assert.ts'

const TWO_TO_32 = 4294967296

export function readInt16(bytes: Uint8Array, position: number): number {
  return (((bytes[position]! << 8) | bytes[position + 1]!) << 16) >> 16
}

export function readInt32(bytes: Uint8Array, position: number): number {
  return (bytes[position]! << 24) | (bytes[position + 1]! << 16) | (bytes[position + 2]! << 8) | bytes[position + 3]!
}

export function readInt64(bytes: Uint8Array, position: number): number {
  return readInt32(bytes, position) * TWO_TO_32 + (readInt32(bytes, position + 4) >>> 0)
}

export function writeInt16(bytes: Uint8Array, position: number, value: number): void {
  bytes[position] = value >>> 8
  bytes[position + 1] = value
}

export function writeInt32(bytes: Uint8Array, position: number, value: number): void {
  bytes[position] = value >>> 24
  bytes[position + 1] = value >>> 16
  bytes[position + 2] = value >>> 8
  bytes[position + 3] = value
}

export function writeInt64(bytes: Uint8Array, position: number, value: number): void {
  if (!Number.isSafeInteger(value)) assert(false, `int64 beyond 2^53: ${value}`)
  const high = Math.floor(value / TWO_TO_32)
  writeInt32(bytes, position, high)
  writeInt32(bytes, position + 4, value - high * TWO_TO_32)
}
