// A member of the group 'billing' that reads the topic 'orders', with a coordinator that the test plays: what the test
// does not answer itself is answered as by a coordinator with nothing to complain of.

import { GroupConsumer } from '../../../src/client/group/group-consumer.ts'
import type { Blocking } from '../../../src/client/group/blocking.ts'
import type { ConsumerError } from '../../../src/client/group/pending.ts'
import type { ConfigOverrides } from '../../../src/config/resolve-config.ts'
import {
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  type MemberSubscription,
  type TopicPartition,
} from '../../../src/protocol/consumer-protocol.ts'
import { Errors } from '../../../src/protocol/error-codes.ts'
import {
  DEFAULT_CURRENT_LEADER,
  DEFAULT_DIVERGING_EPOCH,
  DEFAULT_SNAPSHOT_ID,
} from '../../../src/protocol/generated/fetch.ts'
import type { Switches } from '../../../src/switches/switches.ts'
import type { ScriptedRequest } from '../../support/scripted-host.ts'
import { consumerConfig } from '../../support/configs.ts'
import { batch } from '../consumer-rig.ts'
import { BOOTSTRAP, ClientRig } from '../rig.ts'

const NO_SUBSCRIPTION: MemberSubscription = {
  topics: ['orders'],
  userData: null,
  ownedPartitions: [],
  generationId: -1,
  rackId: null,
}

export class GroupRig extends ClientRig {
  /** What the application lived through, in order. */
  readonly told: string[] = []
  /** By partition; what is missing was never committed. */
  readonly committed = new Map<string, number>()
  /** Where each partition's log ends. */
  logEnd = 0
  coordinator = 1
  /** An error for the next answers of an API, in order. */
  private readonly errors = new Map<string, number[]>()
  consumerOrNone: GroupConsumer | undefined
  failure: ConsumerError | undefined
  /** What the application does after each poll that returned records. */
  onRecords: (consumer: GroupConsumer, count: number) => Blocking<void> = function* () {}
  onRevoked: (consumer: GroupConsumer) => Blocking<void> = function* () {}
  onAssigned: (consumer: GroupConsumer) => void = () => {}
  /** What ListOffsets was asked: partition, and −1 for its end or −2 for its beginning. */
  readonly listed: [number, number][] = []
  /** Commits that are not answered, if the test wants to. */
  heldCommits: (() => void)[] | undefined
  private heldListOffsets: (() => void)[] | undefined
  stopping = false
  /** Today's client, if nothing is said. */
  switches: Partial<Switches> = {}

  get consumer(): GroupConsumer {
    if (this.consumerOrNone === undefined) throw new Error('not started')
    return this.consumerOrNone
  }

  failNext(
    api: 'FindCoordinator' | 'JoinGroup' | 'SyncGroup' | 'Heartbeat' | 'OffsetCommit' | 'OffsetFetch',
    ...codes: number[]
  ): void {
    this.errors.set(api, [...(this.errors.get(api) ?? []), ...codes])
  }

  start(config: ConfigOverrides = {}, pollMs = 1000): void {
    this.leaders = [0, 1, 2].map(() => ({ leader: 1, epoch: 5 }))
    this.serve()
    const consumer = new GroupConsumer(this, {
      clientId: 'billing[0]',
      groupId: 'billing',
      topics: ['orders'],
      bootstrap: BOOTSTRAP,
      config: consumerConfig({ 'auto.offset.reset': 'earliest', ...config }),
      switches: this.switches,
      listener: {
        onPartitionsRevoked: (partitions) => this.hear('revoked', partitions),
        onPartitionsLost: (partitions) => this.hear('lost', partitions),
        onPartitionsAssigned: (partitions) => this.hear('assigned', partitions),
      },
      onPositionMoved: () => {},
      onCommitted: (kind, generation, offsets, error) => {
        const what = offsets.map(({ index, offset }) => `${index}@${offset}`).join(' ')
        this.told.push(`commit ${kind} g${generation.id} ${what}${error === undefined ? '' : ` ${error.code}`}`)
      },
      onLeft: () => void this.told.push('left'),
    })
    this.consumerOrNone = consumer
    consumer.run(this.application(consumer, pollMs))
    this.settle()
  }

  private *application(consumer: GroupConsumer, pollMs: number): Blocking<void> {
    try {
      while (!this.stopping) {
        const polled = yield* consumer.poll(pollMs)
        for (const { partition, records } of polled) {
          this.told.push(`read ${partition.index}: ${records.map(({ offset }) => offset).join(' ')}`)
        }
        const count = polled.reduce((sum, { records }) => sum + records.length, 0)
        if (count > 0) yield* this.onRecords(consumer, count)
      }
    } catch (error) {
      this.failure = error as ConsumerError
      this.told.push(`failed ${this.failure.code}`)
      return
    }
    yield* consumer.close()
    this.told.push('closed')
  }

