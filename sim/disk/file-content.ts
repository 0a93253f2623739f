// The bytes of one file as the cache sees them, in chunks that are only ever appended to. A chunk that was cut is sealed:
// bytes beyond the cut may be in views handed out or in undo data, so the next append goes to a copy. Hence a view never
// changes, and what a cut took away can be put back as long as someone keeps it.

import { assert } from '../assert.ts'

/** A chunk holds at most this much, unless one append alone is larger: appends are never split. */
export const CHUNK_BYTES = 1 << 20
const MIN_CHUNK_BYTES = 1 << 7

class Chunk {
  readonly start: number
  bytes: Uint8Array
  used: number
  sealed: boolean
  /** How many bytes, from the chunk's beginning, are not in the cache. */
  cold: number

  constructor(start: number, bytes: Uint8Array, used: number, sealed: boolean, cold: number) {
    this.start = start
    this.bytes = bytes
    this.used = used
    this.sealed = sealed
    this.cold = cold
  }
}

/** What a cut took away: the chunks from the one that was cut on, as they were. */
export class CutTail {
  readonly chunks: readonly Chunk[]
  readonly sizeBytes: number

  constructor(chunks: readonly Chunk[], sizeBytes: number) {
    this.chunks = chunks
    this.sizeBytes = sizeBytes
  }
}

export class FileContent {
  sizeBytes: number
  private chunks: Chunk[]
  /** False when certainly every chunk is in the cache. */
  private maybeCold: boolean

  constructor() {
    this.sizeBytes = 0
    this.chunks = []
    this.maybeCold = false
  }

  /** Appends a copy of `source[from, to)`; returns the position it was written at. */
  append(source: Uint8Array, from: number, to: number): number {
    const length = to - from
    const position = this.sizeBytes
    if (length === 0) return position
    const tail = this.roomFor(length)
    copyInto(tail.bytes, tail.used, source, from, to)
    tail.used += length
    this.sizeBytes = position + length
    return position
  }

  /** A view of `[position, position + length)`; a copy where the range spans chunks. */
  read(position: number, length: number): Uint8Array {
    this.checkRange(position, length)
    if (length === 0) return new Uint8Array(0)
    let index = this.indexOf(position)
    const first = this.chunkAt(index)
    const offset = position - first.start
    if (offset + length <= first.used) return first.bytes.subarray(offset, offset + length)
    const copy = new Uint8Array(length)
    let filled = 0
    while (filled < length) {
      const chunk = this.chunkAt(index++)
      const begin = position + filled - chunk.start
      const end = Math.min(chunk.used, begin + length - filled)
      copy.set(chunk.bytes.subarray(begin, end), filled)
      filled += end - begin
    }
    return copy
  }

  /** Cuts the file to `sizeBytes`, less than its size, and returns what `restore` needs to undo that. */
  cutTo(sizeBytes: number): CutTail {
    assert(sizeBytes >= 0 && sizeBytes < this.sizeBytes, `cut to ${sizeBytes} of a file of ${this.sizeBytes} bytes`)
    const index = this.indexOf(sizeBytes)
    const cut = this.chunkAt(index)
    const tail = new CutTail(this.chunks.splice(index), this.sizeBytes)
    const kept = sizeBytes - cut.start
    if (kept > 0) this.chunks.push(new Chunk(cut.start, cut.bytes, kept, true, Math.min(cut.cold, kept)))
    this.sizeBytes = sizeBytes
    return tail
  }

  /** Puts back what a cut took away, dropping what was appended since. */
  restore(tail: CutTail): void {
    const start = tail.chunks[0]?.start ?? 0
    while (this.chunks.length > 0 && this.chunkAt(this.chunks.length - 1).start >= start) this.chunks.pop()
    for (const chunk of tail.chunks) {
      this.chunks.push(chunk)
      if (chunk.cold > 0) this.maybeCold = true
    }
    this.sizeBytes = tail.sizeBytes
  }

  /** Overwrites everything from `position` on with zeros, in copies: views keep what they showed. */
  zeroFrom(position: number): void {
    const lengthened = this.sizeBytes
    if (position >= lengthened) return
    this.cutTo(position)
    this.append(new Uint8Array(lengthened - position), 0, lengthened - position)
  }

