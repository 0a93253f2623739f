// Reads fields: in the flexible style (W-5, W-6) unless their names say the old one. What is read has passed a CRC and was written by us, so bytes that make
// no sense are a defect.

import { assert } from '../../sim/assert.ts'
import { readInt16, readInt32, readInt64 } from '../records/fixed-ints.ts'
import { decodeUtf8 } from './utf8.ts'
import { readUuid, UUID_BYTES } from './uuid.ts'
import { readUvarint, varintLength } from './varint.ts'

export class ByteReader {
  private readonly bytes: Uint8Array
  private position = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get remaining(): number {
    return this.bytes.length - this.position
  }

  bool(): boolean {
    return this.bytes[this.take(1)] !== 0
  }

  int8(): number {
    return (this.bytes[this.take(1)]! << 24) >> 24
  }

  int16(): number {
    return readInt16(this.bytes, this.take(2))
  }

  uint16(): number {
    return readInt16(this.bytes, this.take(2)) & 0xffff
  }

  int32(): number {
    return readInt32(this.bytes, this.take(4))
  }

  int64(): number {
    const value = readInt64(this.bytes, this.take(8))
    assert(Number.isSafeInteger(value), `int64 beyond 2^53: ${value}`)
    return value
  }

  uvarint(): number {
    const value = readUvarint(this.bytes, this.position)
    this.position += varintLength(this.bytes, this.position)
    return value
  }

  /** The length of an array that cannot be null. */
  count(): number {
    const count = this.nullableCount()
    assert(count >= 0, 'null where null is not allowed')
    return count
  }

  uuid(): string {
    return readUuid(this.bytes, this.take(UUID_BYTES))
  }

  string(): string {
    const text = this.nullableString()
    assert(text !== null, 'null where null is not allowed')
    return text
  }

  nullableString(): string | null {
    const length = this.nullableCount()
    if (length < 0) return null
    const from = this.take(length)
    return decodeUtf8(this.bytes, from, from + length)
  }

  int32s(): number[] {
    const values = this.nullableInt32s()
    assert(values !== null, 'null where null is not allowed')
    return values
  }

  nullableInt32s(): number[] | null {
    const length = this.nullableCount()
    if (length < 0) return null
    const values: number[] = []
    for (let i = 0; i < length; i++) values.push(this.int32())
    return values
  }

  uuids(): string[] {
    const values = this.nullableUuids()
    assert(values !== null, 'null where null is not allowed')
    return values
  }

  nullableUuids(): string[] | null {
    const length = this.nullableCount()
    if (length < 0) return null
    const values: string[] = []
    for (let i = 0; i < length; i++) values.push(this.uuid())
    return values
  }

  skip(sizeBytes: number): void {
    this.take(sizeBytes)
  }

  /** In the old style: two bytes of length, −1 for null. */
  oldNullableString(): string | null {
    const length = this.int16()
    if (length < 0) return null
    const from = this.take(length)
    return decodeUtf8(this.bytes, from, from + length)
  }

  oldString(): string {
    const text = this.oldNullableString()
    assert(text !== null, 'null where null is not allowed')
    return text
  }

  /** In the old style: four bytes of length. A view. */
  oldBytes(): Uint8Array {
    const length = this.int32()
    const from = this.take(length)
    return this.bytes.subarray(from, from + length)
  }

  /** The end of a struct all of whose tagged fields are unknown to us. */
  skipTaggedFields(): void {
    for (let left = this.uvarint(); left > 0; left--) {
      this.uvarint()
      this.skip(this.uvarint())
    }
  }

  /** −1 for null. */
  private nullableCount(): number {
    return this.uvarint() - 1
  }

  /** Steps over `sizeBytes` and returns where they begin. */
  private take(sizeBytes: number): number {
    const from = this.position
    assert(sizeBytes <= this.remaining, `a field of ${sizeBytes} bytes runs past the end`)
    this.position += sizeBytes
    return from
  }
}
