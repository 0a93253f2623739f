// What a client knows of the cluster: brokers, and the leader of each partition it is interested in. Refreshed when
// asked and when old; a leader epoch lower than the last seen is not believed. Left out: topics by pattern,
// forgetting idle topics, bootstrapping again because metadata is old (KIP-1102).

import { assert, type Rng, type Timer } from '../../sim/index.ts'
import { ExponentialBackoff } from '../network/exponential-backoff.ts'
import type { NetworkClient, NodeAddress } from '../network/network-client.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { ResponseOf } from '../protocol/messages.ts'
import { ZERO_UUID } from '../protocol/uuid.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'

export interface PartitionInfo {
  readonly topic: string
  readonly topicId: string
  readonly index: number
  /** The name people use: 'orders-0'. */
  readonly key: string
  readonly leader: NodeAddress | undefined
  readonly leaderEpoch: number
  /** Racks of its replicas, as far as their brokers are known. */
  readonly racks: ReadonlySet<string>
  /** Replicas that can be read from. */
  readonly onlineReplicas: readonly number[]
}

export interface TopicInfo {
  readonly name: string
  readonly id: string
  /** By index. */
  readonly partitions: readonly PartitionInfo[]
}

export interface MetadataOptions {
  readonly bootstrap: readonly NodeAddress[]
  readonly maxAgeMs: number
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
  /** Turns to the bootstrap servers again when no broker it knows can be reached (KIP-899). */
  readonly rebootstraps: boolean
  /** Called after each answer to a metadata request. */
  onUpdate(): void
}

/** Where a broker that a response speaks of listens (KIP-951). */
export interface NodeEndpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

export class ClientMetadata {
  private readonly host: KafkaHost
  private readonly client: NetworkClient
  private readonly options: MetadataOptions
  private readonly rng: Rng
  private readonly backoff: ExponentialBackoff
  private readonly topics = new Map<string, TopicInfo>()
  private readonly wanted = new Set<string>()
  /** How many answers it has had. */
  version = 0
  private brokers: readonly NodeAddress[] = []
  private inFlight = false
  private updateWanted = false
  private notBeforeMs = 0
  private attempts = 0
  private timer: Timer | undefined

  constructor(host: KafkaHost, client: NetworkClient, rng: Rng, options: MetadataOptions) {
    this.host = host
    this.client = client
    this.options = options
    this.rng = rng
    this.backoff = new ExponentialBackoff(options.retryBackoffMs, options.retryBackoffMaxMs, rng)
  }

  /** Starts caring for a topic. */
  add(topic: string): void {
    if (this.wanted.has(topic)) return
    this.wanted.add(topic)
    this.requestUpdate()
  }

  /** An answer is waited for, or will be asked for as soon as that is allowed. */
  get updateRequested(): boolean {
    return this.updateWanted || this.inFlight
  }

  topic(name: string): TopicInfo | undefined {
    return this.topics.get(name)
  }

  partition(topic: string, index: number): PartitionInfo | undefined {
    return this.topics.get(topic)?.partitions[index]
  }

  /** Where to reach this replica of the partition; undefined if it is not known to be up. */
  replica(partition: PartitionInfo, brokerId: number): NodeAddress | undefined {
    if (!partition.onlineReplicas.includes(brokerId)) return undefined
    return this.brokers.find(({ id }) => id === brokerId)
  }

  /** Asks for fresh metadata, now or when the back-off since the last request is over. */
  requestUpdate(): void {
    this.updateWanted = true
    if (this.inFlight) return
    const nowMs = this.host.clock.monotonicMs()
    if (nowMs >= this.notBeforeMs) this.update()
    else this.arm(this.notBeforeMs)
  }

  private arm(deadlineMs: number): void {
    this.timer?.cancel()
    this.timer = this.host.clock.at(deadlineMs, 'metadata-refresh', () => {
      this.timer = undefined
      this.update()
    })
  }

  private update(): void {
    if (this.inFlight || this.wanted.size === 0) return
    const node = this.leastLoadedNode()
    if (node === undefined) {
      this.arm(this.host.clock.monotonicMs() + this.options.retryBackoffMs)
      return
    }
    this.timer?.cancel()
    this.timer = undefined
    this.inFlight = true
    this.updateWanted = false
    const topics = [...this.wanted].map((name) => ({ topicId: ZERO_UUID, name }))
    this.client.send(
      node,
      'Metadata',
      {
        topics,
        allowAutoTopicCreation: false,
        includeClusterAuthorizedOperations: false,
        includeTopicAuthorizedOperations: false,
      },
      { onResponse: (response) => this.answered(response), onFailure: () => this.failed() },
    )
  }

