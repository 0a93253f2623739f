// A member's way through the classic group protocol (C-10 to C-13): join, sync, heartbeat, leave, and what each error
// does to its member id, its generation and its coordinator. What is assigned to whom is the business of `Rebalancing`.

import { assert } from '../../../sim/index.ts'
import { Errors } from '../../protocol/error-codes.ts'
import type { ResponseOf } from '../../protocol/messages.ts'
import { CONSUMER_PROTOCOL_TYPE } from '../../protocol/consumer-protocol.ts'
import type { KafkaHost } from '../../trace/kafka-event.ts'
import { type Blocking, sleepUntil } from './blocking.ts'
import type { CoordinatorLink } from './coordinator-link.ts'
import { type Generation, type MemberState, NO_GENERATION } from './generation.ts'
import type { HeartbeatThread } from './heartbeat-thread.ts'
import { ConsumerError, DISCONNECTED, NO_COORDINATOR, Pending, protocolError } from './pending.ts'
import type { PolledNetwork } from './polled-network.ts'

export type JoinResponse = ResponseOf<'JoinGroup'>

export interface MembershipOptions {
  readonly groupId: string
  readonly instanceId: string | null
  readonly sessionTimeoutMs: number
  /** max.poll.interval.ms. */
  readonly rebalanceTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly retryBackoffMs: number
  /** Today's clients do. */
  readonly preparesBeforeEachJoin: boolean
  readonly rechecksGeneration: boolean
}

/** What a rebalance means to this member; all but the first may call the application. */
export interface RebalanceHooks {
  protocols(): readonly { readonly name: string; readonly metadata: Uint8Array }[]
  /** False while it must wait; then it is called again. */
  prepare(deadlineMs: number): Blocking<boolean>
  /** The leader's work: an assignment for each member. */
  lead(response: JoinResponse): Blocking<ReadonlyMap<string, Uint8Array>>
  complete(generation: Generation, assignment: Uint8Array): Blocking<void>
}

/** Kafka gives a join that much more than the rebalance may take. */
const JOIN_LAPSE_MS = 5000
const RETRIED_AT_ONCE: ReadonlySet<string> = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
  'MEMBER_ID_REQUIRED',
])
const KNOWN_JOIN_ERRORS: ReadonlySet<number> = new Set<number>([
  Errors.COORDINATOR_LOAD_IN_PROGRESS,
  Errors.UNKNOWN_MEMBER_ID,
  Errors.COORDINATOR_NOT_AVAILABLE,
  Errors.NOT_COORDINATOR,
  Errors.FENCED_INSTANCE_ID,
  Errors.INCONSISTENT_GROUP_PROTOCOL,
  Errors.INVALID_SESSION_TIMEOUT,
  Errors.INVALID_GROUP_ID,
  Errors.GROUP_MAX_SIZE_REACHED,
  Errors.UNSUPPORTED_VERSION,
  Errors.REBALANCE_IN_PROGRESS,
])

interface Join {
  readonly outcome: Pending<Uint8Array>
  /** Answered, and not yet dealt with: that takes the application's thread, for a leader may have to wait. */
  answer: { readonly response: JoinResponse; readonly sent: Generation } | undefined
  /** Of the assignment that it ended with. */
  generation: Generation | undefined
}

export class Membership {
  state: MemberState = 'unjoined'
  generation: Generation = NO_GENERATION
  /** Set by whoever made it; it needs this member first. */
  heartbeats: HeartbeatThread | undefined
  private readonly host: KafkaHost
  private readonly network: PolledNetwork
  private readonly link: CoordinatorLink
  private readonly options: MembershipOptions
  private readonly hooks: RebalanceHooks
  private rejoinNeeded = true
  private rejoinReason = ''
  private needsPrepare = true
  private join: Join | undefined

  constructor(
    host: KafkaHost,
    network: PolledNetwork,
    link: CoordinatorLink,
    options: MembershipOptions,
    hooks: RebalanceHooks,
  ) {
    this.host = host
    this.network = network
    this.link = link
    this.options = options
    this.hooks = hooks
  }

