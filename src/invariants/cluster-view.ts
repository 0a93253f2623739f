// What an outsider may look at: the replicas of running brokers, and the controller's committed metadata. Reading only;
// `Partition` fits `ObservedReplica`, and nothing here lets an observer change one.

import type { PartitionLog } from '../log/partition-log.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { CheckpointFile } from '../trace/log-event.ts'
import type { SegmentSwap } from './compaction/segment-swaps.ts'

/** The log as far as observers go. Its reads take no time: whoever opened it has read all of it into the cache. */
export type ObservedLog = Pick<
  PartitionLog,
  'logStartOffset' | 'lastStableOffset' | 'highWatermark' | 'logEndOffset' | 'truncations' | 'read'
> & {
  /** Which leader epoch wrote which offsets, as it says. */
  readonly epochs?: { epochForOffset(offset: number): number | undefined; entries(): readonly EpochStart[] }
  /** Its files, the active one last. */
  readonly segments?: ObservedSegments
  /** What lies below counts as synced. */
  readonly recoveryPoint?: number
  readonly config?: { readonly compacted: boolean }
  /** What it remembers of producers: how many it forgot for idleness since it was loaded, or then. */
  readonly producers?: { readonly forgotten: number }
  /** What compaction did to it last. */
  readonly lastSwap?: SegmentSwap | undefined
}

export interface EpochStart {
  readonly epoch: number
  readonly startOffset: number
}

export interface ObservedSegments {
  readonly size: number
  at(index: number): ObservedSegment
}

/** A file of batches and its two sparse indexes, whose entries are numbered from 0. */
export interface ObservedSegment {
  readonly baseOffset: number
  readonly sizeBytes: number
  readonly file: { read(position: number, length: number): Uint8Array }
  readonly offsetIndex: { readonly size: number; offset(n: number): number; position(n: number): number }
  readonly timeIndex: { readonly size: number; timestampMs(n: number): number; offset(n: number): number }
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
  /** Of a file of this name in each log directory of a broker, what it says now; nobody can look: undefined. */
  readonly checkpoints?: (broker: number, file: CheckpointFile) => readonly string[]
  /** The controller's committed image; undefined while no controller runs. */
  readonly metadata: MetadataImage | undefined
}