  private *hear(what: string, partitions: readonly TopicPartition[]): Blocking<void> {
    this.told.push(`${what} ${partitions.map(({ partition }) => partition).join(' ')}`.trim())
    if (what === 'revoked') yield* this.onRevoked(this.consumer)
    if (what === 'assigned') this.onAssigned(this.consumer)
  }

  // ---------------------------------------------------------------------------------------------------- the cluster

  /** Joins and syncs are the test's to answer. */
  private serve(): void {
    const { network } = this
    network.always('FindCoordinator', (request) => this.findCoordinator(request))
    network.always('Heartbeat', (request) =>
      request.answer({ throttleTimeMs: 0, errorCode: this.errorFor('Heartbeat') }),
    )
    network.always('LeaveGroup', (request) => request.answer({ throttleTimeMs: 0, errorCode: 0, members: [] }))
    network.always('OffsetCommit', (request) => this.commit(request))
    network.always('OffsetFetch', (request) => this.fetchOffsets(request))
    network.always('ListOffsets', (request) => {
      const partitions = request.body.topics[0]!.partitions.map(({ partitionIndex, timestamp }) => {
        this.listed.push([partitionIndex, timestamp])
        const offset = timestamp === -1 ? this.logEnd : 0
        return { partitionIndex, errorCode: 0, timestamp: -1, offset, leaderEpoch: 5 }
      })
      const answer = () => request.answer({ throttleTimeMs: 0, topics: [{ name: 'orders', partitions }] })
      if (this.heldListOffsets === undefined) answer()
      else this.heldListOffsets.push(answer)
    })
    network.always('Fetch', (request) => this.serveFetch(request))
  }

  /** From now on the test gives the answers: those on their way. */
  holdListOffsets(): readonly (() => void)[] {
    this.heldListOffsets ??= []
    return this.heldListOffsets
  }

  private errorFor(api: string): number {
    return this.errors.get(api)?.shift() ?? Errors.NONE
  }

  private findCoordinator(request: ScriptedRequest<'FindCoordinator'>): void {
    const nodeId = this.coordinator
    const errorCode = this.errorFor('FindCoordinator')
    const found = { key: 'billing', nodeId, host: `broker-${nodeId}`, port: 9092, errorCode, errorMessage: null }
    request.answer({ throttleTimeMs: 0, coordinators: [found] })
  }

