// Kafka's 16-byte ids as the 22 base64url characters Kafka prints, which is how every structure holds them.

import { assert } from '../../sim/assert.ts'
import type { Rng } from '../../sim/random/rng.ts'

/** All zeros: no id (W-4). */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA'

export const UUID_BYTES = 16

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** A random version-4 id that, like those Kafka makes, does not begin with '-'. */
export function randomUuid(rng: Pick<Rng, 'u32'>): string {
  const bytes = new Uint8Array(UUID_BYTES)
  for (;;) {
    for (let at = 0; at < UUID_BYTES; at += 4) {
      const word = rng.u32()
      bytes[at] = word >>> 24
      bytes[at + 1] = word >>> 16
      bytes[at + 2] = word >>> 8
      bytes[at + 3] = word
    }
    bytes[6] = (bytes[6]! & 0x0f) | 0x40
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    const uuid = readUuid(bytes, 0)
    // A command line would take it for an option.
    if (!uuid.startsWith('-')) return uuid
  }
}

/** The id stored in `bytes[at, at + 16)`. */
export function readUuid(bytes: Uint8Array, at: number): string {
  assert(at + UUID_BYTES <= bytes.length, 'uuid runs past the end of its bytes')
  let text = ''
  for (let i = 0; i < 15; i += 3) {
    const group = (bytes[at + i]! << 16) | (bytes[at + i + 1]! << 8) | bytes[at + i + 2]!
    text += digit(group >> 18) + digit(group >> 12) + digit(group >> 6) + digit(group)
  }
  const last = bytes[at + 15]!
  return text + digit(last >> 2) + digit(last << 4)
}

/** Writes the 16 bytes of `uuid` at `at`. */
export function writeUuid(bytes: Uint8Array, at: number, uuid: string): void {
  assert(uuid.length === 22, `not a uuid: ${uuid}`)
  for (let i = 0; i < 5; i++) {
    const group =
      (value(uuid, 4 * i) << 18) |
      (value(uuid, 4 * i + 1) << 12) |
      (value(uuid, 4 * i + 2) << 6) |
      value(uuid, 4 * i + 3)
    bytes[at + 3 * i] = group >> 16
    bytes[at + 3 * i + 1] = group >> 8
    bytes[at + 3 * i + 2] = group
  }
  // 22 digits hold 132 bits: the last 4 are nothing.
  const tail = value(uuid, 21)
  assert((tail & 0x0f) === 0, `not a uuid: ${uuid}`)
  bytes[at + 15] = (value(uuid, 20) << 2) | (tail >> 4)
}

function digit(bits: number): string {
  return DIGITS.charAt(bits & 0x3f)
}

function value(uuid: string, at: number): number {
  const bits = DIGITS.indexOf(uuid.charAt(at))
  assert(bits >= 0, `not a uuid: ${uuid}`)
  return bits
}
