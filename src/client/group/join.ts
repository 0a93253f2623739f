// One way into a generation (C-12, C-13): JoinGroup, the leader's work, SyncGroup, and what each error of the two does to
// the member that tries. What follows from a try that failed is the business of `Membership`.

import { Errors } from '../../protocol/error-codes.ts'
import type { ResponseOf } from '../../protocol/messages.ts'
import { CONSUMER_PROTOCOL_TYPE } from '../../protocol/consumer-protocol.ts'
import type { KafkaHost } from '../../trace/kafka-event.ts'
import type { Blocking } from './blocking.ts'
import type { CoordinatorLink } from './coordinator-link.ts'
import { type Generation, type MemberState, NO_GENERATION } from './generation.ts'
import { ConsumerError, DISCONNECTED, NO_COORDINATOR, Pending, protocolError, unexpectedError } from './pending.ts'
import type { PolledNetwork } from './polled-network.ts'

export type JoinResponse = ResponseOf<'JoinGroup'>

export interface JoinOptions {
  readonly groupId: string
  readonly instanceId: string | null
  readonly sessionTimeoutMs: number
  /** max.poll.interval.ms. */
  readonly rebalanceTimeoutMs: number
  readonly requestTimeoutMs: number
  /** Today's clients do not. */
  readonly resetsOnFailedSync: boolean
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

/** Who joins. */
export interface JoiningMember {
  readonly state: MemberState
  generation: Generation
  readonly rejoinReason: string
  /** While it assigns, and waits for metadata if it must, it holds the lock that its heartbeat thread needs. */
  isLeading: boolean
  /** It is in this generation, and is told later what it has in it. */
  joined(generation: Generation): void
  /** It has its assignment. */
  settled(): void
  requestRejoin(reason: string): void
  resetAfter(api: string, errorCode: number): void
  resetAndRejoin(reason: string, forgetMemberId: boolean): void
  isUnchanged(sent: Generation): boolean
}

/** Kafka gives a join that much more than the rebalance may take. */
const JOIN_LAPSE_MS = 5000
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

export class Join {
  readonly outcome = new Pending<Uint8Array>()
  /** Of the assignment that it ended with. */
  generation: Generation | undefined
  private readonly host: KafkaHost
  private readonly network: PolledNetwork
  private readonly link: CoordinatorLink
  private readonly options: JoinOptions
  private readonly hooks: RebalanceHooks
  private readonly member: JoiningMember
  /** Answered, and not yet dealt with: that takes the application's thread, for a leader may have to wait. */
  private answer: { readonly response: JoinResponse; readonly sent: Generation } | undefined

  constructor(
    host: KafkaHost,
    network: PolledNetwork,
    link: CoordinatorLink,
    options: JoinOptions,
    hooks: RebalanceHooks,
    member: JoiningMember,
  ) {
    this.host = host
    this.network = network
    this.link = link
    this.options = options
    this.hooks = hooks
    this.member = member
  }

