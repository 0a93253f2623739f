// Commits of a consumer's offsets (C-15 to C-19): asynchronous ones are tried once and told of at a later poll,
// synchronous ones are retried until the time is up, automatic ones are made inside poll. A commit says where to go on
// reading: the offset after the last record handed over.

import type { Rng } from '../../../sim/index.ts'
import { ExponentialBackoff } from '../../network/exponential-backoff.ts'
import { Errors } from '../../protocol/error-codes.ts'
import type { ResponseOf } from '../../protocol/messages.ts'
import type { KafkaHost } from '../../trace/kafka-event.ts'
import { type Blocking, sleepUntil } from './blocking.ts'
import type { CoordinatorLink } from './coordinator-link.ts'
import type { Generation } from './generation.ts'
import type { Membership } from './membership.ts'
import { ConsumerError, DISCONNECTED, NO_COORDINATOR, Pending, protocolError } from './pending.ts'
import type { PolledNetwork } from './polled-network.ts'

export interface OffsetToCommit {
  readonly topic: string
  readonly index: number
  /** The next one to read. */
  readonly offset: number
  /** −1 if unknown. */
  readonly leaderEpoch: number
}

export type CommitKind = 'sync' | 'async' | 'auto'

export interface CommitOptions {
  readonly clientId: string
  readonly groupId: string
  readonly instanceId: string | null
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
  /** Undefined: nothing is committed unasked. */
  readonly autoCommitIntervalMs: number | undefined
  /** Automatic commits are made by a thread of the client's, whatever the application does (librdkafka), not inside poll. */
  readonly commitsInBackground: boolean
  /** Everything handed over so far. */
  consumed(): readonly OffsetToCommit[]
  /** An answer to a commit, or that there will be none. */
  onCommitted(
    kind: CommitKind,
    generation: Generation,
    offsets: readonly OffsetToCommit[],
    error: ConsumerError | undefined,
  ): void
}

type Callback = (error: ConsumerError | undefined) => void

export class OffsetCommits {
  private readonly host: KafkaHost
  private readonly network: PolledNetwork
  private readonly link: CoordinatorLink
  private readonly membership: Membership
  private readonly options: CommitOptions
  private readonly backoff: ExponentialBackoff
  private nextAutoCommitMs = 0
  /** Callbacks of commits that have ended: called by the application's thread. */
  private completed: (() => void)[] = []
  /** Waiting for a coordinator; on their way. */
  private waiting = 0
  private inFlight = 0
  private fenced = false

  constructor(
    host: KafkaHost,
    network: PolledNetwork,
    link: CoordinatorLink,
    membership: Membership,
    rng: Rng,
    options: CommitOptions,
  ) {
    this.host = host
    this.network = network
    this.link = link
    this.membership = membership
    this.options = options
    this.backoff = new ExponentialBackoff(options.retryBackoffMs, options.retryBackoffMaxMs, rng)
    this.restartAutoCommit()
  }

  get isAutomatic(): boolean {
    return this.options.autoCommitIntervalMs !== undefined
  }

  /** When the next automatic commit is due. */
  get autoCommitAtMs(): number {
    return this.isAutomatic && !this.options.commitsInBackground ? this.nextAutoCommitMs : Number.MAX_SAFE_INTEGER
  }

  /** The interval begins anew, as after each assignment. */
  restartAutoCommit(): void {
    const { autoCommitIntervalMs } = this.options
    if (autoCommitIntervalMs !== undefined) this.nextAutoCommitMs = this.nowMs() + autoCommitIntervalMs
  }

  autoCommitIfDue(): void {
    if (this.nowMs() < this.autoCommitAtMs) return
    this.restartAutoCommit()
    this.autoCommit()
  }

  /** Undefined when it waits for a coordinator to be found first. */
  autoCommit(): Pending<void> | undefined {
    return this.commitAsync(this.options.consumed(), 'auto', (error) => {
      if (error?.code === RETRIABLE_COMMIT_FAILED) this.nextAutoCommitMs = this.nowMs() + this.options.retryBackoffMs
    })
  }

