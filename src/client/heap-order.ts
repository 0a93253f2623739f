// Batches in flight in the order in which Java's PriorityQueue holds, and walks, what it was given: a binary heap by their
// first sequences, and no sorted list. The Java client numbered batches anew in this order before 2.4 (KAFKA-8483).

import type { ProducerBatch } from './producer-batch.ts'

export class HeapOrder {
  private readonly heap: ProducerBatch[] = []

  get batches(): readonly ProducerBatch[] {
    return this.heap
  }

  add(batch: ProducerBatch): void {
    this.heap.push(batch)
    this.siftUp(this.heap.length - 1)
  }

  /** The last one takes its place, and sinks or rises from there. */
  remove(batch: ProducerBatch): void {
    const at = this.heap.indexOf(batch)
    const last = at < 0 ? undefined : this.heap.pop()
    if (last === undefined || last === batch) return
    this.heap[at] = last
    this.siftDown(at)
    if (this.heap[at] === last) this.siftUp(at)
  }

  private siftUp(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >>> 1
      if (!this.isBefore(at, parent)) return
      this.swap(at, parent)
      at = parent
    }
  }

  private siftDown(from: number): void {
    for (let at = from; ;) {
      const left = 2 * at + 1
      if (left >= this.heap.length) return
      const right = left + 1
      const child = right < this.heap.length && this.isBefore(right, left) ? right : left
      if (!this.isBefore(child, at)) return
      this.swap(at, child)
      at = child
    }
  }

  private isBefore(a: number, b: number): boolean {
    return this.heap[a]!.baseSequence < this.heap[b]!.baseSequence
  }

  private swap(a: number, b: number): void {
    const held = this.heap[a]!
    this.heap[a] = this.heap[b]!
    this.heap[b] = held
  }
}
