// Racks of a group's members and of the partitions' replicas, for the sticky assignors (KIP-881): empty unless racks can
// decide anything.

import type { TopicPartition } from '../../protocol/consumer-protocol.ts'
import { type GroupMember, known, racksMatter, type TopicRacks } from './assignor.ts'

const NO_RACKS: ReadonlySet<string> = new Set()

export class RackInfo {
  /** Whether anything is to be matched. */
  readonly matters: boolean
  private readonly topics: TopicRacks
  private readonly rackOf: ReadonlyMap<string, string>
  private readonly consumersIn = new Map<string, number>()

  constructor(topics: TopicRacks, members: readonly GroupMember[]) {
    this.topics = topics
    const racks = new Map(
      members.flatMap(({ memberId, subscription: { rackId } }) => (rackId ? [[memberId, rackId] as const] : [])),
    )
    const partitions = [...topics.values()].flat()
    this.matters = racksMatter(new Set(racks.values()), partitions)
    this.rackOf = this.matters ? racks : new Map()
    for (const rack of this.rackOf.values()) this.consumersIn.set(rack, (this.consumersIn.get(rack) ?? 0) + 1)
  }

  partitionRacks({ topic, partition }: TopicPartition): ReadonlySet<string> {
    return this.topics.get(topic)?.[partition] ?? NO_RACKS
  }

  /** A consumer without a rack matches any. */
  mismatch(consumer: string, partition: TopicPartition): boolean {
    const rack = this.rackOf.get(consumer)
    return rack !== undefined && !this.partitionRacks(partition).has(rack)
  }

  /** Those with the fewest consumers in their racks first. */
  sortByConsumers(partitions: readonly TopicPartition[]): TopicPartition[] {
    if (!this.matters) return [...partitions]
    const counts = new Map(partitions.map((partition) => [partition, this.countConsumers(partition)]))
    const count = (partition: TopicPartition) => known(counts.get(partition), 'a count')
    return [...partitions].sort((a, b) => count(a) - count(b))
  }

  /** Index of the first of `consumers` that is in a rack of the partition, looked for from `from` on in a circle; or −1. */
  nextInRack(partition: TopicPartition, consumers: readonly string[], from: number): number {
    const racks = this.partitionRacks(partition)
    for (let i = 0; i < consumers.length; i++) {
      const index = (from + i) % consumers.length
      const rack = this.rackOf.get(known(consumers[index], 'a consumer'))
      if (rack !== undefined && racks.has(rack)) return index
    }
    return -1
  }

  private countConsumers(partition: TopicPartition): number {
    let count = 0
    for (const rack of this.partitionRacks(partition)) count += this.consumersIn.get(rack) ?? 0
    return count
  }
}
