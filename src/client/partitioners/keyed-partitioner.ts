// The Java client without a partitioner.class: records with a key by its hash (P-11), others to the sticky partition (P-12).

import type { TopicInfo } from '../client-metadata.ts'
import { partitionForKey } from './murmur2.ts'
import type { Partitioner } from './partitioner.ts'
import type { StickyPartitioner } from './sticky-partitioner.ts'

export class KeyedPartitioner implements Partitioner {
  readonly isAskedAgain = false
  readonly sticky: StickyPartitioner
  private readonly ignoresKeys: boolean

  constructor(sticky: StickyPartitioner, ignoresKeys: boolean) {
    this.sticky = sticky
    this.ignoresKeys = ignoresKeys
  }

  decide(topic: TopicInfo, key: Uint8Array | null): number | undefined {
    return key === null || this.ignoresKeys ? undefined : partitionForKey(key, topic.partitions.length)
  }
}
