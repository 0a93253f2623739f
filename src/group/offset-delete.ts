// OffsetDelete (G-23), and what goes with deleted topics (O-7): tombstones.

import { Errors } from '../protocol/error-codes.ts'
import type { GroupRecord } from '../protocol/group-record.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { answerError } from './append-errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { Outcome } from './decision.ts'
import { traceRemoval } from './group-trace.ts'
import type { ShardState } from './shard-state.ts'

type Body = RequestOf<'OffsetDelete'>
type Answer = ResponseOf<'OffsetDelete'>

export function deleteOffsets(shard: ShardState, body: Body, respond: (answer: Answer) => void): Outcome {
  const group = shard.groups.get(body.groupId)
  const errorCode = group === undefined ? Errors.GROUP_ID_NOT_FOUND : refusal(group)
  if (group === undefined || errorCode !== Errors.NONE) {
    respond(failedOffsetDelete(errorCode))
    return undefined
  }
  const records: GroupRecord[] = []
  const topics = body.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => {
      if (group.isSubscribedTo(name)) return { partitionIndex, errorCode: Errors.GROUP_SUBSCRIBED_TO_TOPIC }
      if (shard.offsets.get(group.id, name, partitionIndex) !== undefined) {
        records.push(offsetTombstone(group.id, name, partitionIndex))
        traceRemoval(shard, group, { topic: name, partition: partitionIndex }, 'deleted')
      }
      return { partitionIndex, errorCode: Errors.NONE }
    }),
  }))
  const answer = { errorCode: Errors.NONE, throttleTimeMs: 0, topics }
  return {
    records,
    replay: true,
    atomic: true,
    done: (error) => respond(error === Errors.NONE ? answer : failedOffsetDelete(answerError(error))),
  }
}

export function failedOffsetDelete(errorCode: number): Answer {
  return { errorCode, throttleTimeMs: 0, topics: [] }
}

/** Offsets of partitions that are gone. */
export function forgetPartitions(shard: ShardState, isGone: (topic: string) => boolean): Outcome {
  const records: GroupRecord[] = []
  for (const groupId of shard.offsets.groups()) {
    const group = shard.groups.get(groupId)
    for (const { topic, partition } of shard.offsets.ofGroup(groupId)) {
      if (!isGone(topic)) continue
      records.push(offsetTombstone(groupId, topic, partition))
      if (group !== undefined) traceRemoval(shard, group, { topic, partition }, 'topic-deleted')
    }
  }
  return { records, replay: true, atomic: false, done: () => {} }
}

export function offsetTombstone(group: string, topic: string, partition: number): GroupRecord {
  return { type: 'OffsetCommit', group, topic, partition, value: null }
}

/** Consumers may lose offsets of topics they do not read; what others subscribe to we cannot know. */
function refusal(group: ClassicGroup): number {
  if (group.isIn('Dead')) return Errors.GROUP_ID_NOT_FOUND
  return group.isIn('Empty') || group.usesConsumerProtocol ? Errors.NONE : Errors.NON_EMPTY_GROUP
}
