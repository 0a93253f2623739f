// The sticky engine where all members subscribe to the same topics: quotas are known beforehand, so everyone keeps
// what fits into its quota and the rest is dealt out.

import type { TopicPartition } from '../../protocol/consumer-protocol.ts'
import {
  AssignorError,
  type Assignments,
  byTopicThenPartition,
  compareText,
  known,
  type TopicRacks,
} from './assignor.ts'
import type { RackInfo } from './rack-info.ts'
import { type Claims, type PartitionTable, partitionsOf, unassignedOf } from './sticky-claims.ts'

export interface ConstrainedResult {
  readonly assignments: Assignments
  /** To whom partitions went that somebody else owned, or that two claimed. */
  readonly transferred: ReadonlyMap<TopicPartition, string>
}

export function assignConstrained(
  topics: TopicRacks,
  claims: Claims,
  table: PartitionTable,
  racks: RackInfo,
): ConstrainedResult {
  const all = partitionsOf(topics, [...topics.keys()].sort(), table)
  const round = new Round(claims, all.length, racks)
  round.keepOwned()
  const assigned = [...round.assignments.values()].flat().sort(byTopicThenPartition)
  round.sortUnfilled()
  const unassigned = racks.sortByConsumers(unassignedOf(all, assigned))
  round.dealOut(racks.matters ? round.dealWithinRacks(unassigned) : unassigned)
  round.verify()
  return { assignments: round.assignments, transferred: round.transferred }
}

class Round {
  readonly assignments: Assignments
  readonly transferred = new Map<TopicPartition, string>()
  private readonly claims: Claims
  private readonly racks: RackInfo
  private readonly minQuota: number
  private readonly maxQuota: number
  /** How many members may have more than the lower quota. */
  private readonly expectedOver: number
  private over = 0
  /** Members below the lower quota. */
  private under: string[] = []
  /** Members at the lower quota that may get one more. */
  private exact: string[] = []
  private readonly givenUpBy = new Map<TopicPartition, string>()

  constructor(claims: Claims, partitionCount: number, racks: RackInfo) {
    const { claimants } = claims
    this.claims = claims
    this.racks = racks
    this.minQuota = Math.floor(partitionCount / claimants.length)
    this.maxQuota = Math.ceil(partitionCount / claimants.length)
    this.expectedOver = partitionCount % claimants.length
    this.assignments = new Map(claimants.map(({ memberId }) => [memberId, []]))
  }

  keepOwned(): void {
    for (const { memberId, kept } of this.claims.claimants) {
      const owned: TopicPartition[] = []
      for (const partition of kept) {
        if (this.racks.mismatch(memberId, partition)) this.givenUpBy.set(partition, memberId)
        else if (!this.claims.doublyClaimed.has(partition)) owned.push(partition)
      }
      owned.sort((a, b) => a.partition - b.partition || compareText(a.topic, b.topic))
      const mayExceed = this.over < this.expectedOver
      if (owned.length < this.minQuota) {
        this.keep(memberId, owned, owned.length)
        this.under.push(memberId)
      } else if (owned.length >= this.maxQuota && mayExceed) {
        this.keep(memberId, owned, this.maxQuota)
        this.countOver()
      } else {
        this.keep(memberId, owned, this.minQuota)
        if (mayExceed) this.exact.push(memberId)
      }
    }
  }

  sortUnfilled(): void {
    this.under.sort(compareText)
    this.exact.sort(compareText)
  }

  /** Gives each partition to a consumer of its racks, as long as one has room; returns the others. */
  dealWithinRacks(unassigned: readonly TopicPartition[]): TopicPartition[] {
    let next = 0
    return unassigned.filter((partition) => {
      const found = this.racks.nextInRack(partition, this.under, next)
      if (found >= 0) {
        const consumer = known(this.under[found], 'a consumer')
        const count = this.give(partition, consumer)
        next = found + 1
        if (count >= this.minQuota) {
          this.under.splice(found, 1)
          next = found
          if (count < this.maxQuota && this.over < this.expectedOver) this.exact.push(consumer)
        }
        next = this.under.length === 0 ? 0 : next % this.under.length
        return false
      }
      const full = this.racks.nextInRack(partition, this.exact, 0)
      if (full < 0) return true
      const consumer = known(this.exact[full], 'a consumer')
      if (this.give(partition, consumer) === this.maxQuota) {
        this.exact.splice(full, 1)
        this.countOver()
      }
      return false
    })
  }

  /** In turn to members below the lower quota; then one each to those at it. */
  dealOut(unassigned: readonly TopicPartition[]): void {
    let next = 0
    for (const partition of unassigned) {
      if (next >= this.under.length) next = 0
      const consumer = this.under[next] ?? this.exact.shift()
      if (consumer === undefined) throw new AssignorError('No more unfilled consumers to be assigned.')
      const wasUnder = consumer === this.under[next]
      const count = this.give(partition, consumer)
      if (wasUnder && count === this.minQuota) {
        this.under.splice(next, 1)
        this.exact.push(consumer)
      } else {
        if (count === this.maxQuota) this.over += 1
        next += 1
      }
    }
  }

  verify(): void {
    const short = this.under.find((member) => this.assignments.get(member)?.length !== this.minQuota)
    if (short !== undefined) throw new AssignorError(`${short} is below its quota, and no partition is left`)
  }

  private keep(memberId: string, owned: readonly TopicPartition[], count: number): void {
    const kept = known(this.assignments.get(memberId), memberId)
    for (const [at, partition] of owned.entries()) {
      if (at < count) kept.push(partition)
      else this.givenUpBy.set(partition, memberId)
    }
  }

  private countOver(): void {
    this.over += 1
    if (this.over === this.expectedOver) this.exact = []
  }

  /** How many it then has. */
  private give(partition: TopicPartition, consumer: string): number {
    const before = this.givenUpBy.get(partition)
    if ((before !== undefined && before !== consumer) || this.claims.doublyClaimed.has(partition)) {
      this.transferred.set(partition, consumer)
    }
    return known(this.assignments.get(consumer), consumer).push(partition)
  }
}
