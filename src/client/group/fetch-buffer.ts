// Records that were fetched and not yet handed over (C-3, C-4): poll takes at most max.poll.records of them, in the order
// in which they came. What was fetched for a position that is no more the partition's is dropped.

import type { DecodedRecord } from '../../records/batch-reader.ts'
import type { AssignedPartition } from '../assigned-partition.ts'
import { type ConsumedBatch, readFetchedBatches } from '../fetched-batches.ts'
import { ConsumerError } from './pending.ts'
import { isFetchable } from './subscription.ts'

/** Records of one partition and one leader epoch, in order of their offsets. */
export interface PolledRecords {
  readonly partition: AssignedPartition
  readonly leaderEpoch: number
  readonly records: readonly DecodedRecord[]
}

interface Fetched {
  readonly partition: AssignedPartition
  /** What follows when all before is handed over. */
  nextOffset: number
  readonly batches: { readonly next: number; readonly batch: ConsumedBatch }[]
  /** Of the first batch, how many records are handed over. */
  taken: number
  /** What follows cannot be read: whoever comes there fails, until it seeks elsewhere (C-9). */
  readonly endsCorrupt: boolean
}

export class FetchBuffer {
  private queue: Fetched[] = []

  has(partition: AssignedPartition): boolean {
    return this.queue.some((fetched) => fetched.partition === partition)
  }

  /** False if not all of it can be read: who comes there is told. */
  add(partition: AssignedPartition, bytes: Uint8Array, checkCrcs: boolean): boolean {
    const batches: Fetched['batches'] = []
    const isIntact = readFetchedBatches(bytes, partition.position, checkCrcs, (next, batch) => {
      batches.push({ next, batch })
    })
    if (batches.length > 0 || !isIntact) {
      this.queue.push({ partition, nextOffset: partition.position, batches, taken: 0, endsCorrupt: !isIntact })
    }
    return isIntact
  }

  /** Java's poll does so with what it may not hand over while a position is being looked at (C-9, KIP-320). */
  drop(partition: AssignedPartition): void {
    this.queue = this.queue.filter((fetched) => fetched.partition !== partition)
  }

  /** Is there anything that `take` would hand over? */
  hasAvailable(isAssigned: (partition: AssignedPartition) => boolean): boolean {
    return this.queue.some(({ partition }) => isAssigned(partition) && isFetchable(partition))
  }

  /** Moves the positions past what it returns. */
  take(most: number, isAssigned: (partition: AssignedPartition) => boolean): PolledRecords[] {
    const taken: PolledRecords[] = []
    const paused: Fetched[] = []
    let corrupt: AssignedPartition | undefined
    let left = most
    while (left > 0) {
      const first = this.queue[0]
      if (first === undefined) break
      const { partition } = first
      if (isAssigned(partition) && partition.paused) {
        paused.push(first)
        this.queue.shift()
        continue
      }
      const isWanted = isAssigned(partition) && isFetchable(partition) && partition.position === first.nextOffset
      if (isWanted) left -= takeFrom(first, left, taken)
      if (isWanted && first.batches.length === 0 && first.endsCorrupt) {
        corrupt = partition
        break
      }
      if (!isWanted || first.batches.length === 0) this.queue.shift()
    }
    this.queue.push(...paused)
    // What came before is handed over first.
    if (corrupt !== undefined && taken.length === 0) {
      throw new ConsumerError(
        'KafkaException',
        false,
        `the record batch at ${corrupt.key}@${corrupt.position} is invalid`,
      )
    }
    return taken
  }
}

function takeFrom(fetched: Fetched, most: number, taken: PolledRecords[]): number {
  const { partition, batches } = fetched
  let count = 0
  for (let entry = batches[0]; entry !== undefined; entry = batches[0]) {
    const { next, batch } = entry
    const records = batch.records.slice(fetched.taken, fetched.taken + most - count)
    const last = records.at(-1)
    if (last !== undefined) {
      count += records.length
      fetched.taken += records.length
      partition.advance(last.offset + 1, batch.leaderEpoch)
      taken.push({ partition, leaderEpoch: batch.leaderEpoch, records })
    }
    if (fetched.taken < batch.records.length) break
    // Control records and gaps at the end of a batch are passed by.
    partition.advance(next, batch.leaderEpoch)
    batches.shift()
    fetched.taken = 0
    if (count >= most) break
  }
  fetched.nextOffset = partition.position
  return count
}
