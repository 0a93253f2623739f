// A producer process: records at their times, or as others are answered, each with an identity, its outcome told in the
// trace.

import type { Quantiles, Rng } from '../../sim/index.ts'
import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import { KafkaProducer } from '../client/producer.ts'
import type { ProducerSwitches } from '../client/producer-sequences.ts'
import type { ClientLibrary } from '../client/partitioners/make-partitioner.ts'
import type { ProducerConfig } from '../config/producer-config.ts'
import type { NodeAddress } from '../network/network-client.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import { KeyChooser, type Keys } from './key-chooser.ts'
import { type LoadShape, type Schedule, scheduleOf } from './load-shape.ts'
import { ValueMaker } from './record-identity.ts'

export interface ProducerWorkloadOptions {
  /** `web[0]`. */
  readonly client: string
  readonly bootstrap: readonly NodeAddress[]
  readonly config: ProducerConfig
  readonly switches?: ProducerSwitches
  /** What its client is written with; Java's if not given. */
  readonly library?: ClientLibrary
  readonly topic: string
  readonly load: LoadShape
  /** Records to send in all; infinite if undefined. */
  readonly total: number | undefined
  readonly keys: Keys
  /** Share of the records with a key that have no value: they delete it. Default 0. */
  readonly tombstones?: number
  /** Drawn for each record from a table. */
  readonly valueSizeBytes: number | Quantiles
  /** Asked before each record: producers stop at the scenario's duration. */
  readonly isStopped: () => boolean
}

/** How long a producer goes without looking whether it is to stop. */
const SILENCE_MS = 1000

/** A batch as its producer has numbered it. */
export interface NumberedBatch {
  /** The partition, 'orders-0'. */
  readonly key: string
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly lastSequence: number
}

export class ProducerWorkload {
  private readonly host: KafkaHost
  private readonly options: ProducerWorkloadOptions
  private readonly producer: KafkaProducer
  private readonly values: ValueMaker
  private readonly client: string
  private readonly keys: KeyChooser
  private readonly sizes: Rng | undefined
  /** Apart from the keys, so that the same ones are drawn with tombstones and without. */
  private readonly tombstones: Rng | undefined
  private readonly startMs: number
  private sent = 0
  private stopped = false
  private nextIsPoison = false

  constructor(host: KafkaHost, options: ProducerWorkloadOptions, buggify: Buggify = NO_BUGGIFY) {
    this.host = host
    this.options = options
    // A restarted client is another one: its counter starts anew.
    this.client = host.incarnation === 1 ? options.client : `${options.client}/${host.incarnation}`
    this.values = new ValueMaker(this.client)
    this.keys = new KeyChooser(options.keys, host.random.stream('keys'))
    this.sizes = typeof options.valueSizeBytes === 'number' ? undefined : host.random.stream('sizes')
    this.tombstones = (options.tombstones ?? 0) === 0 ? undefined : host.random.stream('tombstones')
    this.startMs = host.clock.monotonicMs()
    this.producer = new KafkaProducer(host, {
      clientId: options.client,
      bootstrap: options.bootstrap,
      config: options.config,
      ...(options.switches && { switches: options.switches }),
      ...(options.library === undefined ? {} : { library: options.library }),
      buggify,
      onResult: ({ tag, outcome, partition, offset, error }) => {
        const acks = options.config.acks
        const type = 'produce-completed'
        host.trace.emit({ type, client: this.client, n: tag, partition, outcome, offset, acks, error })
        this.answered(outcome === 'ok')
      },
      attempts: {
        onSent: (batch, broker, requestsInFlight) => {
          if (!host.trace.wants('produce-sent')) return
          const { key: partition, tags: records, attempts: attempt, sizeBytes, isCompressed, createdMs } = batch
          host.trace.emit({
            type: 'produce-sent',
            client: this.client,
            partition,
            records,
            attempt,
            broker,
            sizeBytes,
            isCompressed,
            ageMs: host.clock.monotonicMs() - createdMs,
            requestsInFlight,
            bufferedBytes: this.producer.bufferedBytes,
          })
        },
        onRetry: ({ key: partition, tags: records, attempts: attempt }, error, answered) => {
          if (!host.trace.wants('produce-retried')) return
          const type = 'produce-retried'
          host.trace.emit({ type, client: this.client, partition, records, attempt, error, answered })
        },
      },
    })
    const { load } = options
    if (load.kind === 'closed') this.sendSoon(load.outstanding, 0)
    else this.sendDue(scheduleOf(load))
  }

  /** The batches that all others wait for, one a partition, if all of them were refused for their sequence; else none. */
  get outOfOrderHeads(): readonly NumberedBatch[] {
    return this.producer.outOfOrderHeads
  }

  /** Nothing more will be sent, and every record sent has its outcome. */
  get isFinished(): boolean {
    return this.stopped && this.producer.isIdle
  }

  /** Nobody will be able to handle the next record. */
  poisonNext(): void {
    this.nextIsPoison = true
  }

  private sendDue(schedule: Schedule): void {
    const nowMs = this.host.clock.monotonicMs()
    const due = schedule.dueBy(nowMs - this.startMs)
    while (this.sent < due && !this.stopped) this.sendNext()
    if (this.stopped) return
    // Who is silent for a phase looks whether it is to stop, all the same.
    const latestMs = this.options.load.kind === 'steady' ? Infinity : nowMs + SILENCE_MS
    const nextMs = Math.min(this.startMs + schedule.dueAt(this.sent), latestMs)
    this.host.clock.at(Math.max(nextMs, nowMs + 1), 'workload-send', () => this.sendDue(schedule))
  }

  /** Of a closed loop. What has failed is no reason to hurry: that might be all that happens in an instant. */
  private answered(wasGood: boolean): void {
    const { load } = this.options
    if (load.kind === 'closed' && !this.stopped) this.sendSoon(1, Math.max(load.thinkMs, wasGood ? 0 : 1))
  }

  private sendSoon(count: number, afterMs: number): void {
    this.host.clock.after(afterMs, 'workload-send', () => {
      for (let i = 0; i < count && !this.stopped; i++) this.sendNext()
    })
  }

  private sendNext(): void {
    if (this.options.isStopped()) this.stopped = true
    else this.sendOne()
    if (this.sent === this.options.total) this.stopped = true
  }

  private sendOne(): void {
    const n = this.sent++
    const { topic, valueSizeBytes } = this.options
    const key = this.keys.next()
    const isTombstone = !this.nextIsPoison && key !== null && this.isTombstone()
    this.host.trace.emit({
      type: 'produce-invoked',
      client: this.client,
      n,
      topic,
      key: this.keys.chosen,
      tombstone: isTombstone,
    })
    const sizeBytes = typeof valueSizeBytes === 'number' ? valueSizeBytes : (this.sizes?.quantile(valueSizeBytes) ?? 0)
    const value = this.nextIsPoison ? this.values.makePoison(n, sizeBytes) : this.values.make(n, sizeBytes)
    this.nextIsPoison = false
    this.producer.send(topic, null, key, isTombstone ? null : value, this.host.clock.wallMs(), n)
  }

  private isTombstone(): boolean {
    return this.tombstones?.chance(this.options.tombstones ?? 0) ?? false
  }
}
