// Writes fields into a buffer that grows: in the flexible style (W-5, W-6) unless their names say the old one.

import { assert } from '../../sim/assert.ts'
import { writeInt16, writeInt32, writeInt64 } from '../records/fixed-ints.ts'
import { encodeUtf8Into, utf8Length } from './utf8.ts'
import { UUID_BYTES, writeUuid } from './uuid.ts'
import { uvarintSize, writeUvarint } from './varint.ts'

const INITIAL_BYTES = 128

export class ByteWriter {
  private bytes = new Uint8Array(INITIAL_BYTES)
  private position = 0

  /** A copy of what was written. */
  written(): Uint8Array {
    return this.bytes.slice(0, this.position)
  }

  bool(value: boolean): void {
    this.reserve(1)
    this.bytes[this.position++] = value ? 1 : 0
  }

  int8(value: number): void {
    this.inRange(value, -0x80, 0x7f)
    this.reserve(1)
    this.bytes[this.position++] = value
  }

  int16(value: number): void {
    this.inRange(value, -0x8000, 0x7fff)
    this.reserve(2)
    writeInt16(this.bytes, this.position, value)
    this.position += 2
  }

  uint16(value: number): void {
    this.inRange(value, 0, 0xffff)
    this.reserve(2)
    writeInt16(this.bytes, this.position, value)
    this.position += 2
  }

  int32(value: number): void {
    this.inRange(value, -0x80000000, 0x7fffffff)
    this.reserve(4)
    writeInt32(this.bytes, this.position, value)
    this.position += 4
  }

  /** A safe integer. */
  int64(value: number): void {
    this.reserve(8)
    writeInt64(this.bytes, this.position, value)
    this.position += 8
  }

  uvarint(value: number): void {
    this.reserve(5)
    this.position = writeUvarint(this.bytes, this.position, value)
  }

  /** The count in front of an array of `length` elements. */
  count(length: number): void {
    this.uvarint(length + 1)
  }

  uuid(value: string): void {
    this.reserve(UUID_BYTES)
    writeUuid(this.bytes, this.position, value)
    this.position += UUID_BYTES
  }

  string(value: string): void {
    const length = utf8Length(value)
    this.uvarint(length + 1)
    this.reserve(length)
    this.position = encodeUtf8Into(value, this.bytes, this.position)
  }

  nullableString(value: string | null): void {
    if (value === null) this.uvarint(0)
    else this.string(value)
  }

  /** In the old style: two bytes of length, −1 for null. */
  oldString(value: string | null): void {
    if (value === null) return this.int16(-1)
    const length = utf8Length(value)
    this.int16(length)
    this.reserve(length)
    this.position = encodeUtf8Into(value, this.bytes, this.position)
  }

  /** In the old style: four bytes of length. */
  oldBytes(value: Uint8Array): void {
    this.int32(value.length)
    this.reserve(value.length)
    this.bytes.set(value, this.position)
    this.position += value.length
  }

  int32s(values: readonly number[]): void {
    this.count(values.length)
    for (const value of values) this.int32(value)
  }

  uuids(values: readonly string[]): void {
    this.count(values.length)
    for (const value of values) this.uuid(value)
  }

  taggedInt8(tag: number, value: number): void {
    this.tag(tag, 1)
    this.int8(value)
  }

  taggedInt32(tag: number, value: number): void {
    this.tag(tag, 4)
    this.int32(value)
  }

  taggedInt32s(tag: number, values: readonly number[]): void {
    this.tag(tag, uvarintSize(values.length + 1) + values.length * 4)
    this.int32s(values)
  }

  taggedUuids(tag: number, values: readonly string[]): void {
    this.tag(tag, uvarintSize(values.length + 1) + values.length * UUID_BYTES)
    this.uuids(values)
  }

  private tag(tag: number, dataBytes: number): void {
    this.uvarint(tag)
    this.uvarint(dataBytes)
  }

  private inRange(value: number, low: number, high: number): void {
    assert(Number.isInteger(value) && value >= low && value <= high, `${value} is not in [${low}, ${high}]`)
  }

  private reserve(more: number): void {
    const needed = this.position + more
    if (needed <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    grown.set(this.bytes)
    this.bytes = grown
  }
}
