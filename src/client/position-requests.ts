// How a consumer finds out where to read: ListOffsets for a first position or a lost one, by auto.offset.reset (C-6, C-7);
// OffsetForLeaderEpoch after a change of leader, which tells of truncation (C-8, R-132).

import type { ConsumerConfig } from '../config/consumer-config.ts'
import type { NetworkClient, NodeAddress } from '../network/network-client.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf } from '../protocol/messages.ts'
import type { AssignedPartition } from './assigned-partition.ts'

export interface PositionListener {
  /** Does the consumer have it still? Given up and assigned again, it is another. */
  isAssigned(partition: AssignedPartition): boolean
  /** Is this the newest leader epoch of the partition that is known? */
  isCurrent(partition: AssignedPartition, leaderEpoch: number): boolean
  /** The position moved without reading. */
  onMoved(partition: AssignedPartition, from: number, why: string): void
  /** It was not answered, or with an error: to be tried again later. */
  onError(partition: AssignedPartition, errorCode: number): void
  /** The partition may be able to fetch now. */
  onSettled(): void
}

/** Why a position moved: the application wanted it so. */
export const SOUGHT = 'the application seeks'

const NO_POSITION = 'NoOffsetForPartitionException'
const OUT_OF_RANGE = 'OffsetOutOfRangeException'
const TRUNCATED = 'LogTruncationException'
const LATEST = -1
const EARLIEST = -2
const CONSUMER = -1
const UNDEFINED = -1

export class PositionRequests {
  private readonly client: Pick<NetworkClient, 'send'>
  private readonly config: ConsumerConfig
  private readonly listener: PositionListener

  constructor(client: Pick<NetworkClient, 'send'>, config: ConsumerConfig, listener: PositionListener) {
    this.client = client
    this.config = config
    this.listener = listener
  }

  /** Resets the position as the application wants it, else as auto.offset.reset says; `none` leaves that to the application. */
  reset(partition: AssignedPartition, leader: NodeAddress, leaderEpoch: number): void {
    const { sought } = partition
    const policy = sought ?? this.config['auto.offset.reset']
    const why = sought === undefined ? `auto.offset.reset=${policy}` : SOUGHT
    if (policy === 'none') return partition.fail(partition.position === -1 ? NO_POSITION : OUT_OF_RANGE)
    const asked = {
      partitionIndex: partition.index,
      currentLeaderEpoch: leaderEpoch,
      timestamp: policy === 'earliest' ? EARLIEST : LATEST,
    }
    const body: RequestOf<'ListOffsets'> = {
      replicaId: CONSUMER,
      isolationLevel: isolationOf(this.config),
      topics: [{ name: partition.topic, partitions: [asked] }],
      timeoutMs: this.config['request.timeout.ms'],
    }
    partition.isAsking = true
    this.client.send(leader, 'ListOffsets', body, {
      onResponse: (response) => {
        partition.isAsking = false
        if (!this.listener.isAssigned(partition)) return
        const answer = response.topics[0]?.partitions[0]
        if (answer?.errorCode !== Errors.NONE) return this.listener.onError(partition, codeOf(answer))
        // A seek meanwhile is what counts (C-23).
        if (partition.state === 'awaiting-reset' && partition.sought === sought) {
          this.move(partition, why, () => partition.resetTo(answer.offset, leaderEpoch))
        }
        this.listener.onSettled()
      },
      onFailure: () => this.unanswered(partition),
    })
  }

  /**
   * Asks where the epoch of our last record ends on the leader's log: below our position, it was truncated, and we go
   * back. Without a reset policy that is for the application to decide.
   */
  validate(partition: AssignedPartition, leader: NodeAddress, leaderEpoch: number): void {
    const asked = {
      partition: partition.index,
      currentLeaderEpoch: leaderEpoch,
      leaderEpoch: partition.positionEpoch,
    }
    const body: RequestOf<'OffsetForLeaderEpoch'> = {
      replicaId: CONSUMER,
      topics: [{ topic: partition.topic, partitions: [asked] }],
    }
    const { position } = partition
    partition.isAsking = true
    this.client.send(leader, 'OffsetForLeaderEpoch', body, {
      onResponse: (response) => {
        partition.isAsking = false
        if (!this.listener.isAssigned(partition)) return
        const answer = response.topics[0]?.partitions[0]
        if (answer?.errorCode !== Errors.NONE) return this.listener.onError(partition, codeOf(answer))
        // Of a leader that is one no more it says nothing: the new one is asked; nor of where the application does not want to be.
        const isAwaited = partition.state === 'awaiting-validation' && partition.position === position
        if (isAwaited && this.listener.isCurrent(partition, leaderEpoch)) {
          this.judge(partition, leaderEpoch, answer.leaderEpoch, answer.endOffset)
        }
        this.listener.onSettled()
      },
      onFailure: () => this.unanswered(partition),
    })
  }

  private judge(partition: AssignedPartition, leaderEpoch: number, epoch: number, endOffset: number): void {
    const isKnown = epoch !== UNDEFINED && endOffset !== UNDEFINED
    if (isKnown && endOffset >= partition.position) return partition.validated(leaderEpoch)
    if (this.config['auto.offset.reset'] === 'none') return partition.fail(TRUNCATED)
    if (!isKnown) return partition.lose()
    this.move(partition, 'the log was truncated below the position', () => {
      partition.advance(endOffset, epoch)
      partition.validated(leaderEpoch)
    })
  }

  private move(partition: AssignedPartition, why: string, change: () => void): void {
    const from = partition.position
    change()
    const { position } = partition
    // That it begins where the application wants is told: it may lie before what its group has committed.
    if (from === -1 && why === SOUGHT) this.listener.onMoved(partition, position, why)
    if (from !== -1 && from !== position) this.listener.onMoved(partition, from, why)
  }

  private unanswered(partition: AssignedPartition): void {
    partition.isAsking = false
    if (this.listener.isAssigned(partition)) this.listener.onError(partition, Errors.NETWORK_EXCEPTION)
  }
}

export function isolationOf(config: ConsumerConfig): number {
  return config['isolation.level'] === 'read_committed' ? 1 : 0
}

function codeOf(answer: { readonly errorCode: number } | undefined): number {
  return answer?.errorCode ?? Errors.UNKNOWN_SERVER_ERROR
}
