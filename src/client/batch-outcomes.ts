// What becomes of batches that were sent: acknowledged, retried, split, given up, expired (P-7…P-9, P-17…P-19, P-22, P-23).
// Each batch gets exactly one outcome, and keeps it whatever the broker says later. Left out: transactions.

import { assert, unreachable, type Rng } from '../../sim/index.ts'
import type { ProducerConfig } from '../config/producer-config.ts'
import { ExponentialBackoff } from '../network/exponential-backoff.ts'
import type { RequestFailure } from '../network/network-client.ts'
import { errorName, Errors } from '../protocol/error-codes.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { ProducerBatch } from './producer-batch.ts'
import { mayHaveAppended, type SendOutcome, verdictOn } from './producer-outcome.ts'
import type { ProducerSequences } from './producer-sequences.ts'
import type { PartitionQueue, RecordAccumulator } from './record-accumulator.ts'

/** Called once for each batch: outcome of all its records, the offset of the first (−1 unless acknowledged with one). */
export type BatchListener = (
  batch: ProducerBatch,
  outcome: SendOutcome,
  firstOffset: number,
  error: string | null,
) => void

/** Told of every attempt to send a batch. */
export interface AttemptListener {
  onSent?(batch: ProducerBatch, broker: number, requestsInFlight: number): void
  /** It goes back to its queue. */
  onRetry?(batch: ProducerBatch, error: string, isTold: boolean): void
}

export class BatchOutcomes {
  private readonly host: KafkaHost
  private readonly config: ProducerConfig
  private readonly accumulator: RecordAccumulator
  private readonly sequences: ProducerSequences | undefined
  private readonly backoff: ExponentialBackoff
  private readonly listener: BatchListener
  private readonly attempts: AttemptListener
  /** On their way, in the order of their departure. */
  private readonly inFlight: ProducerBatch[] = []

  constructor(
    host: KafkaHost,
    config: ProducerConfig,
    accumulator: RecordAccumulator,
    sequences: ProducerSequences | undefined,
    rng: Rng,
    listener: BatchListener,
    attempts: AttemptListener = {},
  ) {
    this.host = host
    this.config = config
    this.accumulator = accumulator
    this.sequences = sequences
    this.backoff = new ExponentialBackoff(config['retry.backoff.ms'], config['retry.backoff.max.ms'], rng)
    this.listener = listener
    this.attempts = attempts
  }

  /** `requestsInFlight`: to this broker, with the one that takes the batch. */
  sent(batch: ProducerBatch, broker: number, requestsInFlight: number): void {
    this.inFlight.push(batch)
    this.attempts.onSent?.(batch, broker, requestsInFlight)
  }

  /** acks=0: success is assumed, and nobody ever knows (P-9). */
  sentForGood(batch: ProducerBatch): void {
    this.finish(batch, 'unknown', -1, null)
  }

  /** `isTold`: by the broker; otherwise the client draws its own conclusion. */
  answered(
    queue: PartitionQueue,
    batch: ProducerBatch,
    errorCode: number,
    baseOffset: number,
    logStartOffset: number,
    isTold = true,
  ): void {
    if (mayHaveAppended(errorCode, this.config.acks)) batch.maybeAppended = true
    const verdict = verdictOn(errorCode)
    batch.outOfOrder = verdict === 'out-of-order'
    switch (verdict) {
      case 'success':
        // Of an expired batch too: what follows it may go on in sequence.
        this.sequences?.acknowledged(queue.key, batch)
        return this.finish(batch, 'ok', errorCode === Errors.NONE ? baseOffset : -1, null)
      case 'out-of-order':
        if (this.sequences === undefined || !this.mayRetry(batch)) return this.fail(queue, batch, errorCode, true)
        this.sequences.outOfOrder(queue.key, batch)
        return this.retry(queue, batch, errorCode, isTold)
      case 'unknown-producer':
        if (this.sequences === undefined || !this.mayRetry(batch)) return this.fail(queue, batch, errorCode, true)
        this.sequences.unknownProducer(queue.key, batch, logStartOffset)
        return this.retry(queue, batch, errorCode, isTold)
      case 'too-large':
        if (batch.recordCount > 1 && !batch.done) return this.split(queue, batch, errorCode)
        return this.fail(queue, batch, errorCode, this.hasRetriesLeft(batch))
      case 'retry':
        if (this.mayRetry(batch)) return this.retry(queue, batch, errorCode, isTold)
        return this.fail(queue, batch, errorCode, this.hasRetriesLeft(batch))
      case 'give-up':
        return this.fail(queue, batch, errorCode, this.hasRetriesLeft(batch))
      default:
        return unreachable(verdict, 'verdict on a produce error')
    }
  }

