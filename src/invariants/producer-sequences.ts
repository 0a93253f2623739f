// The producers of one replica's log, by their ids: epoch and last sequence of the last batch of each, for producer-order.
// Every header is noted once as it is read; what a truncation takes back is found again by reading the log anew.

import {
  addToSequence,
  baseOffset,
  baseSequence,
  isControl,
  lastSequence,
  NO_PRODUCER_ID,
  producerEpoch,
  producerId,
} from '../records/record-batch.ts'

/** A sequence this far ahead of another has gone once around the ring instead. */
const HALF_RING = 2 ** 30

interface LastBatch {
  epoch: number
  lastSequence: number
  base: number
  ordinal: number
}

/** A batch that does not come after the one before it of its producer. */
export interface Disorder {
  readonly producerId: number
  readonly epoch: number
  readonly firstSequence: number
  readonly lastSequence: number
  readonly base: number
  readonly before: Readonly<LastBatch>
}

export class ProducerSequences {
  private readonly byId = new Map<number, LastBatch>()

  clear(): void {
    this.byId.clear()
  }

  /** Does cutting the log at `offset` take back anything that is remembered? Then the log is to be read anew. */
  forgetsAt(offset: number): boolean {
    for (const { base } of this.byId.values()) if (base >= offset) return true
    return false
  }

  /** The batch at `at` comes next in the log: undefined if it may, or if the one before is below the start by now. */
  note(bytes: Uint8Array, at: number, logStartOffset: number, ordinal: number): Disorder | undefined {
    const id = producerId(bytes, at)
    if (id === NO_PRODUCER_ID || isControl(bytes, at)) return undefined
    const epoch = producerEpoch(bytes, at)
    const first = baseSequence(bytes, at)
    const last = lastSequence(bytes, at)
    const base = baseOffset(bytes, at)
    const before = this.byId.get(id)
    if (before === undefined) {
      this.byId.set(id, { epoch, lastSequence: last, base, ordinal })
      return undefined
    }
    let disorder: Disorder | undefined
    const follows = epoch > before.epoch || (epoch === before.epoch && isAfter(first, before.lastSequence))
    if (!follows && before.base >= logStartOffset) {
      disorder = { producerId: id, epoch, firstSequence: first, lastSequence: last, base, before: { ...before } }
    }
    before.epoch = epoch
    before.lastSequence = last
    before.base = base
    before.ordinal = ordinal
    return disorder
  }
}

/** On the ring of sequences, where the largest is followed by 0. */
function isAfter(first: number, last: number): boolean {
  if (first === addToSequence(last, 1)) return true
  return first > last ? first - last < HALF_RING : last - first > HALF_RING
}
