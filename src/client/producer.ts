// A Kafka producer: interceptors, metadata, partitioning, batching, idempotence, delivery (P-1…P-23). Every record gets
// exactly one outcome. Left out: transactions, flush.

import { assert, type Timer } from '../../sim/index.ts'
import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import type { ProducerConfig } from '../config/producer-config.ts'
import { NetworkClient, type NodeAddress } from '../network/network-client.ts'
import { compressionOf } from '../records/compression/codec.ts'
import { batchSizeUpperBound, NO_HEADERS } from '../records/batch-builder.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import { type AttemptListener, BatchOutcomes } from './batch-outcomes.ts'
import { ClientMetadata, type TopicInfo } from './client-metadata.ts'
import { NodeLatency } from './node-latency.ts'
import { type ClientLibrary, makePartitioner } from './partitioners/make-partitioner.ts'
import type { Partitioner } from './partitioners/partitioner.ts'
import type { ProducerBatch } from './producer-batch.ts'
import { interceptResult, interceptSend, type ProducerInterceptor } from './producer-interceptor.ts'
import { ProducerIdSource } from './producer-id-source.ts'
import type { SendOutcome } from './producer-outcome.ts'
import { ProducerSender } from './producer-sender.ts'
import { ProducerSequences, type ProducerSwitches } from './producer-sequences.ts'
import { type AppendResult, RecordAccumulator } from './record-accumulator.ts'

/** What became of a record. `offset` is −1 unless it was acknowledged with one; `partition` is '' if it got none. */
export interface SendResult {
  readonly tag: number
  readonly outcome: SendOutcome
  readonly partition: string
  readonly offset: number
  readonly error: string | null
}

export interface ProducerOptions {
  readonly clientId: string
  readonly bootstrap: readonly NodeAddress[]
  readonly config: ProducerConfig
  /** How it chooses partitions; the Java client's way if not given. */
  readonly library?: ClientLibrary
  /** In the order in which they are called. */
  readonly interceptors?: readonly ProducerInterceptor[]
  readonly switches?: ProducerSwitches
  readonly buggify?: Buggify
  onResult(result: SendResult): void
  readonly attempts?: AttemptListener
}

interface Waiting {
  readonly topic: string
  /** Null until somebody has decided. */
  partition: number | null
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly timestampMs: number
  readonly tag: number
  readonly deadlineMs: number
}

type Admission = AppendResult | 'no-metadata'

/** Kafka's exceptions when max.block.ms is over. */
const NO_METADATA = 'TimeoutException: no metadata within max.block.ms'
const NO_MEMORY = 'BufferExhaustedException: no memory within max.block.ms'

export class KafkaProducer {
  private readonly host: KafkaHost
  private readonly options: ProducerOptions
  private readonly metadata: ClientMetadata
  private readonly partitioner: Partitioner
  private readonly accumulator: RecordAccumulator
  private readonly sender: ProducerSender
  private readonly sequences: ProducerSequences | undefined
  /** Records that wait for metadata or memory, first come first served, at most max.block.ms. */
  private readonly waiting: Waiting[] = []
  private blockTimer: Timer | undefined
  /** The partition of the record that was tried last, if it is fixed. */
  private decided: number | null = null

