// Asks the leaders of a topic's partitions how far they may be read (ListOffsets latest, as endOffsets of Kafka's
// consumer). Of each partition one question at a time, so that answers come in the order of the questions.

import type { ConsumerConfig } from '../config/consumer-config.ts'
import { NetworkClient, type NodeAddress } from '../network/network-client.ts'
import { Errors, refreshesMetadata } from '../protocol/error-codes.ts'
import type { RequestOf } from '../protocol/messages.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import { ClientMetadata, type PartitionInfo } from './client-metadata.ts'
import { isolationOf } from './position-requests.ts'

export interface EndOffsetsOptions {
  readonly clientId: string
  readonly bootstrap: readonly NodeAddress[]
  readonly config: ConsumerConfig
  readonly topic: string
  onOffset(partition: string, offset: number, leaderEpoch: number): void
}

const LATEST = -1
const CONSUMER = -1
const MAX_IN_FLIGHT = 100

export class EndOffsets {
  private readonly options: EndOffsetsOptions
  private readonly client: NetworkClient
  private readonly metadata: ClientMetadata
  /** Partitions with a question on its way. */
  private readonly asking = new Set<number>()

  constructor(host: KafkaHost, options: EndOffsetsOptions) {
    const { clientId, bootstrap, config, topic } = options
    this.options = options
    const network = {
      clientId,
      requestTimeoutMs: config['request.timeout.ms'],
      reconnectBackoffMs: config['reconnect.backoff.ms'],
      reconnectBackoffMaxMs: config['reconnect.backoff.max.ms'],
      connectionSetupTimeoutMs: config['socket.connection.setup.timeout.ms'],
      maxInFlight: MAX_IN_FLIGHT,
    }
    this.client = new NetworkClient(host, network, host.random.stream('network-client'), (change) => {
      if (change === 'lost') this.metadata.requestUpdate()
    })
    this.metadata = new ClientMetadata(host, this.client, host.random.stream('metadata'), {
      bootstrap,
      maxAgeMs: config['metadata.max.age.ms'],
      retryBackoffMs: config['retry.backoff.ms'],
      retryBackoffMaxMs: config['retry.backoff.max.ms'],
      rebootstraps: config['metadata.recovery.strategy'] === 'rebootstrap',
      onUpdate: () => {},
    })
    this.metadata.add(topic)
  }

  /** Asks once; what is not answered, or with an error, is left to the next time. */
  ask(): void {
    const byLeader = new Map<number, { readonly leader: NodeAddress; readonly partitions: PartitionInfo[] }>()
    for (const partition of this.metadata.topic(this.options.topic)?.partitions ?? []) {
      const { leader, index } = partition
      if (leader === undefined) this.metadata.requestUpdate()
      if (leader === undefined || this.asking.has(index)) continue
      const entry = byLeader.get(leader.id) ?? { leader, partitions: [] }
      byLeader.set(leader.id, entry)
      entry.partitions.push(partition)
    }
    for (const { leader, partitions } of byLeader.values()) this.askOne(leader, partitions)
  }

  private askOne(leader: NodeAddress, partitions: readonly PartitionInfo[]): void {
    const { topic, config } = this.options
    const asked = partitions.map(({ index, leaderEpoch }) => {
      return { partitionIndex: index, currentLeaderEpoch: leaderEpoch, timestamp: LATEST }
    })
    const body: RequestOf<'ListOffsets'> = {
      replicaId: CONSUMER,
      isolationLevel: isolationOf(config),
      topics: [{ name: topic, partitions: asked }],
      timeoutMs: config['request.timeout.ms'],
    }
    for (const { index } of partitions) this.asking.add(index)
    const settled = (): void => {
      for (const { index } of partitions) this.asking.delete(index)
    }
    this.client.send(leader, 'ListOffsets', body, {
      onResponse: (response) => {
        settled()
        for (const answer of response.topics[0]?.partitions ?? []) {
          const { partitionIndex, errorCode, offset, leaderEpoch } = answer
          if (errorCode === Errors.NONE) this.options.onOffset(`${topic}-${partitionIndex}`, offset, leaderEpoch)
          else if (refreshesMetadata(errorCode)) this.metadata.requestUpdate()
        }
      },
      onFailure: () => {
        settled()
        this.metadata.requestUpdate()
      },
    })
  }
}
