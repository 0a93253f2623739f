// JoinGroup (G-23, G-24): who may come in, and what their coming does to the group. A static member that comes back is
// dealt with in static-members.ts.

import { unreachable } from '../../sim/assert.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf } from '../protocol/messages.ts'
import { answerError } from './append-errors.ts'
import { ClassicGroup } from './classic-group.ts'
import type { Decision, Outcome } from './decision.ts'
import { failedJoin, NO_MEMBER } from './group-answers.ts'
import { traceGroup, traceMember, traceParked } from './group-trace.ts'
import { Member, NO_ASSIGNMENT, type RespondJoin } from './member.ts'
import { newMemberId } from './member-ids.ts'
import { currentGeneration, rebalanceOrCompleteJoin } from './rebalance.ts'
import { armSession } from './sessions.ts'
import type { ShardState } from './shard-state.ts'
import { replaceStaticMember } from './static-members.ts'

export interface JoinRequest {
  readonly body: RequestOf<'JoinGroup'>
  readonly version: number
  readonly clientId: string
  readonly clientHost: string
  /** Called at most once. */
  readonly respond: RespondJoin
}

/** First version whose new members are given an id and told to come again (KIP-394). */
const NEEDS_MEMBER_ID_SINCE = 4
/** How long a new member's JoinGroup may wait: it is in no session yet. Fixed in Kafka. */
const NEW_MEMBER_TIMEOUT_MS = 5 * 60 * 1000

export function joinGroup(shard: ShardState, request: JoinRequest): Outcome {
  const { groupId, memberId } = request.body
  const existing = shard.groups.get(groupId)
  if (existing === undefined && memberId !== NO_MEMBER) {
    request.respond(failedJoin(memberId, Errors.UNKNOWN_MEMBER_ID))
    return undefined
  }
  const group = existing ?? createGroup(shard, groupId, 'a first member joins')
  const outcome = admit(shard, group, request)
  // The group must be on record before anything else of it is; what else was decided is on record itself.
  return existing === undefined && outcome === undefined ? recordOfNewGroup(group, request) : outcome
}

/** A group without members and without a generation, in memory. */
export function createGroup(shard: ShardState, groupId: string, reason: string): ClassicGroup {
  const group = new ClassicGroup(groupId, 'Empty', shard.nowMs)
  shard.groups.set(groupId, group)
  traceGroup(shard, group, null, reason)
  return group
}

function recordOfNewGroup(group: ClassicGroup, request: JoinRequest): Decision {
  const value = {
    protocolType: '',
    generation: 0,
    protocol: null,
    leader: null,
    currentStateTimestampMs: group.stateSinceMs,
    members: [],
  }
  return {
    records: [{ type: 'GroupMetadata', group: group.id, value }],
    replay: false,
    atomic: true,
    done: (errorCode) => {
      if (errorCode !== Errors.NONE) request.respond(failedJoin(NO_MEMBER, answerError(errorCode)))
    },
  }
}

function admit(shard: ShardState, group: ClassicGroup, request: JoinRequest): Outcome {
  const { memberId, protocolType, protocols } = request.body
  if (!hasRoomFor(shard, group, memberId)) {
    group.remove(memberId)
    request.respond(failedJoin(NO_MEMBER, Errors.GROUP_MAX_SIZE_REACHED))
    return undefined
  }
  if (group.isIn('Dead')) {
    request.respond(failedJoin(memberId, Errors.COORDINATOR_NOT_AVAILABLE))
    return undefined
  }
  if (!group.canTake(protocolType, protocols)) {
    request.respond(failedJoin(memberId, Errors.INCONSISTENT_GROUP_PROTOCOL))
    return undefined
  }
  return memberId === NO_MEMBER ? joinAsNew(shard, group, request) : joinAgain(shard, group, request)
}

/** G-33. While a join phase goes on, those who wait count, so that the last of too many to come back are refused. */
function hasRoomFor(shard: ShardState, group: ClassicGroup, memberId: string): boolean {
  const maxSize = shard.context.config['group.max.size']
  switch (group.state) {
    case 'Empty':
    case 'Dead':
      return true
    case 'PreparingRebalance':
      return group.members.get(memberId)?.isAwaitingJoin === true || group.awaitingJoinCount < maxSize
    case 'CompletingRebalance':
    case 'Stable':
      return group.members.has(memberId) || group.members.size < maxSize
    default:
      return unreachable(group.state, 'group state')
  }
}

