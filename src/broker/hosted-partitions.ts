// The partitions with a replica on this broker, by the names requests use.

import { Errors } from '../protocol/error-codes.ts'
import type { BrokerContext } from './broker-context.ts'
import type { Partition } from './partition.ts'

export class HostedPartitions {
  /** By key, 'orders-0', in the order they came to be. */
  readonly byKey = new Map<string, Partition>()
  private readonly byTopic = new Map<string, (Partition | undefined)[]>()

  get(topic: string, index: number): Partition | undefined {
    return this.byTopic.get(topic)?.[index]
  }

  /** Those of one topic, by index. */
  ofTopic(topic: string): readonly Partition[] {
    return (this.byTopic.get(topic) ?? []).filter((partition) => partition !== undefined)
  }

  add(partition: Partition): void {
    this.byKey.set(partition.key, partition)
    const partitions = this.byTopic.get(partition.topic) ?? []
    this.byTopic.set(partition.topic, partitions)
    partitions[partition.index] = partition
  }

  remove(partition: Partition): void {
    this.byKey.delete(partition.key)
    const partitions = this.byTopic.get(partition.topic)
    if (partitions !== undefined) partitions[partition.index] = undefined
  }
}

/**
 * Why a partition that is not here cannot be served: its log directory has failed; it is elsewhere, if metadata knows
 * it; unknown otherwise.
 */
export function notHostedError(
  { metadata, offlineReplicas }: Pick<BrokerContext, 'metadata' | 'offlineReplicas'>,
  topic: string,
  index: number,
): number {
  if (offlineReplicas.has(`${topic}-${index}`)) return Errors.KAFKA_STORAGE_ERROR
  const known = metadata.partition(topic, index) !== undefined
  return known ? Errors.NOT_LEADER_OR_FOLLOWER : Errors.UNKNOWN_TOPIC_OR_PARTITION
}
