// What members say they owned, and whose claim counts: a newer generation beats an older one, two claims of one
// generation cancel each other. A stale claim stands if nobody newer makes it (KAFKA-14639). Clients before 3.5 went by
// other rules.

import type { TopicPartition } from '../../protocol/consumer-protocol.ts'
import { compareText, type GroupMember, known, type TopicRacks } from './assignor.ts'

export const NO_GENERATION = -1

/**
 * The newest claim to each partition; claims of the newest generation, which members remember from their last assignment
 * (3.1 to 3.4, B-5); every claim (before 3.1, B-3).
 */
export type ClaimRule = 'byGeneration' | 'newestOnly' | 'unchecked'

/** What a member owned before, as its assignor understands its subscription. */
export interface Owned {
  readonly partitions: readonly TopicPartition[]
  /** Undefined if it says none. */
  readonly generation: number | undefined
}

/** A member with its claims in this call's own partitions. */
export interface Claimant {
  readonly memberId: string
  readonly member: GroupMember
  readonly owned: Owned
  /** What is left of its claims: partitions of topics that exist. */
  readonly kept: Set<TopicPartition>
}

export interface Claims {
  /** In order of member ids. */
  readonly claimants: readonly Claimant[]
  readonly doublyClaimed: ReadonlySet<TopicPartition>
  readonly allSubscribeAlike: boolean
}

/** One object per partition, so that partitions can be told apart by identity. */
export class PartitionTable {
  private readonly byTopic = new Map<string, Map<number, TopicPartition>>()

  of(topic: string, partition: number): TopicPartition {
    let partitions = this.byTopic.get(topic)
    if (partitions === undefined) {
      partitions = new Map()
      this.byTopic.set(topic, partitions)
    }
    let found = partitions.get(partition)
    if (found === undefined) {
      found = { topic, partition }
      partitions.set(partition, found)
    }
    return found
  }
}

export function resolveClaims(
  topics: TopicRacks,
  members: readonly GroupMember[],
  table: PartitionTable,
  ownedBy: (member: GroupMember) => Owned,
  rule: ClaimRule = 'byGeneration',
): Claims {
  const sorted = [...members].sort((a, b) => compareText(a.memberId, b.memberId))
  const claimants = sorted.map((member): Claimant => ({
    memberId: member.memberId,
    member,
    owned: ownedBy(member),
    kept: new Set(),
  }))
  const ownerOf = new Map<TopicPartition, Claimant>()
  const doublyClaimed = new Set<TopicPartition>()
  const newest = Math.max(...claimants.map(generationOf))
  for (const claimant of claimants) {
    const generation = generationOf(claimant)
    if (rule === 'newestOnly' && generation < newest) continue
    for (const { topic, partition } of claimant.owned.partitions) {
      if (!topics.has(topic)) continue
      const claimed = table.of(topic, partition)
      if (rule === 'unchecked') {
        claimant.kept.add(claimed)
        continue
      }
      const other = ownerOf.get(claimed)
      // As Kafka does: the other's generation is the one in its subscription, whatever its user data says.
      const otherGeneration =
        rule === 'newestOnly' ? newest : (other?.member.subscription.generationId ?? NO_GENERATION)
      if (other === undefined || generation > otherGeneration) {
        other?.kept.delete(claimed)
        claimant.kept.add(claimed)
        ownerOf.set(claimed, claimant)
      } else if (generation === otherGeneration) {
        doublyClaimed.add(claimed)
        other.kept.delete(claimed)
        ownerOf.set(claimed, claimant)
      }
    }
  }
  return { claimants, doublyClaimed, allSubscribeAlike: subscribeAlike(sorted) }
}

function generationOf({ owned }: Claimant): number {
  return owned.generation ?? NO_GENERATION
}

function subscribeAlike(members: readonly GroupMember[]): boolean {
  let first = new Set<string>()
  for (const { subscription } of members) {
    if (first.size === 0) first = new Set(subscription.topics)
    else if (first.size !== subscription.topics.length || !subscription.topics.every((topic) => first.has(topic))) {
      return false
    }
  }
  return true
}

/** All partitions of `topics`, in their order. */
export function partitionsOf(topics: TopicRacks, names: readonly string[], table: PartitionTable): TopicPartition[] {
  return names.flatMap((name) => known(topics.get(name), name).map((_, partition) => table.of(name, partition)))
}

/** Those of `all` that are not among `assigned`; both sorted alike. Kafka's two pointers: one that is assigned but not in
 * `all` (the leader knows fewer partitions than a member owns) stops the second pointer, and all that follows counts as
 * unassigned. */
export function unassignedOf(all: readonly TopicPartition[], assigned: readonly TopicPartition[]): TopicPartition[] {
  let next = 0
  return all.filter((partition) => {
    if (partition !== assigned[next]) return true
    // Of two owners, if claims are not checked.
    while (partition === assigned[next]) next += 1
    return false
  })
}
