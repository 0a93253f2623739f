// What a partition remembers of one producer id: its epoch, its last batches (five), and where its open transaction
// starts.

import { addToSequence, NO_PRODUCER_EPOCH, NO_SEQUENCE, NO_TIMESTAMP } from '../records/record-batch.ts'
import type { SnapshotEntry } from './producer-snapshot-file.ts'

const MAX_SEQUENCE = 2147483647

/** A batch of a producer as the log holds it. */
export class CachedBatch {
  firstSequence = NO_SEQUENCE
  lastSequence = NO_SEQUENCE
  firstOffset = -1
  lastOffset = -1
  /** Its largest timestamp. */
  timestampMs = NO_TIMESTAMP
}

export class ProducerState {
  readonly producerId: number
  epoch = NO_PRODUCER_EPOCH
  /** Of the transaction coordinator that wrote the last marker; −1 if none did. */
  coordinatorEpoch = -1
  /** Largest timestamp of the last batch or marker: what expiry goes by. */
  lastTimestampMs = NO_TIMESTAMP
  /** First offset of the open transaction, or −1. */
  transactionFirstOffset = -1
  /** Oldest first. */
  private readonly cached: CachedBatch[] = []
  private readonly batchesKept: number

  /** What is left of a producer in a snapshot: of its batches only the last one. */
  static of(entry: SnapshotEntry, batchesKept: number): ProducerState {
    const state = new ProducerState(entry.producerId, batchesKept)
    state.epoch = entry.epoch
    state.coordinatorEpoch = entry.coordinatorEpoch
    state.transactionFirstOffset = entry.transactionFirstOffset
    const { lastSequence, lastOffset, offsetDelta, timestampMs } = entry
    const firstSequence = addToSequence(lastSequence, -offsetDelta)
    if (lastOffset >= 0) {
      state.addBatch(entry.epoch, firstSequence, lastSequence, lastOffset - offsetDelta, lastOffset, timestampMs)
    }
    state.lastTimestampMs = timestampMs
    return state
  }

  constructor(producerId: number, batchesKept: number) {
    this.producerId = producerId
    this.batchesKept = batchesKept
  }

  get cachedBatches(): readonly CachedBatch[] {
    return this.cached
  }

  /** Last sequence number appended in the current epoch, or NO_SEQUENCE. */
  get lastSequence(): number {
    const last = this.cached.at(-1)
    return last === undefined ? NO_SEQUENCE : last.lastSequence
  }

  /** What a snapshot keeps of it. */
  get snapshotEntry(): SnapshotEntry {
    const last = this.cached.at(-1)
    return {
      producerId: this.producerId,
      epoch: this.epoch,
      lastSequence: last?.lastSequence ?? NO_SEQUENCE,
      lastOffset: last?.lastOffset ?? -1,
      offsetDelta: last === undefined ? 0 : last.lastOffset - last.firstOffset,
      timestampMs: this.lastTimestampMs,
      coordinatorEpoch: this.coordinatorEpoch,
      transactionFirstOffset: this.transactionFirstOffset,
    }
  }

  /** The remembered batch with exactly this epoch and range of sequences. */
  findDuplicate(epoch: number, firstSequence: number, lastSequence: number): CachedBatch | undefined {
    if (epoch !== this.epoch) return undefined
    for (const batch of this.cached) {
      if (batch.firstSequence === firstSequence && batch.lastSequence === lastSequence) return batch
    }
    return undefined
  }

  /** True if `sequence` is the one that comes next in the current epoch. */
  isNext(sequence: number): boolean {
    const last = this.lastSequence
    return sequence === last + 1 || (sequence === 0 && last === MAX_SEQUENCE)
  }

  addBatch(
    epoch: number,
    firstSequence: number,
    lastSequence: number,
    firstOffset: number,
    lastOffset: number,
    timestampMs: number,
  ): void {
    this.adoptEpoch(epoch)
    const batch = this.cached.length < this.batchesKept ? new CachedBatch() : this.cached.shift()!
    batch.firstSequence = firstSequence
    batch.lastSequence = lastSequence
    batch.firstOffset = firstOffset
    batch.lastOffset = lastOffset
    batch.timestampMs = timestampMs
    this.cached.push(batch)
    this.lastTimestampMs = timestampMs
  }

  /** Takes note of a transaction marker. */
  endTransaction(epoch: number, coordinatorEpoch: number, timestampMs: number): void {
    this.adoptEpoch(epoch)
    this.coordinatorEpoch = coordinatorEpoch
    this.lastTimestampMs = timestampMs
    this.transactionFirstOffset = -1
  }

  /** Any other epoch, also a lower one that came by replication, makes the remembered batches void. */
  private adoptEpoch(epoch: number): void {
    if (epoch === this.epoch) return
    this.epoch = epoch
    this.cached.length = 0
  }
}
