// One replica of a partition on this broker: its name, its log, its role, and what following a leader does to the log
// (R-15… ). What leading adds is in partition.ts.

import { assert } from '../../sim/assert.ts'
import type { EpochEndOffset } from '../log/leader-epoch-cache.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { DelayedRequests, ReplicaName } from './broker-context.ts'

export type Role = 'leader' | 'follower' | 'none'

export type FollowerAppendOutcome =
  | { readonly kind: 'appended' }
  /** A checksum is wrong: to be fetched again. */
  | { readonly kind: 'corrupt' }
  | { readonly kind: 'failed'; readonly reason: string }

export class HostedReplica implements ReplicaName {
  /** The name people use: 'orders-0'. */
  readonly key: string
  readonly topic: string
  readonly topicId: string
  readonly index: number
  readonly log: PartitionLog
  role: Role = 'none'
  /** False once the replica is deleted from this broker: whoever still holds the object must let go. */
  isHosted = true
  /** Its log directory has failed. */
  isOffline = false
  protected readonly delayed: DelayedRequests

  constructor(name: ReplicaName, log: PartitionLog, delayed: DelayedRequests) {
    this.key = `${name.topic}-${name.index}`
    this.topic = name.topic
    this.topicId = name.topicId
    this.index = name.index
    this.log = log
    this.delayed = delayed
  }

  get isLeader(): boolean {
    return this.role === 'leader'
  }

  /** Offset after the last record. */
  get logEndOffset(): number {
    return this.log.logEndOffset
  }

  /** The epoch of the last record, or of our last leadership; undefined in a log that knows none. */
  latestEpoch(): number | undefined {
    return this.log.epochs.isEmpty ? undefined : this.log.epochs.latestEpoch
  }

  /** R-12; undefined if the epoch cannot be placed. */
  endOffsetFor(epoch: number): EpochEndOffset | undefined {
    return this.log.endOffsetFor(epoch)
  }

  /**
   * What a fetch brought: batches, then the leader's high watermark and log start, each as far as ours go. Who
   * reads here is woken when the fetcher has dealt with the whole answer.
   */
  appendAsFollower(
    records: Uint8Array,
    leaderHighWatermark: number,
    leaderLogStartOffset: number,
  ): FollowerAppendOutcome {
    const append = this.log.appendAsFollower(records)
    if (append.kind === 'rejected') {
      return append.error === Errors.CORRUPT_MESSAGE ? CORRUPT : { kind: 'failed', reason: append.message }
    }
    this.log.updateHighWatermark(leaderHighWatermark)
    this.log.maybeIncrementLogStartOffset(leaderLogStartOffset)
    return APPENDED
  }

  /** Adopts the leader's value, up or down, and wakes consumers that wait here for it, at once (RB-13). */
  updateFollowerHighWatermark(leaderHighWatermark: number): void {
    const before = this.log.highWatermark
    this.log.updateHighWatermark(leaderHighWatermark)
    if (this.log.highWatermark > before) this.delayed.wakeFetches(this)
  }

  /** Consumers that wait here look again. */
  wakeReaders(): void {
    this.delayed.wakeFetches(this)
  }

  truncateTo(offset: number): void {
    assert(!this.isLeader, `${this.key}: a leader truncates its log`)
    this.log.truncateTo(offset)
  }

  truncateFullyAndStartAt(offset: number): void {
    assert(!this.isLeader, `${this.key}: a leader truncates its log`)
    this.log.truncateFullyAndStartAt(offset)
  }
}

const APPENDED: FollowerAppendOutcome = { kind: 'appended' }
const CORRUPT: FollowerAppendOutcome = { kind: 'corrupt' }
