// Where pending events live: one slot per event in parallel arrays, reused after the event has fired or was cancelled.
// An id is a slot and its generation, so that an old id never reaches the slot's next tenant. When an event is due is
// not known here: see the event queue.

import { assert } from './assert.ts'
import type { Kind } from './host.ts'
import type { Owner } from './owner.ts'

/** Names a pending event. Never 0, so 0 may stand for "none". */
export type EventId = number

const SLOT_BITS = 22
const MAX_SLOTS = 2 ** SLOT_BITS
const SLOT_MASK = MAX_SLOTS - 1
// Ids stay below 2^53. After 2^31 - 1 uses of a slot its generations begin anew: no one keeps an id for that long.
const MAX_GENERATION = 2 ** 31 - 1

const nothing = (): void => undefined

// The non-null assertions read slots that `add` filled and `free` has not emptied yet.
export class EventStore {
  private owners: (Owner | undefined)[] = []
  private fns: (() => void)[] = []
  private kinds: Kind[] = []
  private digests = new Int32Array(64)
  private causes = new Float64Array(64)
  private generations = new Int32Array(64).fill(1)
  private freeSlots = new Int32Array(64)
  private freeCount = 0
  private used = 0

  /** Returns the slot; its id is `idOf(slot)`. */
  add(owner: Owner, kind: Kind, digest: number, cause: number, fn: () => void): number {
    const slot = this.freeCount > 0 ? this.freeSlots[--this.freeCount]! : this.grow()
    this.owners[slot] = owner
    this.fns[slot] = fn
    this.kinds[slot] = kind
    this.digests[slot] = digest
    this.causes[slot] = cause
    return slot
  }

  /** Ends the slot's event: its id is pending no more. The kind, digest and cause stay readable until the next `add`. */
  free(slot: number): void {
    const generation = this.generations[slot]!
    this.generations[slot] = generation === MAX_GENERATION ? 1 : generation + 1
    this.owners[slot] = undefined
    this.fns[slot] = nothing
    this.freeSlots[this.freeCount++] = slot
  }

  idOf(slot: number): EventId {
    return this.generations[slot]! * MAX_SLOTS + slot
  }

  /** The slot of a pending event, or -1. */
  slotOf(id: EventId): number {
    const slot = id & SLOT_MASK
    return slot < this.used && this.owners[slot] !== undefined && this.idOf(slot) === id ? slot : -1
  }

  ownerOf(slot: number): Owner {
    return this.owners[slot]!
  }

  fnOf(slot: number): () => void {
    return this.fns[slot]!
  }

  kindOf(slot: number): Kind {
    return this.kinds[slot]!
  }

  digestOf(slot: number): number {
    return this.digests[slot]!
  }

  causeOf(slot: number): number {
    return this.causes[slot]!
  }

  /** The slots of all pending events of `owner`, in no meaningful order. */
  slotsOf(owner: Owner): number[] {
    const slots: number[] = []
    for (let slot = 0; slot < this.used; slot++) if (this.owners[slot] === owner) slots.push(slot)
    return slots
  }

  private grow(): number {
    const slot = this.used++
    assert(slot < MAX_SLOTS, `more than ${MAX_SLOTS} events are pending`)
    this.owners.push(undefined)
    this.fns.push(nothing)
    this.kinds.push('')
    if (slot === this.digests.length) this.widen(slot * 2)
    return slot
  }

  private widen(capacity: number): void {
    const { digests, causes, generations, freeSlots } = this
    this.digests = new Int32Array(capacity)
    this.digests.set(digests)
    this.causes = new Float64Array(capacity)
    this.causes.set(causes)
    this.generations = new Int32Array(capacity).fill(1)
    this.generations.set(generations)
    this.freeSlots = new Int32Array(capacity)
    this.freeSlots.set(freeSlots)
  }
}
