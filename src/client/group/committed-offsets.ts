// Asks the coordinator where the group left off (C-6): for partitions that have just been assigned. Unstable offsets are
// waited for (O-4); a partition nobody committed has none.

import type { Rng } from '../../../sim/index.ts'
import { ExponentialBackoff } from '../../network/exponential-backoff.ts'
import { Errors, isRetriable } from '../../protocol/error-codes.ts'
import type { ResponseOf } from '../../protocol/messages.ts'
import type { KafkaHost } from '../../trace/kafka-event.ts'
import type { AssignedPartition } from '../assigned-partition.ts'
import { type Blocking, sleepUntil } from './blocking.ts'
import type { CoordinatorLink } from './coordinator-link.ts'
import { ConsumerError, DISCONNECTED, NO_COORDINATOR, Pending, protocolError } from './pending.ts'
import type { PolledNetwork } from './polled-network.ts'

/** By partition name; null where nothing was committed. */
export type CommittedOffsets = ReadonlyMap<string, { readonly offset: number; readonly leaderEpoch: number } | null>

interface Question {
  /** Who asks, in which generation, of what. */
  readonly what: string
  readonly answer: Pending<CommittedOffsets>
}

export class CommittedOffsetsSource {
  private readonly host: KafkaHost
  private readonly network: PolledNetwork
  private readonly link: CoordinatorLink
  private readonly groupId: string
  private readonly backoff: ExponentialBackoff
  private asked: Question | undefined

  constructor(
    host: KafkaHost,
    network: PolledNetwork,
    link: CoordinatorLink,
    rng: Rng,
    options: { readonly groupId: string; readonly retryBackoffMs: number; readonly retryBackoffMaxMs: number },
  ) {
    this.host = host
    this.network = network
    this.link = link
    this.groupId = options.groupId
    this.backoff = new ExponentialBackoff(options.retryBackoffMs, options.retryBackoffMaxMs, rng)
  }

  /** Undefined if they did not come in time. `generation`: of the member, −1 unless it is stable. */
  *fetch(
    partitions: readonly AssignedPartition[],
    generation: number,
    deadlineMs: number,
  ): Blocking<CommittedOffsets | undefined> {
    const what = `${generation} ${partitions.map(({ key }) => key).join(' ')}`
    if (this.asked?.what !== what) this.asked = undefined
    for (let attempts = 0; ; attempts++) {
      if (!(yield* this.link.ensureReady(deadlineMs))) return undefined
      this.asked ??= { what, answer: this.ask(partitions) }
      const { answer } = this.asked
      yield* this.link.until(() => answer.done, deadlineMs)
      if (!answer.done) return undefined
      this.asked = undefined
      if (answer.error === undefined) return answer.value
      if (!answer.error.retriable) throw answer.error
      yield* sleepUntil(this.host, Math.min(deadlineMs, this.host.clock.monotonicMs() + this.backoff.delayMs(attempts)))
      if (this.host.clock.monotonicMs() >= deadlineMs) return undefined
    }
  }

  private ask(partitions: readonly AssignedPartition[]): Pending<CommittedOffsets> {
    const coordinator = this.link.coordinator()
    if (coordinator === undefined) return Pending.failed(NO_COORDINATOR)
    const topics = new Map<string, number[]>()
    for (const { topic, index } of partitions) topics.set(topic, [...(topics.get(topic) ?? []), index])
    const answer = new Pending<CommittedOffsets>()
    this.network.send(
      coordinator,
      'OffsetFetch',
      {
        groups: [
          {
            groupId: this.groupId,
            memberId: null,
            memberEpoch: -1,
            topics: [...topics].map(([name, partitionIndexes]) => ({ name, partitionIndexes })),
          },
        ],
        requireStable: true,
      },
      {
        onResponse: (response) => this.answered(answer, response),
        onFailure: () => {
          this.link.forget(true)
          answer.fail(DISCONNECTED)
        },
      },
    )
    return answer
  }

  private answered(answer: Pending<CommittedOffsets>, response: ResponseOf<'OffsetFetch'>): void {
    const group = response.groups.find(({ groupId }) => groupId === this.groupId)
    const groupError = group?.errorCode ?? Errors.UNKNOWN_SERVER_ERROR
    if (group === undefined || groupError !== Errors.NONE) {
      if (groupError === Errors.COORDINATOR_NOT_AVAILABLE || groupError === Errors.NOT_COORDINATOR) this.link.forget()
      return answer.fail(isRetriable(groupError) ? protocolError(groupError) : unexpected(groupError))
    }
    const offsets = new Map<string, { readonly offset: number; readonly leaderEpoch: number } | null>()
    let unstable = false
    for (const { name, partitions } of group.topics) {
      for (const { partitionIndex, errorCode, committedOffset: offset, committedLeaderEpoch } of partitions) {
        if (errorCode === Errors.UNSTABLE_OFFSET_COMMIT) unstable = true
        else if (errorCode !== Errors.NONE) return answer.fail(unexpected(errorCode))
        else {
          const committed = offset >= 0 ? { offset, leaderEpoch: committedLeaderEpoch } : null
          offsets.set(`${name}-${partitionIndex}`, committed)
        }
      }
    }
    if (unstable) answer.fail(protocolError(Errors.UNSTABLE_OFFSET_COMMIT))
    else answer.complete(offsets)
  }
}

function unexpected(errorCode: number): ConsumerError {
  return new ConsumerError(
    'KafkaException',
    false,
    `unexpected error in fetch offset: ${protocolError(errorCode).code}`,
  )
}
