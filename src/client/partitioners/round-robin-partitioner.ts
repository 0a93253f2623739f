// RoundRobinPartitioner of the Java client (P-10): each record, with or without a key, to the next partition that has a
// leader. Asked again for a record that begins a batch, it counts that one twice, and passes partitions over (KAFKA-9965).

import type { TopicInfo } from '../client-metadata.ts'
import { availablePartitions } from './available-partitions.ts'
import type { Partitioner } from './partitioner.ts'

export class RoundRobinPartitioner implements Partitioner {
  readonly isAskedAgain = true
  readonly sticky = undefined
  private readonly counters = new Map<string, number>()

  decide(topic: TopicInfo): number {
    const count = this.counters.get(topic.name) ?? 0
    this.counters.set(topic.name, count + 1)
    const available = availablePartitions(topic)
    const from = available.length > 0 ? available : topic.partitions
    // Kafka's counter overflows into negative numbers, which are made positive again by their sign bit.
    return from[(count & 0x7fffffff) % from.length]!.index
  }
}
