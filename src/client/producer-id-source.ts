// Where an idempotent producer's id comes from: InitProducerId, asked of any broker, before the first batch and when the
// epochs of the old id are used up (P-15, P-20).

import type { NetworkClient } from '../network/network-client.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { ClientMetadata } from './client-metadata.ts'
import type { ProducerSequences } from './producer-sequences.ts'
import type { RecordAccumulator } from './record-accumulator.ts'

export class ProducerIdSource {
  private readonly host: KafkaHost
  private readonly client: NetworkClient
  private readonly metadata: ClientMetadata
  private readonly accumulator: RecordAccumulator
  private readonly sequences: ProducerSequences
  private readonly retryBackoffMs: number
  private readonly onId: () => void
  private isAsking = false
  private notBeforeMs = 0

  /** `onId` is called when there is news. */
  constructor(
    host: KafkaHost,
    parts: {
      client: NetworkClient
      metadata: ClientMetadata
      accumulator: RecordAccumulator
      sequences: ProducerSequences
    },
    retryBackoffMs: number,
    onId: () => void,
  ) {
    this.host = host
    this.client = parts.client
    this.metadata = parts.metadata
    this.accumulator = parts.accumulator
    this.sequences = parts.sequences
    this.retryBackoffMs = retryBackoffMs
    this.onId = onId
  }

  /** Undefined when batches may be numbered; otherwise when to ask again, in ms. */
  prepare(nowMs: number): number | undefined {
    const { sequences } = this
    sequences.resolve()
    if (sequences.hasProducerId && sequences.bumpIfNeeded()) return undefined
    if (this.isAsking || this.accumulator.isEmpty) return Number.MAX_SAFE_INTEGER
    if (nowMs < this.notBeforeMs) return this.notBeforeMs
    const node = this.metadata.leastLoadedNode()
    if (node === undefined) return nowMs + this.retryBackoffMs
    this.isAsking = true
    this.client.send(
      node,
      'InitProducerId',
      { transactionalId: null, transactionTimeoutMs: MAX_INT32, producerId: -1, producerEpoch: -1 },
      {
        onResponse: ({ errorCode, producerId, producerEpoch }) => {
          if (errorCode === Errors.NONE) sequences.initialize(producerId, producerEpoch)
          this.answered(errorCode === Errors.NONE)
        },
        onFailure: () => this.answered(false),
      },
    )
    return Number.MAX_SAFE_INTEGER
  }

  private answered(gotId: boolean): void {
    this.isAsking = false
    if (!gotId) this.notBeforeMs = this.host.clock.monotonicMs() + this.retryBackoffMs
    this.onId()
  }
}

const MAX_INT32 = 2147483647
