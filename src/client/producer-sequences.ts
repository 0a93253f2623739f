// The idempotent producer's memory of each partition: sequences given, in flight, acknowledged; and when its epoch
// must rise (P-15…P-22). Left out: transactions.

import { assert } from '../../sim/index.ts'
import { addToSequence, NO_SEQUENCE } from '../records/record-batch.ts'
import type { Switches } from '../switches/switches.ts'
import { HeapOrder } from './heap-order.ts'
import type { ProducerBatch } from './producer-batch.ts'

interface PartitionSequences {
  producerEpoch: number
  nextSequence: number
  /** −1: nothing acknowledged in this epoch. */
  lastAckedSequence: number
  /** In flight or waiting for a retry, by sequence. */
  inFlight: ProducerBatch[]
  /** The same in the order in which the Java client kept them before 2.4 (B-24); undefined today. */
  heap: HeapOrder | undefined
  /** The sequence after that of a retried batch that expired: whether the broker has that is open (P-21). −1: none. */
  unresolvedBefore: number
}

const MAX_EPOCH = 32767
const UNKNOWN_OFFSET = -1

/** What producers did otherwise. */
export type ProducerSwitches = Pick<Switches, 'renumberInOrder' | 'trackBatchesByEpoch'>

const TODAY: ProducerSwitches = { renumberInOrder: true, trackBatchesByEpoch: true }

export class ProducerSequences {
  producerId = -1
  producerEpoch = -1
  private readonly partitions = new Map<string, PartitionSequences>()
  private readonly bumpFor = new Set<string>()
  /** Some partition may be unresolved: spares the usual look at all of them. */
  private mayBeUnresolved = false
  private readonly switches: ProducerSwitches

  constructor(switches: ProducerSwitches = TODAY) {
    this.switches = switches
  }

  get hasProducerId(): boolean {
    return this.producerId >= 0
  }

  initialize(producerId: number, producerEpoch: number): void {
    this.producerId = producerId
    this.producerEpoch = producerEpoch
  }

  /** May the batch at the head of this partition's queue leave now? (P-16) */
  mayDrain(key: string, batch: ProducerBatch): boolean {
    const state = this.state(key)
    const first = state.inFlight[0]
    if (batch.hasSequence) return first === undefined || first.baseSequence === batch.baseSequence
    if (isUnresolved(state)) return false
    return state.producerEpoch === this.producerEpoch || state.inFlight.length === 0
  }

  /** Numbers a batch that leaves for the first time. */
  assign(key: string, batch: ProducerBatch): void {
    assert(!batch.hasSequence, 'a batch is numbered once')
    const state = this.state(key)
    if (state.producerEpoch !== this.producerEpoch) {
      assert(state.inFlight.length === 0, 'sequences start anew only when nothing is in flight')
      state.producerEpoch = this.producerEpoch
      state.nextSequence = 0
      state.lastAckedSequence = -1
    }
    batch.assign(this.producerId, this.producerEpoch, state.nextSequence)
    state.nextSequence = addToSequence(state.nextSequence, batch.recordCount)
    state.inFlight.push(batch)
    state.heap?.add(batch)
  }

  /** The batch was too large; these parts have its sequences now (P-23). */
  split(key: string, batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    const { inFlight, heap } = this.state(key)
    const at = inFlight.indexOf(batch)
    assert(at >= 0, 'a batch that was split was in flight')
    inFlight.splice(at, 1, ...parts)
    heap?.remove(batch)
    for (const part of parts) heap?.add(part)
  }

  /** False only for a batch that was taken for another one (B-25). */
  isTracked(key: string, batch: ProducerBatch): boolean {
    return this.state(key).inFlight.includes(batch)
  }

  acknowledged(key: string, batch: ProducerBatch): void {
    const state = this.state(key)
    // As in Kafka, of whatever epoch: the late answer to a batch that was given up counts in the next one, too.
    state.lastAckedSequence = Math.max(state.lastAckedSequence, batch.lastSequence)
    this.forget(state, batch)
  }

  /**
   * The batch is given up. `startAnew`: the broker does not have it, so that its sequences are a gap (P-22); when all
   * retries are used up nobody knows, and sequences go on.
   */
  failed(key: string, batch: ProducerBatch, startAnew: boolean): void {
    this.forget(this.state(key), batch)
    if (startAnew && batch.hasSequence) this.bumpFor.add(key)
  }

