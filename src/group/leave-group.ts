// LeaveGroup (G-34): a batch of members that go, one rebalance for all of them.

import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { answerError } from './append-errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import { afterEarlierWrites, type Outcome } from './decision.ts'
import { failedJoin, NO_MEMBER } from './group-answers.ts'
import { traceMember } from './group-trace.ts'
import { maybeCompleteJoin, rebalanceOrCompleteJoin } from './rebalance.ts'
import { disarmSession } from './sessions.ts'
import type { ShardState } from './shard-state.ts'

type Answer = ResponseOf<'LeaveGroup'>
type Leaver = RequestOf<'LeaveGroup'>['members'][number]

export function leaveGroup(
  shard: ShardState,
  body: RequestOf<'LeaveGroup'>,
  respond: (answer: Answer) => void,
): Outcome {
  const group = shard.groups.get(body.groupId)
  if (group === undefined) {
    respond({ throttleTimeMs: 0, errorCode: Errors.NONE, members: body.members.map((leaver) => unknown(leaver)) })
    return undefined
  }
  if (group.isIn('Dead')) {
    respond(failedLeave(Errors.COORDINATOR_NOT_AVAILABLE))
    return undefined
  }
  const members = body.members.map((leaver) => ({ ...unknown(leaver), errorCode: takeLeave(shard, group, leaver) }))
  const answer = { throttleTimeMs: 0, errorCode: Errors.NONE, members }
  const gone = members.filter(({ errorCode }) => errorCode === Errors.NONE).map(({ memberId }) => memberId)
  const outcome = gone.length === 0 ? undefined : afterLeave(shard, group, gone)
  const decision = outcome ?? afterEarlierWrites(() => {})
  return {
    ...decision,
    done: (errorCode) => {
      decision.done(errorCode)
      respond(errorCode === Errors.NONE ? answer : failedLeave(answerError(errorCode)))
    },
  }
}

export function failedLeave(errorCode: number): Answer {
  return { throttleTimeMs: 0, errorCode, members: [] }
}

function unknown({ memberId, groupInstanceId }: Leaver): Answer['members'][number] {
  return { memberId, groupInstanceId, errorCode: Errors.UNKNOWN_MEMBER_ID }
}

/** The error code of one. A static member may be named by its instance id alone: an administrator removes it. */
function takeLeave(shard: ShardState, group: ClassicGroup, { memberId, groupInstanceId }: Leaver): number {
  if (memberId === NO_MEMBER) {
    const holder = groupInstanceId === null ? undefined : group.staticMembers.get(groupInstanceId)
    if (holder === undefined) return Errors.UNKNOWN_MEMBER_ID
    removeMember(shard, group, holder)
    return Errors.NONE
  }
  if (group.pendingMembers.has(memberId)) {
    group.remove(memberId)
    disarmSession(shard, group, memberId)
    return Errors.NONE
  }
  const errorCode = group.memberError(memberId, groupInstanceId)
  if (errorCode === Errors.NONE) removeMember(shard, group, memberId)
  return errorCode
}

function removeMember(shard: ShardState, group: ClassicGroup, memberId: string): void {
  const member = group.member(memberId)
  disarmSession(shard, group, memberId)
  // Its JoinGroup may wait in another connection.
  group.answerJoin(member, failedJoin(NO_MEMBER, Errors.UNKNOWN_MEMBER_ID))
  group.remove(memberId)
  traceMember(shard, group, member, 'left')
}

function afterLeave(shard: ShardState, group: ClassicGroup, gone: readonly string[]): Outcome {
  if (group.isIn('Stable', 'CompletingRebalance')) {
    return rebalanceOrCompleteJoin(shard, group, `${gone.join(', ')} left`)
  }
  return group.isIn('PreparingRebalance') ? maybeCompleteJoin(shard, group) : undefined
}