  /** The connection broke, perhaps because of us: whether the broker has the batch is open (P-6). */
  unanswered(queue: PartitionQueue, batch: ProducerBatch, reason: RequestFailure): void {
    const errorCode = reason === 'timeout' ? Errors.REQUEST_TIMED_OUT : Errors.NETWORK_EXCEPTION
    this.answered(queue, batch, errorCode, -1, -1, false)
  }

  /** Gives up batches older than delivery.timeout.ms, queued or in flight (P-7). Returns when the next one will be. */
  expire(nowMs: number): number {
    const limitMs = this.config['delivery.timeout.ms']
    let nextMs = Number.MAX_SAFE_INTEGER
    for (let i = 0; i < this.inFlight.length;) {
      const batch = this.inFlight[i]!
      if (nowMs - batch.createdMs < limitMs) {
        nextMs = Math.min(nextMs, batch.createdMs + limitMs)
        i += 1
        continue
      }
      // The broker may still append it.
      batch.maybeAppended = true
      this.expireOne(batch)
      assert(this.inFlight[i] !== batch, 'a batch that was given up is in flight still')
    }
    for (const queue of this.accumulator.queues.values()) {
      for (let first = queue.batches[0]; first !== undefined; first = queue.batches[0]) {
        if (nowMs - first.createdMs < limitMs) {
          nextMs = Math.min(nextMs, first.createdMs + limitMs)
          break
        }
        queue.batches.shift()
        this.expireOne(first)
      }
    }
    return nextMs
  }

  private expireOne(batch: ProducerBatch): void {
    this.sequences?.expired(batch.key, batch)
    this.giveUp(batch, 'delivery timeout')
  }

  private fail(queue: PartitionQueue, batch: ProducerBatch, errorCode: number, startAnew: boolean): void {
    if (batch.done) return
    this.sequences?.failed(queue.key, batch, startAnew)
    this.giveUp(batch, errorName(errorCode))
  }

  private retry(queue: PartitionQueue, batch: ProducerBatch, errorCode: number, isTold: boolean): void {
    // Kafka throws, logs, and has the batch in no queue any more (B-25): only its delivery timeout ends it.
    if (this.sequences?.isTracked(queue.key, batch) === false) return
    this.attempts.onRetry?.(batch, errorName(errorCode), isTold)
    this.takeOut(batch)
    batch.inRetry = true
    batch.retryAtMs = this.host.clock.monotonicMs() + this.backoff.delayMs(batch.attempts - 1)
    this.accumulator.reenqueue(queue, batch)
  }

  /** Does not count as a retry, and does not wait; parts that are no smaller are refused again until their time is over. */
  private split(queue: PartitionQueue, batch: ProducerBatch, errorCode: number): void {
    this.attempts.onRetry?.(batch, errorName(errorCode), true)
    const parts = batch.split(this.config['batch.size'])
    if (batch.hasSequence) this.sequences?.split(queue.key, batch, parts)
    batch.done = true
    this.takeOut(batch)
    this.accumulator.replaceBy(parts, queue, batch)
  }

  private mayRetry(batch: ProducerBatch): boolean {
    const ageMs = this.host.clock.monotonicMs() - batch.createdMs
    return !batch.done && this.hasRetriesLeft(batch) && ageMs < this.config['delivery.timeout.ms']
  }

  private hasRetriesLeft(batch: ProducerBatch): boolean {
    return batch.attempts <= this.config.retries
  }

  private giveUp(batch: ProducerBatch, error: string): void {
    this.finish(batch, batch.maybeAppended ? 'unknown' : 'fail', -1, error)
  }

  private finish(batch: ProducerBatch, outcome: SendOutcome, firstOffset: number, error: string | null): void {
    if (batch.done) return
    batch.done = true
    this.takeOut(batch)
    this.accumulator.release(batch)
    this.listener(batch, outcome, firstOffset, error)
  }
  /** Mostly the first. A `Set` would ask V8's runtime to shrink it whenever it gets empty, which is all the time. */
  private takeOut(batch: ProducerBatch): void {
    const { inFlight } = this
    const at = inFlight.indexOf(batch)
    if (at < 0) return
    for (let i = at + 1; i < inFlight.length; i++) inFlight[i - 1] = inFlight[i]!
    inFlight.pop()
  }
}