  /** The batch ran out of time. If it was retried its sequence is open: nothing new leaves before that is settled. */
  expired(key: string, batch: ProducerBatch): void {
    const state = this.state(key)
    this.forget(state, batch)
    if (!batch.hasSequence || !batch.inRetry) return
    this.mayBeUnresolved = true
    state.unresolvedBefore = Math.max(state.unresolvedBefore, addToSequence(batch.lastSequence, 1))
  }

  /** After OUT_OF_ORDER_SEQUENCE_NUMBER: retry as it is, retry under a new epoch, or wait for a predecessor (P-18). */
  outOfOrder(key: string, batch: ProducerBatch): void {
    const state = this.state(key)
    if (isUnresolved(state)) {
      if (batch.baseSequence === state.unresolvedBefore) this.bumpFor.add(key)
      return
    }
    const isNext = batch.baseSequence === addToSequence(state.lastAckedSequence, 1)
    if (isNext && !batch.reopened) this.bumpFor.add(key)
  }

  /**
   * After UNKNOWN_PRODUCER_ID, of brokers before 2.5: retry as it is when the start of the log is unknown or the batch was
   * numbered anew already, else under a new epoch; whether retention took what was acknowledged makes no difference
   * without transactions (P-19).
   */
  unknownProducer(key: string, batch: ProducerBatch, logStartOffset: number): void {
    if (logStartOffset !== UNKNOWN_OFFSET && !batch.reopened) this.bumpFor.add(key)
  }

  /** Of each partition the batch that all others wait for, if it was refused as out of order. */
  get outOfOrderHeads(): ProducerBatch[] {
    return [...this.partitions.values()].flatMap(({ inFlight: [head] }) => (head?.outOfOrder === true ? [head] : []))
  }

  /** Partitions whose unresolved sequences have no batch in flight any more: go on, or start anew (P-21). */
  resolve(): void {
    if (!this.mayBeUnresolved) return
    this.mayBeUnresolved = false
    for (const [key, state] of this.partitions) {
      if (!isUnresolved(state)) continue
      if (state.inFlight.length > 0) {
        this.mayBeUnresolved = true
        continue
      }
      state.unresolvedBefore = NO_SEQUENCE
      if (addToSequence(state.lastAckedSequence, 1) !== state.nextSequence) this.bumpFor.add(key)
    }
  }

  /** Raises the epoch if some partition needs it; false when the epoch is used up and a new id must be asked for. */
  bumpIfNeeded(): boolean {
    if (this.bumpFor.size === 0) return true
    if (this.producerEpoch === MAX_EPOCH) {
      this.producerId = -1
      this.producerEpoch = -1
      return false
    }
    this.producerEpoch += 1
    for (const key of this.bumpFor) this.restart(key)
    this.bumpFor.clear()
    return true
  }

  /** What is in flight on a partition that caused the bump is numbered from 0 again; others change when drained (P-20). */
  private restart(key: string): void {
    const state = this.state(key)
    state.producerEpoch = this.producerEpoch
    state.lastAckedSequence = -1
    state.unresolvedBefore = NO_SEQUENCE
    let sequence = 0
    if (state.heap !== undefined) state.inFlight = [...state.heap.batches]
    for (const batch of state.inFlight) {
      batch.assign(this.producerId, this.producerEpoch, sequence)
      batch.reopened = true
      sequence = addToSequence(sequence, batch.recordCount)
    }
    state.nextSequence = sequence
  }

  private forget(state: PartitionSequences, batch: ProducerBatch): void {
    const { inFlight } = state
    const at = this.switches.trackBatchesByEpoch
      ? inFlight.indexOf(batch)
      : inFlight.findIndex(({ baseSequence }) => baseSequence === batch.baseSequence)
    if (at < 0) return
    state.heap?.remove(inFlight[at]!)
    if (at === inFlight.length - 1) inFlight.pop()
    else inFlight.splice(at, 1)
  }

  private state(key: string): PartitionSequences {
    let state = this.partitions.get(key)
    if (state === undefined) {
      state = {
        producerEpoch: -1,
        nextSequence: 0,
        lastAckedSequence: NO_SEQUENCE,
        inFlight: [],
        heap: this.switches.renumberInOrder ? undefined : new HeapOrder(),
        unresolvedBefore: NO_SEQUENCE,
      }
      this.partitions.set(key, state)
    }
    return state
  }
}

function isUnresolved(state: PartitionSequences): boolean {
  return state.unresolvedBefore !== NO_SEQUENCE
}
