// Heartbeat (G-23): says that a member lives, and is told whether it must rejoin.

import { unreachable } from '../../sim/assert.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf } from '../protocol/messages.ts'
import { answerError } from './append-errors.ts'
import { afterEarlierWrites, type Outcome } from './decision.ts'
import type { ClassicGroup } from './classic-group.ts'
import { armSession } from './sessions.ts'
import type { ShardState } from './shard-state.ts'

export function heartbeat(
  shard: ShardState,
  body: RequestOf<'Heartbeat'>,
  respond: (errorCode: number) => void,
): Outcome {
  const group = shard.groups.get(body.groupId)
  const errorCode = group === undefined ? Errors.UNKNOWN_MEMBER_ID : refusal(group, body)
  if (group === undefined || errorCode !== Errors.NONE) {
    respond(errorCode)
    return undefined
  }
  const answer = stateAnswer(group)
  if (group.members.has(body.memberId)) armSession(shard, group, group.member(body.memberId))
  return afterEarlierWrites((writeError) => respond(writeError === Errors.NONE ? answer : answerError(writeError)))
}

function refusal(group: ClassicGroup, body: RequestOf<'Heartbeat'>): number {
  if (group.isIn('Dead')) return Errors.COORDINATOR_NOT_AVAILABLE
  const errorCode = group.memberError(body.memberId, body.groupInstanceId)
  if (errorCode !== Errors.NONE) return errorCode
  return body.generationId === group.generation ? Errors.NONE : Errors.ILLEGAL_GENERATION
}

function stateAnswer(group: ClassicGroup): number {
  switch (group.state) {
    case 'PreparingRebalance':
      return Errors.REBALANCE_IN_PROGRESS
    case 'CompletingRebalance':
    case 'Stable':
      return Errors.NONE
    case 'Empty':
    case 'Dead':
      return Errors.UNKNOWN_MEMBER_ID
    default:
      return unreachable(group.state, 'group state')
  }
}