function joinAsNew(shard: ShardState, group: ClassicGroup, request: JoinRequest): Outcome {
  const { groupInstanceId, sessionTimeoutMs } = request.body
  const newId = newMemberId(shard.memberIds, request.clientId, groupInstanceId)
  if (groupInstanceId !== null) {
    const formerId = group.staticMembers.get(groupInstanceId)
    return formerId === undefined
      ? addMember(shard, group, request, newId)
      : replaceStaticMember(shard, group, request, formerId, newId)
  }
  const { requireMemberId } = shard.context.switches
  if (request.version < NEEDS_MEMBER_ID_SINCE || !requireMemberId) return addMember(shard, group, request, newId)
  group.pendingMembers.add(newId)
  traceMember(shard, group, { id: newId, instanceId: null, clientId: request.clientId }, 'given-id')
  armSession(shard, group, { id: newId, sessionTimeoutMs })
  request.respond(failedJoin(newId, Errors.MEMBER_ID_REQUIRED))
  return undefined
}

function joinAgain(shard: ShardState, group: ClassicGroup, request: JoinRequest): Outcome {
  const { memberId, groupInstanceId, protocols } = request.body
  if (group.pendingMembers.has(memberId)) {
    // Kafka takes this for a broken client and fails the request.
    if (groupInstanceId !== null) {
      request.respond(failedJoin(NO_MEMBER, Errors.UNKNOWN_SERVER_ERROR))
      return undefined
    }
    return addMember(shard, group, request, memberId)
  }
  const errorCode = group.memberError(memberId, groupInstanceId)
  if (errorCode !== Errors.NONE) {
    request.respond(failedJoin(memberId, errorCode))
    return undefined
  }
  const member = group.member(memberId)
  switch (group.state) {
    case 'PreparingRebalance':
      return update(shard, group, request, member, 'rejoins')
    case 'CompletingRebalance':
      // It may not have got the answer of this generation.
      if (!member.saysTheSame(protocols)) return update(shard, group, request, member, 'changes what it supports')
      request.respond(currentGeneration(group, memberId))
      return undefined
    case 'Stable':
      // The leader sees what members do not: partitions that came, say.
      if (group.isLeader(memberId)) return update(shard, group, request, member, 'rejoins as leader')
      if (!member.saysTheSame(protocols)) return update(shard, group, request, member, 'changes what it supports')
      request.respond(currentGeneration(group, memberId))
      return undefined
    case 'Empty':
    case 'Dead':
      request.respond(failedJoin(memberId, Errors.UNKNOWN_MEMBER_ID))
      return undefined
    default:
      return unreachable(group.state, 'group state')
  }
}

function update(shard: ShardState, group: ClassicGroup, request: JoinRequest, member: Member, does: string): Outcome {
  const { protocols, rebalanceTimeoutMs, sessionTimeoutMs } = request.body
  group.update(member, protocols, rebalanceTimeoutMs, sessionTimeoutMs)
  group.await(member, request.respond)
  traceParked(shard, group, member.id, 'join')
  return rebalanceOrCompleteJoin(shard, group, because(`${member.id} ${does}`, request))
}

function addMember(shard: ShardState, group: ClassicGroup, request: JoinRequest, memberId: string): Outcome {
  const { body, clientId, clientHost } = request
  const member = new Member(
    { id: memberId, instanceId: body.groupInstanceId, clientId, clientHost, protocolType: body.protocolType },
    body.rebalanceTimeoutMs,
    body.sessionTimeoutMs,
    body.protocols,
  )
  member.isNew = true
  member.assignment = NO_ASSIGNMENT
  if (group.isIn('PreparingRebalance') && group.previousState === 'Empty') group.newMemberAdded = true
  group.add(member)
  group.await(member, request.respond)
  traceMember(shard, group, member, 'joined')
  traceParked(shard, group, member.id, 'join')
  armSession(shard, group, member, NEW_MEMBER_TIMEOUT_MS)
  return rebalanceOrCompleteJoin(shard, group, because(`${memberId} joins`, request))
}

/** A reason for people, with the client's own if it gives one. */
export function because(what: string, { body }: Pick<JoinRequest, 'body'>): string {
  return body.reason === null || body.reason === '' ? what : `${what}: ${body.reason}`
}
