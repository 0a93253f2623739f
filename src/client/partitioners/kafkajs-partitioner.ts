// The default of kafkajs 2: records with a key as the Java client places them (its release 1 hashed otherwise), those
// without one to each partition that has a leader in turn, beginning anywhere.

import type { Rng } from '../../../sim/index.ts'
import type { TopicInfo } from '../client-metadata.ts'
import { availablePartitions } from './available-partitions.ts'
import { partitionForKey } from './murmur2.ts'
import type { Partitioner } from './partitioner.ts'

export class KafkaJsPartitioner implements Partitioner {
  readonly isAskedAgain = false
  readonly sticky = undefined
  private readonly rng: Rng
  private readonly counters = new Map<string, number>()

  constructor(rng: Rng) {
    this.rng = rng
  }

  decide(topic: TopicInfo, key: Uint8Array | null): number {
    if (key !== null) return partitionForKey(key, topic.partitions.length)
    const count = (this.counters.get(topic.name) ?? this.rng.below(2 ** 32)) + 1
    this.counters.set(topic.name, count)
    const available = availablePartitions(topic)
    const from = available.length > 0 ? available : topic.partitions
    return from[(count & 0x7fffffff) % from.length]!.index
  }
}