  private commit(request: ScriptedRequest<'OffsetCommit'>): void {
    if (this.heldCommits !== undefined) {
      const held = this.heldCommits
      held.push(() => {
        this.heldCommits = undefined
        this.commit(request)
      })
      return
    }
    const errorCode = this.errorFor('OffsetCommit')
    for (const { partitions } of request.body.topics) {
      for (const { partitionIndex, committedOffset } of partitions) {
        if (errorCode === Errors.NONE) this.committed.set(`orders-${partitionIndex}`, committedOffset)
      }
    }
    request.answer({
      throttleTimeMs: 0,
      topics: request.body.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
      })),
    })
  }

  private fetchOffsets(request: ScriptedRequest<'OffsetFetch'>): void {
    const asked = request.body.groups[0]!
    const errorCode = this.errorFor('OffsetFetch')
    const topics = (asked.topics ?? []).map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({
        partitionIndex,
        committedOffset: this.committed.get(`${name}-${partitionIndex}`) ?? -1,
        committedLeaderEpoch: -1,
        metadata: '',
        errorCode: 0,
      })),
    }))
    request.answer({ throttleTimeMs: 0, groups: [{ groupId: 'billing', topics, errorCode }] })
  }

  /** Of the one partition that was asked for. */
  answerFetch(request: ScriptedRequest<'Fetch'>, errorCode: number, records: Uint8Array = new Uint8Array(0)): void {
    const { topicId, partitions } = request.body.topics[0]!
    const partition = { ...fetchedPartition(partitions[0]!.partition, this.logEnd), errorCode, records }
    const responses = [{ topic: '', topicId, partitions: [partition] }]
    request.answer({ throttleTimeMs: 0, errorCode: 0, sessionId: 0, responses, nodeEndpoints: [] })
  }

  /** What is in the log, at most ten records a partition; a fetch of nothing waits its 500 ms. */
  private serveFetch(request: ScriptedRequest<'Fetch'>): void {
    const responses = request.body.topics.map(({ topicId, partitions }) => ({
      topic: '',
      topicId,
      partitions: partitions.map(({ partition, fetchOffset }) => {
        const count = Math.max(0, Math.min(10, this.logEnd - fetchOffset))
        const records = count === 0 ? new Uint8Array(0) : batch(fetchOffset, count)
        return { ...fetchedPartition(partition, this.logEnd), records }
      }),
    }))
    const isEmpty = responses.every(({ partitions }) => partitions.every(({ records }) => records.length === 0))
    const answer = () => request.answer({ throttleTimeMs: 0, errorCode: 0, sessionId: 0, responses, nodeEndpoints: [] })
    if (isEmpty) this.clock.after(500, 'fetch-wait', answer)
    else answer()
  }

  // -------------------------------------------------------------------------------------------------------- the group

  /** Answers the next join with an error. */
  refuseJoin(errorCode: number, memberId = ''): void {
    this.answerJoin(errorCode, -1, memberId, '', [])
  }

  /** Answers the next join: this member leads, alone or with others, who claim these partitions. */
  lead(
    generation: number,
    memberId = 'm1',
    others: readonly string[] = [],
    protocol = 'range',
    claimed: readonly number[] = [],
  ): void {
    const ownedPartitions = claimed.map((partition) => ({ topic: 'orders', partition }))
    const metadata = encodeSubscription({ ...NO_SUBSCRIPTION, ownedPartitions })
    const mine = this.network.next('JoinGroup').body.protocols.find(({ name }) => name === protocol)!
    const members = [
      { memberId, groupInstanceId: null, metadata: mine.metadata },
      ...others.map((id) => ({ memberId: id, groupInstanceId: null, metadata })),
    ]
    this.answerJoin(Errors.NONE, generation, memberId, memberId, members, protocol)
  }

  /** Answers the next join: somebody else leads. */
  follow(generation: number, memberId = 'm1', protocol = 'range'): void {
    this.answerJoin(Errors.NONE, generation, memberId, 'leader', [], protocol)
  }

  /** Answers the next sync with these partitions, or an error. */
  sync(partitions: readonly number[], errorCode: number = Errors.NONE): void {
    const request = this.network.next('SyncGroup')
    const assigned = partitions.map((partition) => ({ topic: 'orders', partition }))
    request.answer({
      throttleTimeMs: 0,
      errorCode,
      protocolType: 'consumer',
      protocolName: request.body.protocolName,
      assignment:
        errorCode === Errors.NONE ? encodeAssignment({ partitions: assigned, userData: null }) : new Uint8Array(0),
    })
    this.settle()
  }

  /** Member m1 of generation 1, with these partitions. */
  joinWith(partitions: readonly number[], protocol = 'range'): void {
    this.refuseJoin(Errors.MEMBER_ID_REQUIRED, 'm1')
    this.follow(1, 'm1', protocol)
    this.sync(partitions)
  }

  /** What the open join claims to own. */
  claims(): { owned: number[]; generation: number } {
    const { metadata } = this.network.next('JoinGroup').body.protocols[0]!
    const { ownedPartitions = [], generationId = -1 } = decodeSubscription(metadata) ?? {}
    return { owned: ownedPartitions.map(({ partition }) => partition), generation: generationId }
  }

  count(
    api: 'Heartbeat' | 'OffsetCommit' | 'LeaveGroup' | 'JoinGroup' | 'Fetch' | 'FindCoordinator' | 'OffsetFetch',
  ): number {
    return this.network.requests(api).length
  }

  private answerJoin(
    errorCode: number,
    generationId: number,
    memberId: string,
    leader: string,
    members: readonly { memberId: string; groupInstanceId: string | null; metadata: Uint8Array }[],
    protocolName: string | null = null,
  ): void {
    this.network.next('JoinGroup').answer({
      throttleTimeMs: 0,
      errorCode,
      generationId,
      protocolType: 'consumer',
      protocolName,
      leader,
      skipAssignment: false,
      memberId,
      members,
    })
    this.settle()
  }
}

function fetchedPartition(partitionIndex: number, logEnd: number) {
  return {
    partitionIndex,
    errorCode: 0,
    highWatermark: logEnd,
    lastStableOffset: logEnd,
    logStartOffset: 0,
    divergingEpoch: DEFAULT_DIVERGING_EPOCH,
    currentLeader: DEFAULT_CURRENT_LEADER,
    snapshotId: DEFAULT_SNAPSHOT_ID,
    abortedTransactions: null,
    preferredReadReplica: -1,
  }
}