  get isDynamic(): boolean {
    return this.options.instanceId === null
  }

  /** Between the answer to a join and the next join. */
  get isJoined(): boolean {
    return this.state === 'completing-rebalance' || this.state === 'stable'
  }

  get isRebalancing(): boolean {
    return this.state === 'preparing-rebalance' || this.state === 'completing-rebalance'
  }

  get rejoinNeededOrPending(): boolean {
    return this.rejoinNeeded || this.join !== undefined
  }

  get hasLostGeneration(): boolean {
    return this.generation.id === NO_GENERATION.id || this.generation.memberId === ''
  }

  requestRejoin(reason: string): void {
    this.rejoinReason = reason
    this.rejoinNeeded = true
  }

  requestRejoinIfNecessary(reason: string): void {
    if (!this.rejoinNeeded) this.requestRejoin(reason)
  }

  /** True once this is a member with an assignment. Called from poll, again and again. */
  *ensureActive(deadlineMs: number): Blocking<boolean> {
    if (!(yield* this.link.ensureReady(deadlineMs))) return false
    while (this.rejoinNeededOrPending) {
      if (!(yield* this.link.ensureReady(deadlineMs))) return false
      if (this.needsPrepare) {
        this.needsPrepare = false
        if (!(yield* this.hooks.prepare(deadlineMs))) {
          this.needsPrepare = true
          return false
        }
      }
      const join = this.startJoin()
      yield* this.follow(join, deadlineMs)
      if (!join.outcome.done) return false
      const { error } = join.outcome
      if (error === undefined) {
        yield* this.finish(join)
        continue
      }
      this.join = undefined
      if (error.code !== 'MEMBER_ID_REQUIRED') this.requestRejoin(`rebalance failed due to ${error.code}`)
      if (RETRIED_AT_ONCE.has(error.code)) continue
      if (!error.retriable) throw error
      const nowMs = this.host.clock.monotonicMs()
      if (nowMs >= deadlineMs) return false
      yield* sleepUntil(this.host, Math.min(deadlineMs, nowMs + this.options.retryBackoffMs))
    }
    return true
  }

  /** The generation may have been lost while the application was away (KAFKA-8104, B-16). */
  private *finish(join: Join): Blocking<void> {
    const { rechecksGeneration } = this.options
    const generation = rechecksGeneration ? this.generation : (join.generation ?? this.generation)
    if (!rechecksGeneration || (generation.id !== NO_GENERATION.id && this.state === 'stable')) {
      yield* this.hooks.complete(generation, join.outcome.value)
      this.needsPrepare = true
    } else this.resetAndRejoin('the generation changed before the rebalance was complete', true)
    this.join = undefined
  }

  private startJoin(): Join {
    if (this.join !== undefined) return this.join
    this.state = 'preparing-rebalance'
    const join: Join = { outcome: new Pending<Uint8Array>(), answer: undefined, generation: undefined }
    this.join = join
    const coordinator = this.link.coordinator()
    if (coordinator === undefined) {
      join.outcome.fail(NO_COORDINATOR)
      return join
    }
    const { options, generation: sent } = this
    this.network.send(
      coordinator,
      'JoinGroup',
      {
        groupId: options.groupId,
        sessionTimeoutMs: options.sessionTimeoutMs,
        rebalanceTimeoutMs: options.rebalanceTimeoutMs,
        memberId: sent.memberId,
        groupInstanceId: options.instanceId,
        protocolType: CONSUMER_PROTOCOL_TYPE,
        protocols: [...this.hooks.protocols()],
        reason: this.rejoinReason,
      },
      {
        onResponse: (response) => {
          join.answer = { response, sent }
        },
        onFailure: () => this.disconnected(join.outcome),
      },
      Math.max(options.requestTimeoutMs, options.rebalanceTimeoutMs + JOIN_LAPSE_MS),
    )
    return join
  }

