// A whole replica manager of broker 1, told of its partitions by metadata, with the followers' requests made by hand.

import type { FetchItem, FetchParams, FetchResult } from '../../src/broker/fetch-types.ts'
import type { FollowerFetchers } from '../../src/broker/broker-context.ts'
import { ProduceEntry } from '../../src/broker/delayed-produce.ts'
import type { Partition } from '../../src/broker/partition.ts'
import { ReplicaManager } from '../../src/broker/replica-manager.ts'
import { MetadataDelta } from '../../src/metadata/metadata-image.ts'
import type { PartitionState } from '../../src/metadata/partition-state.ts'
import { ask, brokerEpochOf, consumerParams, Fixture, type FixtureOptions, followerParams, state } from './fixture.ts'
import { batchOf } from '../log/fixtures.ts'

export class FakeFetchers implements FollowerFetchers {
  /** In order: `+orders-0@2` (follows broker 2), `-orders-0`. */
  readonly calls: string[] = []

  assign(partition: Partition, leader: { readonly id: number }): void {
    this.calls.push(`+${partition.key}@${leader.id}`)
  }

  remove(key: string): void {
    this.calls.push(`-${key}`)
  }
}

export class ManagerFixture extends Fixture {
  readonly fetchers = new FakeFetchers()
  readonly replicas: ReplicaManager

  constructor(options: FixtureOptions = {}) {
    super(options)
    this.replicas = new ReplicaManager(this.context, this.fetchers)
    this.isLeader = (key) => this.replicas.partitions.get(key)?.isLeader ?? false
  }

  /** Metadata now says this of the partitions; all of it arrives at once. */
  publish(...states: readonly PartitionState[]): MetadataDelta {
    const delta = new MetadataDelta()
    for (const partition of states) {
      let topic = this.metadata.topics.get(partition.topic)
      if (topic?.id !== partition.topicId) {
        topic = { name: partition.topic, id: partition.topicId, partitions: [] }
        this.metadata.topics.set(partition.topic, topic)
        this.metadata.topicNames.set(partition.topicId, partition.topic)
      }
      topic.partitions[partition.index] = partition
      delta.partition(partition.topic, partition.index)
    }
    this.replicas.applyDelta(delta, this.metadata)
    return delta
  }

  /** The topic is deleted. */
  unpublish(topicName: string): MetadataDelta {
    const topic = this.metadata.topics.get(topicName)!
    this.metadata.topics.delete(topicName)
    this.metadata.topicNames.delete(topic.id)
    const delta = new MetadataDelta()
    delta.removedTopics.add(topic)
    this.replicas.applyDelta(delta, this.metadata)
    return delta
  }

  get orders(): Partition {
    return this.replicas.hosted('orders', 0)!
  }

  /** Sends one batch; the returned entry holds its fate once `answered`. */
  produce(
    acks: number,
    options: { timeoutMs?: number; index?: number; topic?: string; bytes?: Uint8Array } = {},
  ): Sent {
    return this.produceAll(acks, [options], options.timeoutMs)
  }

  produceAll(
    acks: number,
    entries: readonly { index?: number; topic?: string; bytes?: Uint8Array }[],
    timeoutMs = 30_000,
  ): Sent {
    const made = entries.map(
      ({ topic = 'orders', index = 0, bytes = batchOf(['v']) }) => new ProduceEntry(topic, index, bytes),
    )
    const sent: Sent = { entries: made, entry: made[0]!, answers: 0 }
    this.replicas.appendRecords(acks, timeoutMs, made, () => void sent.answers++)
    return sent
  }

  /** A follower's fetch of orders-0, in the epoch its leader is in. */
  follow(replicaId: number, offset: number, changes: Partial<FetchParams> = {}): Fetched {
    return this.fetch({ ...followerParams(replicaId), replicaEpoch: brokerEpochOf(replicaId), ...changes }, [
      item(offset, { currentLeaderEpoch: this.orders.leaderEpoch }),
    ])
  }

  consume(offset: number, changes: Partial<FetchParams> = {}): Fetched {
    return this.fetch(consumerParams(changes), [item(offset, { currentLeaderEpoch: this.orders.leaderEpoch })])
  }

  fetch(params: FetchParams, items: readonly FetchItem[]): Fetched {
    const fetched: Fetched = { answers: 0, results: [] }
    this.replicas.fetchMessages(params, items, (results) => {
      fetched.answers += 1
      fetched.results = results
    })
    return fetched
  }
}

export interface Sent {
  readonly entries: readonly ProduceEntry[]
  readonly entry: ProduceEntry
  answers: number
}

export interface Fetched {
  answers: number
  results: readonly FetchResult[]
}

export function item(offset: number, changes: Parameters<typeof ask>[1] = {}): FetchItem {
  return { topic: 'orders', topicId: state().topicId, asked: ask(offset, changes) }
}
