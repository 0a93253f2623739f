// What is remembered of one replica between events, whether its process runs or not.

import type { ObservedLog, ObservedReplica } from './cluster-view.ts'
import { ReplicaPast } from './replica-past.ts'
import { ReplicaTrail } from './replica-trail.ts'
import type { UnsyncedLoss } from './unsynced-loss.ts'
import type { WatchedPartition } from './watched-partition.ts'

/**
 * What happened to a replica in an event: a set of bits. As its log is read afterwards: something new is committed by it,
 * and something does not fit what it or others had before.
 */
export const HAPPENED = {
  appended: 1,
  truncated: 2,
  highWatermark: 4,
  role: 8,
  isr: 16,
  answered: 32,
  committed: 64,
  oddPast: 128,
  start: 256,
  compacted: 512,
} as const
/** All of them. */
export const ANYTHING = 1023

export class WatchedReplica {
  readonly broker: number
  readonly home: WatchedPartition
  /** A small number, unique in the run: checks keep what they remember of replicas in arrays. */
  readonly index: number
  readonly past: ReplicaPast
  readonly trail: ReplicaTrail
  /** The replica at the end of the last event that touched it; undefined if its process did not run. */
  state: ObservedReplica | undefined = undefined
  /** HAPPENED bits of the event being executed; 0 outside. */
  happened = 0
  /** It lost what it had not synced, and has not been seen to hold as much again, and everything committed, since. */
  loss: UnsyncedLoss | null = null
  /**
   * What the checkpoints of its log directory say of it, as they were written last, and which segment has been the active
   * one ever since, if the cleaner's was put within it; −1: nothing, or nobody knows.
   */
  readonly written = { recoveryPoint: -1, cleaned: -1, withinSegment: -1 }
  /** Its maximal ISR, when it last said that its view of the ISR changed. */
  waitsFor: readonly number[] = []
  /** The epoch since which this process has led without hearing otherwise; −1: it does not lead. */
  ledSince = -1
  ledLog: ObservedLog | undefined = undefined
  /** The highest start that its log ever had. */
  highestStart = 0

  constructor(broker: number, home: WatchedPartition, index: number) {
    this.broker = broker
    this.home = home
    this.index = index
    this.past = new ReplicaPast(home.lineage, broker)
    this.trail = new ReplicaTrail(home, this.past)
  }

  /** It lacks committed records that it had before its loss, by what its recovered log holds. */
  get lacksWhatItLost(): boolean {
    const { loss, trail } = this
    if (loss === null || trail.log === loss.logBefore || trail.holdsAllCommitted) return false
    return trail.firstMissing < loss.endBefore
  }

  /** A loss that nobody could notice yet explains everything it lacks: nothing beyond it is committed. */
  get lacksUnnoticed(): boolean {
    return this.loss !== null && this.loss.unnoticed && this.home.ledger.endOffset <= this.loss.endBefore
  }

  /**
   * It held everything up to `last` before a loss, and a leader that counts it could not know better: nobody noticed
   * yet, or the controller did and the leader has not heard.
   */
  hadBeforeLoss(last: number): boolean {
    const { loss, home } = this
    if (loss === null || last >= loss.endBefore) return false
    return loss.unnoticed || !home.electable.includes(this.broker)
  }

  /** Its process applied metadata that makes it leader of `epoch`, or no leader (−1). */
  tookRole(epoch: number, log: ObservedLog | undefined): void {
    if (epoch < 0 || this.ledSince < 0 || log === undefined || this.ledLog !== log) this.ledSince = epoch
    this.ledLog = log
  }

  /** Its log begins lower than it once did, and it knows the epochs from there on only. */
  hasForgottenEpochs(log: ObservedLog): boolean {
    const { highestStart } = this
    if (log.epochs === undefined || log.logStartOffset >= highestStart || log.logEndOffset <= highestStart) return false
    return log.epochs.epochForOffset(log.logStartOffset) === undefined
  }

  /** It leads, and the controller knows no later leader epoch. */
  get isCurrentLeader(): boolean {
    const { state } = this
    const { committed } = this.home
    return (
      state !== undefined &&
      state.role === 'leader' &&
      committed !== undefined &&
      committed.leader === this.broker &&
      committed.leaderEpoch === state.leaderEpoch
    )
  }
}
