// Fields in the style from before flexible versions (W-5): strings with a 16-bit length, arrays and bytes with a 32-bit
// one, −1 for null. What is read comes from other clients, so bytes that make no sense throw MalformedFields.

import { assert } from '../../sim/assert.ts'
import { readInt16, readInt32, writeInt16, writeInt32 } from '../records/fixed-ints.ts'
import { decodeUtf8, encodeUtf8Into, utf8Length } from './utf8.ts'

export class MalformedFields extends Error {
  override readonly name = 'MalformedFields'
}

export class ClassicReader {
  private readonly bytes: Uint8Array
  private position = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get remaining(): number {
    return this.bytes.length - this.position
  }

  int16(): number {
    return readInt16(this.bytes, this.take(2))
  }

  int32(): number {
    return readInt32(this.bytes, this.take(4))
  }

  string(): string {
    const text = this.nullableString()
    if (text === null) throw new MalformedFields('null where null is not allowed')
    return text
  }

  nullableString(): string | null {
    const length = this.int16()
    if (length < 0) return null
    const from = this.take(length)
    return decodeUtf8(this.bytes, from, from + length)
  }

  nullableBytes(): Uint8Array | null {
    const length = this.int32()
    if (length < 0) return null
    const from = this.take(length)
    return this.bytes.slice(from, from + length)
  }

  array<T>(element: () => T): T[] {
    const length = this.int32()
    if (length < 0) throw new MalformedFields('null where null is not allowed')
    const values: T[] = []
    for (let i = 0; i < length; i++) values.push(element())
    return values
  }

  /** Steps over `sizeBytes` and returns where they begin. */
  private take(sizeBytes: number): number {
    const from = this.position
    if (sizeBytes > this.bytes.length - from) {
      throw new MalformedFields(`a field of ${sizeBytes} bytes runs past the end`)
    }
    this.position += sizeBytes
    return from
  }
}

const INITIAL_BYTES = 64

export class ClassicWriter {
  private bytes = new Uint8Array(INITIAL_BYTES)
  private position = 0

  /** A copy of what was written. */
  written(): Uint8Array {
    return this.bytes.slice(0, this.position)
  }

  int16(value: number): void {
    const at = this.reserve(2)
    writeInt16(this.bytes, at, value)
  }

  int32(value: number): void {
    const at = this.reserve(4)
    writeInt32(this.bytes, at, value)
  }

  string(text: string): void {
    const length = utf8Length(text)
    assert(length <= 0x7fff, `a string of ${length} bytes`)
    this.int16(length)
    const at = this.reserve(length)
    encodeUtf8Into(text, this.bytes, at)
  }

  nullableString(text: string | null): void {
    if (text === null) this.int16(-1)
    else this.string(text)
  }

  nullableBytes(value: Uint8Array | null): void {
    if (value === null) return this.int32(-1)
    this.int32(value.length)
    const at = this.reserve(value.length)
    this.bytes.set(value, at)
  }

  array<T>(values: readonly T[], element: (value: T) => void): void {
    this.int32(values.length)
    for (const value of values) element(value)
  }

  /** Makes room for `more` bytes and returns where they begin. */
  private reserve(more: number): number {
    const from = this.position
    const needed = from + more
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
      grown.set(this.bytes)
      this.bytes = grown
    }
    this.position = needed
    return from
  }
}
