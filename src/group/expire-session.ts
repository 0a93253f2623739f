// A session has ended: the member is removed, and the group rebalances without it (G-17, G-18, G-27, G-31).

import { Errors } from '../protocol/error-codes.ts'
import type { Outcome } from './decision.ts'
import { failedJoin, NO_MEMBER } from './group-answers.ts'
import { traceMember } from './group-trace.ts'
import { completeJoin, rebalanceOrCompleteJoin } from './rebalance.ts'
import type { ShardState } from './shard-state.ts'

export function expireSession(shard: ShardState, groupId: string, memberId: string): Outcome {
  const group = shard.groups.get(groupId)
  if (group === undefined || group.isIn('Dead')) return undefined
  if (group.pendingMembers.has(memberId)) {
    group.remove(memberId)
    const canEnd = group.isIn('PreparingRebalance') && group.hasAllMembersJoined
    return canEnd ? completeJoin(shard, group) : undefined
  }
  const member = group.members.get(memberId)
  if (member === undefined || member.isExcused) return undefined
  // A new member that waits may still be there: it is to join anew.
  group.answerJoin(member, failedJoin(NO_MEMBER, Errors.UNKNOWN_MEMBER_ID))
  group.remove(memberId)
  traceMember(shard, group, member, 'expired')
  if (group.isIn('Stable', 'CompletingRebalance')) {
    return rebalanceOrCompleteJoin(shard, group, `session of ${memberId} has ended`)
  }
  const canEnd = group.isIn('PreparingRebalance') && group.hasAllMembersJoined
  return canEnd ? completeJoin(shard, group) : undefined
}
