// Key → last offset, for one pass of the cleaner: as many entries as fit `log.cleaner.dedupe.buffer.size`, at Kafka's
// 24 bytes each. Kafka keeps MD5 sums of keys and takes two keys of one sum for one; here keys are compared themselves.

import { assert } from '../../../sim/assert.ts'

/** MD5 sum and offset. */
const BYTES_PER_ENTRY = 24
const EMPTY = -1
const FIRST_TABLE = 1024
const FIRST_KEY_BYTES = 16384

export class OffsetMap {
  /** The most entries it may hold. */
  readonly slots: number
  /** Last offset covered by the map: records beyond it are none of this pass's business. */
  latestOffset = -1
  private count = 0
  /** Open addressing: indexes of entries, or EMPTY. */
  private table = new Int32Array(FIRST_TABLE).fill(EMPTY)
  private hashes = new Int32Array(FIRST_TABLE / 2)
  private offsets = new Float64Array(FIRST_TABLE / 2)
  private keyAts = new Int32Array(FIRST_TABLE / 2)
  private keyLengths = new Int32Array(FIRST_TABLE / 2)
  /** All keys, back to back. */
  private keys = new Uint8Array(FIRST_KEY_BYTES)
  private keysEnd = 0

  /** `bufferBytes`: one cleaner thread's share. */
  constructor(bufferBytes: number) {
    this.slots = Math.floor(Math.min(bufferBytes, 2147483647) / BYTES_PER_ENTRY)
  }

  get size(): number {
    return this.count
  }

  clear(): void {
    this.count = 0
    this.keysEnd = 0
    this.latestOffset = -1
    this.table.fill(EMPTY)
  }

  /** Offset of the key at `[at, at + length)` of `bytes`; −1 if it is not in the map. */
  get(bytes: Uint8Array, at: number, length: number): number {
    const entry = this.table[this.slotOf(bytes, at, length, hashOf(bytes, at, length))]!
    return entry === EMPTY ? -1 : this.offsets[entry]!
  }

  put(bytes: Uint8Array, at: number, length: number, offset: number): void {
    const hash = hashOf(bytes, at, length)
    let slot = this.slotOf(bytes, at, length, hash)
    let entry = this.table[slot]!
    if (entry === EMPTY) {
      if (this.count >= this.slots) assert(false, `offset map of ${this.slots} entries is full`)
      if (this.count === this.hashes.length) {
        this.grow()
        slot = this.slotOf(bytes, at, length, hash)
      }
      entry = this.count++
      this.table[slot] = entry
      this.hashes[entry] = hash
      this.addKey(entry, bytes, at, length)
    }
    this.offsets[entry] = offset
    this.latestOffset = offset
  }

  /** Where the key is, or would go. */
  private slotOf(bytes: Uint8Array, at: number, length: number, hash: number): number {
    const mask = this.table.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.table[slot]!
      if (entry === EMPTY) return slot
      if (this.hashes[entry] === hash && this.isKey(entry, bytes, at, length)) return slot
    }
  }

  private isKey(entry: number, bytes: Uint8Array, at: number, length: number): boolean {
    if (this.keyLengths[entry] !== length) return false
    const { keys } = this
    const keyAt = this.keyAts[entry]!
    for (let i = 0; i < length; i++) if (keys[keyAt + i] !== bytes[at + i]) return false
    return true
  }

  private addKey(entry: number, bytes: Uint8Array, at: number, length: number): void {
    if (this.keysEnd + length > this.keys.length) {
      const keys = new Uint8Array(Math.max(this.keys.length * 2, this.keysEnd + length))
      keys.set(this.keys.subarray(0, this.keysEnd))
      this.keys = keys
    }
    for (let i = 0; i < length; i++) this.keys[this.keysEnd + i] = bytes[at + i]!
    this.keyAts[entry] = this.keysEnd
    this.keyLengths[entry] = length
    this.keysEnd += length
  }

  /** Twice the entries, and a table that is never more than half full. */
  private grow(): void {
    const capacity = this.hashes.length * 2
    this.hashes = copied(this.hashes, new Int32Array(capacity))
    this.offsets = copied(this.offsets, new Float64Array(capacity))
    this.keyAts = copied(this.keyAts, new Int32Array(capacity))
    this.keyLengths = copied(this.keyLengths, new Int32Array(capacity))
    this.table = new Int32Array(capacity * 2).fill(EMPTY)
    const mask = this.table.length - 1
    for (let entry = 0; entry < this.count; entry++) {
      let slot = this.hashes[entry]! & mask
      while (this.table[slot] !== EMPTY) slot = (slot + 1) & mask
      this.table[slot] = entry
    }
  }
}

/** FNV-1a, with its high bits stirred in: tables are indexed by the low ones. */
function hashOf(bytes: Uint8Array, at: number, length: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[at + i]!, 0x01000193)
  return hash ^ (hash >>> 15)
}

function copied<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