  start(): void {
    const coordinator = this.link.coordinator()
    if (coordinator === undefined) {
      this.outcome.fail(NO_COORDINATOR)
      return
    }
    const { options } = this
    const sent = this.member.generation
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
        reason: this.member.rejoinReason,
      },
      {
        onResponse: (response) => {
          this.answer = { response, sent }
        },
        onFailure: () => this.disconnected(),
      },
      Math.max(options.requestTimeoutMs, options.rebalanceTimeoutMs + JOIN_LAPSE_MS),
    )
  }

  /** Deals with what is answered, until there is an outcome or the time is up. */
  *follow(deadlineMs: number): Blocking<void> {
    for (;;) {
      this.network.drain()
      const { answer } = this
      if (answer !== undefined) {
        this.answer = undefined
        yield* this.joined(answer.response, answer.sent)
      }
      if (this.outcome.done || this.host.clock.monotonicMs() >= deadlineMs) return
      yield deadlineMs
    }
  }

  private *joined(response: JoinResponse, sent: Generation): Blocking<void> {
    const { outcome, member } = this
    const { errorCode, memberId } = response
    if (errorCode !== Errors.NONE) return this.joinRefused(errorCode, memberId, sent)
    if (member.state !== 'preparing-rebalance') return outcome.fail(new ConsumerError('UnjoinedGroupException', true))
    member.joined({ id: response.generationId, memberId, protocol: response.protocolName })
    let assignments: ReadonlyMap<string, Uint8Array> = new Map()
    if (response.leader === memberId) {
      member.isLeading = true
      try {
        assignments = yield* this.hooks.lead(response)
      } catch (error) {
        if (!(error instanceof ConsumerError)) throw error
        return outcome.fail(error)
      } finally {
        member.isLeading = false
      }
    }
    this.sync(assignments)
  }

  private joinRefused(errorCode: number, memberId: string, sent: Generation): void {
    const { outcome, member } = this
    if (errorCode === Errors.UNKNOWN_MEMBER_ID) {
      if (member.isUnchanged(sent))
        member.resetAndRejoin('encountered UNKNOWN_MEMBER_ID from JOIN_GROUP response', true)
    } else if (errorCode === Errors.COORDINATOR_NOT_AVAILABLE || errorCode === Errors.NOT_COORDINATOR) {
      this.link.forget()
    } else if (errorCode === Errors.MEMBER_ID_REQUIRED) {
      member.generation = { ...NO_GENERATION, memberId }
      member.requestRejoin(`need to re-join with the given member-id: ${memberId}`)
    } else if (!KNOWN_JOIN_ERRORS.has(errorCode)) {
      return outcome.fail(unexpectedError('join group response', errorCode))
    }
    outcome.fail(protocolError(errorCode))
  }

  private sync(assignments: ReadonlyMap<string, Uint8Array>): void {
    const { outcome, member } = this
    const coordinator = this.link.coordinator()
    if (coordinator === undefined) return outcome.fail(NO_COORDINATOR)
    const sent = member.generation
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
          if (errorCode !== Errors.NONE) return this.syncRefused(errorCode, sent)
          // The heartbeat thread may have given the generation up meanwhile: then it is tried again at once.
          if (member.generation.id === NO_GENERATION.id || member.state !== 'completing-rebalance') {
            return outcome.fail(protocolError(Errors.ILLEGAL_GENERATION))
          }
          if (protocolName !== null && protocolName !== member.generation.protocol) {
            return outcome.fail(protocolError(Errors.INCONSISTENT_GROUP_PROTOCOL))
          }
          member.settled()
          this.generation = member.generation
          outcome.complete(assignment)
        },
        onFailure: () => this.disconnected(),
      },
    )
  }

  private syncRefused(errorCode: number, sent: Generation): void {
    const { outcome, member } = this
    switch (errorCode) {
      case Errors.REBALANCE_IN_PROGRESS:
        // What it has may be somebody else's by now: it is for the assignor to tell (B-5).
        if (this.options.resetsOnFailedSync && member.isUnchanged(sent))
          member.resetAndRejoin('missed an assignment', false)
        break
      case Errors.FENCED_INSTANCE_ID:
        break
      case Errors.UNKNOWN_MEMBER_ID:
      case Errors.ILLEGAL_GENERATION:
        if (member.isUnchanged(sent)) member.resetAfter('SYNC_GROUP', errorCode)
        break
      case Errors.COORDINATOR_NOT_AVAILABLE:
      case Errors.NOT_COORDINATOR:
        this.link.forget()
        break
      default:
        // So, too, COORDINATOR_LOAD_IN_PROGRESS, which a coordinator of 4.0 may answer (B-46).
        return outcome.fail(unexpectedError('SyncGroup', errorCode))
    }
    outcome.fail(protocolError(errorCode))
  }

  private disconnected(): void {
    this.link.forget(true)
    if (!this.outcome.done) this.outcome.fail(DISCONNECTED)
  }
}
