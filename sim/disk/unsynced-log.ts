// The changes to one file, or to the directory tree, that may not be durable yet: when each took place, and one number
// about it. A change becomes durable when a sync that began after it has ended, or when writeback has come to it; always
// in order, so that what is durable is a prefix. Held in typed arrays: a change costs two numbers and no object.

import { assert } from '../assert.ts'
import type { Micros } from '../host.ts'
import { isTicket, type TimeOfTicket } from './device.ts'

const FIRST_CAPACITY = 16
const NOTHING = new Float64Array(0)

export class UnsyncedLog {
  /** Sequence number of the first change not known durable; all before it are durable and forgotten. */
  first: number
  /** Sequence number the next change will have. */
  next: number
  /** When the latest change took place. Later ones are never earlier, though the threads' local times may be. */
  lastUs: Micros
  /** The value of the last forgotten change. */
  baseValue: number
  /** The changes before this one are covered by syncs, ended or not. */
  synced: number
  private offset: number
  private times: Float64Array
  private values: Float64Array
  /** Syncs under way, oldest first: what they cover ([0, seq)) and when they end. */
  private readonly syncSeqs: number[]
  private readonly syncEnds: Micros[]

  constructor() {
    this.first = 0
    this.next = 0
    this.lastUs = 0
    this.baseValue = 0
    this.synced = 0
    this.offset = 0
    this.times = NOTHING
    this.values = NOTHING
    this.syncSeqs = []
    this.syncEnds = []
  }

  /** Nothing is in doubt. */
  get clean(): boolean {
    return this.first === this.next && this.syncSeqs.length === 0
  }

  /** Memory that its changes take. */
  get heldBytes(): number {
    return this.times.byteLength + this.values.byteLength
  }

  /** Records a change; returns its sequence number. */
  push(atUs: Micros, value: number): number {
    const index = this.roomForOne()
    this.lastUs = Math.max(this.lastUs, atUs)
    this.times[index] = this.lastUs
    this.values[index] = value
    return this.next++
  }

  /** A sync that ends at `endUs` (maybe a ticket) makes the changes before `seq` durable. */
  syncUpTo(seq: number, endUs: Micros): void {
    assert(seq <= this.next, `sync of change ${seq} of ${this.next}`)
    this.synced = Math.max(this.synced, seq)
    if (seq <= this.first) return
    this.syncSeqs.push(seq)
    this.syncEnds.push(endUs)
  }

  /** When change `seq` took place; `seq` must not be forgotten. */
  timeOf(seq: number): Micros {
    return this.times[this.indexOf(seq)] ?? 0
  }

  /** The value of the change before `seq`: the state that change `seq` found. */
  valueBefore(seq: number): number {
    return seq === this.first ? this.baseValue : (this.values[this.indexOf(seq - 1)] ?? 0)
  }

  /** The changes before the returned sequence number had taken place at `nowUs`. */
  happenedBy(nowUs: Micros): number {
    let seq = this.next
    while (seq > this.first && this.timeOf(seq - 1) > nowUs) seq--
    return seq
  }

  /** Forgets what is durable at `nowUs`, writeback having come to all changes not later than `writtenBackUs`. */
  forgetDurable(nowUs: Micros, writtenBackUs: Micros): void {
    let durable = this.first
    let ended = 0
    while (ended < this.syncEnds.length && (this.syncEnds[ended] ?? 0) <= nowUs) {
      durable = Math.max(durable, this.syncSeqs[ended] ?? 0)
      ended++
    }
    if (ended > 0) {
      this.syncSeqs.splice(0, ended)
      this.syncEnds.splice(0, ended)
    }
    // At every write: one loop over the array, without asking for each change where it is.
    const { times, next } = this
    for (let i = this.offset + durable - this.first; durable < next && times[i]! <= writtenBackUs; i++) durable++
    if (durable > this.first) this.forgetBefore(durable)
  }

  /** Every time that was a ticket becomes what that stands for; tickets not known yet stand for themselves. */
  redeem(timeOfTicket: TimeOfTicket): void {
    let seq = this.next
    while (seq > this.first && isTicket(this.timeOf(seq - 1))) seq--
    // A request may end before the local time of a change that was made before it was issued.
    let atLeastUs = seq > this.first ? this.timeOf(seq - 1) : 0
    for (; seq < this.next; seq++) {
      atLeastUs = Math.max(atLeastUs, timeOfTicket(this.timeOf(seq)))
      this.times[this.indexOf(seq)] = atLeastUs
    }
    if (isTicket(this.lastUs)) this.lastUs = Math.max(atLeastUs, timeOfTicket(this.lastUs))
    for (let i = 0; i < this.syncEnds.length; i++) {
      const endUs = this.syncEnds[i] ?? 0
      if (isTicket(endUs)) this.syncEnds[i] = timeOfTicket(endUs)
    }
  }

  /** What is there now, described by `baseValue`, is all durable. */
  settle(nowUs: Micros, baseValue: number): void {
    this.first = this.next
    this.offset = 0
    this.lastUs = nowUs
    this.baseValue = baseValue
    this.times = NOTHING
    this.values = NOTHING
    this.syncSeqs.length = 0
    this.syncEnds.length = 0
  }

  /** Gives back the memory that is kept for changes to come. */
  fit(): void {
    if (!this.clean) return
    this.offset = 0
    this.times = NOTHING
    this.values = NOTHING
    this.syncSeqs.length = 0
    this.syncEnds.length = 0
  }

  private indexOf(seq: number): number {
    if (seq < this.first || seq >= this.next) assert(false, `change ${seq} is not in [${this.first}, ${this.next})`)
    return this.offset + seq - this.first
  }

  private forgetBefore(seq: number): void {
    this.baseValue = this.values[this.indexOf(seq - 1)] ?? 0
    this.offset += seq - this.first
    this.first = seq
    if (seq < this.next) return
    this.offset = 0
    if (this.times.length > 64 * FIRST_CAPACITY) {
      this.times = new Float64Array(0)
      this.values = new Float64Array(0)
    }
  }

  /** The index for the next change: moves down when half the space is free, else doubles, so O(1) amortised. */
  private roomForOne(): number {
    const count = this.next - this.first
    if (this.offset + count < this.times.length) return this.offset + count
    const end = this.offset + count
    if (count * 2 > this.times.length || count === 0) {
      const capacity = Math.max(FIRST_CAPACITY, this.times.length * 2)
      this.times = moved(this.times, this.offset, end, new Float64Array(capacity))
      this.values = moved(this.values, this.offset, end, new Float64Array(capacity))
    } else {
      this.times.copyWithin(0, this.offset, end)
      this.values.copyWithin(0, this.offset, end)
    }
    this.offset = 0
    return count
  }
}

function moved(from: Float64Array, start: number, end: number, to: Float64Array): Float64Array {
  to.set(from.subarray(start, end))
  return to
}