  /** What the client's own thread does at each interval. */
  commitInBackground(): void {
    if (this.membership.state === 'stable' && this.link.isReadyNow()) {
      this.commitOnce(this.options.consumed(), 'auto', () => {})
    }
  }

  runCallbacks(): void {
    if (this.fenced) throw protocolError(Errors.FENCED_INSTANCE_ID)
    for (;;) {
      const callback = this.completed.shift()
      if (callback === undefined) return
      callback()
    }
  }

  commitAsync(offsets: readonly OffsetToCommit[], kind: CommitKind, callback: Callback): Pending<void> | undefined {
    this.runCallbacks()
    if (offsets.length === 0 || this.link.isReadyNow()) return this.commitOnce(offsets, kind, callback)
    this.waiting += 1
    this.link.lookUp().whenDone((error) => {
      this.waiting -= 1
      if (error === undefined) this.commitOnce(offsets, kind, callback)
      else this.completed.push(() => callback(new ConsumerError(RETRIABLE_COMMIT_FAILED, true, error.code)))
    })
    return undefined
  }

  /** False if it could not be done in time; throws what cannot be retried. */
  *commitSync(offsets: readonly OffsetToCommit[], deadlineMs: number): Blocking<boolean> {
    this.runCallbacks()
    if (offsets.length === 0) return yield* this.finishAsync(deadlineMs)
    for (let attempts = 0; ; attempts++) {
      if (!(yield* this.link.ensureReady(deadlineMs))) return false
      const commit = this.send(offsets, 'sync')
      yield* this.link.until(() => commit.done, deadlineMs)
      this.runCallbacks()
      if (commit.done && commit.error === undefined) return true
      if (commit.error?.retriable === false) throw commit.error
      yield* sleepUntil(this.host, Math.min(deadlineMs, this.nowMs() + this.backoff.delayMs(attempts)))
      if (this.nowMs() >= deadlineMs) return false
    }
  }

  /** As close does: everything handed over, and then what is still on its way. Errors are nobody's business any more. */
  *commitFinally(deadlineMs: number): Blocking<void> {
    if (this.isAutomatic) {
      try {
        yield* this.commitSync(this.options.consumed(), deadlineMs)
      } catch (error) {
        if (!(error instanceof ConsumerError)) throw error
      }
    }
    while (this.waiting > 0 && this.nowMs() < deadlineMs) {
      yield* this.link.ensureReady(deadlineMs)
      yield* this.link.until(() => this.waiting === 0, deadlineMs)
    }
  }

  /** Waits for asynchronous commits on their way, so that their callbacks come first. */
  private *finishAsync(deadlineMs: number): Blocking<boolean> {
    if (this.inFlight === 0) return true
    yield* this.link.until(() => this.inFlight === 0, deadlineMs)
    this.runCallbacks()
    return this.inFlight === 0
  }

  private commitOnce(offsets: readonly OffsetToCommit[], kind: CommitKind, callback: Callback): Pending<void> {
    const commit = this.send(offsets, kind)
    this.inFlight += 1
    commit.whenDone((error) => {
      this.inFlight -= 1
      if (error?.code === 'FENCED_INSTANCE_ID') this.fenced = true
      const told = error?.retriable === true ? new ConsumerError(RETRIABLE_COMMIT_FAILED, true, error.code) : error
      this.completed.push(() => callback(told))
    })
    return commit
  }

