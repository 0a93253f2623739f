// What a consumer subscribes to and what it is assigned: the partitions its fetcher works on, and which of them may be
// read now (C-5).

import { byTopicThenPartition, type TopicPartition } from '../../protocol/consumer-protocol.ts'
import { AssignedPartition } from '../assigned-partition.ts'
import type { OffsetToCommit } from './offset-commits.ts'

export class Subscription {
  /** Its own, sorted. */
  readonly topics: readonly string[]
  /** Of all members, if it leads. */
  groupTopics: readonly string[]
  private readonly partitions: Map<string, AssignedPartition>
  private readonly validates: boolean

  /** `partitions` are those of the fetcher. */
  constructor(topics: readonly string[], partitions: Map<string, AssignedPartition>, validates: boolean) {
    this.topics = [...topics].sort()
    this.groupTopics = this.topics
    this.partitions = partitions
    this.validates = validates
  }

  assigned(): TopicPartition[] {
    return [...this.partitions.values()].map(({ topic, index }) => ({ topic, partition: index }))
  }

  /** What it keeps goes on where it is; what is new must ask where the group left off. */
  assign(wanted: readonly TopicPartition[]): void {
    const before = new Map(this.partitions)
    this.partitions.clear()
    for (const { topic, partition: index } of [...wanted].sort(byTopicThenPartition)) {
      const key = `${topic}-${index}`
      const partition = before.get(key) ?? new AssignedPartition(topic, index, this.validates)
      if (!before.has(key)) partition.state = 'initializing'
      this.partitions.set(key, partition)
    }
  }

  markPendingRevocation(): void {
    for (const partition of this.partitions.values()) partition.pendingRevocation = true
  }

  initializing(): AssignedPartition[] {
    return [...this.partitions.values()].filter(({ state }) => state === 'initializing')
  }

  /** One whose position is for the application to decide. */
  firstFailed(): AssignedPartition | undefined {
    for (const partition of this.partitions.values()) if (partition.state === 'failed') return partition
    return undefined
  }

  get hasAllPositions(): boolean {
    for (const { state } of this.partitions.values()) if (state !== 'fetching') return false
    return true
  }

  /** Of all partitions whose position is sure, where to go on. */
  consumed(): OffsetToCommit[] {
    const offsets: OffsetToCommit[] = []
    for (const { topic, index, state, position, positionEpoch } of this.partitions.values()) {
      if (state === 'fetching') offsets.push({ topic, index, offset: position, leaderEpoch: positionEpoch })
    }
    return offsets
  }
}

/** Not paused, not about to be given up, and with a position. */
export function isFetchable({ state, paused, pendingRevocation }: AssignedPartition): boolean {
  return state === 'fetching' && !paused && !pendingRevocation
}
