// range: topic by topic, each consumer a contiguous run of partitions, the first ones one more. Where racks matter,
// partitions go to consumers of their racks first, alike in topics that have the same consumers and as many partitions
// (KIP-881).

import {
  type Assignments,
  type Assignor,
  byInstanceThenId,
  byTopicThenPartition,
  type GroupMember,
  known,
  racksMatter,
  subscribedTopics,
  type TopicRacks,
} from './assignor.ts'

export class RangeAssignor implements Assignor {
  readonly name = 'range'
  readonly protocols = ['eager'] as const

  userData(): null {
    return null
  }

  onAssignment(): void {}

  assign(topics: TopicRacks, members: readonly GroupMember[]): Assignments {
    const sorted = [...members].sort(byInstanceThenId)
    const assignments: Assignments = new Map(members.map(({ memberId }) => [memberId, []]))
    const states = subscribedTopics(topics, members).map((topic) => {
      const consumers = sorted.filter(({ subscription }) => subscription.topics.includes(topic))
      return new TopicRange(topic, topics.get(topic) ?? [], consumers, assignments)
    })
    const useRacks = states.some(({ racksMatter }) => racksMatter)
    if (useRacks) matchRacks(states)
    for (const state of states) state.fill(() => true)
    if (useRacks) for (const partitions of assignments.values()) partitions.sort(byTopicThenPartition)
    return assignments
  }
}

function matchRacks(states: readonly TopicRange[]): void {
  const alike = new Map<string, TopicRange[]>()
  for (const state of states) {
    const group = alike.get(state.shape)
    if (group === undefined) alike.set(state.shape, [state])
    else group.push(state)
  }
  for (const group of alike.values()) {
    const only = group.length === 1 ? group[0] : undefined
    if (only === undefined) matchTogether(group)
    else if (only.racksMatter) only.fill((consumer, index) => only.racksMatch(consumer, index))
  }
}

/** The same partition numbers of all these topics to the same consumers. */
function matchTogether(states: readonly TopicRange[]): void {
  const { consumers, counted } = known(states[0], 'topics to spread alike')
  const remaining = new Set(consumers)
  for (let index = 0; index < counted && remaining.size > 0; index++) {
    const fits = [...remaining].find((consumer) =>
      states.every((state) => state.racksMatch(consumer, index) && state.room(consumer) > 0),
    )
    if (fits === undefined) continue
    for (const state of states) state.give(fits, [index])
    if (states.every((state) => state.room(fits) === 0)) remaining.delete(fits)
  }
}

class TopicRange {
  readonly topic: string
  /** Member ids in order. */
  readonly consumers: readonly string[]
  readonly racks: readonly ReadonlySet<string>[]
  readonly racksMatter: boolean
  /** How many partitions Kafka counts here: none where no consumer has a rack, for it keeps no racks of them then. */
  readonly counted: number
  /** Equal for topics that are to be spread alike. */
  readonly shape: string
  private readonly rackOf: ReadonlyMap<string, string>
  private readonly assignments: Assignments
  private unassigned: number[]
  private readonly given = new Map<string, number>()
  private readonly each: number
  private extras: number

  constructor(
    topic: string,
    racks: readonly ReadonlySet<string>[],
    consumers: readonly GroupMember[],
    assignments: Assignments,
  ) {
    this.topic = topic
    this.racks = racks
    this.assignments = assignments
    this.consumers = consumers.map(({ memberId }) => memberId)
    this.rackOf = new Map(
      consumers.flatMap(({ memberId, subscription: { rackId } }) => (rackId ? [[memberId, rackId] as const] : [])),
    )
    this.racksMatter = racksMatter(new Set(this.rackOf.values()), racks)
    this.counted = this.rackOf.size === 0 ? 0 : racks.length
    this.shape = JSON.stringify([this.consumers.map((id) => [id, this.rackOf.get(id) ?? null]), this.counted])
    this.unassigned = racks.map((_, index) => index)
    this.each = Math.floor(racks.length / consumers.length)
    this.extras = racks.length % consumers.length
  }

  /** A consumer without a rack matches any. */
  racksMatch(consumer: string, index: number): boolean {
    const rack = this.rackOf.get(consumer)
    return rack === undefined || (this.racks[index]?.has(rack) ?? false)
  }

  /** How many more this consumer may get. */
  room(consumer: string): number {
    return Math.max(0, this.each + (this.extras > 0 ? 1 : 0) - (this.given.get(consumer) ?? 0))
  }

  fill(may: (consumer: string, index: number) => boolean): void {
    for (const consumer of this.consumers) {
      const allowed = this.unassigned.filter((index) => may(consumer, index))
      this.give(consumer, allowed.slice(0, this.room(consumer)))
    }
  }

  give(consumer: string, indexes: readonly number[]): void {
    if (indexes.length === 0) return
    const given = (this.given.get(consumer) ?? 0) + indexes.length
    this.given.set(consumer, given)
    if (given > this.each) this.extras -= 1
    const taken = new Set(indexes)
    this.unassigned = this.unassigned.filter((index) => !taken.has(index))
    const partitions = known(this.assignments.get(consumer), consumer)
    for (const partition of indexes) partitions.push({ topic: this.topic, partition })
  }
}
