// One partition 'orders-0' with replicas 1, 2, 3 as broker 1 hosts it, and what a broker needs around it.

import { NO_BUGGIFY } from '../../src/buggify/buggify.ts'
import { DEFAULT_LOG_CONFIG } from '../../src/log/log-config.ts'
import type { LeaderAppend } from '../../src/log/append-result.ts'
import { OfflineReplicas } from '../../src/broker/offline-replicas.ts'
import { oneDirectory } from '../log/one-directory.ts'
import { type BrokerState, MetadataImage } from '../../src/metadata/metadata-image.ts'
import type { PartitionState } from '../../src/metadata/partition-state.ts'
import type {
  AlterPartitions,
  BrokerContext,
  DelayedRequests,
  IsrChange,
  IsrChangeOutcome,
} from '../../src/broker/broker-context.ts'
import type { AskedPartition, FetchParams, FetchResult } from '../../src/broker/fetch-types.ts'
import { LogTrace } from '../../src/broker/partition-trace.ts'
import { Partition } from '../../src/broker/partition.ts'
import { batchOf } from '../log/fixtures.ts'
import type { BrokerConfig } from '../../src/config/broker-config.ts'
import { resolveSwitches, type Switches } from '../../src/switches/switches.ts'
import { FakeHost } from './fake-host.ts'
import { testConfig } from './settings.ts'

export const TOPIC_ID = 'b3JkZXJzLXRvcGljLWlkMA'
export const LAG_MS = 30_000

/** Broker `id` is registered with this epoch at first. */
export const brokerEpochOf = (id: number): number => 100 + id

/** Keeps what is submitted, until a test answers. */
export class FakeAlterPartitions implements AlterPartitions {
  readonly submitted: { change: IsrChange; done: (outcome: IsrChangeOutcome) => void }[] = []

  submit(change: IsrChange, done: (outcome: IsrChangeOutcome) => void): void {
    this.submitted.push({ change, done })
  }

  readonly forgotten: string[] = []

  forget(key: string): void {
    this.forgotten.push(key)
  }

  get last(): IsrChange {
    const item = this.submitted.at(-1)
    if (item === undefined) throw new Error('nothing was submitted')
    return item.change
  }

  /** The controller accepts the latest change. */
  accept(answer: Partial<IsrChangeOutcome> = {}): void {
    const { change, done } = this.submitted.at(-1)!
    done({
      errorCode: 0,
      isr: change.newIsr.map((member) => member.brokerId),
      leaderEpoch: change.leaderEpoch,
      partitionEpoch: change.partitionEpoch + 1,
      ...answer,
    })
  }

  refuse(errorCode: number): void {
    this.submitted.at(-1)!.done({ errorCode, isr: [], leaderEpoch: 0, partitionEpoch: 0 })
  }
}

/** Counts wake-ups. */
export class FakeDelayed implements DelayedRequests {
  all = 0
  fetches = 0

  wakeAll(): void {
    this.all += 1
  }

  wakeDeletions(): void {}

  wakeFetches(): void {
    this.fetches += 1
  }
}

export interface FixtureOptions {
  readonly switches?: Partial<Switches>
  readonly config?: Partial<BrokerConfig>
  readonly brokerId?: number
  readonly alterPartitions?: AlterPartitions
}

export class Fixture {
  readonly host = new FakeHost()
  readonly metadata = new MetadataImage()
  readonly alter = new FakeAlterPartitions()
  readonly delayed = new FakeDelayed()
  readonly context: BrokerContext

  constructor(options: FixtureOptions = {}) {
    const { host, metadata } = this
    for (const id of [1, 2, 3]) this.register(id)
    const trace: LogTrace = new LogTrace({ host, id: options.brokerId ?? 1 }, (key) => this.isLeader(key))
    this.context = {
      host,
      id: options.brokerId ?? 1,
      config: { ...testConfig(), ...options.config },
      switches: resolveSwitches('4.0', options.switches),
      buggify: NO_BUGGIFY,
      metadata,
      logs: oneDirectory({ disk: host.disk, dir: 'data', configOf: () => DEFAULT_LOG_CONFIG, observer: trace }),
      directoryIds: new Map(),
      offlineReplicas: new OfflineReplicas(),
      alterPartitions: options.alterPartitions ?? this.alter,
      brokerEpoch: () => brokerEpochOf(options.brokerId ?? 1),
    }
  }

  isLeader: (key: string) => boolean = () => true

  register(id: number, changes: Partial<BrokerState> = {}): void {
    this.metadata.brokers.set(id, {
      id,
      epoch: brokerEpochOf(id),
      incarnationId: `incarnation-${id}`,
      host: `broker-${id}`,
      port: 9092,
      rack: null,
      fenced: false,
      inControlledShutdown: false,
      logDirs: [],
      ...changes,
    })
  }

  partition(minInsyncReplicas = 1): Partition {
    const log = this.context.logs.create('orders', 0, TOPIC_ID, DEFAULT_LOG_CONFIG)
    return new Partition(
      { topic: 'orders', topicId: TOPIC_ID, index: 0 },
      log,
      minInsyncReplicas,
      this.context,
      this.delayed,
    )
  }

  /** A partition that leads epoch 1 with a full ISR. */
  leader(minInsyncReplicas = 1, changes: Partial<PartitionState> = {}): Partition {
    const partition = this.partition(minInsyncReplicas)
    partition.makeLeader(state(changes))
    return partition
  }
}

export function state(changes: Partial<PartitionState> = {}): PartitionState {
  return {
    topic: 'orders',
    topicId: TOPIC_ID,
    index: 0,
    key: 'orders-0',
    replicas: [1, 2, 3],
    isr: [1, 2, 3],
    leader: 1,
    leaderEpoch: 1,
    partitionEpoch: 0,
    elr: [],
    lastKnownElr: [],
    leaderRecoveryState: 0,
    directories: [],
    ...changes,
  }
}

/** Appends `count` batches of one record. */
export function produce(partition: Partition, count = 1, acks = 1): LeaderAppend {
  let last: LeaderAppend | undefined
  for (let i = 0; i < count; i++) last = partition.appendAsLeader(batchOf([`v${i}`]), acks, 'client')
  if (last === undefined) throw new Error('nothing to append')
  return last
}

export function followerParams(replicaId: number, changes: Partial<FetchParams> = {}): FetchParams {
  return {
    replicaId,
    replicaEpoch: brokerEpochOf(replicaId),
    maxWaitMs: 500,
    minBytes: 1,
    maxBytes: 10_485_760,
    bound: 'log-end',
    leaderOnly: true,
    clientRack: '',
    ...changes,
  }
}

export function consumerParams(changes: Partial<FetchParams> = {}): FetchParams {
  return { ...followerParams(-1), replicaEpoch: -1, bound: 'high-watermark', leaderOnly: false, ...changes }
}

export function ask(fetchOffset: number, changes: Partial<AskedPartition> = {}): AskedPartition {
  return {
    partition: 0,
    currentLeaderEpoch: 1,
    fetchOffset,
    lastFetchedEpoch: -1,
    logStartOffset: 0,
    partitionMaxBytes: 1_048_576,
    replicaDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAA',
    ...changes,
  }
}

/** Follower `replicaId` fetches at `offset`, in the leader's epoch. */
export function follow(
  partition: Partition,
  replicaId: number,
  offset: number,
  changes: Partial<AskedPartition> = {},
): FetchResult {
  const asked = ask(offset, { currentLeaderEpoch: partition.leaderEpoch, ...changes })
  return partition.fetch(followerParams(replicaId), asked, asked.partitionMaxBytes, true, true)
}
