// Snappy as the Java library of Kafka streams it: a header, then blocks of at most 32 KiB, each with its length. Snappy has no
// levels.
//
//   stream  = 82 'SNAPPY' 00, version = 1 (int32), compatible with = 1 (int32), block*
//   block   = length (int32), raw Snappy

import { compress, uncompress } from 'snappyjs'
import { readInt32, writeInt32 } from '../fixed-ints.ts'

const HEADER = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1)
const BLOCK_BYTES = 32768

export const snappy = {
  compress(bytes: Uint8Array): Uint8Array {
    const parts = [HEADER]
    for (let from = 0; from < bytes.length; from += BLOCK_BYTES) {
      const block = compress(bytes.slice(from, from + BLOCK_BYTES))
      const length = new Uint8Array(4)
      writeInt32(length, 0, block.length)
      parts.push(length, block)
    }
    return concatenated(parts)
  },

  decompress(bytes: Uint8Array): Uint8Array {
    const isStream = HEADER.subarray(0, 8).every((byte, i) => bytes[i] === byte)
    // Some clients send a raw block.
    if (!isStream) return uncompress(bytes.slice())
    const parts: Uint8Array[] = []
    for (let at = HEADER.length; at < bytes.length;) {
      const length = readInt32(bytes, at)
      if (length < 0 || length > bytes.length - at - 4) throw new RangeError('a block runs past the end')
      parts.push(uncompress(bytes.slice(at + 4, at + 4 + length)))
      at += 4 + length
    }
    return concatenated(parts)
  },
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