  /** A node for what any can answer; undefined while none may be tried. */
  leastLoadedNode(): NodeAddress | undefined {
    const known = this.client.leastLoadedNode(this.brokers, this.rng)
    if (known !== undefined || (this.brokers.length > 0 && !this.options.rebootstraps)) return known
    return this.client.leastLoadedNode(this.options.bootstrap, this.rng)
  }

  /** A response names a newer leader than we know: believed at once, if we know where it listens (KIP-951, P-2). */
  learnLeader(
    topic: string,
    index: number,
    named: { readonly leaderId: number; readonly leaderEpoch: number },
    endpoints: readonly NodeEndpoint[],
  ): void {
    const known = this.topics.get(topic)
    const old = known?.partitions[index]
    if (known === undefined || old === undefined || named.leaderId < 0 || named.leaderEpoch <= old.leaderEpoch) return
    const leader =
      endpoints.map(addressOf).find(({ id }) => id === named.leaderId) ??
      this.brokers.find(({ id }) => id === named.leaderId)
    if (leader === undefined) return
    if (!this.brokers.some(({ id }) => id === leader.id)) this.brokers = [...this.brokers, leader]
    const partitions = known.partitions.with(index, { ...old, leader, leaderEpoch: named.leaderEpoch })
    this.topics.set(topic, { ...known, partitions })
  }

  private answered(response: ResponseOf<'Metadata'>): void {
    this.inFlight = false
    this.version += 1
    this.brokers = response.brokers.map(addressOf)
    const rackOf = new Map(response.brokers.map(({ nodeId, rack }) => [nodeId, rack]))
    let incomplete = false
    for (const topic of response.topics) {
      if (topic.errorCode !== Errors.NONE || topic.name === null) {
        incomplete = true
        continue
      }
      const { name, topicId } = topic
      const known = this.topics.get(name)
      const partitions: PartitionInfo[] = []
      for (const fresh of topic.partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex)) {
        const { partitionIndex: index, leaderId, leaderEpoch } = fresh
        assert(index === partitions.length, `metadata of ${name} skips partition ${partitions.length}`)
        if (fresh.errorCode !== Errors.NONE) incomplete = true
        const old = known?.id === topicId ? known.partitions[index] : undefined
        const leader = this.brokers.find((broker) => broker.id === leaderId)
        const believed = old === undefined || leaderEpoch >= old.leaderEpoch
        const onlineReplicas = fresh.replicaNodes.filter((id) => !fresh.offlineReplicas.includes(id))
        const key = `${name}-${index}`
        const racks = racksOf(fresh.replicaNodes, rackOf)
        const info = { topic: name, topicId, index, key, leader, leaderEpoch, racks, onlineReplicas }
        partitions.push(believed ? info : old)
      }
      this.topics.set(name, { name, id: topicId, partitions })
    }
    const nowMs = this.host.clock.monotonicMs()
    const again = incomplete || this.updateWanted
    this.attempts = again ? this.attempts + 1 : 0
    this.notBeforeMs = nowMs + this.backoff.delayMs(Math.max(0, this.attempts - 1))
    this.arm(again ? this.notBeforeMs : nowMs + this.options.maxAgeMs)
    this.options.onUpdate()
  }

  private failed(): void {
    this.inFlight = false
    this.attempts += 1
    this.notBeforeMs = this.host.clock.monotonicMs() + this.backoff.delayMs(this.attempts - 1)
    this.arm(this.notBeforeMs)
  }
}

const NO_RACKS: ReadonlySet<string> = new Set()

function racksOf(replicas: readonly number[], rackOf: ReadonlyMap<number, string | null>): ReadonlySet<string> {
  let racks: Set<string> | undefined
  for (const id of replicas) {
    const rack = rackOf.get(id)
    if (rack === null || rack === undefined) continue
    racks ??= new Set()
    racks.add(rack)
  }
  return racks ?? NO_RACKS
}

function addressOf({ nodeId, host, port }: NodeEndpoint): NodeAddress {
  return { id: nodeId, host, port }
}
