// The active controller's state without a log or a clock of its own: what handlers decide is applied at once.

import { Streams } from '../../sim/random/streams.ts'
import type { ConfigOverrides } from '../../src/config/resolve-config.ts'
import { BrokerHeartbeats } from '../../src/controller/broker-heartbeats.ts'
import { brokerHeartbeat, registerBroker } from '../../src/controller/broker-requests.ts'
import { type ControllerResult, type ControllerState, replayRecord } from '../../src/controller/controller-state.ts'
import { createTopics } from '../../src/controller/create-topics.ts'
import { MetadataImage } from '../../src/metadata/metadata-image.ts'
import type { PartitionState } from '../../src/metadata/partition-state.ts'
import type { MetadataRecord } from '../../src/protocol/metadata-record.ts'
import type { RequestOf, ResponseOf } from '../../src/protocol/messages.ts'
import type { Switches } from '../../src/switches/switches.ts'
import { brokerConfig, switches } from '../support/configs.ts'

export const CLUSTER_ID = 'cluster'

export class ControllerFixture {
  readonly state: ControllerState
  nowMs = 1000
  private offset = 0

  constructor(config: ConfigOverrides = {}, behaviour: Partial<Switches> = {}, seed = 1) {
    const resolved = brokerConfig(config)
    this.state = {
      clusterId: CLUSTER_ID,
      image: new MetadataImage(),
      heartbeats: new BrokerHeartbeats(resolved['broker.session.timeout.ms'], () => this.nowMs),
      config: resolved,
      switches: switches(behaviour),
      rng: new Streams(seed).stream('placement'),
      registrationOffsets: new Map(),
      nextOffset: () => this.offset,
    }
  }

  apply<T>(result: ControllerResult<T>): T {
    this.applyRecords(result.records)
    return result.reply
  }

  applyRecords(records: readonly MetadataRecord[]): void {
    for (const record of records) {
      replayRecord(this.state, record, this.offset++)
    }
  }

  register(brokerId: number, incarnation = `incarnation-${brokerId}`, rack: string | null = null) {
    return this.apply(registerBroker(this.state, registration(brokerId, incarnation, rack)))
  }

  heartbeat(brokerId: number, changes: Partial<RequestOf<'BrokerHeartbeat'>> = {}): ResponseOf<'BrokerHeartbeat'> {
    return this.apply(brokerHeartbeat(this.state, this.heartbeatOf(brokerId, changes)))
  }

  heartbeatOf(brokerId: number, changes: Partial<RequestOf<'BrokerHeartbeat'>> = {}): RequestOf<'BrokerHeartbeat'> {
    return {
      brokerId,
      brokerEpoch: this.epochOf(brokerId),
      currentMetadataOffset: this.offset,
      wantFence: false,
      wantShutDown: false,
      offlineLogDirs: [],
      ...changes,
    }
  }

  /** Registers and unfences. */
  bringUp(...brokerIds: readonly number[]): void {
    for (const id of brokerIds) {
      this.register(id)
      this.heartbeat(id)
    }
  }

  create(replicas: readonly (readonly number[])[], name = 'orders', configs: Record<string, string> = {}): void {
    const reply = this.apply(createTopics(this.state, creation(name, replicas, configs)))
    if (reply.topics[0]?.errorCode !== 0) throw new Error(reply.topics[0]?.errorMessage ?? 'not created')
  }

  epochOf(brokerId: number): number {
    return this.state.image.brokers.get(brokerId)?.epoch ?? -1
  }

  partition(index = 0, topic = 'orders'): PartitionState {
    return this.state.image.partition(topic, index)!
  }

  /** 'leader/isr/leaderEpoch/partitionEpoch', such as '1/1,2/0/3'. */
  summary(index = 0): string {
    const { leader, isr, leaderEpoch, partitionEpoch } = this.partition(index)
    return `${leader}/${isr.join(',')}/${leaderEpoch}/${partitionEpoch}`
  }
}

export function registration(
  brokerId: number,
  incarnationId: string,
  rack: string | null = null,
): RequestOf<'BrokerRegistration'> {
  return {
    brokerId,
    clusterId: CLUSTER_ID,
    incarnationId,
    listeners: [{ name: 'PLAINTEXT', host: `broker-${brokerId}`, port: 9092, securityProtocol: 0 }],
    features: [],
    rack,
    isMigratingZkBroker: false,
    logDirs: [],
    previousBrokerEpoch: -1,
  }
}

export function creation(
  name: string,
  replicas: readonly (readonly number[])[],
  configs: Record<string, string> = {},
): RequestOf<'CreateTopics'> {
  return {
    topics: [
      {
        name,
        numPartitions: -1,
        replicationFactor: -1,
        assignments: replicas.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      },
    ],
    timeoutMs: 1000,
    validateOnly: false,
  }
}
