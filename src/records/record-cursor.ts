// Walks the records of one batch (W-43), without allocation if it is not compressed: each `next()` leaves the current record's deltas
// and the places of its key, value and headers in fields. Damaged records stop the walk with `problem` set, they never
// throw: the broker judges client bytes with this.

import { decodeUtf8 } from './utf8.ts'
import { inflateBatch } from './compression/compressed-batch.ts'
import { baseOffset, baseSequence, baseTimestamp, BATCH_HEADER_BYTES, codec, isLogAppendTime } from './record-batch.ts'
import { addToSequence, maxTimestamp, NO_SEQUENCE, recordsCount, sizeInBytes } from './record-batch.ts'

export interface RecordHeader {
  readonly key: string
  readonly value: Uint8Array | null
}

const NO_BYTES = new Uint8Array(0)
const TWO_TO_28 = 268435456

export class RecordCursor {
  /** Empty while all is well; else what is wrong with the record where the walk stopped. */
  problem = ''
  /** Of the current record, from here on. Index in the batch, 0-based. */
  index = -1
  offsetDelta = 0
  timestampDelta = 0
  attributes = 0
  /** Place and length of the key; length −1 for a null key. Same for the value. */
  keyAt = 0
  keyLength = -1
  valueAt = 0
  valueLength = -1
  headerCount = 0
  /** Where all of these lie: the bytes given, or those of a compressed batch once they are readable. */
  bytes: Uint8Array = NO_BYTES
  /** Where the record begins, with its length; where what follows its deltas begins; where it ends. */
  recordAt = 0
  fieldsAt = 0
  recordEnd = 0

  private batchAt = 0
  private count = 0
  /** Next byte to read, and the end of what may be read: of the batch, or of the record being parsed. */
  private at = 0
  private limit = 0
  private batchEnd = 0
  private headersAt = 0

  /** Starts before the first record of the whole batch at `position`. */
  reset(bytes: Uint8Array, position: number): void {
    this.problem = ''
    if (codec(bytes, position) === 0) return this.start(bytes, position)
    const readable = inflateBatch(bytes, position)
    if (readable !== undefined) return this.start(readable, 0)
    this.start(bytes, position)
    this.problem = 'compressed records are damaged'
  }

  private start(bytes: Uint8Array, position: number): void {
    this.index = -1
    this.bytes = bytes
    this.batchAt = position
    this.count = recordsCount(bytes, position)
    this.at = position + BATCH_HEADER_BYTES
    this.batchEnd = position + sizeInBytes(bytes, position)
    this.limit = this.batchEnd
  }

  /** Moves to the next record. False at the end of the batch, and at damage: then `problem` says what. */
  next(): boolean {
    if (this.problem !== '') return false
    this.limit = this.batchEnd
    if (this.index + 1 >= this.count) {
      if (this.at !== this.batchEnd) this.problem = 'bytes left over after the last record'
      return false
    }
    this.recordAt = this.at
    const length = this.varint()
    if (this.problem !== '') return false
    if (length < 0 || length > this.batchEnd - this.at) return this.fail('record runs past the end of its batch')
    this.recordEnd = this.at + length
    this.limit = this.recordEnd
    if (length < 1) return this.fail('empty record')
    this.attributes = this.bytes[this.at++]!
    this.timestampDelta = this.varlong()
    this.offsetDelta = this.varint()
    this.fieldsAt = this.at
    this.keyLength = this.varint()
    this.keyAt = this.at
    this.skip(this.keyLength, true)
    this.valueLength = this.varint()
    this.valueAt = this.at
    this.skip(this.valueLength, true)
    this.headerCount = this.varint()
    if (this.headerCount < 0) return this.fail('negative number of headers')
    this.headersAt = this.at
    for (let i = 0; i < this.headerCount && this.problem === ''; i++) {
      this.skip(this.varint(), false)
      this.skip(this.varint(), true)
    }
    if (this.problem !== '') return false
    if (this.at !== this.recordEnd) return this.fail('record is longer than its fields')
    this.index++
    return true
  }

  /** Absolute offset of the current record. */
  get offset(): number {
    return baseOffset(this.bytes, this.batchAt) + this.offsetDelta
  }

  /** Timestamp of the current record: the batch's append time if it has that type (W-44). */
  get timestampMs(): number {
    if (isLogAppendTime(this.bytes, this.batchAt)) return maxTimestamp(this.bytes, this.batchAt)
    return baseTimestamp(this.bytes, this.batchAt) + this.timestampDelta
  }

  /** Sequence of the current record, or NO_SEQUENCE. */
  get sequence(): number {
    const base = baseSequence(this.bytes, this.batchAt)
    return base === NO_SEQUENCE ? NO_SEQUENCE : addToSequence(base, this.offsetDelta)
  }

  /** The key, a view into the batch. */
  get key(): Uint8Array | null {
    return this.keyLength < 0 ? null : this.bytes.subarray(this.keyAt, this.keyAt + this.keyLength)
  }

  /** The value, a view into the batch. */
  get value(): Uint8Array | null {
    return this.valueLength < 0 ? null : this.bytes.subarray(this.valueAt, this.valueAt + this.valueLength)
  }

  /** The headers, decoded anew at each call; values are views. */
  headers(): RecordHeader[] {
    const headers: RecordHeader[] = []
    const resume = this.at
    this.at = this.headersAt
    this.limit = this.recordEnd
    for (let i = 0; i < this.headerCount; i++) {
      const keyLength = this.varint()
      const key = decodeUtf8(this.bytes, this.at, this.at + keyLength)
      this.at += keyLength
      const valueLength = this.varint()
      const value = valueLength < 0 ? null : this.bytes.subarray(this.at, this.at + valueLength)
      if (valueLength > 0) this.at += valueLength
      headers.push({ key, value })
    }
    this.at = resume
    return headers
  }

  private fail(problem: string): false {
    if (this.problem === '') this.problem = problem
    return false
  }

  private skip(length: number, nullable: boolean): void {
    if (length < 0) {
      if (length < -1 || !nullable) this.fail('negative length')
    } else if (length > this.limit - this.at) {
      this.fail('field runs past the end of its record')
    } else {
      this.at += length
    }
  }

  /** A zigzag varint of at most 32 bits; 0 with `problem` set if there is none. */
  private varint(): number {
    if (this.at < this.limit) {
      const first = this.bytes[this.at]!
      if (first < 128) {
        this.at++
        return (first >>> 1) ^ -(first & 1)
      }
    }
    let raw = 0
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.at >= this.limit) break
      const byte = this.bytes[this.at++]!
      raw |= (byte & 127) << shift
      if (byte < 128) {
        if (shift === 28 && byte > 15) break
        return (raw >>> 1) ^ -(raw & 1)
      }
    }
    this.fail('bad varint')
    return 0
  }

  /** A zigzag varint of at most 53 bits; 0 with `problem` set if there is none. */
  private varlong(): number {
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      if (this.at >= this.limit) {
        this.fail('bad varlong')
        return 0
      }
      const byte = this.bytes[this.at++]!
      low |= (byte & 127) << shift
      if (byte < 128) return (low >>> 1) ^ -(low & 1)
    }
    let high = 0
    let scale = 1
    for (let i = 0; i < 4 && this.at < this.limit; i++) {
      const byte = this.bytes[this.at++]!
      high += (byte & 127) * scale
      scale *= 128
      if (byte < 128) {
        const raw = high * TWO_TO_28 + low
        if (raw > Number.MAX_SAFE_INTEGER) break
        return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
      }
    }
    this.fail('bad varlong')
    return 0
  }
}
