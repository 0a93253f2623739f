// What an assignor is: the leader of a group gives it every member's subscription and the topics it knows, and gets
// partitions by member. Where Kafka walks a hash map, members are taken in order of their ids.

import { assert } from '../../../sim/assert.ts'
import { byTopicThenPartition, type MemberSubscription, type TopicPartition } from '../../protocol/consumer-protocol.ts'

/** What a member does with its partitions while the group rebalances: give all up first, or only those that move. */
export type RebalanceProtocol = 'eager' | 'cooperative'

export interface Assignor {
  /** As in `partition.assignment.strategy`. */
  readonly name: string
  readonly protocols: readonly RebalanceProtocol[]
  /** What goes into this member's own subscription. */
  userData(): Uint8Array | null
  /** `own`: what the member that assigns subscribes to itself, which matters to few. */
  assign(topics: TopicRacks, members: readonly GroupMember[], own?: readonly string[]): Assignments
  /** What this member got, and in which generation. */
  onAssignment(partitions: readonly TopicPartition[], generation: number): void
}

export interface GroupMember {
  readonly memberId: string
  /** `group.instance.id`; null for a dynamic member. */
  readonly instanceId: string | null
  readonly subscription: MemberSubscription
}

/** By topic, of each partition the racks of its replicas. Topics without metadata are left out. */
export type TopicRacks = ReadonlyMap<string, readonly ReadonlySet<string>[]>

/** By member id. */
export type Assignments = Map<string, TopicPartition[]>

/** Thrown where Kafka's assignor throws: the leader's poll fails with it. */
export class AssignorError extends Error {
  override readonly name = 'AssignorError'
}

/** Static members first, by instance id; then the others by member id. */
export function byInstanceThenId(a: GroupMember, b: GroupMember): number {
  if (a.instanceId !== null && b.instanceId !== null) return compareText(a.instanceId, b.instanceId)
  if (a.instanceId !== null) return -1
  if (b.instanceId !== null) return 1
  return compareText(a.memberId, b.memberId)
}

/** The topics that somebody subscribes to and that have metadata, sorted. */
export function subscribedTopics(topics: TopicRacks, members: readonly GroupMember[]): string[] {
  const names = new Set(members.flatMap(({ subscription }) => subscription.topics))
  return [...names].filter((name) => (topics.get(name)?.length ?? 0) > 0).sort()
}

/** Whether racks can decide anything: some are shared, and some partition is not on all of them (KIP-881). */
export function racksMatter(consumerRacks: ReadonlySet<string>, partitions: Iterable<ReadonlySet<string>>): boolean {
  if (consumerRacks.size === 0) return false
  const all = [...partitions]
  const used = new Set(all.flatMap((racks) => [...racks]))
  if (![...consumerRacks].some((rack) => used.has(rack))) return false
  return all.some((racks) => racks.size !== used.size)
}

/** Java's order of strings, and JavaScript's: by UTF-16 code units. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The value, which cannot be missing. */
export function known<T>(value: T | undefined, what: string): T {
  assert(value !== undefined, `an assignor misses ${what}`)
  return value
}

export { byTopicThenPartition }
