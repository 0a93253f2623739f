// What a rebalance does to a consumer (C-14, C-17, C-20 to C-22): commits before it gives partitions up, tells the
// application in Kafka's order, runs the assignor if it leads, and takes what it is given. An eager member gives all up
// before it joins; a cooperative one only what moves, after the assignment says so.

import { assert } from '../../../sim/index.ts'
import {
  byTopicThenPartition,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  type TopicPartition,
} from '../../protocol/consumer-protocol.ts'
import type { KafkaHost } from '../../trace/kafka-event.ts'
import type { Assignments, Assignor, GroupMember, RebalanceProtocol, TopicRacks } from '../assignors/assignor.ts'
import { AssignorError } from '../assignors/assignor.ts'
import type { ClientMetadata } from '../client-metadata.ts'
import { type Blocking, sleepUntil } from './blocking.ts'
import type { CoordinatorLink } from './coordinator-link.ts'
import type { Generation } from './generation.ts'
import type { JoinResponse, RebalanceHooks } from './join.ts'
import type { Membership } from './membership.ts'
import type { OffsetCommits } from './offset-commits.ts'
import { ConsumerError, type Pending } from './pending.ts'
import type { Subscription } from './subscription.ts'

/** What an application is told, in its own thread. */
export interface RebalanceListener {
  onPartitionsRevoked(partitions: readonly TopicPartition[]): Blocking<void>
  /** Somebody else may own them already. */
  onPartitionsLost(partitions: readonly TopicPartition[]): Blocking<void>
  onPartitionsAssigned(partitions: readonly TopicPartition[], generation: Generation): Blocking<void>
}

export interface RebalancingOptions {
  readonly clientId: string
  readonly groupId: string
  readonly assignors: readonly Assignor[]
  readonly protocol: RebalanceProtocol
  readonly rackId: string
  readonly rebalanceTimeoutMs: number
  readonly retryBackoffMs: number
  /** Today's clients do. */
  readonly withholds: boolean
  readonly remembersCommit: boolean
  readonly trustsCooperativeSticky: boolean
}

const FOR_EVER_MS = 10 ** 10

export class Rebalancing implements RebalanceHooks {
  private readonly host: KafkaHost
  private readonly link: CoordinatorLink
  private readonly metadata: ClientMetadata
  private readonly subscription: Subscription
  private readonly listener: RebalanceListener
  private readonly options: RebalancingOptions
  private membershipOf: (() => Membership) | undefined
  private commitsOf: (() => OffsetCommits) | undefined
  private isLeader = false
  /** Of the leader: what it knew of the group's topics when it assigned them. */
  private assignedOn: string | undefined
  private prepareEndsMs: number | undefined
  private prepareCommit: Pending<void> | undefined

  constructor(
    host: KafkaHost,
    link: CoordinatorLink,
    metadata: ClientMetadata,
    subscription: Subscription,
    listener: RebalanceListener,
    options: RebalancingOptions,
  ) {
    this.host = host
    this.link = link
    this.metadata = metadata
    this.subscription = subscription
    this.listener = listener
    this.options = options
  }

  /** They need each other. */
  connect(membership: Membership, commits: OffsetCommits): void {
    this.membershipOf = () => membership
    this.commitsOf = () => commits
  }

  /** A leader joins again when the topics of the group are no more what they were when it assigned them (C-14). */
  noticeMetadata(): void {
    if (this.assignedOn === undefined || this.assignedOn === this.snapshot()) return
    this.membership.requestRejoinIfNecessary('cached metadata has changed')
  }

  protocols() {
    const { topics } = this.subscription
    const ownedPartitions = this.subscription.assigned()
    return this.options.assignors.map((assignor) => ({
      name: assignor.name,
      metadata: encodeSubscription({
        topics,
        userData: assignor.userData(),
        ownedPartitions,
        generationId: this.membership.generation.id,
        rackId: this.options.rackId === '' ? null : this.options.rackId,
      }),
    }))
  }

