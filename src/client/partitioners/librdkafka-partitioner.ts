// librdkafka's default, `consistent_random`: records with a key by its CRC-32, over all partitions; those with an empty key
// or none to a partition drawn for all of them, and drawn again after `sticky.partitioning.linger.ms`. Where the Java client
// puts a key is another partition, more often than not.

import type { Rng } from '../../../sim/index.ts'
import type { TopicInfo } from '../client-metadata.ts'
import { crc32 } from './crc32.ts'
import type { Partitioner } from './partitioner.ts'

/** Default of `sticky.partitioning.linger.ms`. */
const STICKS_FOR_MS = 10

export class LibrdkafkaPartitioner implements Partitioner {
  readonly isAskedAgain = false
  readonly sticky = undefined
  private readonly rng: Rng
  private readonly current = new Map<string, { readonly partition: number; readonly drawnAtMs: number }>()

  constructor(rng: Rng) {
    this.rng = rng
  }

  decide(topic: TopicInfo, key: Uint8Array | null, nowMs: number): number {
    const count = topic.partitions.length
    if (key !== null && key.length > 0) return crc32(key) % count
    const current = this.current.get(topic.name)
    if (
      current !== undefined &&
      nowMs - current.drawnAtMs <= STICKS_FOR_MS &&
      topic.partitions[current.partition]?.leader !== undefined
    ) {
      return current.partition
    }
    // Whether it has a leader nobody asks here: if not, it is drawn again for the next record.
    const partition = this.rng.below(count)
    this.current.set(topic.name, { partition, drawnAtMs: nowMs })
    return partition
  }
}