  constructor(host: KafkaHost, options: ProducerOptions) {
    const { config, buggify = NO_BUGGIFY } = options
    this.host = host
    this.options = options
    const client = new NetworkClient(
      host,
      {
        clientId: options.clientId,
        requestTimeoutMs: config['request.timeout.ms'],
        reconnectBackoffMs: config['reconnect.backoff.ms'],
        reconnectBackoffMaxMs: config['reconnect.backoff.max.ms'],
        connectionSetupTimeoutMs: config['socket.connection.setup.timeout.ms'],
        maxInFlight: config['max.in.flight.requests.per.connection'],
        buggify,
      },
      host.random.stream('network-client'),
      (change) => {
        // Its partitions may be led by others by now; Kafka's client asks then, too.
        if (change === 'lost') this.metadata.requestUpdate()
        this.sender.run()
      },
    )
    const metadata = new ClientMetadata(host, client, host.random.stream('metadata'), {
      bootstrap: options.bootstrap,
      maxAgeMs: config['metadata.max.age.ms'],
      retryBackoffMs: config['retry.backoff.ms'],
      retryBackoffMaxMs: config['retry.backoff.max.ms'],
      rebootstraps: config['metadata.recovery.strategy'] === 'rebootstrap',
      onUpdate: () => {
        this.admitWaiting()
        this.sender.run()
      },
    })
    const accumulator = new RecordAccumulator({
      batchSizeBytes: config['batch.size'],
      lingerMs: config['linger.ms'],
      bufferMemoryBytes: config['buffer.memory'],
      compression: compressionOf(config['compression.type'], (name) =>
        name === 'snappy' ? 0 : config[`compression.${name}.level`],
      ),
      buggify,
    })
    this.metadata = metadata
    this.accumulator = accumulator
    const latency = new NodeLatency(config['partitioner.availability.timeout.ms'])
    this.partitioner = makePartitioner(options.library ?? 'java', config, host.random.stream('partitioner'), {
      queued: (partition) => accumulator.queued(partition),
      isStalled: ({ leader }) => leader !== undefined && latency.isStalled(leader.id),
    })
    const sequences = config['enable.idempotence'] ? new ProducerSequences(options.switches) : undefined
    this.sequences = sequences
    const rng = host.random.stream('sender')
    const outcomes = new BatchOutcomes(
      host,
      config,
      accumulator,
      sequences,
      rng,
      (batch, outcome, firstOffset, error) => this.tellResults(batch, outcome, firstOffset, error),
      options.attempts,
    )
    const ids =
      sequences === undefined
        ? undefined
        : new ProducerIdSource(host, { client, metadata, accumulator, sequences }, config['retry.backoff.ms'], () =>
            this.sender.run(),
          )
    this.sender = new ProducerSender(host, config, { client, metadata, accumulator, latency, outcomes, sequences, ids })
  }

  /** The batches that all others wait for, one a partition, if all of them were refused for their sequence (P-18); else none. */
  get outOfOrderHeads(): readonly ProducerBatch[] {
    const heads = this.sequences?.outOfOrderHeads ?? []
    if (heads.length === 0 || this.waiting.length > 0) return []
    const keys = new Set(heads.map(({ key }) => key))
    for (const { key, batches, inFlight } of this.accumulator.queues.values())
      if ((batches.length > 0 || inFlight > 0) && !keys.has(key)) return []
    return heads
  }

  /** What of buffer.memory is taken. */
  get bufferedBytes(): number {
    return this.accumulator.bufferedBytes
  }

  /** True when every record handed over has its outcome. */
  get isIdle(): boolean {
    return this.waiting.length === 0 && this.accumulator.isEmpty
  }

  /**
   * Sends a record; `tag` is the caller's number for it in `onResult`. `partition` null lets the partitioner choose. Key
   * and value are copied before this returns.
   */
  send(
    topic: string,
    partition: number | null,
    key: Uint8Array | null,
    value: Uint8Array | null,
    timestampMs: number,
    tag: number,
  ): void {
    const { interceptors } = this.options
    if (interceptors === undefined) return this.doSend(topic, partition, key, value, timestampMs, tag)
    const record = interceptSend(interceptors, { topic, partition, key, value })
    this.doSend(record.topic, record.partition, record.key, record.value, timestampMs, tag)
  }

  private doSend(
    topic: string,
    partition: number | null,
    key: Uint8Array | null,
    value: Uint8Array | null,
    timestampMs: number,
    tag: number,
  ): void {
    const sizeBytes = batchSizeUpperBound(key, value, NO_HEADERS)
    const { config } = this.options
    if (sizeBytes > config['max.request.size'] || sizeBytes > config['buffer.memory']) {
      return this.refuse(tag, 'RecordTooLargeException')
    }
    this.metadata.add(topic)
    if (this.waiting.length === 0) {
      const result = this.tryAppend(topic, partition, key, value, timestampMs, tag)
      if (result === 'appended') return
      if (result === 'new-batch') return this.sender.run()
    }
    this.waiting.push({
      topic,
      partition: this.waiting.length === 0 ? this.decided : partition,
      key: key === null ? null : key.slice(),
      value: value === null ? null : value.slice(),
      timestampMs,
      tag,
      deadlineMs: this.host.clock.monotonicMs() + config['max.block.ms'],
    })
    if (this.waiting.length === 1) this.sender.run()
    this.armMaxBlock()
  }

