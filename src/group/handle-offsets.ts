// OffsetCommit, OffsetFetch, OffsetDelete at the door. Partitions that metadata does not know are refused one by one; the
// group is asked about the others.

import type { ServerRequest } from '../network/request-server.ts'
import { Errors } from '../protocol/error-codes.ts'
import { commitOffsets, failedCommit } from './offset-commit.ts'
import { deleteOffsets, failedOffsetDelete } from './offset-delete.ts'
import { failedOffsets, fetchOffsets, type GroupOffsets } from './offset-fetch.ts'
import type { Shards } from './shards.ts'

interface AskedTopic<P> {
  readonly name: string
  readonly partitions: readonly P[]
}

interface ToldTopic {
  readonly name: string
  readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[]
}

export function handleOffsetCommit(shards: Shards, request: ServerRequest): void {
  const body = request.bodyAs('OffsetCommit')
  const { known, unknown } = sortOut(shards, body.topics)
  const respond = (topics: readonly ToldTopic[]) =>
    request.respond('OffsetCommit', { throttleTimeMs: 0, topics: merged(unknown, topics) })
  if (known.length === 0) return respond([])
  const asked = { ...body, topics: known }
  const refuse = (errorCode: number) => respond(failedCommit(asked, errorCode).topics)
  const shard = shards.shardOf(body.groupId)
  if (shard === undefined) return refuse(Errors.NOT_COORDINATOR)
  shard.operate('group-commit', refuse, (state) =>
    commitOffsets(state, asked, request.version, ({ topics }) => respond(topics)),
  )
}

export function handleOffsetDelete(shards: Shards, request: ServerRequest): void {
  const body = request.bodyAs('OffsetDelete')
  const { known, unknown } = sortOut(shards, body.topics)
  const refuse = (errorCode: number) => request.respond('OffsetDelete', failedOffsetDelete(errorCode))
  const respond = (topics: readonly ToldTopic[]) =>
    request.respond('OffsetDelete', { errorCode: 0, throttleTimeMs: 0, topics: merged(unknown, topics) })
  if (known.length === 0) return respond([])
  if (body.groupId === '') return refuse(Errors.INVALID_GROUP_ID)
  const shard = shards.shardOf(body.groupId)
  if (shard === undefined) return refuse(Errors.NOT_COORDINATOR)
  shard.operate('group-delete-offsets', refuse, (state) =>
    deleteOffsets(state, { ...body, topics: known }, ({ errorCode, topics }) => {
      if (errorCode === Errors.NONE) respond(topics)
      else refuse(errorCode)
    }),
  )
}

/** Answers when all groups are answered, in the order in which they were asked for. */
export function handleOffsetFetch(shards: Shards, request: ServerRequest): void {
  const { groups, requireStable } = request.bodyAs('OffsetFetch')
  const answers: (GroupOffsets | undefined)[] = groups.map(() => undefined)
  let missing = groups.length
  const finish = () =>
    request.respond('OffsetFetch', { throttleTimeMs: 0, groups: answers.filter((answer) => answer !== undefined) })
  if (missing === 0) return finish()
  for (const [i, asked] of groups.entries()) {
    const respond = (answer: GroupOffsets) => {
      answers[i] = answer
      missing -= 1
      if (missing === 0) finish()
    }
    const refuse = (errorCode: number) => respond(failedOffsets(asked.groupId, errorCode))
    const shard = shards.shardOf(asked.groupId)
    if (shard === undefined) refuse(Errors.NOT_COORDINATOR)
    else shard.operate('group-fetch-offsets', refuse, (state) => fetchOffsets(state, asked, requireStable, respond))
  }
}

function sortOut<P extends { readonly partitionIndex: number }>(
  shards: Shards,
  topics: readonly AskedTopic<P>[],
): { known: { name: string; partitions: P[] }[]; unknown: ToldTopic[] } {
  const { metadata } = shards.parts.context
  const known: { name: string; partitions: P[] }[] = []
  const unknown: ToldTopic[] = []
  for (const { name, partitions } of topics) {
    const exists = ({ partitionIndex }: P) => metadata.partition(name, partitionIndex) !== undefined
    const present = partitions.filter((partition) => exists(partition))
    if (present.length > 0) known.push({ name, partitions: present })
    const absent = partitions.filter((partition) => !exists(partition))
    if (absent.length > 0 || partitions.length === 0) unknown.push({ name, partitions: absent.map(unknownPartition) })
  }
  return { known, unknown }
}

function unknownPartition({ partitionIndex }: { readonly partitionIndex: number }) {
  return { partitionIndex, errorCode: Errors.UNKNOWN_TOPIC_OR_PARTITION }
}

/** One entry a topic. */
function merged(first: readonly ToldTopic[], second: readonly ToldTopic[]): ToldTopic[] {
  const topics = new Map(first.map((topic) => [topic.name, topic]))
  for (const topic of second) {
    const own = topics.get(topic.name)?.partitions ?? []
    topics.set(topic.name, { name: topic.name, partitions: [...own, ...topic.partitions] })
  }
  return [...topics.values()]
}
