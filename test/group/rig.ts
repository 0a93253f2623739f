// A group coordinator on a real replica manager: broker 1 leads __consumer_offsets-0, which is its own (requests arrive
// over connections that exist in name only). With `replicas` [1, 2, 3] nothing is committed before the test lets
// followers fetch.

import { Streams } from '../../sim/random/streams.ts'
import { InternalTopics, OFFSETS_TOPIC } from '../../src/broker/internal-topics.ts'
import { GroupCoordinator } from '../../src/group/group-coordinator.ts'
import type { MetadataDelta } from '../../src/metadata/metadata-image.ts'
import type { PartitionState } from '../../src/metadata/partition-state.ts'
import { RequestServer } from '../../src/network/request-server.ts'
import { type ApiName, API_VERSIONS } from '../../src/protocol/api-keys.ts'
import { errorName } from '../../src/protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../../src/protocol/messages.ts'
import type { FixtureOptions } from '../broker/fixture.ts'
import { brokerEpochOf, followerParams, ask as asked, state } from '../broker/fixture.ts'
import { FakeNetwork, type Peer } from '../broker/fake-peer.ts'
import { FakeHost } from '../broker/fake-host.ts'
import { ManagerFixture } from '../broker/manager-fixture.ts'

const OFFSETS_TOPIC_ID = 'b2Zmc2V0cy10b3BpYy1pZA'
export const SESSION_MS = 10_000
export const REBALANCE_MS = 60_000

export interface GroupRigOptions extends FixtureOptions {
  /** Of __consumer_offsets-0; [1] unless told otherwise: then every append commits at once. */
  readonly replicas?: readonly number[]
}

/** A request on its way: its answer, once there is one. */
export interface Asked<A extends ApiName> {
  readonly answer: ResponseOf<A> | undefined
}

export class GroupRig extends ManagerFixture {
  readonly coordinator: GroupCoordinator
  /** CreateTopics requests that the broker sent to the controller. */
  readonly created: RequestOf<'CreateTopics'>[] = []
  private readonly wire = new FakeNetwork()
  private readonly replicaIds: readonly number[]
  private epoch = 0

  constructor(options: GroupRigOptions = {}) {
    super({
      ...options,
      config: {
        'offsets.topic.num.partitions': 1,
        'group.coordinator.append.linger.ms': 0,
        'group.initial.rebalance.delay.ms': 0,
        ...options.config,
      },
    })
    this.replicaIds = options.replicas ?? [1]
    const streams = new Streams(1)
    Object.assign(this.host, { random: { stream: (purpose: string) => streams.reuse(purpose) } })
    const internalTopics = new InternalTopics(this.context.config, {
      send: (_api, body) => void this.created.push(body as RequestOf<'CreateTopics'>),
    })
    this.coordinator = new GroupCoordinator({ context: this.context, replicas: this.replicas, internalTopics })
    const server = Object.assign(new FakeHost(), { network: this.wire })
    new RequestServer(server, 9092, server.jobs.pool(), (request) => this.coordinator.handle(request))
  }

  /** Broker 1 leads the offsets topic from now on, or another broker does. */
  lead(leader = 1): this {
    this.epoch += 1
    const own = { topic: OFFSETS_TOPIC, topicId: OFFSETS_TOPIC_ID, key: `${OFFSETS_TOPIC}-0` }
    const roles = { replicas: this.replicaIds, isr: this.replicaIds, leader }
    this.publish(
      state({ ...own, ...roles, leaderEpoch: this.epoch, partitionEpoch: this.epoch }),
      state(),
      state({ index: 1, key: 'orders-1' }),
    )
    return this
  }

  override publish(...states: readonly PartitionState[]): MetadataDelta {
    const delta = super.publish(...states)
    this.coordinator.applyDelta(delta, this.metadata)
    return delta
  }

  override unpublish(topicName: string): MetadataDelta {
    const delta = super.unpublish(topicName)
    this.coordinator.applyDelta(delta, this.metadata)
    return delta
  }

  /** Every follower has fetched everything: what is written is committed. */
  replicate(): void {
    const replica = this.replicas.hosted(OFFSETS_TOPIC, 0)!
    for (const id of this.replicaIds) {
      if (id === 1) continue
      const at = asked(replica.log.logEndOffset, { currentLeaderEpoch: replica.leaderEpoch })
      this.replicas.fetchMessages(
        { ...followerParams(id), replicaEpoch: brokerEpochOf(id), maxWaitMs: 0 },
        [{ topic: OFFSETS_TOPIC, topicId: OFFSETS_TOPIC_ID, asked: at }],
        () => {},
      )
    }
    this.host.clock.advance(0)
  }

  get log() {
    return this.replicas.hosted(OFFSETS_TOPIC, 0)!.log
  }

  /** Sends a request on a connection of its own, in our version unless told otherwise. */
  send<A extends ApiName>(api: A, body: RequestOf<A>, version: number = API_VERSIONS[api]): Asked<A> {
    const peer: Peer = this.wire.peer()
    peer.request(api, body, version)
    return {
      get answer() {
        return peer.frames.length === 0 ? undefined : peer.answer(api)
      },
    }
  }

