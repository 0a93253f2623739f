// What the parts of one broker share: interfaces only, so that leader side, follower side and life cycle meet here and
// nowhere else. Everything belongs to one incarnation of one broker.

import type { Buggify } from '../buggify/buggify.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import type { LogDirectories } from '../log/log-directories.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { NodeAddress } from '../network/network-client.ts'
import type { ApiName } from '../protocol/api-keys.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { Switches } from '../switches/switches.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { OfflineReplicas } from './offline-replicas.ts'
import type { Partition } from './partition.ts'

export interface BrokerContext {
  readonly host: KafkaHost
  /** Broker id. */
  readonly id: number
  readonly config: BrokerConfig
  readonly switches: Switches
  readonly buggify: Buggify
  /** What this broker has replayed of the metadata log: live, changed by the metadata observer only. */
  readonly metadata: MetadataImage
  /** Loaded and recovered before anybody leads or follows. */
  readonly logs: LogDirectories
  /** By directory. */
  readonly directoryIds: ReadonlyMap<string, string>
  readonly offlineReplicas: OfflineReplicas
  readonly alterPartitions: AlterPartitions
  /** Offset of our registration; −1 until registered. */
  brokerEpoch(): number
}

export interface ReplicaName {
  readonly topic: string
  readonly topicId: string
  readonly index: number
}

/** Requests to the active controller, tried again for ever: what is sent is answered exactly once, or never. */
export interface ControllerChannel {
  send<A extends ApiName>(api: A, body: RequestOf<A>, onResponse: (response: ResponseOf<A>) => void): void
}

/** Where a leader asks for a change of its ISR. */
export interface AlterPartitions {
  /** `done` is called exactly once: at once with OPERATION_NOT_ATTEMPTED if the partition has an item in hand. */
  submit(change: IsrChange, done: (outcome: IsrChangeOutcome) => void): void
  /** Drops what is in hand of this partition, wherever it is. A mistake of old (KAFKA-12686, RB-15). */
  forget(key: string): void
}

export interface IsrChange {
  readonly key: string
  readonly topicId: string
  readonly index: number
  readonly leaderEpoch: number
  readonly partitionEpoch: number
  /** −1: the epoch is not known. */
  readonly newIsr: readonly { readonly brokerId: number; readonly brokerEpoch: number }[]
}

export interface IsrChangeOutcome {
  /** Kafka's error code; the rest has a meaning only when it is 0. */
  readonly errorCode: number
  readonly isr: readonly number[]
  readonly leaderEpoch: number
  readonly partitionEpoch: number
}

/** What follows leaders on behalf of this broker's follower replicas. */
export interface FollowerFetchers {
  /**
   * The partition has become a follower in a new leader epoch, of a leader that is registered. Any fetcher of an
   * earlier epoch was removed before.
   */
  assign(partition: Partition, leader: NodeAddress): void
  /** Stops following; nothing if not followed. */
  remove(key: string): void
}

/** Requests that wait for something to happen to a partition: woken after it happened, never during. */
export interface DelayedRequests {
  /** The high watermark rose: everybody who waits here looks again. */
  wakeAll(partition: { readonly key: string }): void
  /** The log start of a replica moved: deletions may be complete. */
  wakeDeletions(partition: { readonly key: string }): void
  /** The log end moved, or a follower's high watermark did: only fetches can be affected. */
  wakeFetches(partition: { readonly key: string }): void
}