  *prepare(deadlineMs: number): Blocking<boolean> {
    this.prepareEndsMs ??= this.nowMs() + this.options.rebalanceTimeoutMs
    if (this.commits.isAutomatic && this.prepareCommit === undefined) {
      // Nothing may be handed over that the commit does not know of (B-6).
      const { protocol, withholds } = this.options
      if (protocol === 'eager' && withholds) this.subscription.markPendingRevocation()
      this.prepareCommit = this.commits.autoCommit()
      this.tellOfPreparation()
    }
    const commit = this.prepareCommit
    if (commit !== undefined) {
      const untilMs = Math.min(deadlineMs, this.prepareEndsMs)
      yield* this.link.until(() => commit.done, untilMs)
      const timeIsUp = this.nowMs() >= this.prepareEndsMs
      const mustWait = !timeIsUp && (!commit.done || commit.error?.retriable === true)
      if (commit.done || !this.options.remembersCommit) this.prepareCommit = undefined
      if (mustWait) {
        yield* sleepUntil(this.host, Math.min(untilMs, this.nowMs() + this.options.retryBackoffMs))
        return false
      }
    }
    yield* this.giveUp()
    this.isLeader = false
    this.subscription.groupTopics = this.subscription.topics
    this.prepareEndsMs = undefined
    this.prepareCommit = undefined
    return true
  }

  private *giveUp(): Blocking<void> {
    const { subscription } = this
    const owned = subscription.assigned()
    if (this.membership.hasLostGeneration) {
      if (owned.length === 0) return
      yield* this.listener.onPartitionsLost(owned)
      subscription.assign([])
    } else if (this.options.protocol === 'eager') {
      yield* this.listener.onPartitionsRevoked(owned)
      subscription.assign([])
    } else {
      const unwanted = owned.filter(({ topic }) => !subscription.topics.includes(topic))
      if (unwanted.length === 0) return
      yield* this.listener.onPartitionsRevoked(unwanted)
      subscription.assign(owned.filter((partition) => !unwanted.includes(partition)))
    }
  }

  *lead(response: JoinResponse): Blocking<ReadonlyMap<string, Uint8Array>> {
    const members = response.members.map(({ memberId, groupInstanceId, metadata }): GroupMember => {
      const subscription = decodeSubscription(metadata)
      if (subscription === undefined) throw new ConsumerError('SchemaException', false, `subscription of ${memberId}`)
      return { memberId, instanceId: groupInstanceId, subscription }
    })
    const topics = [...new Set(members.flatMap(({ subscription }) => subscription.topics))].sort()
    this.subscription.groupTopics = topics
    for (const topic of topics) this.metadata.add(topic)
    if (this.metadata.updateRequested) yield* this.link.refreshMetadata(this.nowMs() + FOR_EVER_MS)
    this.isLeader = true
    this.assignedOn = this.snapshot()
    if (response.skipAssignment) return new Map()
    const assignor = this.assignorNamed(response.protocolName)
    try {
      const known = this.topicRacks(topics)
      const assignments = assignor.assign(known, members, this.subscription.topics)
      if (this.options.protocol === 'cooperative' && !this.options.trustsCooperativeSticky) {
        checkNothingMoves(members, assignments)
      }
      this.tellOfAssignments(response, known, members, assignments)
      return new Map(
        [...assignments].map(([id, partitions]) => [id, encodeAssignment({ partitions, userData: null })] as const),
      )
    } catch (error) {
      if (error instanceof AssignorError) throw new ConsumerError('IllegalStateException', false, error.message)
      throw error
    }
  }

  *complete(generation: Generation, bytes: Uint8Array): Blocking<void> {
    if (!this.isLeader) this.assignedOn = undefined
    const assignor = this.assignorNamed(generation.protocol)
    const assignment = decodeAssignment(bytes)
    if (assignment === undefined) {
      throw new ConsumerError(
        'IllegalStateException',
        false,
        'the assignment from the sync-group response cannot be read',
      )
    }
    const { subscription } = this
    const assigned = [...assignment.partitions].sort(byTopicThenPartition)
    if (assigned.some(({ topic }) => !subscription.topics.includes(topic))) {
      return this.membership.requestRejoin('received assignment does not match the current subscription')
    }
    const owned = subscription.assigned()
    if (this.options.protocol === 'cooperative') {
      const revoked = without(owned, assigned)
      if (revoked.length > 0) {
        yield* this.listener.onPartitionsRevoked(revoked)
        this.membership.requestRejoin('need to revoke partitions and re-join')
      }
    }
    assignor.onAssignment(assignment.partitions, generation.id)
    this.commits.restartAutoCommit()
    subscription.assign(assigned)
    yield* this.listener.onPartitionsAssigned(without(assigned, owned), generation)
  }

