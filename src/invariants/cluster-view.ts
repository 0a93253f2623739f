// What an outsider may look at: the replicas of running brokers, and the controller's committed metadata. Reading only;
// `Partition` fits `ObservedReplica`, and nothing here lets an observer change one.

import type { PartitionLog } from '../log/partition-log.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { SegmentSwap } from './compaction/segment-swaps.ts'

/** The log as far as observers go. Its reads take no time: whoever opened it has read all of it into the cache. */
export type ObservedLog = Pick<
  PartitionLog,
  'logStartOffset' | 'lastStableOffset' | 'highWatermark' | 'logEndOffset' | 'read'
> & {
  /** Which leader epoch wrote which offsets, as it says. */
  readonly epochs?: { epochForOffset(offset: number): number | undefined }
  /** What compaction did to it last. */
  readonly lastSwap?: SegmentSwap | undefined
}

/** One replica as its broker sees it; see `Partition` for what the fields mean. */
export interface ObservedReplica {
  /** Topics of one name that follow each other have different ones. */
  readonly topicId: string
  readonly log: ObservedLog
  readonly role: 'leader' | 'follower' | 'none'
  /** Broker id, or −1. */
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly partitionEpoch: number
  readonly assignedReplicas: readonly number[]
  readonly committedIsr: readonly number[]
  readonly maximalIsr: readonly number[]
  readonly isrChangeInFlight: boolean
  readonly effectiveMinIsr: number
  /** What a leader knows of its followers, by broker id. */
  readonly remoteReplicas: ReadonlyMap<number, { readonly logEndOffset: number }>
}

/** One broker's process; `Broker` fits. */
export interface ObservedBroker {
  /** 'RUNNING' once the controller let it serve. */
  readonly state: string
  /** −1 until registered. */
  readonly brokerEpoch: number
  /** What it has replayed of the metadata log. */
  readonly metadata: { readonly brokers: ReadonlyMap<number, unknown> }
  /** The leaders from which this partition is fetched, one for each fetcher that has it. */
  fetchedFrom(key: string): readonly number[]
}

export interface ClusterView {
  readonly brokerIds: readonly number[]
  /** By key, 'orders-0'; undefined while the broker's process is dead or has not loaded its logs. */
  partitionsOf(broker: number): ReadonlyMap<string, ObservedReplica> | undefined
  /** Undefined while the broker's process is dead. */
  broker(id: number): ObservedBroker | undefined
  /** The controller's committed image; undefined while no controller runs. */
  readonly metadata: MetadataImage | undefined
}
