// Idempotence and transaction state of a partition, by producer id (R-45..R-51). Every replica builds it from the batches
// in its log; after a load or a truncation it is rebuilt from a snapshot and those after it (producer-history.ts). The
// verification of transactional appends (KIP-890) is left out.

import { decodeControl } from '../records/control-records.ts'
import {
  baseOffset,
  baseSequence,
  isControl,
  isTransactional,
  lastOffset,
  lastSequence,
  maxTimestamp,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  producerEpoch,
  producerId,
} from '../records/record-batch.ts'
import { Errors } from '../protocol/error-codes.ts'
import { type RejectedAppend, rejected } from './append-result.ts'
import { DEFAULT_LOG_CONFIG } from './log-config.ts'
import type { SnapshotEntry } from './producer-snapshot-file.ts'
import { type CachedBatch, ProducerState } from './producer-state.ts'
import { TransactionOffsets } from './transaction-offsets.ts'

export class ProducerStateTable {
  readonly transactions = new TransactionOffsets()
  /** How many producers were forgotten for idleness, or left out when a snapshot was read. */
  forgotten = 0
  private readonly producers = new Map<number, ProducerState>()
  private readonly expirationMs: number
  private readonly batchesKept: number

  /** `expirationMs` is `producer.id.expiration.ms`. */
  constructor(expirationMs: number, batchesKept = DEFAULT_LOG_CONFIG.batchesKeptPerProducer) {
    this.expirationMs = expirationMs
    this.batchesKept = batchesKept
  }

  /** Producers remembered. */
  get size(): number {
    return this.producers.size
  }

  /** Nobody is remembered, and no transaction waits to be committed. */
  get isEmpty(): boolean {
    return this.producers.size === 0 && !this.transactions.hasUnreplicated
  }

  get(id: number): ProducerState | undefined {
    return this.producers.get(id)
  }

  /** The states, in the order in which the producers first appeared. */
  states(): IterableIterator<ProducerState> {
    return this.producers.values()
  }

  /** The remembered batch of which the client batch at `position` is an exact retry. */
  findDuplicate(bytes: Uint8Array, position: number): CachedBatch | undefined {
    const state = this.producers.get(producerId(bytes, position))
    if (state === undefined) return undefined
    const first = baseSequence(bytes, position)
    return state.findDuplicate(producerEpoch(bytes, position), first, lastSequence(bytes, position))
  }

  /**
   * Judges the batch at `position` before a leader appends it: undefined if it may be. Sequences are checked for clients
   * only. A producer without state may start at any sequence.
   */
  check(bytes: Uint8Array, position: number, fromClient: boolean): RejectedAppend | undefined {
    const id = producerId(bytes, position)
    if (id <= NO_PRODUCER_ID) return undefined
    const state = this.producers.get(id)
    if (state === undefined) return undefined
    const epoch = producerEpoch(bytes, position)
    if (epoch < state.epoch) {
      return rejected(Errors.INVALID_PRODUCER_EPOCH, `producer ${id} has epoch ${state.epoch}, the batch ${epoch}`)
    }
    if (isControl(bytes, position)) return checkMarker(state, bytes, position)
    if (fromClient) {
      const sequence = baseSequence(bytes, position)
      const fits = epoch === state.epoch ? state.isNext(sequence) : sequence === 0 || state.epoch === NO_PRODUCER_EPOCH
      if (!fits) {
        const seen = `epoch ${state.epoch} up to sequence ${state.lastSequence}`
        return rejected(
          Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
          `producer ${id} is at ${seen}, the batch has epoch ${epoch} and starts at ${sequence}`,
        )
      }
    }
    if (state.transactionFirstOffset >= 0 && !isTransactional(bytes, position)) {
      return rejected(
        Errors.INVALID_TXN_STATE,
        `producer ${id} has an open transaction, the batch is not transactional`,
      )
    }
    return undefined
  }

  /** Takes note of the batch at `position`, offsets assigned, that was appended or is replayed. */
  note(bytes: Uint8Array, position: number): void {
    const id = producerId(bytes, position)
    if (id <= NO_PRODUCER_ID) return
    if (isControl(bytes, position)) this.noteMarker(id, bytes, position)
    else this.noteData(id, bytes, position)
  }

  /** The high watermark moved: transactions with markers below it are decided. */
  highWatermarkMovedTo(offset: number): void {
    this.transactions.committedTo(offset)
  }

  /** Live state outlives the batches it came from; only decided transactions below the start are forgotten. */
  logStartMovedTo(offset: number): void {
    this.transactions.committedTo(offset)
  }

  /** Forgets idle producers without open transaction; returns how many. Idle is counted by record timestamps. */
  expire(nowMs: number): number {
    let expired = 0
    for (const state of this.producers.values()) {
      if (state.transactionFirstOffset >= 0 || nowMs - state.lastTimestampMs < this.expirationMs) continue
      this.producers.delete(state.producerId)
      expired++
    }
    this.forgotten += expired
    return expired
  }

  /** Adds what a snapshot tells, of producers that are not idle for too long. */
  restore(entries: readonly SnapshotEntry[], nowMs: number): void {
    const opened: number[] = []
    for (const entry of entries) {
      const isOpen = entry.transactionFirstOffset >= 0
      if (!isOpen && nowMs - entry.timestampMs >= this.expirationMs) {
        this.forgotten++
        continue
      }
      this.producers.set(entry.producerId, ProducerState.of(entry, this.batchesKept))
      if (isOpen) opened.push(entry.transactionFirstOffset)
    }
    for (const offset of opened.sort((one, other) => one - other)) this.transactions.begin(offset)
  }

  clear(): void {
    this.producers.clear()
    this.transactions.clear()
  }

  private noteData(id: number, bytes: Uint8Array, position: number): void {
    const state = this.stateOf(id)
    const first = baseOffset(bytes, position)
    state.addBatch(
      producerEpoch(bytes, position),
      baseSequence(bytes, position),
      lastSequence(bytes, position),
      first,
      lastOffset(bytes, position),
      maxTimestamp(bytes, position),
    )
    if (state.transactionFirstOffset < 0 && isTransactional(bytes, position)) {
      state.transactionFirstOffset = first
      this.transactions.begin(first)
    }
  }

  private noteMarker(id: number, bytes: Uint8Array, position: number): void {
    const marker = decodeControl(bytes, position)
    if (marker === undefined || (marker.kind !== 'abort' && marker.kind !== 'commit')) return
    const state = this.stateOf(id)
    const opened = state.transactionFirstOffset
    // A marker of a transaction that wrote nothing here bounds nothing.
    if (opened >= 0) this.transactions.end(opened, baseOffset(bytes, position))
    state.endTransaction(producerEpoch(bytes, position), marker.coordinatorEpoch, maxTimestamp(bytes, position))
  }

  private stateOf(id: number): ProducerState {
    const known = this.producers.get(id)
    if (known !== undefined) return known
    const created = new ProducerState(id, this.batchesKept)
    this.producers.set(id, created)
    return created
  }
}

function checkMarker(state: ProducerState, bytes: Uint8Array, position: number): RejectedAppend | undefined {
  const marker = decodeControl(bytes, position)
  if (marker === undefined || (marker.kind !== 'abort' && marker.kind !== 'commit')) return undefined
  if (marker.coordinatorEpoch >= state.coordinatorEpoch) return undefined
  return rejected(
    Errors.TRANSACTION_COORDINATOR_FENCED,
    `coordinator epoch ${marker.coordinatorEpoch} of producer ${state.producerId} is older than ${state.coordinatorEpoch}`,
  )
}
