// The sticky engine where members subscribe to different topics: keep every claim that still holds, give the rest to
// whoever has least, then move single partitions until nothing can be evened out, and undo that if it helped nobody.

import type { TopicPartition } from '../../protocol/consumer-protocol.ts'
import { type Assignments, AssignorError, compareText, known, type TopicRacks } from './assignor.ts'
import { ByLoad } from './by-load.ts'
import { PartitionMovements } from './partition-movements.ts'
import type { RackInfo } from './rack-info.ts'
import { type Claims, NO_GENERATION, type PartitionTable, partitionsOf, unassignedOf } from './sticky-claims.ts'

export function assignGeneral(
  topics: TopicRacks,
  claims: Claims,
  table: PartitionTable,
  racks: RackInfo,
  maxGeneration: number,
  checksOlderOwner = true,
): Assignments {
  const balancing = new Balancing(topics, claims, table, racks, checksOlderOwner)
  balancing.recallOlderOwners(maxGeneration)
  balancing.keepClaims()
  balancing.balance()
  return balancing.assignments
}

class Balancing {
  readonly assignments: Assignments = new Map()
  private readonly topics: TopicRacks
  private readonly claims: Claims
  private readonly table: PartitionTable
  private readonly racks: RackInfo
  private readonly checksOlderOwner: boolean
  /** By topic; by member. */
  private readonly consumersOf = new Map<string, string[]>()
  private readonly topicsOf = new Map<string, ReadonlySet<string>>()
  private readonly mostFor = new Map<string, number>()
  /** Topics with fewer consumers first. */
  private allPartitions: TopicPartition[]
  private ownerOf = new Map<TopicPartition, string>()
  private readonly byLoad = new ByLoad((member) => this.load(member))
  private readonly olderOwner = new Map<TopicPartition, { readonly memberId: string; readonly generation: number }>()
  private readonly movements = new PartitionMovements()
  private mustRevoke = false

  constructor(topics: TopicRacks, claims: Claims, table: PartitionTable, racks: RackInfo, checksOlderOwner: boolean) {
    this.checksOlderOwner = checksOlderOwner
    this.topics = topics
    this.claims = claims
    this.table = table
    this.racks = racks
    for (const topic of topics.keys()) this.consumersOf.set(topic, [])
    for (const { memberId, member } of claims.claimants) {
      const wanted = new Set(member.subscription.topics.filter((topic) => topics.has(topic)))
      this.topicsOf.set(memberId, wanted)
      let most = 0
      for (const topic of wanted) {
        this.consumersOf.get(topic)?.push(memberId)
        most += topics.get(topic)?.length ?? 0
      }
      this.mostFor.set(memberId, most)
    }
    const names = [...topics.keys()].sort(
      (a, b) => this.countConsumers(a) - this.countConsumers(b) || compareText(a, b),
    )
    this.allPartitions = partitionsOf(topics, names, table)
  }

  /** Who owned what in generations before the newest: a move back to them is preferred. */
  recallOlderOwners(maxGeneration: number): void {
    for (const { memberId, owned } of this.claims.claimants) {
      const generation = owned.generation ?? NO_GENERATION
      if (generation >= maxGeneration) continue
      for (const { topic, partition } of owned.partitions) {
        const claimed = this.table.of(topic, partition)
        const before = this.olderOwner.get(claimed)
        if (before === undefined || generation > before.generation)
          this.olderOwner.set(claimed, { memberId, generation })
      }
    }
  }

  keepClaims(): void {
    for (const { memberId, kept } of this.claims.claimants) {
      const still: TopicPartition[] = []
      for (const partition of kept) {
        if (this.mayHave(memberId, partition.topic) && !this.racks.mismatch(memberId, partition)) {
          still.push(partition)
          this.ownerOf.set(partition, memberId)
        } else this.mustRevoke = true
      }
      this.assignments.set(memberId, still)
    }
    for (const memberId of this.assignments.keys()) this.byLoad.add(memberId)
  }

  balance(): void {
    const assigned = [...this.assignments.values()].flat().sort((a, b) => this.compare(a, b))
    let unassigned = unassignedOf(this.allPartitions, assigned)
    const fromScratch = this.load(this.byLoad.last()) === 0
    const left = this.racks.matters ? unassigned.filter((partition) => !this.giveToLeast(partition, true)) : unassigned
    for (const partition of left) this.giveToLeast(partition, false)

    const isMovable = ({ topic }: TopicPartition) => this.countConsumers(topic) >= 2
    this.allPartitions = this.allPartitions.filter(isMovable)
    unassigned = unassigned.filter(isMovable)
    const fixed = this.setFixedAside()
    if (this.byLoad.size > 0) this.evenOut(unassigned, fromScratch)
    for (const [memberId, partitions] of fixed) this.assignments.set(memberId, partitions)
  }

  private evenOut(unassigned: readonly TopicPartition[], fromScratch: boolean): void {
    const before = new Map([...this.assignments].map(([memberId, partitions]) => [memberId, [...partitions]]))
    const scoreBefore = balanceScore(before)
    // First by moving only what is new, unless something must be revoked anyway.
    if (!this.mustRevoke) this.moveWhileItHelps(unassigned)
    const moved = this.moveWhileItHelps(this.allPartitions)
    if (fromScratch || !moved || balanceScore(this.assignments) < scoreBefore) return
    for (const [memberId, partitions] of before) this.assignments.set(memberId, partitions)
  }

