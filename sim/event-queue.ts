// A priority queue of small integers (slots) by (time, sequence number): a 4-ary heap in typed arrays. An index of each
// slot's position makes removal from the middle O(log n), so that cancelled timers leave nothing behind.
// It knows neither what the slots stand for nor the current time.

import { assert } from './assert.ts'

// The non-null assertions read positions below `length`, or slots that were pushed.
export class EventQueue {
  private times = new Float64Array(64)
  private seqs = new Float64Array(64)
  private slots = new Int32Array(64)
  private positions = new Int32Array(64).fill(-1)
  private length = 0

  get size(): number {
    return this.length
  }

  /** Time of the first entry; Infinity when the queue is empty. */
  get firstTime(): number {
    return this.length === 0 ? Infinity : this.times[0]!
  }

  /** Sequence number of the first entry. The queue must not be empty. */
  get firstSeq(): number {
    return this.seqs[0]!
  }

  /** Slot of the first entry. The queue must not be empty. */
  get firstSlot(): number {
    return this.slots[0]!
  }

  has(slot: number): boolean {
    return slot < this.positions.length && this.positions[slot]! >= 0
  }

  /** Adds `slot`, which must not be in the queue. No two entries may agree in both time and sequence number. */
  push(time: number, seq: number, slot: number): void {
    if (slot >= this.positions.length) this.widenPositions(slot)
    if (this.length === this.times.length) this.widenHeap()
    if (this.positions[slot]! >= 0) assert(false, `slot ${slot} is queued twice`)
    this.siftUp(this.length++, time, seq, slot)
  }

  /** Removes the first entry and returns its slot. The queue must not be empty. */
  pop(): number {
    const slot = this.slots[0]!
    this.positions[slot] = -1
    const last = --this.length
    if (last > 0) this.siftDown(0, this.times[last]!, this.seqs[last]!, this.slots[last]!)
    return slot
  }

  /** Removes `slot`, which must be in the queue. */
  remove(slot: number): void {
    const position = this.positions[slot] ?? -1
    if (position < 0) assert(false, `slot ${slot} is not queued`)
    this.positions[slot] = -1
    const last = --this.length
    if (position === last) return
    const time = this.times[last]!
    const seq = this.seqs[last]!
    const parent = (position - 1) >> 2
    if (position > 0 && isBefore(time, seq, this.times[parent]!, this.seqs[parent]!)) {
      this.siftUp(position, time, seq, this.slots[last]!)
    } else {
      this.siftDown(position, time, seq, this.slots[last]!)
    }
  }

  /** Puts an entry at `hole` or, moving what is later down, at one of its ancestors. */
  private siftUp(hole: number, time: number, seq: number, slot: number): void {
    const { times, seqs, slots, positions } = this
    let at = hole
    while (at > 0) {
      const parent = (at - 1) >> 2
      const parentTime = times[parent]!
      if (parentTime < time || (parentTime === time && seqs[parent]! < seq)) break
      const moved = slots[parent]!
      times[at] = parentTime
      seqs[at] = seqs[parent]!
      slots[at] = moved
      positions[moved] = at
      at = parent
    }
    times[at] = time
    seqs[at] = seq
    slots[at] = slot
    positions[slot] = at
  }

  /** Puts an entry at `hole` or, moving what is earlier up, at one of its descendants. */
  private siftDown(hole: number, time: number, seq: number, slot: number): void {
    const { times, seqs, slots, positions, length } = this
    let at = hole
    for (;;) {
      let child = (at << 2) + 1
      if (child >= length) break
      const end = child + 4 < length ? child + 4 : length
      let first = child
      let firstTime = times[child]!
      let firstSeq = seqs[child]!
      for (child++; child < end; child++) {
        const childTime = times[child]!
        if (childTime < firstTime || (childTime === firstTime && seqs[child]! < firstSeq)) {
          first = child
          firstTime = childTime
          firstSeq = seqs[child]!
        }
      }
      if (isBefore(time, seq, firstTime, firstSeq)) break
      const moved = slots[first]!
      times[at] = firstTime
      seqs[at] = firstSeq
      slots[at] = moved
      positions[moved] = at
      at = first
    }
    times[at] = time
    seqs[at] = seq
    slots[at] = slot
    positions[slot] = at
  }

  private widenHeap(): void {
    const { times, seqs, slots } = this
    const capacity = times.length * 2
    this.times = new Float64Array(capacity)
    this.times.set(times)
    this.seqs = new Float64Array(capacity)
    this.seqs.set(seqs)
    this.slots = new Int32Array(capacity)
    this.slots.set(slots)
  }

  private widenPositions(slot: number): void {
    const { positions } = this
    let capacity = positions.length
    while (capacity <= slot) capacity *= 2
    this.positions = new Int32Array(capacity).fill(-1)
    this.positions.set(positions)
  }
}

function isBefore(time: number, seq: number, otherTime: number, otherSeq: number): boolean {
  return time < otherTime || (time === otherTime && seq < otherSeq)
}
