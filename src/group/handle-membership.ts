// JoinGroup, SyncGroup, Heartbeat, LeaveGroup at the door: what is wrong with a request whatever its group is like, and how
// the gate's errors (G-7) read in each answer.

import type { ServerRequest } from '../network/request-server.ts'
import { Errors } from '../protocol/error-codes.ts'
import { answerError } from './append-errors.ts'
import { orTellOfLoss } from './decision.ts'
import { failedJoin, failedSync, NO_MEMBER } from './group-answers.ts'
import { traceJoinAnswer, traceSyncAnswer } from './group-trace.ts'
import { heartbeat } from './heartbeat.ts'
import { joinGroup } from './join-group.ts'
import { failedLeave, leaveGroup } from './leave-group.ts'
import type { JoinAnswer, RespondJoin, SyncAnswer } from './member.ts'
import type { ShardState } from './shard-state.ts'
import type { Shards } from './shards.ts'
import { syncGroup } from './sync-group.ts'

/** First version that can say that there is no protocol. */
const NULL_PROTOCOL_SINCE = 7
/** First version that must name protocol type and protocol. */
const NAMES_PROTOCOL_SINCE = 5

export function handleJoinGroup(shards: Shards, request: ServerRequest): void {
  const body = request.bodyAs('JoinGroup')
  const { config } = shards.parts.context
  let answered = false
  const respond = (answer: JoinAnswer) => {
    // What was answered stays answered, also if what it led to could not be stored.
    if (answered) return
    answered = true
    const mustName = request.version < NULL_PROTOCOL_SINCE && answer.protocolName === null
    request.respond('JoinGroup', mustName ? { ...answer, protocolName: '' } : answer)
  }
  if (body.groupId === '') return respond(failedJoin(body.memberId, Errors.INVALID_GROUP_ID))
  const { sessionTimeoutMs } = body
  if (
    sessionTimeoutMs < config['group.min.session.timeout.ms'] ||
    sessionTimeoutMs > config['group.max.session.timeout.ms']
  ) {
    return respond(failedJoin(body.memberId, Errors.INVALID_SESSION_TIMEOUT))
  }
  const refuse = (errorCode: number) => respond(failedJoin(NO_MEMBER, errorCode))
  const shard = shards.shardOf(body.groupId)
  if (shard === undefined) return refuse(Errors.NOT_COORDINATOR)
  shard.operate('group-join', refuse, (state) => {
    // Kafka's answer for a group that could not be created names nobody.
    let asking = body.memberId
    const answer: RespondJoin = (given) => {
      if (!answered) traceJoinAnswer(state, body.groupId, given.memberId === NO_MEMBER ? asking : given.memberId, given)
      respond(given)
    }
    const outcome = joinGroup(state, {
      body,
      version: request.version,
      clientId: request.clientId,
      clientHost: `/${request.peer}`,
      respond: answer,
    })
    if (answered) return outcome
    // Its group may go with what is lost, and then nobody else knows of it (G-42).
    asking = whoAwaits(answer, state, body.groupId) ?? asking
    return orTellOfLoss(outcome, (errorCode) => answer(failedJoin(NO_MEMBER, answerError(errorCode))))
  })
}

export function handleSyncGroup(shards: Shards, request: ServerRequest): void {
  const body = request.bodyAs('SyncGroup')
  const { rejoinWhileLoading } = shards.parts.context.switches
  const refuse = (errorCode: number) => {
    const joinsAgain = rejoinWhileLoading && errorCode === Errors.COORDINATOR_LOAD_IN_PROGRESS
    request.respond('SyncGroup', failedSync(joinsAgain ? Errors.REBALANCE_IN_PROGRESS : errorCode))
  }
  if (request.version >= NAMES_PROTOCOL_SINCE && (body.protocolType === null || body.protocolName === null)) {
    return refuse(Errors.INCONSISTENT_GROUP_PROTOCOL)
  }
  if (body.groupId === '') return refuse(Errors.INVALID_GROUP_ID)
  const shard = shards.shardOf(body.groupId)
  if (shard === undefined) return refuse(Errors.NOT_COORDINATOR)
  let answered = false
  shard.operate('group-sync', refuse, (state) => {
    const respond = (answer: SyncAnswer) => {
      if (answered) return
      answered = true
      traceSyncAnswer(state, body.groupId, body.memberId, answer)
      request.respond('SyncGroup', answer)
    }
    const outcome = syncGroup(state, body, respond)
    return answered ? outcome : orTellOfLoss(outcome, (errorCode) => respond(failedSync(answerError(errorCode))))
  })
}

/** The member of the group whose JoinGroup is answered by this. */
function whoAwaits(answer: RespondJoin, state: ShardState, groupId: string): string | undefined {
  for (const { id, awaitingJoin } of state.groups.get(groupId)?.members.values() ?? []) {
    if (awaitingJoin === answer) return id
  }
  return undefined
}

export function handleHeartbeat(shards: Shards, request: ServerRequest): void {
  const body = request.bodyAs('Heartbeat')
  const respond = (errorCode: number) => request.respond('Heartbeat', { throttleTimeMs: 0, errorCode })
  if (body.groupId === '') return respond(Errors.INVALID_GROUP_ID)
  const shard = shards.shardOf(body.groupId)
  if (shard === undefined) return respond(Errors.NOT_COORDINATOR)
  // While its group is loaded a member may as well live.
  const refuse = (errorCode: number) =>
    respond(errorCode === Errors.COORDINATOR_LOAD_IN_PROGRESS ? Errors.NONE : errorCode)
  shard.operate('group-heartbeat', refuse, (state) => heartbeat(state, body, respond))
}

export function handleLeaveGroup(shards: Shards, request: ServerRequest): void {
  const body = request.bodyAs('LeaveGroup')
  const refuse = (errorCode: number) => request.respond('LeaveGroup', failedLeave(errorCode))
  if (body.groupId === '') return refuse(Errors.INVALID_GROUP_ID)
  const shard = shards.shardOf(body.groupId)
  if (shard === undefined) return refuse(Errors.NOT_COORDINATOR)
  shard.operate('group-leave', refuse, (state) =>
    leaveGroup(state, body, (answer) => request.respond('LeaveGroup', answer)),
  )
}
