// Builds the record that changes one partition: new ISR, eligible replicas, election, epochs, in the order in which Kafka
// decides them. Epochs follow from the record itself: the leader epoch rises iff it names a leader, the same or another
// (R-103). Left out: reassignment (R-106), directories, the unclean recovery of KIP-966's second part.

import { assert } from '../../sim/index.ts'
import { LEADER_UNCHANGED, NO_LEADER, RECOVERY, type PartitionState } from '../metadata/partition-state.ts'
import type { PartitionChangeRecord } from '../protocol/metadata-record.ts'
import { electLeader, type ElectionKind } from './election.ts'

/** What holds for a partition, whoever changes it. */
export interface ChangeRules {
  /** Eligible leader replicas are kept. */
  readonly elr: boolean
  /** `min.insync.replicas`, but not more than there are replicas. */
  readonly minIsr: number
  /** The last known leader is elected only if it is alive (RB-33). */
  readonly checkLastKnownAlive: boolean
  /** Every shrink of the ISR is a new epoch of its leader (before metadata.version 3.6-IV0, R-103). */
  readonly bumpEpochOnIsrShrink: boolean
}

export interface ChangeRequest {
  readonly rules: ChangeRules
  readonly targetIsr: readonly number[]
  readonly election: ElectionKind
  isAcceptable(broker: number): boolean
  /** It came back after an unclean shutdown: what it had promised does not hold, so it is not eligible. */
  readonly uncleanReplica?: number
  /** What an AlterPartition request reports; absent when the controller makes the change by itself. */
  readonly leaderRecoveryState?: number
}

/** The change record, or undefined if nothing would change. */
export function changePartition(partition: PartitionState, request: ChangeRequest): PartitionChangeRecord | undefined {
  const { rules, isAcceptable } = request
  const eligible = rules.elr ? eligibleReplicas(partition, request) : []
  const result = electLeader(request.election, {
    replicas: partition.replicas,
    targetIsr: request.targetIsr,
    targetElr: eligible,
    currentLeader: partition.leader,
    lastKnownLeader: rules.elr && partition.lastKnownElr.length === 1 ? partition.lastKnownElr[0] : undefined,
    checkLastKnownAlive: rules.checkLastKnownAlive,
    isAcceptable,
  })
  const leaderChanges = result.leader !== partition.leader
  const isUnclean = leaderChanges && result.unclean
  const isFromElr = leaderChanges && eligible.includes(result.leader)
  const targetIsr = isUnclean || isFromElr ? [result.leader] : request.targetIsr
  // Without ELR the ISR never becomes empty: its last member stays, leaderless.
  const staysNonEmpty = targetIsr.length === 0 && !rules.elr
  const isr = staysNonEmpty || isSame(targetIsr, partition.isr) ? null : targetIsr
  const elr = isUnclean ? [] : isFromElr ? eligible.filter((replica) => replica !== result.leader) : eligible
  const shrinks = isr !== null && !partition.isr.every((member) => isr.includes(member))
  const leader = leaderChanges || (rules.bumpEpochOnIsrShrink && shrinks) ? result.leader : LEADER_UNCHANGED
  const record: PartitionChangeRecord = {
    type: 'PartitionChangeRecord',
    partitionId: partition.index,
    topicId: partition.topicId,
    isr,
    leader,
    replicas: null,
    removingReplicas: null,
    addingReplicas: null,
    leaderRecoveryState: recoveryState(partition, request, isUnclean),
    directories: null,
    eligibleLeaderReplicas: isSame(elr, partition.elr) ? null : elr,
    lastKnownElr: rules.elr ? lastKnown(partition, isr, leader) : null,
  }
  if (changesNothing(record)) return undefined
  assert(
    result.leader === NO_LEADER || (record.isr ?? partition.isr).includes(result.leader),
    `${partition.key}: leader ${result.leader} outside its ISR (RI-1)`,
  )
  return record
}

/** Who left the ISR while it is below the minimum has all that was committed, unless it stopped uncleanly. */
function eligibleReplicas(partition: PartitionState, request: ChangeRequest): readonly number[] {
  const { targetIsr, rules, uncleanReplica } = request
  if (targetIsr.length >= rules.minIsr) return []
  const candidates = new Set([...partition.elr, ...partition.isr])
  // Ascending, as Kafka's set of small numbers gives them.
  return [...candidates]
    .filter((replica) => !targetIsr.includes(replica) && replica !== uncleanReplica)
    .sort((a, b) => a - b)
}

/** The leader is remembered when the ISR becomes empty, and forgotten when there is a leader again. */
function lastKnown(partition: PartitionState, isr: readonly number[] | null, leader: number): readonly number[] | null {
  const known = partition.lastKnownElr
  if (isr?.length === 0 && !isSame(known, [partition.leader])) return [partition.leader]
  const hasLeader = leader === LEADER_UNCHANGED ? partition.leader !== NO_LEADER : leader !== NO_LEADER
  return hasLeader && known.length > 0 ? [] : null
}

function recoveryState(partition: PartitionState, request: ChangeRequest, isUnclean: boolean): number {
  const reported = request.leaderRecoveryState ?? partition.leaderRecoveryState
  if (reported !== partition.leaderRecoveryState) return reported
  const begins = isUnclean && partition.leaderRecoveryState !== RECOVERY.recovering
  return begins ? RECOVERY.recovering : RECOVERY_UNCHANGED
}

const RECOVERY_UNCHANGED = -1

function changesNothing({
  isr,
  leader,
  eligibleLeaderReplicas,
  lastKnownElr,
  leaderRecoveryState,
}: PartitionChangeRecord): boolean {
  return (
    isr === null &&
    leader === LEADER_UNCHANGED &&
    eligibleLeaderReplicas === null &&
    lastKnownElr === null &&
    leaderRecoveryState === RECOVERY_UNCHANGED
  )
}

function isSame(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((broker, i) => broker === right[i])
}