  /** Sends a request that is answered at once. */
  ask<A extends ApiName>(api: A, body: RequestOf<A>, version?: number): ResponseOf<A> {
    const { answer } = this.send(api, body, version)
    if (answer === undefined) throw new Error(`${api} waits`)
    return answer
  }

  // -------------------------------------------------------------------------------------------------- what members do

  join(changes: Partial<RequestOf<'JoinGroup'>> = {}, version?: number): Asked<'JoinGroup'> {
    return this.send('JoinGroup', joinBody(changes), version)
  }

  /** The id a dynamic member is given before it may come in (KIP-394). */
  memberId(changes: Partial<RequestOf<'JoinGroup'>> = {}): string {
    return this.ask('JoinGroup', joinBody(changes)).memberId
  }

  sync(memberId: string, generationId: number, changes: Partial<RequestOf<'SyncGroup'>> = {}): Asked<'SyncGroup'> {
    return this.send('SyncGroup', syncBody({ memberId, generationId, ...changes }))
  }

  heartbeat(memberId: string, generationId: number, changes: Partial<RequestOf<'Heartbeat'>> = {}): string {
    const body = { groupId: 'g', generationId, memberId, groupInstanceId: null, ...changes }
    return errorName(this.ask('Heartbeat', body).errorCode)
  }

  leave(...members: readonly Partial<RequestOf<'LeaveGroup'>['members'][number]>[]): ResponseOf<'LeaveGroup'> {
    const all = members.map((member) => ({ memberId: '', groupInstanceId: null, reason: null, ...member }))
    return this.ask('LeaveGroup', { groupId: 'g', members: all })
  }

  commit(changes: Partial<RequestOf<'OffsetCommit'>> = {}, offset = 5, version?: number): Asked<'OffsetCommit'> {
    return this.send('OffsetCommit', commitBody(changes, offset), version)
  }

  /** What is committed for orders-0. */
  committed(requireStable = true): number | undefined {
    const topics = [{ name: 'orders', partitionIndexes: [0] }]
    const groups = [{ groupId: 'g', memberId: null, memberEpoch: -1, topics }]
    const { answer } = this.send('OffsetFetch', { groups, requireStable })
    return answer?.groups[0]?.topics[0]?.partitions[0]?.committedOffset
  }

  describe(): ResponseOf<'DescribeGroups'>['groups'][number] {
    const [group] = this.ask('DescribeGroups', { groups: ['g'], includeAuthorizedOperations: false }).groups
    if (group === undefined) throw new Error('nothing was described')
    return group
  }

  get state(): string {
    return this.describe().groupState
  }

  /** A group 'g' that is Stable in its first generation; the first member leads. */
  stable(count = 1): string[] {
    const ids = Array.from({ length: count }, () => this.memberId())
    const joins = ids.map((memberId) => this.join({ memberId }))
    this.host.clock.advance(0)
    if (joins.some(({ answer }) => answer?.errorCode !== 0)) throw new Error('a join was not answered')
    ids.forEach((memberId) => this.sync(memberId, joins[0]!.answer!.generationId, assignments(ids)))
    return ids
  }
}

/** The leader's list: each member is given its own id, as bytes. */
export function assignments(ids: readonly string[]): Pick<RequestOf<'SyncGroup'>, 'assignments'> {
  return { assignments: ids.map((memberId) => ({ memberId, assignment: Buffer.from(memberId) })) }
}

export function joinBody(changes: Partial<RequestOf<'JoinGroup'>> = {}): RequestOf<'JoinGroup'> {
  return {
    groupId: 'g',
    sessionTimeoutMs: SESSION_MS,
    rebalanceTimeoutMs: REBALANCE_MS,
    memberId: '',
    groupInstanceId: null,
    protocolType: 'consumer',
    protocols: protocols('range'),
    reason: null,
    ...changes,
  }
}

/** Subscriptions to 'orders', for each of the named assignors. */
export function protocols(...names: readonly string[]): RequestOf<'JoinGroup'>['protocols'] {
  return names.map((name) => ({ name, metadata: subscription('orders') }))
}

/** As consumers write it, version 0: topics, no user data. */
export function subscription(...topics: readonly string[]): Uint8Array {
  const names = topics.flatMap((topic) => [0, topic.length, ...Buffer.from(topic)])
  return Uint8Array.from([0, 0, 0, 0, 0, topics.length, ...names, 255, 255, 255, 255])
}

function syncBody(changes: Partial<RequestOf<'SyncGroup'>>): RequestOf<'SyncGroup'> {
  return {
    groupId: 'g',
    generationId: 1,
    memberId: '',
    groupInstanceId: null,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [],
    ...changes,
  }
}

function commitBody(changes: Partial<RequestOf<'OffsetCommit'>>, offset: number): RequestOf<'OffsetCommit'> {
  const partition = { partitionIndex: 0, committedOffset: offset, committedLeaderEpoch: -1, committedMetadata: '' }
  return {
    groupId: 'g',
    generationIdOrMemberEpoch: -1,
    memberId: '',
    groupInstanceId: null,
    topics: [{ name: 'orders', partitions: [partition] }],
    ...changes,
  }
}