  private giveToLeast(partition: TopicPartition, withinRack: boolean): boolean {
    const memberId = this.byLoad.find(
      (member) => this.mayHave(member, partition.topic) && !(withinRack && this.racks.mismatch(member, partition)),
    )
    if (memberId === undefined) return false
    this.byLoad.remove(memberId)
    this.assigned(memberId).push(partition)
    this.ownerOf.set(partition, memberId)
    this.byLoad.add(memberId)
    return true
  }

  /** Members that have all they can get, none of which anybody else could have. */
  private setFixedAside(): Map<string, TopicPartition[]> {
    const fixed = new Map<string, TopicPartition[]>()
    for (const { memberId } of this.claims.claimants) {
      const partitions = this.assigned(memberId)
      if (partitions.length < this.most(memberId)) continue
      if (partitions.some(({ topic }) => this.countConsumers(topic) >= 2)) continue
      this.byLoad.remove(memberId)
      fixed.set(memberId, partitions)
    }
    for (const memberId of fixed.keys()) this.assignments.delete(memberId)
    return fixed
  }

  private moveWhileItHelps(partitions: readonly TopicPartition[]): boolean {
    let movedAny = false
    for (let moved = true; moved;) {
      moved = false
      for (const partition of partitions) {
        if (this.isBalanced()) break
        if (this.moveIfItHelps(partition)) moved = true
      }
      movedAny ||= moved
    }
    return movedAny
  }

  private moveIfItHelps(partition: TopicPartition): boolean {
    const owner = known(this.ownerOf.get(partition), 'an owner')
    const load = this.load(owner)
    const older = this.olderOwner.get(partition)?.memberId
    // Kafka does not ask whether the older owner may still have it (B-47): then it assigns a topic to a member that does
    // not subscribe to it, or fails.
    if (older !== undefined && this.isInPlay(older, partition) && load > this.load(older) + 1) {
      this.move(partition, older)
      return true
    }
    if (!this.hasLighterConsumer(partition, load)) return false
    this.move(
      partition,
      known(
        this.byLoad.find((member) => this.mayHave(member, partition.topic)),
        'a consumer',
      ),
    )
    return true
  }

  private isInPlay(memberId: string, { topic }: TopicPartition): boolean {
    if (this.checksOlderOwner) return this.assignments.has(memberId) && this.mayHave(memberId, topic)
    if (this.assignments.has(memberId)) return true
    throw new AssignorError(`NullPointerException: ${memberId} has been set aside`)
  }

  // Kafka looks within the partition's racks first; what it then does is the same.
  private hasLighterConsumer({ topic }: TopicPartition, load: number): boolean {
    return known(this.consumersOf.get(topic), topic).some((other) => load > this.load(other) + 1)
  }

  private move(partition: TopicPartition, to: string): void {
    const actual = this.movements.actual(partition, known(this.ownerOf.get(partition), 'an owner'), to)
    const from = known(this.ownerOf.get(actual), 'an owner')
    this.byLoad.remove(from)
    this.byLoad.remove(to)
    this.movements.record(actual, from, to)
    const left = this.assigned(from)
    left.splice(left.indexOf(actual), 1)
    this.assigned(to).push(actual)
    this.ownerOf.set(actual, to)
    this.byLoad.add(to)
    if (from !== to) this.byLoad.add(from)
  }

  /** Sizes differ by at most one, or nobody could get a partition from somebody who has at least two more. */
  private isBalanced(): boolean {
    const least = this.load(this.byLoad.first())
    const most = this.load(this.byLoad.last())
    if (least >= most - 1) return true
    return !this.byLoad.some((memberId) => {
      const load = this.load(memberId)
      return load !== this.most(memberId) && load + 1 < most && this.couldGetMore(memberId, load)
    })
  }

  private couldGetMore(memberId: string, load: number): boolean {
    for (const topic of known(this.topicsOf.get(memberId), memberId)) {
      const count = this.topics.get(topic)?.length ?? 0
      for (let index = 0; index < count; index++) {
        const owner = known(this.ownerOf.get(this.table.of(topic, index)), 'an owner')
        if (owner !== memberId && load + 1 < this.load(owner)) return true
      }
    }
    return false
  }

  private compare(a: TopicPartition, b: TopicPartition): number {
    return (
      this.countConsumers(a.topic) - this.countConsumers(b.topic) ||
      compareText(a.topic, b.topic) ||
      a.partition - b.partition
    )
  }

  private mayHave(memberId: string, topic: string): boolean {
    return this.topicsOf.get(memberId)?.has(topic) ?? false
  }

  private countConsumers(topic: string): number {
    return this.consumersOf.get(topic)?.length ?? 0
  }

  private assigned(memberId: string): TopicPartition[] {
    return known(this.assignments.get(memberId), memberId)
  }

  private load(memberId: string): number {
    return this.assigned(memberId).length
  }

  private most(memberId: string): number {
    return known(this.mostFor.get(memberId), memberId)
  }
}

/** The sum of differences in size over all pairs. */
function balanceScore(assignments: ReadonlyMap<string, readonly TopicPartition[]>): number {
  const sizes = [...assignments.values()].map((partitions) => partitions.length)
  let score = 0
  for (const [at, size] of sizes.entries()) {
    for (let other = at + 1; other < sizes.length; other++) score += Math.abs(size - (sizes[other] ?? 0))
  }
  return score
}
