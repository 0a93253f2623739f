// OffsetFetch (O-4, G-42): what a group has committed. With `requireStable` the newest, told when it is on record; else
// what was on record at the last news of the high watermark. A group that does not exist has committed nothing.

import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { fetchError } from './append-errors.ts'
import type { CommittedOffset } from './committed-offsets.ts'
import { afterEarlierWrites, type Outcome } from './decision.ts'
import type { ShardState } from './shard-state.ts'

type GroupRequest = RequestOf<'OffsetFetch'>['groups'][number]
export type GroupOffsets = ResponseOf<'OffsetFetch'>['groups'][number]
type TopicOffsets = GroupOffsets['topics'][number]
type PartitionOffset = TopicOffsets['partitions'][number]

/** "Nothing committed." */
const NO_OFFSET = -1

export function fetchOffsets(
  shard: ShardState,
  body: GroupRequest,
  requireStable: boolean,
  respond: (answer: GroupOffsets) => void,
): Outcome {
  const answer = requireStable ? read(shard, body, 'newest') : read(shard, body, 'committed')
  if (requireStable) {
    return afterEarlierWrites((errorCode) =>
      respond(errorCode === Errors.NONE ? answer : failedOffsets(body.groupId, fetchError(errorCode))),
    )
  }
  respond(answer)
  return undefined
}

export function failedOffsets(groupId: string, errorCode: number): GroupOffsets {
  return { groupId, topics: [], errorCode }
}

function read(shard: ShardState, { groupId, topics }: GroupRequest, view: 'newest' | 'committed'): GroupOffsets {
  const newest = view === 'newest'
  const group = newest ? shard.groups.get(groupId) : shard.groups.committed(groupId)
  const exists = group !== undefined && !group.isIn('Dead')
  const { offsets } = shard
  if (topics === null) {
    const all = !exists ? [] : newest ? offsets.ofGroup(groupId) : offsets.committedOfGroup(groupId)
    return { groupId, topics: byTopic(all), errorCode: Errors.NONE }
  }
  const find = (topic: string, index: number) =>
    newest ? offsets.get(groupId, topic, index) : offsets.committed(groupId, topic, index)
  const found = topics.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((index) => told(index, exists ? find(name, index) : undefined)),
  }))
  return { groupId, topics: found, errorCode: Errors.NONE }
}

function told(partitionIndex: number, offset: CommittedOffset | undefined): PartitionOffset {
  return {
    partitionIndex,
    committedOffset: offset?.offset ?? NO_OFFSET,
    committedLeaderEpoch: offset?.leaderEpoch ?? -1,
    metadata: offset?.metadata ?? '',
    errorCode: Errors.NONE,
  }
}

function byTopic(offsets: readonly CommittedOffset[]): TopicOffsets[] {
  const topics = new Map<string, PartitionOffset[]>()
  for (const offset of offsets) {
    const partitions = topics.get(offset.topic) ?? []
    topics.set(offset.topic, partitions)
    partitions.push(told(offset.partition, offset))
  }
  return [...topics].map(([name, partitions]) => ({ name, partitions }))
}