  private *follow(join: Join, deadlineMs: number): Blocking<void> {
    for (;;) {
      this.network.drain()
      const { answer } = join
      if (answer !== undefined) {
        join.answer = undefined
        yield* this.joined(join, answer.response, answer.sent)
      }
      if (join.outcome.done || this.host.clock.monotonicMs() >= deadlineMs) return
      yield deadlineMs
    }
  }

  private *joined(join: Join, response: JoinResponse, sent: Generation): Blocking<void> {
    const { outcome } = join
    const { errorCode, memberId } = response
    if (errorCode !== Errors.NONE) return this.joinRefused(outcome, errorCode, memberId, sent)
    if (this.state !== 'preparing-rebalance') return outcome.fail(new ConsumerError('UnjoinedGroupException', true))
    this.state = 'completing-rebalance'
    this.generation = { id: response.generationId, memberId, protocol: response.protocolName }
    this.heartbeats?.enable()
    let assignments: ReadonlyMap<string, Uint8Array> = new Map()
    if (response.leader === memberId) {
      try {
        assignments = yield* this.hooks.lead(response)
      } catch (error) {
        if (!(error instanceof ConsumerError)) throw error
        return outcome.fail(error)
      }
    }
    this.sync(join, assignments)
  }

  private joinRefused(outcome: Join['outcome'], errorCode: number, memberId: string, sent: Generation): void {
    if (errorCode === Errors.UNKNOWN_MEMBER_ID) {
      if (this.isUnchanged(sent)) this.resetAndRejoin('encountered UNKNOWN_MEMBER_ID from JOIN_GROUP response', true)
    } else if (errorCode === Errors.COORDINATOR_NOT_AVAILABLE || errorCode === Errors.NOT_COORDINATOR) {
      this.link.forget()
    } else if (errorCode === Errors.MEMBER_ID_REQUIRED) {
      this.generation = { ...NO_GENERATION, memberId }
      this.requestRejoin(`need to re-join with the given member-id: ${memberId}`)
    } else if (!KNOWN_JOIN_ERRORS.has(errorCode)) {
      return outcome.fail(unexpected('join group response', errorCode))
    }
    outcome.fail(protocolError(errorCode))
  }

  private sync(join: Join, assignments: ReadonlyMap<string, Uint8Array>): void {
    const { outcome } = join
    const coordinator = this.link.coordinator()
    if (coordinator === undefined) return outcome.fail(NO_COORDINATOR)
    const sent = this.generation
    this.network.send(
      coordinator,
      'SyncGroup',
      {
        groupId: this.options.groupId,
        generationId: sent.id,
        memberId: sent.memberId,
        groupInstanceId: this.options.instanceId,
        protocolType: CONSUMER_PROTOCOL_TYPE,
        protocolName: sent.protocol,
        assignments: [...assignments].map(([memberId, assignment]) => ({ memberId, assignment })),
      },
      {
        onResponse: ({ errorCode, protocolName, assignment }) => {
          if (errorCode !== Errors.NONE) return this.syncRefused(outcome, errorCode, sent)
          // The heartbeat thread may have given the generation up meanwhile: then it is tried again at once.
          if (this.generation.id === NO_GENERATION.id || this.state !== 'completing-rebalance') {
            return outcome.fail(protocolError(Errors.ILLEGAL_GENERATION))
          }
          if (protocolName !== null && protocolName !== this.generation.protocol) {
            return outcome.fail(protocolError(Errors.INCONSISTENT_GROUP_PROTOCOL))
          }
          this.state = 'stable'
          this.rejoinReason = ''
          this.rejoinNeeded = false
          join.generation = this.generation
          outcome.complete(assignment)
        },
        onFailure: () => this.disconnected(outcome),
      },
    )
  }

  private syncRefused(outcome: Join['outcome'], errorCode: number, sent: Generation): void {
    switch (errorCode) {
      case Errors.REBALANCE_IN_PROGRESS:
      case Errors.FENCED_INSTANCE_ID:
        break
      case Errors.UNKNOWN_MEMBER_ID:
      case Errors.ILLEGAL_GENERATION:
        if (this.isUnchanged(sent)) this.resetAfter('SYNC_GROUP', errorCode)
        break
      case Errors.COORDINATOR_NOT_AVAILABLE:
      case Errors.NOT_COORDINATOR:
        this.link.forget()
        break
      default:
        // So, too, COORDINATOR_LOAD_IN_PROGRESS, which a coordinator of 4.0 may answer (B-46).
        return outcome.fail(unexpected('SyncGroup', errorCode))
    }
    outcome.fail(protocolError(errorCode))
  }

