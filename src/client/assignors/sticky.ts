// sticky and cooperative-sticky. They differ in where a member's former partitions are read from, and in that
// the cooperative one withholds what is still owned by another: its owner gives it up, joins again, and then it is handed
// out.

import { ClassicReader, ClassicWriter, MalformedFields } from '../../protocol/classic-fields.ts'
import {
  type MemberSubscription,
  readPartitions,
  type TopicPartition,
  writePartitions,
} from '../../protocol/consumer-protocol.ts'
import {
  type Assignments,
  type Assignor,
  type GroupMember,
  known,
  type RebalanceProtocol,
  subscribedTopics,
  type TopicRacks,
} from './assignor.ts'
import { assignConstrained } from './constrained-sticky.ts'
import { assignGeneral } from './general-sticky.ts'
import { RackInfo } from './rack-info.ts'
import { type ClaimRule, NO_GENERATION, type Owned, PartitionTable, resolveClaims } from './sticky-claims.ts'

/** In what clients' versions differ. */
export interface StickyTraits {
  readonly claims: ClaimRule
  /** May a partition's older owner still have it, before it is moved back there (B-47)? */
  readonly checksOlderOwner: boolean
}

const TODAY: StickyTraits = { claims: 'byGeneration', checksOlderOwner: true }

export class StickyAssignor implements Assignor {
  readonly name: string = 'sticky'
  readonly protocols: readonly RebalanceProtocol[] = ['eager']
  private last: readonly TopicPartition[] | null = null
  private generation = NO_GENERATION
  private readonly engine: StickyEngine

  constructor({ claims, checksOlderOwner }: StickyTraits = TODAY) {
    // It has always told generations.
    this.engine = new StickyEngine({ claims: claims === 'unchecked' ? 'newestOnly' : claims, checksOlderOwner })
  }

  /** The last assignment and its generation; members that gave all up still tell what they had. */
  userData(): Uint8Array | null {
    if (this.last === null) return null
    const writer = new ClassicWriter()
    writePartitions(writer, this.last)
    writer.int32(this.generation)
    return writer.written()
  }

  onAssignment(partitions: readonly TopicPartition[], generation: number): void {
    this.last = partitions
    this.generation = generation
  }

  assign(topics: TopicRacks, members: readonly GroupMember[]): Assignments {
    return this.engine.assign(topics, members, ({ subscription }) => ownedInUserData(subscription.userData)).assignments
  }
}

export class CooperativeStickyAssignor implements Assignor {
  readonly name: string = 'cooperative-sticky'
  readonly protocols: readonly RebalanceProtocol[] = ['cooperative', 'eager']
  private generation = NO_GENERATION
  private readonly claims: ClaimRule
  private readonly engine: StickyEngine

  constructor(traits: StickyTraits = TODAY) {
    this.claims = traits.claims
    this.engine = new StickyEngine(traits)
  }

  userData(): Uint8Array {
    const writer = new ClassicWriter()
    writer.int32(this.generation)
    return writer.written()
  }

  onAssignment(_partitions: readonly TopicPartition[], generation: number): void {
    this.generation = generation
  }

  assign(topics: TopicRacks, members: readonly GroupMember[]): Assignments {
    const { assignments, transferred, table } = this.engine.assign(topics, members, ({ subscription }) => ({
      partitions: subscription.ownedPartitions,
      generation: generationOf(subscription, this.claims),
    }))
    for (const [partition, memberId] of transferred ?? stillOwned(members, assignments, table)) {
      const given = known(assignments.get(memberId), memberId)
      given.splice(given.indexOf(partition), 1)
    }
    return assignments
  }
}

class StickyEngine {
  /** Of all that this instance has seen, as in Kafka: a member once ahead makes all others older. */
  private maxGeneration = NO_GENERATION
  private readonly traits: StickyTraits

  constructor(traits: StickyTraits) {
    this.traits = traits
  }

  assign(topics: TopicRacks, members: readonly GroupMember[], ownedBy: (member: GroupMember) => Owned) {
    const names = subscribedTopics(topics, members)
    const subscribed = new Map(names.map((name) => [name, known(topics.get(name), name)]))
    const table = new PartitionTable()
    const racks = new RackInfo(subscribed, members)
    const claims = resolveClaims(subscribed, members, table, ownedBy, this.traits.claims)
    for (const { owned } of claims.claimants) {
      this.maxGeneration = Math.max(this.maxGeneration, owned.generation ?? NO_GENERATION)
    }
    if (claims.allSubscribeAlike) return { ...assignConstrained(subscribed, claims, table, racks), table }
    const assignments = assignGeneral(
      subscribed,
      claims,
      table,
      racks,
      this.maxGeneration,
      this.traits.checksOlderOwner,
    )
    return { assignments, transferred: undefined, table }
  }
}

/** Partitions that one gets and another, who still owns them, does not keep; by who gets them. */
function stillOwned(
  members: readonly GroupMember[],
  assignments: Assignments,
  table: PartitionTable,
): Map<TopicPartition, string> {
  const added = new Map<TopicPartition, string>()
  const revoked = new Set<TopicPartition>()
  for (const { memberId, subscription } of members) {
    const owned = new Set(subscription.ownedPartitions.map(({ topic, partition }) => table.of(topic, partition)))
    const given = new Set(known(assignments.get(memberId), memberId))
    for (const partition of given) if (!owned.has(partition)) added.set(partition, memberId)
    for (const partition of owned) if (!given.has(partition)) revoked.add(partition)
  }
  return new Map([...added].filter(([partition]) => revoked.has(partition)))
}

function generationOf({ generationId, userData }: MemberSubscription, claims: ClaimRule): number | undefined {
  if (claims === 'unchecked') return undefined
  if (claims === 'byGeneration' && generationId >= 0) return generationId
  if (userData === null) return undefined
  return userData.length >= 4 ? new ClassicReader(userData).int32() : NO_GENERATION
}

/** Of a version without the generation, too; what cannot be read counts as nothing owned. */
function ownedInUserData(userData: Uint8Array | null): Owned {
  if (userData === null || userData.length === 0) return { partitions: [], generation: undefined }
  try {
    const reader = new ClassicReader(userData)
    const partitions = readPartitions(reader)
    return { partitions, generation: reader.remaining >= 4 ? reader.int32() : undefined }
  } catch (error) {
    if (error instanceof MalformedFields) return { partitions: [], generation: NO_GENERATION }
    throw error
  }
}
