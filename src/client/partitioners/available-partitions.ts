// Partitions that have a leader: where they are chosen freely, only those are, if there are any.

import type { PartitionInfo, TopicInfo } from '../client-metadata.ts'

export function availablePartitions({ partitions }: TopicInfo): readonly PartitionInfo[] {
  return partitions.filter(({ leader }) => leader !== undefined)
}