  sendHeartbeat(): Pending<void> {
    const coordinator = this.link.coordinator()
    if (coordinator === undefined) return Pending.failed(NO_COORDINATOR)
    const outcome = new Pending<void>()
    const sent = this.generation
    const { groupId, instanceId: groupInstanceId } = this.options
    this.network.send(
      coordinator,
      'Heartbeat',
      { groupId, memberId: sent.memberId, groupInstanceId, generationId: sent.id },
      {
        onResponse: ({ errorCode }) => this.heartbeatAnswered(outcome, errorCode, sent),
        onFailure: () => this.disconnected(outcome),
      },
    )
    return outcome
  }

  private heartbeatAnswered(outcome: Pending<void>, errorCode: number, sent: Generation): void {
    switch (errorCode) {
      case Errors.NONE:
        return outcome.complete()
      case Errors.COORDINATOR_NOT_AVAILABLE:
      case Errors.NOT_COORDINATOR:
        this.link.forget()
        break
      case Errors.REBALANCE_IN_PROGRESS:
        if (this.state !== 'stable') return outcome.complete()
        this.requestRejoin('group is already rebalancing')
        break
      case Errors.ILLEGAL_GENERATION:
      case Errors.UNKNOWN_MEMBER_ID:
      case Errors.FENCED_INSTANCE_ID:
        // Of a generation that is no more ours it says nothing.
        if (!this.isUnchanged(sent)) return outcome.complete()
        this.resetAfter('HEARTBEAT', errorCode)
        break
      default:
        return outcome.fail(unexpected('heartbeat response', errorCode))
    }
    outcome.fail(protocolError(errorCode))
  }

  /** Dynamic members say good-bye, once and without waiting; static ones just stop (G-37). True if it was said. */
  leave(reason: string): boolean {
    const coordinator = this.link.coordinator()
    const { memberId } = this.generation
    const says = this.isDynamic && coordinator !== undefined && this.state !== 'unjoined' && memberId !== ''
    if (says) {
      this.network.send(
        coordinator,
        'LeaveGroup',
        { groupId: this.options.groupId, members: [{ memberId, groupInstanceId: null, reason }] },
        { onResponse: () => {}, onFailure: () => this.link.forget(true) },
      )
    }
    this.resetAndRejoin('consumer pro-actively leaving the group', true)
    return says
  }

  /** The member id may still be good where only the generation is not. */
  resetAfter(api: string, errorCode: number): void {
    const { code } = protocolError(errorCode)
    this.resetAndRejoin(`encountered ${code} from ${api} response`, errorCode !== Errors.ILLEGAL_GENERATION)
  }

  isUnchanged(sent: Generation): boolean {
    const { id, memberId, protocol } = this.generation
    return id === sent.id && memberId === sent.memberId && protocol === sent.protocol
  }

  private resetAndRejoin(reason: string, forgetMemberId: boolean): void {
    this.state = 'unjoined'
    this.generation = forgetMemberId ? NO_GENERATION : { ...NO_GENERATION, memberId: this.generation.memberId }
    this.requestRejoin(reason)
    if (this.options.preparesBeforeEachJoin) this.needsPrepare = true
    assert(this.rejoinNeededOrPending, 'a member that lost its generation joins again')
  }

  private disconnected(outcome: Pending<Uint8Array> | Pending<void>): void {
    this.link.forget(true)
    if (!outcome.done) outcome.fail(DISCONNECTED)
  }
}

function unexpected(where: string, errorCode: number): ConsumerError {
  return new ConsumerError('KafkaException', false, `unexpected error in ${where}: ${protocolError(errorCode).code}`)
}
