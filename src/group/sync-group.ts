// SyncGroup (G-16, G-23): members wait for their leader's assignment, which counts once it is on record.

import { unreachable } from '../../sim/assert.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf } from '../protocol/messages.ts'
import { answerError } from './append-errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { Decision, Outcome } from './decision.ts'
import { failedSync } from './group-answers.ts'
import { moveGroup, traceParked } from './group-trace.ts'
import { type Member, NO_ASSIGNMENT, type RespondSync } from './member.ts'
import { answerAllSyncs, propagateAssignments, rebalanceOrCompleteJoin } from './rebalance.ts'
import type { ShardState } from './shard-state.ts'
import { syncTimer } from './shard-timers.ts'

type Body = RequestOf<'SyncGroup'>

export function syncGroup(shard: ShardState, body: Body, respond: RespondSync): Outcome {
  const group = shard.groups.get(body.groupId)
  const errorCode = group === undefined ? Errors.UNKNOWN_MEMBER_ID : refusal(group, body)
  if (group === undefined || errorCode !== Errors.NONE) {
    respond(failedSync(errorCode))
    return undefined
  }
  const member = group.member(body.memberId)
  switch (group.state) {
    case 'PreparingRebalance':
      respond(failedSync(Errors.REBALANCE_IN_PROGRESS))
      return undefined
    case 'CompletingRebalance':
      member.awaitingSync = respond
      traceParked(shard, group, member.id, 'sync')
      noteSync(shard, group, member)
      return group.isLeader(member.id) ? persistAssignments(shard, group, body) : undefined
    case 'Stable':
      noteSync(shard, group, member)
      respond({
        throttleTimeMs: 0,
        errorCode: Errors.NONE,
        protocolType: group.protocolType,
        protocolName: group.protocol,
        assignment: member.assignment,
      })
      return undefined
    case 'Empty':
    case 'Dead':
      return undefined
    default:
      return unreachable(group.state, 'group state')
  }
}

function refusal(group: ClassicGroup, body: Body): number {
  if (group.isIn('Empty')) return Errors.UNKNOWN_MEMBER_ID
  if (group.isIn('Dead')) return Errors.COORDINATOR_NOT_AVAILABLE
  const errorCode = group.memberError(body.memberId, body.groupInstanceId)
  if (errorCode !== Errors.NONE) return errorCode
  if (body.generationId !== group.generation) return Errors.ILLEGAL_GENERATION
  const disagrees = differ(body.protocolType, group.protocolType) || differ(body.protocolName, group.protocol)
  return disagrees ? Errors.INCONSISTENT_GROUP_PROTOCOL : Errors.NONE
}

function differ(asked: string | null, ours: string | null): boolean {
  return asked !== null && ours !== null && asked !== ours
}

function noteSync(shard: ShardState, group: ClassicGroup, member: Member): void {
  group.pendingSync.delete(member.id)
  if (group.pendingSync.size === 0) shard.timers.cancel(syncTimer(group.id))
}

/** Who is not in the leader's list gets nothing. */
function persistAssignments(shard: ShardState, group: ClassicGroup, body: Body): Decision {
  const given = new Map(body.assignments.map(({ memberId, assignment }) => [memberId, assignment]))
  const { generation } = group
  const value = group.toRecordValue(({ id }) => given.get(id) ?? NO_ASSIGNMENT)
  return {
    records: [{ type: 'GroupMetadata', group: group.id, value }],
    replay: false,
    atomic: true,
    done: (errorCode) => {
      // Somebody may have come or gone meanwhile: then this is of yesterday.
      if (!group.isIn('CompletingRebalance') || group.generation !== generation) return
      if (errorCode !== Errors.NONE) {
        const answer = answerError(errorCode)
        answerAllSyncs(shard, group, answer)
        shard.settle(rebalanceOrCompleteJoin(shard, group, 'the assignment could not be stored'))
        return
      }
      for (const member of group.members.values()) member.assignment = given.get(member.id) ?? NO_ASSIGNMENT
      propagateAssignments(shard, group, Errors.NONE)
      moveGroup(shard, group, 'Stable', 'the assignment is stored')
    },
  }
}
