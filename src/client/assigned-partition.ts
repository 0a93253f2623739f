// A consumer's position in one partition, and whether it may fetch there (C-5): it needs an offset first, and after a
// change of leader the new one's word that the position is still on its log.

import type { PartitionInfo } from './client-metadata.ts'

/**
 * `initializing` waits for the group's committed offset; `awaiting-reset` has no position; `awaiting-validation` may not
 * fetch; `failed` is for the application to solve.
 */
export type PositionState = 'initializing' | 'awaiting-reset' | 'fetching' | 'awaiting-validation' | 'failed'

/** What an observer knows of the leader of a partition; `Partition` fits. */
export interface LeaderLog {
  readonly leaderEpoch: number
  readonly log: {
    endOffsetFor(epoch: number): { readonly epoch: number; readonly endOffset: number } | undefined
  }
}

export class AssignedPartition {
  readonly topic: string
  readonly index: number
  /** The name people use: 'orders-0'. */
  readonly key: string
  state: PositionState = 'awaiting-reset'
  /** Next offset to hand out; −1 while unknown. */
  position = -1
  /** Leader epoch of the last record handed out; −1 if unknown. */
  positionEpoch = -1
  /** Why it failed, as Kafka's exception says it. */
  failure = ''
  /** Not asked for before this time, after an error. */
  retryAtMs = 0
  /** Where the application wants to be, until that is known. */
  sought: 'earliest' | 'latest' | undefined
  /** The application wants nothing of it for now. */
  paused = false
  /** It is about to be given up: nothing more is handed over (B-6). */
  pendingRevocation = false
  /** A request about the position is on its way. */
  isAsking = false
  /** The follower to read from (KIP-392), until `preferredUntilMs`; −1: the leader. */
  private preferred = -1
  private preferredUntilMs = 0
  /** The leader epoch the position was last checked against. */
  private validatedEpoch = -1
  private readonly validates: boolean

  /** `validates`: false brings RB-41 back. */
  constructor(topic: string, index: number, validates = true) {
    this.validates = validates
    this.topic = topic
    this.index = index
    this.key = `${topic}-${index}`
  }

  /**
   * Has it not heard of this leader yet, who will send it back: what it read last is not on that log, or not at its position?
   * For observers.
   */
  isOffLogOf(leader: LeaderLog): boolean {
    if (!this.validates || this.positionEpoch === -1 || this.validatedEpoch === leader.leaderEpoch) return false
    const end = leader.log.endOffsetFor(this.positionEpoch)
    return end === undefined || end.epoch !== this.positionEpoch || end.endOffset < this.position
  }

  /**
   * The leader changed: a position of known epoch must be checked; one of unknown epoch cannot be. True if it must
   * be, from now on.
   */
  noticeLeader(info: PartitionInfo): boolean {
    if (this.state !== 'fetching' || info.leaderEpoch === this.validatedEpoch) return false
    this.preferred = -1
    if (this.positionEpoch === -1 || !this.validates) this.validatedEpoch = info.leaderEpoch
    else this.state = 'awaiting-validation'
    return this.state === 'awaiting-validation'
  }

  /** The replica to read from, if it is not the leader; −1 otherwise. */
  preferredReplica(nowMs: number): number {
    if (nowMs > this.preferredUntilMs) this.preferred = -1
    return this.preferred
  }

  /** A leader sends us to another replica; its word holds for a while, and is not renewed by saying it again. */
  prefer(replicaId: number, untilMs: number): void {
    if (this.preferred === replicaId) return
    this.preferred = replicaId
    this.preferredUntilMs = untilMs
  }

  /** Back to the leader. False if we read from it already. */
  preferLeader(): boolean {
    const was = this.preferred
    this.preferred = -1
    return was !== -1
  }

  /** Nothing of this offset can be read. */
  lose(): void {
    this.state = 'awaiting-reset'
  }

  /** The application wants to go on at an end of the log, which the leader must be asked for. */
  seekToEnd(of: 'earliest' | 'latest'): void {
    this.lose()
    this.sought = of
  }

  fail(why: string): void {
    this.state = 'failed'
    this.failure = why
  }

  /** Goes on where the group left off; with an epoch (−1: unknown) the leader is asked first (C-6). */
  startAt(offset: number, epoch: number): void {
    this.state = 'fetching'
    this.sought = undefined
    this.position = offset
    this.positionEpoch = epoch
    this.validatedEpoch = -1
  }

  /** The application says where to go on (C-23). */
  seek(offset: number): void {
    this.startAt(offset, -1)
  }

  /** The position is known, by policy: the epoch of the record before it is not. */
  resetTo(offset: number, leaderEpoch: number): void {
    this.state = 'fetching'
    this.sought = undefined
    this.position = offset
    this.positionEpoch = -1
    this.validatedEpoch = leaderEpoch
  }

  /** The leader of this epoch has the log up to the position. */
  validated(leaderEpoch: number): void {
    this.state = 'fetching'
    this.validatedEpoch = leaderEpoch
  }

  /** Handed out up to here. */
  advance(nextOffset: number, leaderEpoch: number): void {
    this.position = nextOffset
    this.positionEpoch = leaderEpoch
  }
}
