// Fetches for a consumer: keeps positions valid, one request a broker, follows leaders, reads from where it is sent
// (KIP-392). What becomes of the bytes, and which partitions may be asked for, is up to its owner.

import { assert, type Timer } from '../../sim/index.ts'
import type { ConsumerConfig } from '../config/consumer-config.ts'
import type { NetworkClient, NodeAddress } from '../network/network-client.ts'
import { Errors, refreshesMetadata } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { AssignedPartition } from './assigned-partition.ts'
import type { ClientMetadata } from './client-metadata.ts'
import { FetchSessionHandler } from './fetch-session-handler.ts'
import { isolationOf, PositionRequests } from './position-requests.ts'

type FetchRequest = RequestOf<'Fetch'>
type FetchedPartition = ResponseOf<'Fetch'>['responses'][number]['partitions'][number]

export interface FetcherOwner {
  /** What may be fetched now, as far as the owner is concerned: it has room, and wants it. */
  wants(partition: AssignedPartition): boolean
  /** Bytes from its position on. False if they cannot be read: they are asked for again. */
  onBytes(partition: AssignedPartition, bytes: Uint8Array): boolean
  /** The position moved without reading: reset by policy, or back after a truncation. */
  onPositionMoved(partition: AssignedPartition, from: number, why: string): void
  /** There may be something to do: `run` should be called. */
  onChange(): void
  /** Its leader is another: what was fetched of it before counts only once its position has been looked at. */
  onUncertain?(partition: AssignedPartition): void
}

export class Fetcher {
  readonly partitions = new Map<string, AssignedPartition>()
  private readonly host: KafkaHost
  private readonly client: Pick<NetworkClient, 'send'>
  private readonly metadata: ClientMetadata
  private readonly config: ConsumerConfig
  private readonly owner: FetcherOwner
  private readonly positionRequests: PositionRequests
  /** Brokers with a fetch on its way: one at a time each (C-3). */
  private readonly fetching = new Set<number>()
  /** By broker. */
  private readonly sessions = new Map<number, FetchSessionHandler>()
  private timer: Timer | undefined

  constructor(
    host: KafkaHost,
    client: Pick<NetworkClient, 'send'>,
    metadata: ClientMetadata,
    config: ConsumerConfig,
    owner: FetcherOwner,
  ) {
    this.host = host
    this.client = client
    this.metadata = metadata
    this.config = config
    this.owner = owner
    this.positionRequests = new PositionRequests(client, config, {
      isAssigned: (partition) => this.partitions.get(partition.key) === partition,
      isCurrent: ({ topic, index }, leaderEpoch) => metadata.partition(topic, index)?.leaderEpoch === leaderEpoch,
      onMoved: (partition, from, why) => owner.onPositionMoved(partition, from, why),
      onError: (partition, errorCode) => this.backOff(partition, errorCode),
      onSettled: () => owner.onChange(),
    })
  }

  /** Asks for whatever is needed and not on its way; `asksForPositions`: where to read, too. */
  run(asksForPositions = true): void {
    const nowMs = this.host.clock.monotonicMs()
    for (const partition of this.partitions.values()) {
      const info = this.metadata.partition(partition.topic, partition.index)
      if (info === undefined || partition.retryAtMs > nowMs || partition.state === 'failed') continue
      if (info.leader === undefined) {
        this.metadata.requestUpdate()
        continue
      }
      if (partition.noticeLeader(info)) this.owner.onUncertain?.(partition)
      if (partition.isAsking || !asksForPositions) continue
      if (partition.state === 'awaiting-reset') this.positionRequests.reset(partition, info.leader, info.leaderEpoch)
      else if (partition.state === 'awaiting-validation') {
        this.positionRequests.validate(partition, info.leader, info.leaderEpoch)
      }
    }
    this.fetchFromEachNode(nowMs)
  }

  private fetchFromEachNode(nowMs: number): void {
    const byNode = new Map<number, { node: NodeAddress; partitions: AssignedPartition[] }>()
    for (const partition of this.partitions.values()) {
      if (partition.state !== 'fetching' || partition.retryAtMs > nowMs || !this.owner.wants(partition)) continue
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
    const { config } = this
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
        this.owner.onChange()
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
      const topic = this.topicNamed(topicId)
      for (const data of partitions) {
        const partition = topic === undefined ? undefined : this.partitions.get(`${topic}-${data.partitionIndex}`)
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
    partition.prefer(preferredReadReplica, this.host.clock.monotonicMs() + this.config['metadata.max.age.ms'])
    this.deliver(partition, records)
  }

  private topicNamed(topicId: string): string | undefined {
    for (const { topic } of this.partitions.values()) if (this.metadata.topic(topic)?.id === topicId) return topic
    return undefined
  }

  private deliver(partition: AssignedPartition, bytes: Uint8Array | null): void {
    if (bytes === null || bytes.length === 0) return
    // Rotten bytes never reach the application; the position stays before them (C-9).
    if (this.owner.onBytes(partition, bytes)) return
    this.host.trace.emit({ type: 'bytes-refused', by: 'consumer', partition: partition.key })
    this.backOff(partition, Errors.CORRUPT_MESSAGE)
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
  backOff(partition: AssignedPartition, errorCode: number): void {
    if (refreshesMetadata(errorCode) || errorCode === Errors.UNKNOWN_LEADER_EPOCH) this.metadata.requestUpdate()
    partition.retryAtMs = this.host.clock.monotonicMs() + this.config['retry.backoff.ms']
    this.armRetry()
  }

  private armRetry(): void {
    const nowMs = this.host.clock.monotonicMs()
    let nextMs = Number.MAX_SAFE_INTEGER
    for (const { retryAtMs } of this.partitions.values()) if (retryAtMs > nowMs) nextMs = Math.min(nextMs, retryAtMs)
    if (nextMs === Number.MAX_SAFE_INTEGER) return
    this.timer ??= this.host.clock.at(nextMs, 'consumer-retry', () => {
      this.timer = undefined
      this.owner.onChange()
      this.armRetry()
    })
  }
}
