// Follows the metadata log and publishes what changed: several batches read at once are published as one delta, so
// that states in between are never seen.

import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import { MetadataDelta, MetadataImage } from '../metadata/metadata-image.ts'
import { readMetadataBatches } from '../metadata/metadata-batches.ts'
import { METADATA_TOPIC_ID } from '../metadata/metadata-topic.ts'
import { NetworkClient, type NodeAddress } from '../network/network-client.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { ResponseOf } from '../protocol/messages.ts'
import { ZERO_UUID } from '../protocol/uuid.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'

/** Raft's constants (facts J): longest wait and largest answer of a fetch. */
const MAX_WAIT_MS = 500
const MAX_BYTES = 8 * 1024 * 1024
const LOAD_COST_US = 30

export class MetadataObserver {
  readonly image = new MetadataImage()
  private readonly host: KafkaHost
  private readonly brokerId: number
  private readonly controller: NodeAddress
  private readonly config: BrokerConfig
  private readonly client: NetworkClient
  private readonly publish: (delta: MetadataDelta) => void
  /** Everything below is replayed. */
  nextOffset = 0
  private delta = new MetadataDelta()
  private publishing = false
  private closed = false

  constructor(
    host: KafkaHost,
    brokerId: number,
    controller: NodeAddress,
    config: BrokerConfig,
    publish: (delta: MetadataDelta) => void,
    buggify: Buggify = NO_BUGGIFY,
  ) {
    this.host = host
    this.brokerId = brokerId
    this.controller = controller
    this.config = config
    this.publish = publish
    this.client = new NetworkClient(
      host,
      {
        clientId: `raft-client-${brokerId}`,
        requestTimeoutMs: config['controller.quorum.request.timeout.ms'],
        reconnectBackoffMs: 50,
        reconnectBackoffMaxMs: 500,
        connectionSetupTimeoutMs: config['socket.connection.setup.timeout.ms'],
        maxInFlight: 1,
        buggify,
      },
      host.random.stream('metadata-observer'),
    )
    const loader = host.jobs.pool('metadata-loader', 1)
    const load = (response: ResponseOf<'Fetch'>) => {
      loader.run('load-metadata', () => this.load(response, fetch))
    }
    const fetch = (): void =>
      this.fetch((response) => {
        const lateMs = buggify.delayMs('delay-metadata-publish')
        if (lateMs === 0) load(response)
        else host.clock.after(lateMs, 'late-metadata', () => load(response))
      }, fetch)
    fetch()
  }

  /** From now on changes are published as they are read; what was read before is published at once. */
  startPublishing(): void {
    this.publishing = true
    this.publishDelta()
  }

  /** Reads and publishes nothing any more. */
  close(): void {
    this.closed = true
    this.client.close()
  }

  private fetch(onResponse: (response: ResponseOf<'Fetch'>) => void, again: () => void): void {
    if (this.closed) return
    this.client.send(
      this.controller,
      'Fetch',
      {
        clusterId: null,
        replicaId: -1,
        replicaState: { replicaId: this.brokerId, replicaEpoch: -1 },
        maxWaitMs: MAX_WAIT_MS,
        minBytes: 0,
        maxBytes: MAX_BYTES,
        isolationLevel: 0,
        sessionId: 0,
        sessionEpoch: -1,
        topics: [
          {
            topic: '',
            topicId: METADATA_TOPIC_ID,
            partitions: [
              {
                partition: 0,
                currentLeaderEpoch: -1,
                fetchOffset: this.nextOffset,
                lastFetchedEpoch: -1,
                logStartOffset: 0,
                partitionMaxBytes: MAX_BYTES,
                replicaDirectoryId: ZERO_UUID,
              },
            ],
          },
        ],
        forgottenTopicsData: [],
        rackId: '',
      },
      {
        onResponse,
        onFailure: () => this.host.clock.after(this.config['controller.quorum.retry.backoff.ms'], 'raft-retry', again),
      },
    )
  }

  private load(response: ResponseOf<'Fetch'>, again: () => void): void {
    if (this.closed) return
    this.host.jobs.charge(LOAD_COST_US)
    const data = response.responses[0]?.partitions[0]
    if (data === undefined || data.errorCode !== Errors.NONE) {
      this.host.clock.after(this.config['controller.quorum.retry.backoff.ms'], 'raft-retry', again)
      return
    }
    const bytes = data.records
    if (bytes !== null && bytes.length > 0) {
      this.nextOffset = readMetadataBatches(bytes, this.nextOffset, (record, offset) =>
        this.image.apply(record, offset, this.delta),
      )
      if (this.publishing) this.publishDelta()
    }
    again()
  }

  private publishDelta(): void {
    if (this.delta.isEmpty) return
    const delta = this.delta
    this.delta = new MetadataDelta()
    this.publish(delta)
  }
}
