// OffsetCommit (O-1, O-2, G-23): who may commit, and the records it becomes.

import { Errors } from '../protocol/error-codes.ts'
import type { GroupRecord } from '../protocol/group-record.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { answerError } from './append-errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import { type Outcome } from './decision.ts'
import { NO_MEMBER } from './group-answers.ts'
import { traceCommit } from './group-trace.ts'
import { createGroup } from './join-group.ts'
import { armSession } from './sessions.ts'
import type { ShardState } from './shard-state.ts'

type Body = RequestOf<'OffsetCommit'>
type Answer = ResponseOf<'OffsetCommit'>

/** First version that is told that there is no such group; older clients know ILLEGAL_GENERATION only. */
const KNOWS_MISSING_GROUPS_SINCE = 9

export function commitOffsets(
  shard: ShardState,
  body: Body,
  version: number,
  respond: (answer: Answer) => void,
): Outcome {
  const refusedWith = refusal(shard, body, version)
  if (refusedWith !== Errors.NONE) {
    respond(failedCommit(body, refusedWith))
    return undefined
  }
  const group = shard.groups.get(body.groupId) ?? createGroup(shard, body.groupId, 'offsets are committed from outside')
  // A commit shows that the member lives, but for the one state in which it should be doing something else.
  const member = group.members.get(body.memberId)
  if (member !== undefined && group.isIn('Stable', 'PreparingRebalance')) armSession(shard, group, member)
  const records: GroupRecord[] = []
  const maxBytes = shard.context.config['offset.metadata.max.bytes']
  const topics = body.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((asked) => {
      const metadata = asked.committedMetadata ?? ''
      if (metadata.length > maxBytes) {
        return { partitionIndex: asked.partitionIndex, errorCode: Errors.OFFSET_METADATA_TOO_LARGE }
      }
      const value = {
        offset: asked.committedOffset,
        leaderEpoch: asked.committedLeaderEpoch,
        metadata,
        commitTimestampMs: shard.nowMs,
      }
      records.push({ type: 'OffsetCommit', group: group.id, topic: name, partition: asked.partitionIndex, value })
      return { partitionIndex: asked.partitionIndex, errorCode: Errors.NONE }
    }),
  }))
  const answer: Answer = { throttleTimeMs: 0, topics }
  traceCommit(shard, group, body, records, false)
  return {
    records,
    replay: true,
    atomic: true,
    done: (errorCode) => {
      if (errorCode !== Errors.NONE) return respond(failedCommit(body, answerError(errorCode)))
      traceCommit(shard, group, body, records, true)
      respond(answer)
    },
  }
}

/** The same error for every partition. */
export function failedCommit(body: Body, errorCode: number): Answer {
  const topics = body.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
  }))
  return { throttleTimeMs: 0, topics }
}

function refusal(shard: ShardState, body: Body, version: number): number {
  const group = shard.groups.get(body.groupId)
  if (group !== undefined) {
    return shard.context.switches.commitGenerationCheck ? senderError(group, body) : Errors.NONE
  }
  // Somebody outside any group makes one of his own by committing.
  if (body.generationIdOrMemberEpoch < 0) return Errors.NONE
  return version >= KNOWS_MISSING_GROUPS_SINCE ? Errors.GROUP_ID_NOT_FOUND : Errors.ILLEGAL_GENERATION
}

function senderError(group: ClassicGroup, body: Body): number {
  const { generationIdOrMemberEpoch: generation, memberId, groupInstanceId } = body
  if (group.isIn('Dead')) return Errors.COORDINATOR_NOT_AVAILABLE
  if (generation < 0 && group.isIn('Empty')) return Errors.NONE
  if (generation < 0 && memberId === NO_MEMBER && groupInstanceId === null) return Errors.UNKNOWN_MEMBER_ID
  const errorCode = group.memberError(memberId, groupInstanceId)
  if (errorCode !== Errors.NONE) return errorCode
  if (generation !== group.generation) return Errors.ILLEGAL_GENERATION
  return group.isIn('CompletingRebalance') ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE
}
