// The rebalance of a classic group: the join phase with its initial delay (G-25) and its end (G-26 … G-28), and the wait
// for assignments (G-32).

import { Errors } from '../protocol/error-codes.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { Outcome } from './decision.ts'
import { failedSync, NO_MEMBER } from './group-answers.ts'
import { beginGeneration, moveGroup, traceMember } from './group-trace.ts'
import { type JoinAnswer, type Member, NO_ASSIGNMENT } from './member.ts'
import { armSession, disarmSession } from './sessions.ts'
import type { ShardState } from './shard-state.ts'
import { joinTimer, syncTimer } from './shard-timers.ts'

/** Begins a rebalance where the state allows one; else sees whether the one under way can end. */
export function rebalanceOrCompleteJoin(shard: ShardState, group: ClassicGroup, reason: string): Outcome {
  if (group.isIn('Empty', 'CompletingRebalance', 'Stable')) return prepareRebalance(shard, group, reason)
  return maybeCompleteJoin(shard, group)
}

export function prepareRebalance(shard: ShardState, group: ClassicGroup, reason: string): Outcome {
  if (group.isIn('CompletingRebalance')) answerAllSyncs(shard, group, Errors.REBALANCE_IN_PROGRESS)
  group.pendingSync.clear()
  shard.timers.cancel(syncTimer(group.id))
  const isInitial = group.isIn('Empty')
  if (isInitial) {
    const delayMs = shard.context.config['group.initial.rebalance.delay.ms']
    waitForFirstMembers(shard, group, delayMs, Math.max(group.rebalanceTimeoutMs - delayMs, 0))
  }
  moveGroup(shard, group, 'PreparingRebalance', reason)
  if (isInitial) return undefined
  if (group.hasAllMembersJoined) return completeJoin(shard, group)
  armJoinPhase(shard, group)
  return undefined
}

/** Ends the join phase if everybody is there. The initial delay is waited out in any case. */
export function maybeCompleteJoin(shard: ShardState, group: ClassicGroup): Outcome {
  const canEnd = group.isIn('PreparingRebalance') && group.previousState !== 'Empty' && group.hasAllMembersJoined
  return canEnd ? completeJoin(shard, group) : undefined
}

/** The join phase is over, whoever has not come: the next generation begins, if anybody has (G-28). */
export function completeJoin(shard: ShardState, group: ClassicGroup): Outcome {
  shard.timers.cancel(joinTimer(group.id))
  for (const member of group.members.values()) {
    if (member.isAwaitingJoin || member.isStatic) continue
    group.remove(member.id)
    disarmSession(shard, group, member.id)
    traceMember(shard, group, member, 'removed')
  }
  if (group.isIn('Dead')) return undefined
  if (!group.electJoinedLeader() && group.members.size > 0) {
    // Static members are awaited until their sessions end.
    armJoinPhase(shard, group)
    return undefined
  }
  beginGeneration(shard, group)
  if (group.isIn('Empty')) {
    const value = group.toRecordValue(() => NO_ASSIGNMENT)
    // If this is lost, the generation before it comes back after a failure, without harm: it has no members.
    return {
      records: [{ type: 'GroupMetadata', group: group.id, value }],
      replay: false,
      atomic: true,
      done: () => {},
    }
  }
  for (const member of group.members.values()) {
    if (!member.isAwaitingJoin) traceMember(shard, group, member, 'absent')
    group.answerJoin(member, currentGeneration(group, member.id))
    // The timer of its first join is over in any case.
    if (member.isNew && !shard.context.switches.armNewMembers) disarmSession(shard, group, member.id)
    else armSession(shard, group, member)
    member.isNew = false
    group.pendingSync.add(member.id)
  }
  shard.timers.set(syncTimer(group.id), group.rebalanceTimeoutMs, 'group-sync-timeout', () =>
    shard.settle(expirePendingSync(shard, group.id, group.generation)),
  )
  return undefined
}

/** What a member is told of the generation it is in: the leader also gets the list of members. */
export function currentGeneration(group: ClassicGroup, memberId: string): JoinAnswer {
  return {
    throttleTimeMs: 0,
    errorCode: Errors.NONE,
    generationId: group.generation,
    protocolType: group.protocolType,
    protocolName: group.protocol,
    leader: group.leaderId ?? NO_MEMBER,
    skipAssignment: false,
    memberId,
    members: group.isLeader(memberId) ? group.memberList : [],
  }
}

/** Assignments are gone; whoever waits for one is told why. */
export function answerAllSyncs(shard: ShardState, group: ClassicGroup, errorCode: number): void {
  for (const member of group.members.values()) member.assignment = NO_ASSIGNMENT
  propagateAssignments(shard, group, errorCode)
}

/** Answers everybody who waits in SyncGroup. Sessions begin anew: nobody was heard of while we let them wait. */
export function propagateAssignments(shard: ShardState, group: ClassicGroup, errorCode: number): void {
  for (const member of group.members.values()) {
    if (group.answerSync(member, syncAnswer(group, member, errorCode))) armSession(shard, group, member)
  }
}

function syncAnswer(group: ClassicGroup, member: Member, errorCode: number) {
  if (errorCode !== Errors.NONE) return { ...failedSync(errorCode), assignment: member.assignment }
  return {
    throttleTimeMs: 0,
    errorCode,
    protocolType: group.protocolType,
    protocolName: group.protocol,
    assignment: member.assignment,
  }
}

/** Each member that comes while we wait makes us wait once more, as long as the rebalance timeout allows (G-25). */
function waitForFirstMembers(shard: ShardState, group: ClassicGroup, delayMs: number, remainingMs: number): void {
  shard.timers.set(joinTimer(group.id), delayMs, 'group-initial-delay', () => {
    if (shard.groups.get(group.id) !== group) return
    if (!group.newMemberAdded || remainingMs === 0) return shard.settle(completeJoin(shard, group))
    group.newMemberAdded = false
    const nextMs = Math.min(shard.context.config['group.initial.rebalance.delay.ms'], remainingMs)
    waitForFirstMembers(shard, group, nextMs, Math.max(remainingMs - delayMs, 0))
  })
}

function armJoinPhase(shard: ShardState, group: ClassicGroup): void {
  shard.timers.set(joinTimer(group.id), group.rebalanceTimeoutMs, 'group-join-timeout', () => {
    const current = shard.groups.get(group.id)
    if (current !== undefined) shard.settle(completeJoin(shard, current))
  })
}

/** Members that never sent SyncGroup go, and the others rebalance without them (G-32). */
function expirePendingSync(shard: ShardState, groupId: string, generation: number): Outcome {
  const group = shard.groups.get(groupId)
  if (group === undefined || group.generation !== generation) return undefined
  if (!group.isIn('CompletingRebalance', 'Stable') || group.pendingSync.size === 0) return undefined
  const late = [...group.pendingSync]
  for (const memberId of late) {
    const member = group.members.get(memberId)
    group.remove(memberId)
    disarmSession(shard, group, memberId)
    if (member !== undefined) traceMember(shard, group, member, 'removed')
  }
  return prepareRebalance(shard, group, `no SyncGroup of ${late.join(', ')} within the rebalance timeout`)
}
