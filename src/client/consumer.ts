// A consumer of assigned partitions: fetches up to the high watermark, follows leaders, hands records over in order of
// their offsets, from the leader or where it sends us (KIP-392). Left out: groups, commits, pause and seek, aborted
// transactions.

import { assert, type Timer } from '../../sim/index.ts'
import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import type { ConsumerConfig } from '../config/consumer-config.ts'
import { NetworkClient, type NodeAddress } from '../network/network-client.ts'
import { Errors, refreshesMetadata } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { Switches } from '../switches/switches.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import { AssignedPartition } from './assigned-partition.ts'
import { ClientMetadata } from './client-metadata.ts'
import { FetchSessionHandler } from './fetch-session-handler.ts'
import { type ConsumedBatch, readFetchedBatches } from './fetched-batches.ts'
import { isolationOf, PositionRequests } from './position-requests.ts'

type FetchRequest = RequestOf<'Fetch'>
type FetchedPartition = ResponseOf<'Fetch'>['responses'][number]['partitions'][number]

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
  private readonly host: KafkaHost
  private readonly options: ConsumerOptions
  private readonly client: NetworkClient
  private readonly metadata: ClientMetadata
  private readonly positionRequests: PositionRequests
  private readonly partitions = new Map<string, AssignedPartition>()
  /** Brokers with a fetch on its way: one at a time each (C-3). */
  private readonly fetching = new Set<number>()
  /** By broker. */
  private readonly sessions = new Map<number, FetchSessionHandler>()
  private timer: Timer | undefined

  constructor(host: KafkaHost, options: ConsumerOptions) {
    const { config } = options
    this.host = host
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
    this.positionRequests = new PositionRequests(this.client, config, {
      isCurrent: ({ topic, index }, leaderEpoch) => this.metadata.partition(topic, index)?.leaderEpoch === leaderEpoch,
      onMoved: (partition, from, why) => options.onPositionMoved(partition.key, from, partition.position, why),
      onError: (partition, errorCode) => this.backOff(partition, errorCode),
      onSettled: () => this.run(),
    })
    for (const topic of options.assignment.keys()) this.metadata.add(topic)
  }

  /** Next offset to hand out, by partition; −1 while unknown. */
  positions(): ReadonlyMap<string, number> {
    return new Map([...this.partitions].map(([key, partition]) => [key, partition.position]))
  }

  /** Partitions that are read no more, and why. */
  failures(): ReadonlyMap<string, string> {
    const failed = [...this.partitions].filter(([, partition]) => partition.state === 'failed')
    return new Map(failed.map(([key, partition]) => [key, partition.failure]))
  }

  /** Asks for whatever is needed and not on its way. To be called whenever something changed. */
  private run(): void {
    this.adopt()
    const nowMs = this.host.clock.monotonicMs()
    for (const partition of this.partitions.values()) {
      const info = this.metadata.partition(partition.topic, partition.index)
      if (info === undefined || partition.retryAtMs > nowMs || partition.state === 'failed') continue
      if (info.leader === undefined) {
        this.metadata.requestUpdate()
        continue
      }
      partition.noticeLeader(info)
      if (partition.isAsking) continue
      if (partition.state === 'awaiting-reset') this.positionRequests.reset(partition, info.leader, info.leaderEpoch)
      else if (partition.state === 'awaiting-validation') {
        this.positionRequests.validate(partition, info.leader, info.leaderEpoch)
      }
    }
    this.fetchFromEachNode(nowMs)
  }

  private adopt(): void {
    const validates = this.options.switches?.consumerValidatesPosition ?? true
    for (const [name, wanted] of this.options.assignment) {
      const topic = this.metadata.topic(name)
      if (topic === undefined) continue
      for (const index of wanted === 'all' ? topic.partitions.keys() : wanted) {
        const key = `${name}-${index}`
        if (!this.partitions.has(key)) this.partitions.set(key, new AssignedPartition(name, index, validates))
      }
    }
  }

  private fetchFromEachNode(nowMs: number): void {
    const byNode = new Map<number, { node: NodeAddress; partitions: AssignedPartition[] }>()
    for (const partition of this.partitions.values()) {
      if (partition.state !== 'fetching' || partition.retryAtMs > nowMs) continue
      const node = this.readReplica(partition, nowMs)
      if (node === undefined || this.fetching.has(node.id)) continue
      const entry = byNode.get(node.id) ?? { node, partitions: [] }
      byNode.set(node.id, entry)
      entry.partitions.push(partition)
    }
    for (const { node, partitions } of byNode.values()) this.fetch(node, partitions)
  }

  /** The leader, or the replica it sent us to while that is up. */
  private readReplica(partition: AssignedPartition, nowMs: number): NodeAddress | undefined {
    const info = this.metadata.partition(partition.topic, partition.index)
    const preferred = partition.preferredReplica(nowMs)
    if (info === undefined || preferred === -1) return info?.leader
    const replica = this.metadata.replica(info, preferred)
    if (replica !== undefined) return replica
    partition.preferLeader()
    this.metadata.requestUpdate()
    return info.leader
  }

  private fetch(node: NodeAddress, partitions: readonly AssignedPartition[]): void {
    const { config } = this.options
    const session = this.sessionWith(node)
    session.begin()
    for (const { topic, index, position } of partitions) {
      const info = this.metadata.partition(topic, index)
      assert(info !== undefined, 'a partition that is fetched has a leader')
      session.want(info.topicId, index, info.leaderEpoch, position, -1, -1, config['max.partition.fetch.bytes'])
    }
    const inSession = session.build()
    assert(inSession !== undefined, 'a fetch of nothing')
    const body: FetchRequest = {
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: -1, replicaEpoch: -1 },
      maxWaitMs: config['fetch.max.wait.ms'],
      minBytes: config['fetch.min.bytes'],
      maxBytes: config['fetch.max.bytes'],
      isolationLevel: isolationOf(config),
      sessionId: inSession.sessionId,
      sessionEpoch: inSession.sessionEpoch,
      topics: inSession.topics,
      forgottenTopicsData: inSession.forgottenTopicsData,
      rackId: config['client.rack'],
    }
    this.fetching.add(node.id)
    this.client.send(node, 'Fetch', body, {
      onResponse: (response) => {
        this.fetching.delete(node.id)
        this.fetched(response, session)
        this.run()
      },
      onFailure: () => {
        this.fetching.delete(node.id)
        session.fail()
        for (const partition of partitions) {
          partition.preferLeader()
          this.backOff(partition, Errors.NETWORK_EXCEPTION)
        }
      },
    })
  }

  private sessionWith(node: NodeAddress): FetchSessionHandler {
    let session = this.sessions.get(node.id)
    if (session === undefined) {
      session = new FetchSessionHandler()
      this.sessions.set(node.id, session)
    }
    return session
  }

  private fetched(response: ResponseOf<'Fetch'>, session: FetchSessionHandler): void {
    if (!session.accept(response)) {
      if (response.errorCode === Errors.FETCH_SESSION_TOPIC_ID_ERROR) this.metadata.requestUpdate()
      return
    }
    for (const { topicId, partitions } of response.responses) {
      for (const data of partitions) {
        const partition = this.named(topicId, data.partitionIndex)
        // Data for a position that moved meanwhile is dropped (C-4).
        const asked = session.asked(topicId, data.partitionIndex)
        if (partition?.state !== 'fetching' || asked?.fetchOffset !== partition.position) continue
        if (data.errorCode === Errors.NONE) this.taken(partition, data)
        else if (data.errorCode === Errors.OFFSET_OUT_OF_RANGE) {
          // A follower may lag: the leader must say so itself.
          if (!partition.preferLeader()) partition.lose()
        } else this.refused(partition, data, response)
      }
    }
  }

  private taken(partition: AssignedPartition, data: FetchedPartition): void {
    const { preferredReadReplica, records } = data
    if (preferredReadReplica < 0) return this.deliver(partition, records)
    partition.prefer(preferredReadReplica, this.host.clock.monotonicMs() + this.options.config['metadata.max.age.ms'])
    this.deliver(partition, records)
  }

  private named(topicId: string, index: number): AssignedPartition | undefined {
    for (const partition of this.partitions.values()) {
      if (partition.index !== index) continue
      if (this.metadata.topic(partition.topic)?.id === topicId) return partition
    }
    return undefined
  }

  private deliver(partition: AssignedPartition, bytes: Uint8Array | null): void {
    if (bytes === null || bytes.length === 0) return
    const intact = readFetchedBatches(bytes, partition.position, this.options.config['check.crcs'], (next, batch) => {
      partition.advance(next, batch.leaderEpoch)
      if (batch.records.length > 0) this.options.onRecords(partition.key, batch)
    })
    // Rotten bytes never reach the application; the position stays before them (C-9).
    if (!intact) this.backOff(partition, Errors.CORRUPT_MESSAGE)
  }

  /** A refusal may name the new leader: then there is nothing to wait for (KIP-951). */
  private refused(partition: AssignedPartition, data: FetchedPartition, response: ResponseOf<'Fetch'>): void {
    const { topic, index } = partition
    // As Kafka's client: that the replica has not yet heard of an epoch is no reason to leave it.
    if (data.errorCode !== Errors.UNKNOWN_LEADER_EPOCH) partition.preferLeader()
    const before = this.metadata.partition(topic, index)?.leaderEpoch
    if (data.errorCode === Errors.NOT_LEADER_OR_FOLLOWER || data.errorCode === Errors.FENCED_LEADER_EPOCH) {
      this.metadata.learnLeader(topic, index, data.currentLeader, response.nodeEndpoints)
    }
    if (this.metadata.partition(topic, index)?.leaderEpoch === before) this.backOff(partition, data.errorCode)
    else this.metadata.requestUpdate()
  }

  /** Not asked for again until retry.backoff.ms is over; stale metadata is refreshed (C-9). */
  private backOff(partition: AssignedPartition, errorCode: number): void {
    if (refreshesMetadata(errorCode) || errorCode === Errors.UNKNOWN_LEADER_EPOCH) this.metadata.requestUpdate()
    partition.retryAtMs = this.host.clock.monotonicMs() + this.options.config['retry.backoff.ms']
    this.armRetry()
  }

  private armRetry(): void {
    const nowMs = this.host.clock.monotonicMs()
    let nextMs = Number.MAX_SAFE_INTEGER
    for (const { retryAtMs } of this.partitions.values()) if (retryAtMs > nowMs) nextMs = Math.min(nextMs, retryAtMs)
    if (nextMs === Number.MAX_SAFE_INTEGER) return
    this.timer ??= this.host.clock.at(nextMs, 'consumer-retry', () => {
      this.timer = undefined
      this.run()
      this.armRetry()
    })
  }
}