  /** Lets in who has what it waits for, in order. */
  private admitWaiting(): void {
    let somethingToSend = false
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      const { topic, partition, key, value, timestampMs, tag } = first
      const result = this.tryAppend(topic, partition, key, value, timestampMs, tag)
      if (result !== 'appended') somethingToSend = true
      if (result === 'no-metadata' || result === 'no-memory') {
        first.partition = this.decided
        break
      }
      this.waiting.shift()
    }
    if (somethingToSend) this.sender.run()
  }

  private tryAppend(
    topic: string,
    partition: number | null,
    key: Uint8Array | null,
    value: Uint8Array | null,
    timestampMs: number,
    tag: number,
  ): Admission {
    this.decided = partition
    const info = this.metadata.topic(topic)
    if (info === undefined) return 'no-metadata'
    const { accumulator, partitioner } = this
    const nowMs = this.host.clock.monotonicMs()
    this.decided ??= partitioner.decide(info, key, nowMs) ?? null
    if (this.decided === null) return this.appendSticky(info, key, value, timestampMs, tag)
    const target = info.partitions[this.decided]
    if (target === undefined) return 'no-metadata'
    const mayBegin = partition !== null || !partitioner.isAskedAgain
    const result = accumulator.append(target, nowMs, timestampMs, key, value, tag, mayBegin)
    if (result !== 'needs-batch') return result
    const next = partitioner.decide(info, key, nowMs) ?? this.decided
    this.decided = next
    return accumulator.append(info.partitions[next]!, nowMs, timestampMs, key, value, tag)
  }

  private appendSticky(
    topic: TopicInfo,
    key: Uint8Array | null,
    value: Uint8Array | null,
    timestampMs: number,
    tag: number,
  ): Admission {
    const { sticky } = this.partitioner
    assert(sticky !== undefined, 'a partitioner decides, or has a sticky one')
    let target = topic.partitions[sticky.choose(topic)]
    // A change that was put off while a batch was unfinished is made up for once that has left.
    if (target !== undefined && this.accumulator.lastBatchIsFull(target)) {
      sticky.appended(topic, 0, true)
      target = topic.partitions[sticky.choose(topic)]
    }
    if (target === undefined) return 'no-metadata'
    const { accumulator } = this
    const result = accumulator.append(target, this.host.clock.monotonicMs(), timestampMs, key, value, tag)
    if (result !== 'no-memory') {
      sticky.appended(topic, accumulator.lastAppendBytes, accumulator.lastBatchIsFull(target))
    }
    return result
  }

  /** One timer, which looks again when it fires. */
  private armMaxBlock(): void {
    const first = this.waiting[0]
    if (first === undefined) return
    this.blockTimer ??= this.host.clock.at(first.deadlineMs, 'max-block', () => {
      this.blockTimer = undefined
      const nowMs = this.host.clock.monotonicMs()
      for (let next = this.waiting[0]; next !== undefined && next.deadlineMs <= nowMs; next = this.waiting[0]) {
        this.waiting.shift()
        const isKnown = this.metadata.partition(next.topic, next.partition ?? 0) !== undefined
        this.refuse(next.tag, isKnown ? NO_MEMORY : NO_METADATA)
      }
      if (this.waiting.length === 0) this.accumulator.nobodyWaits()
      // Who comes next may need less.
      this.admitWaiting()
      this.armMaxBlock()
    })
  }

  private tellResults(batch: ProducerBatch, outcome: SendOutcome, firstOffset: number, error: string | null): void {
    for (let i = 0; i < batch.tags.length; i++) {
      const offset = firstOffset < 0 ? -1 : firstOffset + i
      this.tell({ tag: batch.tags[i]!, outcome, partition: batch.key, offset, error })
    }
    this.admitWaiting()
  }

  private refuse(tag: number, error: string): void {
    this.tell({ tag, outcome: 'fail', partition: '', offset: -1, error })
  }

  private tell(result: SendResult): void {
    const { interceptors, onResult } = this.options
    if (interceptors !== undefined) interceptResult(interceptors, result)
    onResult(result)
  }
}