  /** Changes bits of the byte at `position`, in a copy: views keep what they showed. */
  flip(position: number, bits: number): void {
    this.checkRange(position, 1)
    const index = this.indexOf(position)
    const { start, bytes, used, cold } = this.chunkAt(index)
    const copy = bytes.slice()
    const at = position - start
    copy[at] = (copy[at] ?? 0) ^ bits
    this.chunks[index] = new Chunk(start, copy, used, false, cold)
  }

  /** Gives back the memory that is kept for appends to come. */
  fit(): void {
    const last = this.chunks.at(-1)
    if (last !== undefined && last.bytes.length > last.used) last.bytes = last.bytes.slice(0, last.used)
    this.chunks = this.chunks.slice()
  }

  /** Memory that its chunks take. */
  get heldBytes(): number {
    let held = 0
    for (const { bytes } of this.chunks) held += bytes.length
    return held
  }

  /** Nothing is in the cache any more. */
  chill(): void {
    for (const chunk of this.chunks) chunk.cold = chunk.used
    this.maybeCold = this.chunks.length > 0
  }

  /** Brings the chunks of a range into the cache; returns the bytes that had to be read from the device. */
  warm(position: number, length: number): number {
    this.checkRange(position, length)
    if (!this.maybeCold || length === 0) return 0
    let loaded = 0
    for (let i = this.indexOf(position); i < this.chunks.length; i++) {
      const chunk = this.chunkAt(i)
      if (chunk.start >= position + length) break
      if (position - chunk.start >= chunk.cold) continue
      loaded += chunk.cold
      chunk.cold = 0
    }
    if (loaded > 0) this.maybeCold = this.chunks.some((chunk) => chunk.cold > 0)
    return loaded
  }

  private checkRange(position: number, length: number): void {
    const inside = position >= 0 && length >= 0 && position + length <= this.sizeBytes
    if (!inside) assert(false, `read of [${position}, +${length}) in a file of ${this.sizeBytes} bytes`)
  }

  /** The last chunk, with room for `length` more bytes. */
  private roomFor(length: number): Chunk {
    const index = this.chunks.length - 1
    const last = this.chunks[index]
    if (last === undefined || last.used + length > CHUNK_BYTES) return this.newChunk(length)
    if (last.sealed) {
      const copy = grown(last, last.used + length)
      const fresh = new Chunk(last.start, copy, last.used, false, last.cold)
      this.chunks[index] = fresh
      return fresh
    }
    if (last.used + length > last.bytes.length) last.bytes = grown(last, last.used + length)
    return last
  }

  /** Chunks start no larger than the file before them, so that small files stay small. */
  private newChunk(length: number): Chunk {
    const proportionate = Math.min(CHUNK_BYTES, Math.max(MIN_CHUNK_BYTES, this.sizeBytes))
    const chunk = new Chunk(this.sizeBytes, new Uint8Array(Math.max(proportionate, length)), 0, false, 0)
    this.chunks.push(chunk)
    return chunk
  }

  private chunkAt(index: number): Chunk {
    const chunk = this.chunks[index]
    if (chunk === undefined) assert(false, `no chunk ${index} of ${this.chunks.length}`)
    return chunk
  }

  /** The index of the chunk that holds the byte at `position`. */
  private indexOf(position: number): number {
    let low = 0
    let high = this.chunks.length - 1
    if (this.chunkAt(high).start <= position) return high
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.chunkAt(middle).start <= position) low = middle
      else high = middle - 1
    }
    return low
  }
}

/** A copy of the chunk's bytes with room for `needed` and, by doubling, for some more. */
function grown(chunk: Chunk, needed: number): Uint8Array {
  const copy = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(needed, chunk.bytes.length * 2)))
  copy.set(chunk.bytes.subarray(0, chunk.used))
  return copy
}

/** Making a view costs more than copying a few hundred bytes one by one. */
const SHORT_COPY_BYTES = 400

function copyInto(target: Uint8Array, at: number, source: Uint8Array, from: number, to: number): void {
  if (from === 0 && to === source.length) target.set(source, at)
  else if (to - from > SHORT_COPY_BYTES) target.set(source.subarray(from, to), at)
  else for (let i = from, j = at; i < to; i++, j++) target[j] = source[i]!
}
