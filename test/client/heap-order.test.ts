import { describe, expect, it } from 'vitest'
import { BuilderPool } from '../../src/client/builder-pool.ts'
import { HeapOrder } from '../../src/client/heap-order.ts'
import { ProducerBatch } from '../../src/client/producer-batch.ts'

const builders = new BuilderPool()
const batches = Array.from({ length: 9 }, (_, sequence) => {
  const batch = new ProducerBatch('orders-0', 0, 0, builders)
  batch.assign(1, 0, sequence)
  return batch
})

function orderAfter(added: readonly number[], removed: readonly number[] = []): number[] {
  const heap = new HeapOrder()
  for (const n of added) heap.add(batches[n]!)
  for (const n of removed) heap.remove(batches[n]!)
  return heap.batches.map(({ baseSequence }) => baseSequence)
}

// Each order is what PriorityQueue's array is after the same calls.
describe("the order of Java's PriorityQueue (B-24)", () => {
  it('is that of sequences when they came so', () => {
    expect(orderAfter([0, 1, 2, 3, 4])).toEqual([0, 1, 2, 3, 4])
  })

  it('is another once the first is gone: the last takes its place and sinks', () => {
    expect(orderAfter([0, 1, 2, 3, 4], [0])).toEqual([1, 3, 2, 4])
    expect(orderAfter([0, 1, 2, 3, 4], [0, 1])).toEqual([2, 3, 4])
  })

  it('lets one that comes late rise, and what takes the place of one from the middle', () => {
    expect(orderAfter([3, 4, 5, 1])).toEqual([1, 3, 5, 4])
    expect(orderAfter([0, 4, 1, 5, 6, 2, 3], [5])).toEqual([0, 3, 1, 4, 6, 2])
  })

  it('forgets the last one without ado, and what it does not know', () => {
    expect(orderAfter([0, 1, 2], [2])).toEqual([0, 1])
    expect(orderAfter([0, 1], [7])).toEqual([0, 1])
  })
})
