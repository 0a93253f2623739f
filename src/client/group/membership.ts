// A member's way through the classic group protocol (C-10 to C-13): join, sync, heartbeat, leave, and what each error
// does to its member id, its generation and its coordinator. What is assigned to whom is the business of `Rebalancing`.

import { assert } from '../../../sim/index.ts'
import { Errors } from '../../protocol/error-codes.ts'
import type { KafkaHost } from '../../trace/kafka-event.ts'
import { type Blocking, sleepUntil } from './blocking.ts'
import type { CoordinatorLink } from './coordinator-link.ts'
import { type Generation, type MemberState, NO_GENERATION } from './generation.ts'
import type { HeartbeatThread } from './heartbeat-thread.ts'
import { Join, type JoiningMember, type JoinOptions, type RebalanceHooks } from './join.ts'
import { DISCONNECTED, NO_COORDINATOR, Pending, protocolError, unexpectedError } from './pending.ts'
import type { PolledNetwork } from './polled-network.ts'

export interface MembershipOptions extends JoinOptions {
  readonly retryBackoffMs: number
  /** Today's clients do. */
  readonly preparesBeforeEachJoin: boolean
  readonly rechecksGeneration: boolean
}

const RETRIED_AT_ONCE: ReadonlySet<string> = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
  'MEMBER_ID_REQUIRED',
])
export class Membership implements JoiningMember {
  state: MemberState = 'unjoined'
  generation: Generation = NO_GENERATION
  rejoinReason = ''
  private leads = false
  /** Set by whoever made it; it needs this member first. */
  heartbeats: HeartbeatThread | undefined
  private readonly host: KafkaHost
  private readonly network: PolledNetwork
  private readonly link: CoordinatorLink
  private readonly options: MembershipOptions
  private readonly hooks: RebalanceHooks
  private rejoinNeeded = true
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

  get isLeading(): boolean {
    return this.leads
  }

  set isLeading(leads: boolean) {
    this.leads = leads
    if (!leads) this.heartbeats?.notify()
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
      yield* join.follow(deadlineMs)
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
    const join = new Join(this.host, this.network, this.link, this.options, this.hooks, this)
    this.join = join
    join.start()
    return join
  }

  joined(generation: Generation): void {
    this.state = 'completing-rebalance'
    this.generation = generation
    this.heartbeats?.enable()
  }

  settled(): void {
    this.state = 'stable'
    this.rejoinReason = ''
    this.rejoinNeeded = false
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
        return outcome.fail(unexpectedError('heartbeat response', errorCode))
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

  resetAndRejoin(reason: string, forgetMemberId: boolean): void {
    this.state = 'unjoined'
    this.generation = forgetMemberId ? NO_GENERATION : { ...NO_GENERATION, memberId: this.generation.memberId }
    this.requestRejoin(reason)
    if (this.options.preparesBeforeEachJoin) this.needsPrepare = true
    assert(this.rejoinNeededOrPending, 'a member that lost its generation joins again')
  }

  private disconnected(outcome: Pending<void>): void {
    this.link.forget(true)
    if (!outcome.done) outcome.fail(DISCONNECTED)
  }
}
