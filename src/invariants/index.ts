// Every invariant there is, in the order they are checked and listed.

import { ackedDurable } from './acked-durable.ts'
import { checkpointsNotAhead } from './storage/checkpoints-not-ahead.ts'
import { committedHeldSomewhere } from './committed-held-somewhere.ts'
import { compactionKeepsLast } from './compaction/compaction-keeps-last.ts'
import { tombstonesStay } from './compaction/tombstones-stay.ts'
import { consistentRead } from './consistent-read.ts'
import { groupTransitions } from './group-transitions.ts'
import { groupGenerations } from './group-generations.ts'
import { groupOneView } from './group-one-view.ts'
import { groupDisjointAssignments } from './group-disjoint-assignments.ts'
import { groupFencedInstances } from './group-fenced-instances.ts'
import { groupCommitsFromMembers } from './group-commits-from-members.ts'
import { groupOffsetsKept } from './group-offsets-kept.ts'
import { groupOffsetsDurable } from './group-offsets-durable.ts'
import { consumerCommitsPosition } from './consumer-commits-position.ts'
import { consumerReadsOn } from './consumer-reads-on.ts'
import { consumerReadsOwn } from './consumer-reads-own.ts'
import { consumerToldInTurn } from './consumer-told-in-turn.ts'
import { groupBalancedAssignments } from './group-balanced-assignments.ts'
import { groupOffsetsAdvance } from './group-offsets-advance.ts'
import { groupOffsetsWithinLog } from './group-offsets-within-log.ts'
import { groupOneOwner } from './group-one-owner.ts'
import { groupRequestsAnswered } from './group-requests-answered.ts'
import { groupSubscribedAssignments } from './group-subscribed-assignments.ts'
import { groupWholeAssignments } from './group-whole-assignments.ts'
import { highWatermarkBounds } from './high-watermark-bounds.ts'
import { highWatermarkMonotoneInTenure } from './high-watermark-monotone-in-tenure.ts'
import { highWatermarkRaiseJustified } from './high-watermark-raise-justified.ts'
import { hwEqualsMinIsrLeo } from './hw-equals-min-isr-leo.ts'
import type { Invariant } from './invariant.ts'
import { isrHoldsCommitted } from './isr-holds-committed.ts'
import { epochsFitBatches } from './epochs-fit-batches.ts'
import { indexesFitBatches } from './storage/indexes-fit-batches.ts'
import { leaderCompleteness } from './leader-completeness.ts'
import { leaderInIsr } from './leader-in-isr.ts'
import { logStartStays } from './log-start-stays.ts'
import { logMatching } from './log-matching.ts'
import { maximalIsrCoversIsr } from './maximal-isr-covers-isr.ts'
import { oneCoordinatorPerEpoch } from './one-coordinator-per-epoch.ts'
import { oneLeaderPerEpoch } from './one-leader-per-epoch.ts'
import { keysKeepPartitions } from './keys-keep-partitions.ts'
import { producerOrder } from './producer-order.ts'
import { producerWithinLimits } from './producer-within-limits.ts'
import { recordIdentity } from './record-identity.ts'
import { strongLogMatching } from './strong-log-matching.ts'
import { trueHighWatermarkMonotone } from './true-high-watermark-monotone.ts'
import { uncleanElectionPermitted } from './unclean-election-permitted.ts'
import { validControllerState } from './valid-controller-state.ts'
import { validFetcherState } from './valid-fetcher-state.ts'
import { validIsrAndElr } from './valid-isr-and-elr.ts'
import { weakIsr } from './weak-isr.ts'

export { CONTROLLER_FIXES } from './fenced-in-office.ts'
export type { ClusterView, ObservedBroker, ObservedLog, ObservedReplica } from './cluster-view.ts'
export type { CompactedForms } from './compaction/compacted-forms.ts'
export type { Invariant, Violation } from './invariant.ts'
export { InvariantChecker } from './invariant-checker.ts'
export type { SegmentRest } from './log-hole.ts'
export { Recheck, type RecheckEvery } from './recheck/recheck.ts'
export type { WatchOptions } from './watched-cluster.ts'

/** The election comes first, since it excuses others; the leader's log comes last, since a violation rewrites the ledger. */
export const INVARIANTS: readonly Invariant[] = [
  uncleanElectionPermitted,
  leaderInIsr,
  oneLeaderPerEpoch,
  validControllerState,
  validIsrAndElr,
  validFetcherState,
  maximalIsrCoversIsr,
  highWatermarkBounds,
  logStartStays,
  epochsFitBatches,
  indexesFitBatches,
  checkpointsNotAhead,
  highWatermarkMonotoneInTenure,
  hwEqualsMinIsrLeo,
  highWatermarkRaiseJustified,
  isrHoldsCommitted,
  weakIsr,
  recordIdentity,
  strongLogMatching,
  logMatching,
  producerOrder,
  ackedDurable,
  committedHeldSomewhere,
  leaderCompleteness,
  consistentRead,
  trueHighWatermarkMonotone,
  compactionKeepsLast,
  tombstonesStay,
  producerWithinLimits,
  keysKeepPartitions,
  groupTransitions,
  groupGenerations,
  groupOneView,
  groupDisjointAssignments,
  groupFencedInstances,
  groupCommitsFromMembers,
  groupOffsetsKept,
  groupOffsetsDurable,
  oneCoordinatorPerEpoch,
  groupWholeAssignments,
  groupSubscribedAssignments,
  groupOneOwner,
  groupOffsetsAdvance,
  groupOffsetsWithinLog,
  groupRequestsAnswered,
  groupBalancedAssignments,
  consumerReadsOn,
  consumerCommitsPosition,
  consumerReadsOwn,
  consumerToldInTurn,
]
