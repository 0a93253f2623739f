// The fetcher threads of a broker: one per leader and fetcher number. Idle ones stay, asleep; Kafka ends them.

import type { NodeAddress } from '../network/network-client.ts'
import type { BrokerContext, FollowerFetchers } from './broker-context.ts'
import type { Partition } from './partition.ts'
import { ReplicaFetcher } from './replica-fetcher.ts'

export class ReplicaFetcherManager implements FollowerFetchers {
  private readonly context: BrokerContext
  private readonly fetchers = new Map<string, ReplicaFetcher>()

  constructor(context: BrokerContext) {
    this.context = context
  }

  assign(partition: Partition, leader: NodeAddress): void {
    const number = fetcherNumber(partition.topic, partition.index, this.context.config['num.replica.fetchers'])
    const name = `replica-fetcher-${number}-${leader.id}`
    let fetcher = this.fetchers.get(name)
    if (fetcher === undefined) {
      fetcher = new ReplicaFetcher(this.context, leader, name)
      this.fetchers.set(name, fetcher)
    }
    fetcher.add(partition)
  }

  remove(key: string): void {
    for (const fetcher of this.fetchers.values()) fetcher.remove(key)
  }

  /** The leaders of all fetchers that have this partition: at most one, if nothing is wrong. */
  sourcesOf(key: string): readonly number[] {
    const sources: number[] = []
    for (const fetcher of this.fetchers.values()) if (fetcher.isFollowing(key)) sources.push(fetcher.leader.id)
    return sources
  }

  /** Follows nobody any more. */
  close(): void {
    for (const fetcher of this.fetchers.values()) fetcher.close()
    this.fetchers.clear()
  }
}

/** Kafka's choice: 31 · hash(topic) + partition, as Java computes it, modulo the number of fetchers. */
export function fetcherNumber(topic: string, partition: number, fetchers: number): number {
  let hash = 0
  for (let i = 0; i < topic.length; i++) hash = (Math.imul(31, hash) + topic.charCodeAt(i)) | 0
  const mixed = (Math.imul(31, hash) + partition) | 0
  // Java's smallest int has no positive counterpart; Kafka takes 0.
  return mixed === MIN_INT32 ? 0 : Math.abs(mixed) % fetchers
}

const MIN_INT32 = -2147483648
