// Remembers when, whose, what and why of the last executed events, so that a violation can be explained by the chain
// of events that led to it. Written by the event loop (`EventLoop.record`), a few numbers per event.

import { assert } from './assert.ts'
import type { Kind, Micros } from './host.ts'
import type { KindTable } from './kind-table.ts'
import type { Owner } from './owner.ts'

export interface LoggedEvent {
  readonly ordinal: number
  readonly atUs: Micros
  /** Name of the event's owner. */
  readonly node: string
  readonly kind: Kind
  /** Ordinal of the event that scheduled it; 0 if none had been executed then. */
  readonly cause: number
}

const CHUNK_BITS = 14
const CHUNK = 2 ** CHUNK_BITS

interface Chunk {
  readonly times: Float64Array
  readonly causes: Float64Array
  readonly nodes: Int32Array
  readonly kinds: Int32Array
}

export class EventLog {
  private readonly ring: (Chunk | undefined)[]
  private readonly names: (string | undefined)[] = []
  private kinds: KindTable | undefined = undefined
  private chunk: Chunk = newChunk(0)
  private firstOrdinal = 1
  private count = 0

  /** Remembers at least the last `window` events, and somewhat more. 24 bytes each. */
  constructor(window: number = 2 ** 20) {
    assert(Number.isSafeInteger(window) && window >= 1, `a log of the last ${window} events`)
    // One more than needed, since the newest chunk is partly filled.
    this.ring = Array.from({ length: Math.ceil(window / CHUNK) + 1 }, () => undefined)
  }

  /** Called by the loop: the next event appended is the one with this ordinal. */
  begin(kinds: KindTable, firstOrdinal: number): void {
    assert(this.kinds === undefined, 'an event log belongs to one loop')
    this.kinds = kinds
    this.firstOrdinal = firstOrdinal
  }

  /** Called by the loop, once per executed event. */
  append(atUs: Micros, owner: Owner, kind: number, cause: number): void {
    const at = this.count++ % CHUNK
    if (at === 0) this.chunk = this.openChunk()
    const { chunk } = this
    chunk.times[at] = atUs
    chunk.causes[at] = cause
    chunk.nodes[at] = owner.id
    chunk.kinds[at] = kind
    if (this.names[owner.id] === undefined) this.names[owner.id] = owner.name
  }

  /** Undefined if it is too old, or was not executed yet. */
  event(ordinal: number): LoggedEvent | undefined {
    const index = ordinal - this.firstOrdinal
    if (!(index >= this.firstKept()) || index >= this.count) return undefined
    const chunk = this.ring[Math.floor(index / CHUNK) % this.ring.length]
    const at = index % CHUNK
    return {
      ordinal,
      atUs: chunk?.times[at] ?? 0,
      node: this.names[chunk?.nodes[at] ?? -1] ?? '',
      kind: this.kinds?.nameOf(chunk?.kinds[at] ?? -1) ?? '',
      cause: chunk?.causes[at] ?? 0,
    }
  }

  /**
   * The event, what caused it, and so on, oldest first. It begins with an event without a cause or, if that has been
   * forgotten, with the oldest one that is still remembered. Empty if the event itself is unknown.
   */
  chain(ordinal: number): LoggedEvent[] {
    const events: LoggedEvent[] = []
    for (let event = this.event(ordinal); event !== undefined; event = this.event(event.cause)) events.push(event)
    return events.reverse()
  }

  private firstKept(): number {
    return Math.max(0, (Math.ceil(this.count / CHUNK) - this.ring.length) * CHUNK)
  }

  private openChunk(): Chunk {
    const at = ((this.count - 1) / CHUNK) % this.ring.length
    return (this.ring[at] ??= newChunk(CHUNK))
  }
}

function newChunk(length: number): Chunk {
  return {
    times: new Float64Array(length),
    causes: new Float64Array(length),
    nodes: new Int32Array(length),
    kinds: new Int32Array(length),
  }
}
