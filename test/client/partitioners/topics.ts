// Topics as a client knows them, for partitioners.

import type { TopicInfo } from '../../../src/client/client-metadata.ts'

export const utf8 = (text: string) => new TextEncoder().encode(text)

export function topic(partitions: number, withLeader: (index: number) => boolean = () => true): TopicInfo {
  const leader = { id: 1, host: 'broker-1', port: 9092 }
  return {
    name: 'orders',
    id: 'id',
    partitions: Array.from({ length: partitions }, (_, index) => ({
      topic: 'orders',
      topicId: 'id',
      index,
      key: `orders-${index}`,
      leader: withLeader(index) ? leader : undefined,
      leaderEpoch: 0,
      racks: new Set<string>(),
      onlineReplicas: [1],
    })),
  }
}
