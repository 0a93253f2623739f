// LZ4 as Kafka frames it (version 1, independent blocks of 64 KiB, no checksums of content) with a compressor of the fast
// kind: the last place of each four bytes is looked up, and matched as far as it goes. Left out: the hard-trying compressor of
// levels other than 9; checksums in frames of others are passed over.
//
//   frame = 04 22 4d 18, flags, block size, checksum of these two, block*, 0 (uint32)
//   block = length (uint32, the highest bit set if it is not compressed), sequence*
//   sequence = token, literals, offset (uint16), more of the match's length

import { assert } from '../../../sim/assert.ts'

const HEADER = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82)
const BLOCK_BYTES = 65536
const STORED = 0x80000000
const MIN_MATCH = 4
/** A block ends with at least so many literals, and no match begins later than that. */
const LAST_LITERALS = 5
const LAST_MATCH = 12
const HASH_BITS = 12

const BLOCK_CHECKSUMS = 0x10
const CONTENT_SIZE = 0x08

export const lz4 = {
  compress(bytes: Uint8Array): Uint8Array {
    const blocks = Math.ceil(bytes.length / BLOCK_BYTES)
    const out = new Writer(HEADER.length + bytes.length + blocks * 4 + 4)
    out.copy(HEADER, 0, HEADER.length)
    for (let from = 0; from < bytes.length; from += BLOCK_BYTES) {
      const size = Math.min(BLOCK_BYTES, bytes.length - from)
      const lengthAt = out.at
      out.at += 4
      const isSmaller = compressBlock(bytes, from, from + size, out, lengthAt + 4 + size)
      if (!isSmaller) {
        out.at = lengthAt + 4
        out.copy(bytes, from, from + size)
      }
      out.putUint32(lengthAt, isSmaller ? out.at - lengthAt - 4 : size + STORED)
    }
    out.at += 4
    return out.bytes.slice(0, out.at)
  },

  decompress(bytes: Uint8Array): Uint8Array {
    if (HEADER.subarray(0, 4).some((byte, i) => bytes[i] !== byte)) throw new RangeError('no LZ4 frame')
    const flags = bytes[4] ?? 0
    let at = (flags & CONTENT_SIZE) === 0 ? 7 : 15
    const out = new Writer(bytes.length * 3)
    for (;;) {
      if (at + 4 > bytes.length) throw new RangeError('the frame does not end')
      const field = uint32(bytes, at)
      at += 4
      if (field === 0) return out.bytes.slice(0, out.at)
      const length = field % STORED
      if (at + length > bytes.length) throw new RangeError('a block runs past the end')
      if (field >= STORED) out.copy(bytes, at, at + length)
      else decompressBlock(bytes, at, at + length, out)
      at += length + ((flags & BLOCK_CHECKSUMS) === 0 ? 0 : 4)
    }
  },
}

/** False as soon as the block would reach `limit`. */
function compressBlock(bytes: Uint8Array, from: number, end: number, out: Writer, limit: number): boolean {
  const table = new Int32Array(1 << HASH_BITS).fill(-1)
  let anchor = from
  for (let at = from; at + LAST_MATCH <= end;) {
    const word = uint32(bytes, at)
    const hash = Math.imul(word, 2654435761) >>> (32 - HASH_BITS)
    const candidate = table[hash]!
    table[hash] = at
    if (candidate < 0 || at - candidate >= BLOCK_BYTES || uint32(bytes, candidate) !== word) {
      at += 1
      continue
    }
    let length = MIN_MATCH
    while (at + length < end - LAST_LITERALS && bytes[candidate + length] === bytes[at + length]) length += 1
    // Two bytes of offset, and what the lengths may take.
    if (out.at + (at - anchor) + 8 + (at - anchor + length) / 255 >= limit) return false
    putSequence(out, bytes, anchor, at, length - MIN_MATCH)
    out.put(at - candidate)
    out.put((at - candidate) >>> 8)
    if (length - MIN_MATCH >= 15) putLength(out, length - MIN_MATCH - 15)
    at += length
    anchor = at
  }
  if (out.at + (end - anchor) + 2 + (end - anchor) / 255 >= limit) return false
  putSequence(out, bytes, anchor, end, 0)
  return true
}

/** The token with both lengths, and the literals. */
function putSequence(out: Writer, bytes: Uint8Array, from: number, to: number, matchLength: number): void {
  const literals = to - from
  out.put((Math.min(literals, 15) << 4) | Math.min(matchLength, 15))
  if (literals >= 15) putLength(out, literals - 15)
  out.copy(bytes, from, to)
}

function putLength(out: Writer, length: number): void {
  let left = length
  for (; left >= 255; left -= 255) out.put(255)
  out.put(left)
}

function decompressBlock(bytes: Uint8Array, from: number, end: number, out: Writer): void {
  const start = out.at
  const read = { at: from }
  while (read.at < end) {
    const token = bytes[read.at++]!
    const literals = lengthAt(bytes, read, end, token >>> 4)
    if (literals > end - read.at) throw new RangeError('literals run past the end')
    out.copy(bytes, read.at, read.at + literals)
    read.at += literals
    if (read.at >= end) return
    const offset = bytes[read.at]! | (bytes[read.at + 1]! << 8)
    read.at += 2
    const length = MIN_MATCH + lengthAt(bytes, read, end, token & 15)
    if (offset === 0 || out.at - offset < start) throw new RangeError('a match begins before its block')
    out.repeat(offset, length)
  }
}

function lengthAt(bytes: Uint8Array, read: { at: number }, end: number, short: number): number {
  let length = short
  if (short < 15) return length
  for (let byte = 255; byte === 255; length += byte) {
    if (read.at >= end) throw new RangeError('a length runs past the end')
    byte = bytes[read.at++]!
  }
  return length
}

function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}

/** Bytes that grow as they are written. */
class Writer {
  at = 0
  bytes: Uint8Array

  constructor(sizeBytes: number) {
    this.bytes = new Uint8Array(Math.max(16, sizeBytes))
  }

  put(byte: number): void {
    this.reserve(1)
    this.bytes[this.at++] = byte
  }

  copy(bytes: Uint8Array, from: number, to: number): void {
    this.reserve(to - from)
    this.bytes.set(bytes.subarray(from, to), this.at)
    this.at += to - from
  }

  /** What lies `offset` back, so long: it may overlap with what is written. */
  repeat(offset: number, length: number): void {
    this.reserve(length)
    for (let i = 0; i < length; i++, this.at++) this.bytes[this.at] = this.bytes[this.at - offset]!
  }

  putUint32(at: number, value: number): void {
    assert(value >= 0 && value < 2 ** 32, 'a field of 32 bits')
    for (let i = 0; i < 4; i++) this.bytes[at + i] = (value / 2 ** (8 * i)) & 255
  }

  private reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.at + more))
    grown.set(this.bytes)
    this.bytes = grown
  }
}