  /** Before it leaves: what it has is revoked, or lost if the group may have moved on (C-22). */
  *giveUpForGood(): Blocking<void> {
    const owned = this.subscription.assigned()
    if (owned.length === 0) return
    if (this.membership.hasLostGeneration || this.membership.isRebalancing) {
      yield* this.listener.onPartitionsLost(owned)
    } else yield* this.listener.onPartitionsRevoked(owned)
    this.subscription.assign([])
  }

  private tellOfPreparation(): void {
    const { clientId: client, protocol } = this.options
    const withheld = protocol === 'eager' ? this.subscription.assigned().map(nameOf) : []
    this.host.trace.emit({ type: 'rebalance-prepared', client, withheld })
  }

  private tellOfAssignments(
    { leader, generationId: generation, protocolName }: JoinResponse,
    known: TopicRacks,
    members: readonly GroupMember[],
    assignments: Assignments,
  ): void {
    const { trace } = this.host
    if (!trace.wants('assignment-computed')) return
    trace.emit({
      type: 'assignment-computed',
      client: this.options.clientId,
      group: this.options.groupId,
      leader,
      generation,
      protocol: protocolName ?? '',
      topics: [...known].map(([name, partitions]) => ({ name, partitions: partitions.length })),
      members: members.map(({ memberId: id, subscription: { topics, ownedPartitions, generationId } }) => ({
        id,
        topics,
        owned: ownedPartitions.map(nameOf),
        generation: generationId,
        assigned: (assignments.get(id) ?? []).map(nameOf),
      })),
      hasRacks: members.some(({ subscription }) => subscription.rackId !== null),
    })
  }

  private topicRacks(topics: readonly string[]): TopicRacks {
    const known = topics.flatMap((name) => {
      const topic = this.metadata.topic(name)
      return topic === undefined ? [] : [[name, topic.partitions.map(({ racks }) => racks)] as const]
    })
    return new Map(known)
  }

  /** The topics this member cares for with their partitions, and their racks if it is in one itself. */
  private snapshot(): string {
    const topics = this.topicRacks(this.subscription.groupTopics)
    const withRacks = this.options.rackId !== ''
    const parts = [...topics].map(([name, partitions]) => {
      const racks = withRacks ? partitions.map((racks) => [...racks].sort()) : partitions.length
      return [name, racks]
    })
    return JSON.stringify(parts)
  }

  private assignorNamed(name: string | null): Assignor {
    const assignor = this.options.assignors.find((known) => known.name === name)
    if (assignor === undefined) {
      throw new ConsumerError('IllegalStateException', false, `the coordinator selected the protocol ${name}`)
    }
    return assignor
  }

  private get membership(): Membership {
    assert(this.membershipOf !== undefined, 'a rebalance without a member')
    return this.membershipOf()
  }

  private get commits(): OffsetCommits {
    assert(this.commitsOf !== undefined, 'a rebalance without commits')
    return this.commitsOf()
  }

  private nowMs(): number {
    return this.host.clock.monotonicMs()
  }
}

/** What one is assigned nobody may still claim: its owner gives it up first. */
function checkNothingMoves(members: readonly GroupMember[], assignments: Assignments): void {
  const givenUp = new Set<string>()
  const added = new Set<string>()
  for (const { memberId, subscription } of members) {
    const owned = new Set(subscription.ownedPartitions.map(nameOf))
    const assigned = new Set((assignments.get(memberId) ?? []).map(nameOf))
    for (const name of owned) if (!assigned.has(name)) givenUp.add(name)
    for (const name of assigned) if (!owned.has(name)) added.add(name)
  }
  const moved = [...added].filter((name) => givenUp.has(name))
  if (moved.length > 0) throw new AssignorError(`${moved.join(', ')} assigned to one while another still claims them`)
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

function without(all: readonly TopicPartition[], taken: readonly TopicPartition[]): TopicPartition[] {
  return all.filter((one) => !taken.some(({ topic, partition }) => topic === one.topic && partition === one.partition))
}
