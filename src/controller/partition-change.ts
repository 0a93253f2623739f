// Builds the record that changes one partition: new ISR, election, epochs. Epochs follow from the record itself: the
// leader epoch rises iff it names a leader, the same or another. Left out: reassignment, directories.

import { assert } from '../../sim/index.ts'
import { LEADER_UNCHANGED, NO_LEADER, RECOVERY, type PartitionState } from '../metadata/partition-state.ts'
import type { PartitionChangeRecord } from '../protocol/metadata-record.ts'
import { electLeader, type ElectionKind } from './election.ts'

export interface ChangeRequest {
  readonly targetIsr: readonly number[]
  readonly election: ElectionKind
  isAcceptable(broker: number): boolean
  /** Every shrink of the ISR is a new epoch of its leader (before metadata.version 3.6-IV0, R-103). */
  readonly bumpEpochOnIsrShrink: boolean
  /** What an AlterPartition request reports; absent when the controller makes the change by itself. */
  readonly leaderRecoveryState?: number
}

/** The change record, or undefined if nothing would change. */
export function changePartition(partition: PartitionState, request: ChangeRequest): PartitionChangeRecord | undefined {
  const result = electLeader(request.election, {
    replicas: partition.replicas,
    targetIsr: request.targetIsr,
    currentLeader: partition.leader,
    isAcceptable: request.isAcceptable,
  })
  const leaderChanges = result.leader !== partition.leader
  const isr = leaderChanges && result.unclean ? [result.leader] : newIsr(partition, request.targetIsr)
  const recovery =
    leaderChanges && result.unclean
      ? RECOVERY.recovering
      : (request.leaderRecoveryState ?? partition.leaderRecoveryState)
  const recoveryChanges = recovery !== partition.leaderRecoveryState
  if (!leaderChanges && isr === null && !recoveryChanges) return undefined
  assert(
    result.leader === NO_LEADER || (isr ?? partition.isr).includes(result.leader),
    `${partition.key}: leader ${result.leader} outside its ISR (RI-1)`,
  )
  const shrinks = isr !== null && !partition.isr.every((member) => isr.includes(member))
  return {
    type: 'PartitionChangeRecord',
    partitionId: partition.index,
    topicId: partition.topicId,
    isr,
    leader: leaderChanges || (request.bumpEpochOnIsrShrink && shrinks) ? result.leader : LEADER_UNCHANGED,
    replicas: null,
    removingReplicas: null,
    addingReplicas: null,
    leaderRecoveryState: recoveryChanges ? recovery : -1,
    directories: null,
    eligibleLeaderReplicas: null,
    lastKnownElr: null,
  }
}

/** Without ELR the ISR never becomes empty: its last member stays, leaderless. Null: unchanged. */
function newIsr(partition: PartitionState, target: readonly number[]): readonly number[] | null {
  if (target.length === 0) return null
  const same = target.length === partition.isr.length && target.every((broker, i) => broker === partition.isr[i])
  return same ? null : target
}
