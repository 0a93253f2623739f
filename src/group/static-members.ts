// A static member that comes back without its old member id (KIP-345, G-35 … G-37): it takes its own place, and the group
// rebalances only if it must.

import { assert, unreachable } from '../../sim/assert.ts'
import { Errors } from '../protocol/error-codes.ts'
import { answerError } from './append-errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { Decision, Outcome } from './decision.ts'
import { NO_MEMBER } from './group-answers.ts'
import { traceMember, traceParked } from './group-trace.ts'
import type { JoinRequest } from './join-group.ts'
import { type JoinAnswer, Member } from './member.ts'
import { currentGeneration, maybeCompleteJoin, prepareRebalance, rebalanceOrCompleteJoin } from './rebalance.ts'
import { armSession } from './sessions.ts'
import type { ShardState } from './shard-state.ts'

/** First version that tells a leader that comes back not to assign anew (KIP-814). */
const SKIPS_ASSIGNMENT_SINCE = 9

export function replaceStaticMember(
  shard: ShardState,
  group: ClassicGroup,
  request: JoinRequest,
  formerId: string,
  newId: string,
): Outcome {
  const { body } = request
  const formerLeader = group.leaderId
  const member = succeed(group, formerId, newId)
  const former = { ...pick(member) }
  armSession(shard, group, member)
  group.update(member, body.protocols, body.rebalanceTimeoutMs, body.sessionTimeoutMs)
  group.await(member, request.respond)
  traceMember(shard, group, member, 'replaced')
  traceParked(shard, group, member.id, 'join')
  const who = `static member ${member.instanceId ?? ''} comes back as ${newId}`
  switch (group.state) {
    case 'Stable': {
      if (group.selectProtocol() !== group.protocol) {
        return rebalanceOrCompleteJoin(shard, group, `${who} and changes the vote`)
      }
      const revert = () => {
        // Another may have come in its place meanwhile, or it was removed: there is nothing to take back.
        if (group.members.get(newId) !== member) return
        group.update(member, former.protocols, former.rebalanceTimeoutMs, former.sessionTimeoutMs)
        member.awaitingJoin = undefined
        const again = succeed(group, newId, formerId)
        armSession(shard, group, again)
        traceMember(shard, group, again, 'replaced')
      }
      return persist(shard, group, request, member, formerLeader, revert)
    }
    case 'CompletingRebalance':
      // The leader may be about to assign to the old id (KAFKA-9801).
      if (shard.context.switches.rebalanceOnStaticReturn) return prepareRebalance(shard, group, who)
      group.answerJoin(member, currentGeneration(group, newId))
      return undefined
    case 'PreparingRebalance':
      return maybeCompleteJoin(shard, group)
    case 'Empty':
    case 'Dead':
      assert(false, `static member ${newId} comes back to group ${group.id}, which is ${group.state}`)
      return undefined
    default:
      return unreachable(group.state, 'group state')
  }
}

/** Nothing else changes: the new id is put on record, and the member goes on where the old one was. */
function persist(
  shard: ShardState,
  group: ClassicGroup,
  request: JoinRequest,
  member: Member,
  formerLeader: string | null,
  revert: () => void,
): Decision {
  const value = group.toRecordValue(({ assignment }) => assignment)
  return {
    records: [{ type: 'GroupMetadata', group: group.id, value }],
    replay: false,
    atomic: true,
    done: (errorCode) => {
      if (errorCode !== Errors.NONE) {
        const answer = answerFor(group, NO_MEMBER, formerLeader, answerError(errorCode))
        revert()
        request.respond(answer)
      } else if (request.version >= SKIPS_ASSIGNMENT_SINCE && shard.context.switches.skipAssignment) {
        group.answerJoin(member, { ...currentGeneration(group, member.id), skipAssignment: group.isLeader(member.id) })
      } else {
        // Told of the old leader, it will not take itself for it.
        group.answerJoin(member, answerFor(group, member.id, formerLeader, Errors.NONE))
      }
    },
  }
}

function answerFor(group: ClassicGroup, memberId: string, leader: string | null, errorCode: number): JoinAnswer {
  return {
    throttleTimeMs: 0,
    errorCode,
    generationId: group.generation,
    protocolType: group.protocolType,
    protocolName: group.protocol,
    leader: leader ?? NO_MEMBER,
    skipAssignment: false,
    memberId,
    members: [],
  }
}

/** The member under another id; what it was under the old one, it is. */
function succeed(group: ClassicGroup, formerId: string, newId: string): Member {
  const former = group.member(formerId)
  const { instanceId, clientId, clientHost, protocolType } = former
  assert(instanceId !== null, `${formerId} is no static member`)
  const member = new Member(
    { id: newId, instanceId, clientId, clientHost, protocolType },
    former.rebalanceTimeoutMs,
    former.sessionTimeoutMs,
    former.protocols,
  )
  member.assignment = former.assignment
  group.replaceStatic(instanceId, formerId, member)
  return member
}

function pick({ protocols, rebalanceTimeoutMs, sessionTimeoutMs }: Member) {
  return { protocols, rebalanceTimeoutMs, sessionTimeoutMs }
}
