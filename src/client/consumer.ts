// A consumer of assigned partitions: fetches up to the high watermark, follows leaders, hands records over in order of
// their offsets, from the leader or where it sends us (KIP-392). Left out: groups, commits, pause and seek, aborted
// transactions.

import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import type { ConsumerConfig } from '../config/consumer-config.ts'
import { NetworkClient, type NodeAddress } from '../network/network-client.ts'
import type { Switches } from '../switches/switches.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import { AssignedPartition, type LeaderLog } from './assigned-partition.ts'
import { ClientMetadata } from './client-metadata.ts'
import { type ConsumedBatch, readFetchedBatches } from './fetched-batches.ts'
import { Fetcher } from './fetcher.ts'

export interface ConsumerOptions {
  readonly clientId: string
  readonly bootstrap: readonly NodeAddress[]
  readonly config: ConsumerConfig
  readonly buggify?: Buggify
  /** What the client's version does; today's if not given. */
  readonly switches?: Pick<Switches, 'consumerValidatesPosition'>
  /** Partition indexes by topic; `all` takes every partition the topic has. */
  readonly assignment: ReadonlyMap<string, readonly number[] | 'all'>
  onRecords(partition: string, batch: ConsumedBatch): void
  /** The position moved without reading: reset by policy, or back after a truncation. */
  onPositionMoved(partition: string, from: number, to: number, why: string): void
}

/** More than a consumer ever has: one fetch a node, and questions about positions. */
const MAX_IN_FLIGHT = 100

export class KafkaConsumer {
  private readonly options: ConsumerOptions
  private readonly client: NetworkClient
  private readonly metadata: ClientMetadata
  private readonly fetcher: Fetcher

  constructor(host: KafkaHost, options: ConsumerOptions) {
    const { config } = options
    this.options = options
    this.client = new NetworkClient(
      host,
      {
        clientId: options.clientId,
        requestTimeoutMs: config['request.timeout.ms'],
        reconnectBackoffMs: config['reconnect.backoff.ms'],
        reconnectBackoffMaxMs: config['reconnect.backoff.max.ms'],
        connectionSetupTimeoutMs: config['socket.connection.setup.timeout.ms'],
        maxInFlight: MAX_IN_FLIGHT,
        buggify: options.buggify ?? NO_BUGGIFY,
      },
      host.random.stream('network-client'),
      (change) => {
        if (change === 'lost') this.metadata.requestUpdate()
      },
    )
    this.metadata = new ClientMetadata(host, this.client, host.random.stream('metadata'), {
      bootstrap: options.bootstrap,
      maxAgeMs: config['metadata.max.age.ms'],
      retryBackoffMs: config['retry.backoff.ms'],
      retryBackoffMaxMs: config['retry.backoff.max.ms'],
      rebootstraps: config['metadata.recovery.strategy'] === 'rebootstrap',
      onUpdate: () => this.run(),
    })
    this.fetcher = new Fetcher(host, this.client, this.metadata, config, {
      wants: () => true,
      onBytes: (partition, bytes) =>
        readFetchedBatches(bytes, partition.position, config['check.crcs'], (next, batch) => {
          partition.advance(next, batch.leaderEpoch)
          if (batch.records.length > 0) options.onRecords(partition.key, batch)
        }),
      onPositionMoved: (partition, from, why) => options.onPositionMoved(partition.key, from, partition.position, why),
      onChange: () => this.run(),
    })
    for (const topic of options.assignment.keys()) this.metadata.add(topic)
  }

  /** Next offset to hand out, by partition; −1 while unknown. */
  positions(): ReadonlyMap<string, number> {
    return new Map([...this.fetcher.partitions].map(([key, partition]) => [key, partition.position]))
  }

  /** For observers: will this leader send it back as soon as it hears of it? */
  isOffLogOf(key: string, leader: LeaderLog): boolean {
    return this.fetcher.partitions.get(key)?.isOffLogOf(leader) === true
  }

  /** Partitions that are read no more, and why. */
  failures(): ReadonlyMap<string, string> {
    const failed = [...this.fetcher.partitions].filter(([, partition]) => partition.state === 'failed')
    return new Map(failed.map(([key, { failure }]) => [key, `${failure}, with auto.offset.reset=none`]))
  }

  /** To be called whenever something changed. */
  private run(): void {
    this.adopt()
    this.fetcher.run()
  }

  private adopt(): void {
    const validates = this.options.switches?.consumerValidatesPosition ?? true
    for (const [name, wanted] of this.options.assignment) {
      const topic = this.metadata.topic(name)
      if (topic === undefined) continue
      for (const index of wanted === 'all' ? topic.partitions.keys() : wanted) {
        const key = `${name}-${index}`
        if (!this.fetcher.partitions.has(key))
          this.fetcher.partitions.set(key, new AssignedPartition(name, index, validates))
      }
    }
  }
}
