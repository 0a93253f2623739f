// A producer process: records at a steady rate, each with an identity, its outcome told in the trace. An open loop:
// it does not wait for answers, so a slow cluster makes it queue, not slow down.

import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import { KafkaProducer } from '../client/producer.ts'
import type { ProducerConfig } from '../config/producer-config.ts'
import type { NodeAddress } from '../network/network-client.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import { ValueMaker } from './record-identity.ts'

export interface ProducerWorkloadOptions {
  /** `web[0]`. */
  readonly client: string
  readonly bootstrap: readonly NodeAddress[]
  readonly config: ProducerConfig
  readonly topic: string
  readonly ratePerSecond: number
  /** Records to send in all; infinite if undefined. */
  readonly total: number | undefined
  /** Keys `k0`, `k1` …, drawn evenly; 0 sends records without a key. */
  readonly keys: number
  readonly valueSizeBytes: number
  /** Asked before each record: producers stop at the scenario's duration. */
  readonly isStopped: () => boolean
}

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
  private readonly keys: readonly Uint8Array[]
  private readonly startMs: number
  private readonly rng
  private sent = 0
  private stopped = false
  private nextIsPoison = false

  constructor(host: KafkaHost, options: ProducerWorkloadOptions, buggify: Buggify = NO_BUGGIFY) {
    this.host = host
    this.options = options
    // A restarted client is another one: its counter starts anew.
    this.client = host.incarnation === 1 ? options.client : `${options.client}/${host.incarnation}`
    this.values = new ValueMaker(this.client)
    this.keys = Array.from({ length: options.keys }, (_, i) => asciiBytes(`k${i}`))
    this.rng = host.random.stream('keys')
    this.startMs = host.clock.monotonicMs()
    this.producer = new KafkaProducer(host, {
      clientId: options.client,
      bootstrap: options.bootstrap,
      config: options.config,
      buggify,
      onResult: ({ tag, outcome, partition, offset, error }) => {
        const acks = options.config.acks
        const type = 'produce-completed'
        host.trace.emit({ type, client: this.client, n: tag, partition, outcome, offset, acks, error })
      },
      attempts: {
        onSent: ({ key: partition, tags: records, attempts: attempt }, broker) => {
          if (!host.trace.wants('produce-sent')) return
          host.trace.emit({ type: 'produce-sent', client: this.client, partition, records, attempt, broker })
        },
        onRetry: ({ key: partition, tags: records, attempts: attempt }, error, answered) => {
          if (!host.trace.wants('produce-retried')) return
          const type = 'produce-retried'
          host.trace.emit({ type, client: this.client, partition, records, attempt, error, answered })
        },
      },
    })
    this.sendDue()
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

  private sendDue(): void {
    const { ratePerSecond, total } = this.options
    const nowMs = this.host.clock.monotonicMs()
    const due = Math.floor(((nowMs - this.startMs) * ratePerSecond) / 1000) + 1
    while (this.sent < due && !this.stopped) {
      if (this.options.isStopped()) this.stopped = true
      else this.sendOne()
      if (this.sent === total) this.stopped = true
    }
    if (this.stopped) return
    const nextMs = this.startMs + Math.ceil((this.sent * 1000) / ratePerSecond)
    this.host.clock.at(Math.max(nextMs, nowMs + 1), 'workload-send', () => this.sendDue())
  }

  private sendOne(): void {
    const n = this.sent++
    const { topic, valueSizeBytes } = this.options
    const key = this.keys.length === 0 ? null : this.rng.pick(this.keys)
    this.host.trace.emit({ type: 'produce-invoked', client: this.client, n, topic })
    const value = this.nextIsPoison ? this.values.makePoison(n, valueSizeBytes) : this.values.make(n, valueSizeBytes)
    this.nextIsPoison = false
    this.producer.send(topic, null, key, value, this.host.clock.wallMs(), n)
  }
}

function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}
