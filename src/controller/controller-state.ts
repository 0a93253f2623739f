// What the active controller decides from: the image with everything appended so far, committed or not, the
// brokers' sessions, and settings. Handlers read it and return records; only the controller applies them.

import { NO_LEADER, type PartitionState } from '../metadata/partition-state.ts'
import { type MetadataImage, RESOURCE_TYPE } from '../metadata/metadata-image.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import type { Rng } from '../../sim/index.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import type { Switches } from '../switches/switches.ts'
import type { BrokerHeartbeats } from './broker-heartbeats.ts'
import type { ElectionKind } from './election.ts'
import type { ChangeRules } from './partition-change.ts'

/** What a handler decided: records to append as one batch, and the answer to give once they are committed. */
export interface ControllerResult<T> {
  readonly records: readonly MetadataRecord[]
  readonly reply: T
}

export interface ControllerState {
  readonly clusterId: string
  readonly image: MetadataImage
  readonly heartbeats: BrokerHeartbeats
  readonly config: BrokerConfig
  readonly switches: Switches
  /** Placement of replicas and names of topics. */
  readonly rng: Rng
  /** Offset of each broker's latest registration record. */
  readonly registrationOffsets: Map<number, number>
  /** Offset the next append gets. */
  nextOffset(): number
}

/** Does this request come from the registration that is current? Any other is STALE_BROKER_EPOCH. */
export function isCurrentBrokerEpoch(image: MetadataImage, brokerId: number, brokerEpoch: number): boolean {
  return image.brokers.get(brokerId)?.epoch === brokerEpoch
}

/** May a partition of this topic be led from outside its ISR? */
export function electionKind(state: ControllerState, topic: string): ElectionKind {
  if (!state.switches.uncleanElectionByConfig) return 'online'
  const key = 'unclean.leader.election.enable'
  const override = state.image.configOf(RESOURCE_TYPE.topic, topic).get(key)
  return (override ?? String(state.config[key])) === 'true' ? 'unclean' : 'online'
}

/** What binds every change of a partition of this topic. */
export function changeRules(state: ControllerState, topic: string): ChangeRules {
  const { elr, checkLastKnownAlive, bumpEpochOnIsrShrink } = state.switches
  return { elr, minIsr: effectiveMinIsr(state, topic), checkLastKnownAlive, bumpEpochOnIsrShrink }
}

/** Counts by the replicas of the first partition, as Kafka does. */
function effectiveMinIsr(state: ControllerState, topic: string): number {
  const key = 'min.insync.replicas'
  const minIsr = Number(state.image.configOf(RESOURCE_TYPE.topic, topic).get(key) ?? state.config[key])
  return Math.min(minIsr, state.image.partition(topic, 0)?.replicas.length ?? minIsr)
}

export function* partitionsOf(image: MetadataImage): Generator<PartitionState> {
  for (const topic of image.topics.values()) yield* topic.partitions
}

export function leadsAny(image: MetadataImage, brokerId: number): boolean {
  for (const partition of partitionsOf(image)) if (partition.leader === brokerId) return true
  return false
}

export function isLeaderless(partition: PartitionState): boolean {
  return partition.leader === NO_LEADER
}

/** Takes what was appended at `offset` into the state; sessions follow registrations. */
export function replayRecord(state: ControllerState, record: MetadataRecord, offset: number): void {
  state.image.apply(record, offset)
  switch (record.type) {
    case 'RegisterBrokerRecord':
      state.registrationOffsets.set(record.brokerId, offset)
      return state.heartbeats.register(record.brokerId, record.fenced)
    case 'BrokerRegistrationChangeRecord': {
      const broker = state.image.brokers.get(record.brokerId)
      if (broker !== undefined) state.heartbeats.registrationChanged(broker.id, broker.fenced)
      return
    }
    default:
      return
  }
}