  private send(offsets: readonly OffsetToCommit[], kind: CommitKind): Pending<void> {
    const outcome = new Pending<void>()
    if (offsets.length === 0) {
      outcome.complete()
      return outcome
    }
    const { membership, options } = this
    const sent = membership.generation
    outcome.whenDone((error) => options.onCommitted(kind, sent, offsets, error))
    const coordinator = this.link.coordinator()
    if (coordinator === undefined) outcome.fail(NO_COORDINATOR)
    else if (membership.state !== 'stable')
      outcome.fail(membership.isRebalancing ? REBALANCE_IN_PROGRESS : COMMIT_FAILED)
    else {
      this.tellOfSent(offsets, kind, sent)
      this.network.send(
        coordinator,
        'OffsetCommit',
        {
          groupId: options.groupId,
          generationIdOrMemberEpoch: sent.id,
          memberId: sent.memberId,
          groupInstanceId: options.instanceId,
          topics: byTopic(offsets),
        },
        {
          onResponse: (response) => this.answered(outcome, response, sent),
          onFailure: () => {
            this.link.forget(true)
            outcome.fail(DISCONNECTED)
          },
        },
      )
    }
    return outcome
  }

  private tellOfSent(committed: readonly OffsetToCommit[], kind: CommitKind, sent: Generation): void {
    const { trace } = this.host
    if (!trace.wants('commit-sent')) return
    const { clientId: client, groupId: group } = this.options
    const offsets = committed.map(({ topic, index, offset }) => ({ partition: `${topic}-${index}`, offset }))
    trace.emit({ type: 'commit-sent', client, group, member: sent.memberId, generation: sent.id, kind, offsets })
  }

  /** The first partition that failed decides. */
  private answered(outcome: Pending<void>, response: ResponseOf<'OffsetCommit'>, sent: Generation): void {
    for (const { partitions } of response.topics) {
      for (const { errorCode } of partitions) {
        if (errorCode !== Errors.NONE) return outcome.fail(this.refused(errorCode, sent))
      }
    }
    outcome.complete()
  }

  private refused(errorCode: number, sent: Generation): ConsumerError {
    const { membership } = this
    switch (errorCode) {
      case Errors.COORDINATOR_NOT_AVAILABLE:
      case Errors.NOT_COORDINATOR:
      case Errors.REQUEST_TIMED_OUT:
        this.link.forget()
        return protocolError(errorCode)
      case Errors.COORDINATOR_LOAD_IN_PROGRESS:
      case Errors.UNKNOWN_TOPIC_OR_PARTITION:
      case Errors.OFFSET_METADATA_TOO_LARGE:
      case Errors.INVALID_COMMIT_OFFSET_SIZE:
        return protocolError(errorCode)
      case Errors.FENCED_INSTANCE_ID:
        if (membership.isUnchanged(sent)) return protocolError(errorCode)
        return membership.state === 'preparing-rebalance' ? REBALANCE_IN_PROGRESS : COMMIT_FAILED
      case Errors.REBALANCE_IN_PROGRESS:
        membership.requestRejoin('offset commit failed since group is already rebalancing')
        return REBALANCE_IN_PROGRESS
      case Errors.UNKNOWN_MEMBER_ID:
      case Errors.ILLEGAL_GENERATION:
        if (!membership.isUnchanged(sent) && membership.state === 'preparing-rebalance') return REBALANCE_IN_PROGRESS
        membership.resetAfter('OFFSET_COMMIT', errorCode)
        return COMMIT_FAILED
      default:
        return new ConsumerError(
          'KafkaException',
          false,
          `unexpected error in commit: ${protocolError(errorCode).code}`,
        )
    }
  }

  private nowMs(): number {
    return this.host.clock.monotonicMs()
  }
}

const RETRIABLE_COMMIT_FAILED = 'RetriableCommitFailedException'
const REBALANCE_IN_PROGRESS = new ConsumerError('RebalanceInProgressException')
const COMMIT_FAILED = new ConsumerError('CommitFailedException')

function byTopic(offsets: readonly OffsetToCommit[]) {
  const topics = new Map<string, OffsetToCommit[]>()
  for (const offset of offsets) topics.set(offset.topic, [...(topics.get(offset.topic) ?? []), offset])
  return [...topics].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(({ index, offset, leaderEpoch }) => ({
      partitionIndex: index,
      committedOffset: offset,
      committedLeaderEpoch: leaderEpoch,
      committedMetadata: '',
    })),
  }))
}
