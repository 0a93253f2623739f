// Deletes topics, named or by id. Brokers drop the replicas when they learn of it. Left out: quotas, and the shuffled
// order of Kafka's answer.

import type { TopicState } from '../metadata/metadata-image.ts'
import { errorName, Errors } from '../protocol/error-codes.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { ZERO_UUID } from '../protocol/uuid.ts'
import type { ControllerResult, ControllerState } from './controller-state.ts'

type Response = ResponseOf<'DeleteTopics'>
type TopicReply = Response['responses'][number]

interface Asked {
  readonly name: string | null
  readonly topicId: string
}

export function deleteTopics(state: ControllerState, request: RequestOf<'DeleteTopics'>): ControllerResult<Response> {
  const asked = [...request.topics, ...request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }))]
  const records: MetadataRecord[] = []
  const responses: TopicReply[] = []
  const settled = new Set<string>()
  for (const one of asked) {
    const key = `${one.name ?? ''}/${one.topicId}`
    if (settled.has(key)) continue
    settled.add(key)
    const topic = topicOf(state, one)
    // Who is asked for by id and by name is refused once, by name.
    if (one.name === null && topic !== undefined && asked.some((other) => isNamed(other, topic))) continue
    const errorCode = problem(state, one, topic, asked)
    if (errorCode === Errors.NONE && topic !== undefined) {
      records.push({ type: 'RemoveTopicRecord', topicId: topic.id })
      responses.push({ name: topic.name, topicId: topic.id, errorCode, errorMessage: null })
    } else {
      const isGivenById = topic !== undefined && asked.some((other) => isIdentified(other, topic))
      const topicId = isGivenById ? topic.id : one.topicId
      responses.push({ name: one.name, topicId, errorCode, errorMessage: errorName(errorCode) })
    }
  }
  return { records, reply: { throttleTimeMs: 0, responses } }
}

function problem(state: ControllerState, one: Asked, topic: TopicState | undefined, asked: readonly Asked[]): number {
  if (!state.config['delete.topic.enable']) return Errors.TOPIC_DELETION_DISABLED
  const isById = one.name === null
  // Neither name nor id, or both.
  if (isById === (one.topicId === ZERO_UUID)) return Errors.INVALID_REQUEST
  if (asked.filter((other) => other.name === one.name && other.topicId === one.topicId).length > 1) {
    return Errors.INVALID_REQUEST
  }
  if (topic === undefined) return isById ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION
  return !isById && asked.some((other) => isIdentified(other, topic)) ? Errors.INVALID_REQUEST : Errors.NONE
}

function isNamed({ name, topicId }: Asked, topic: TopicState): boolean {
  return name === topic.name && topicId === ZERO_UUID
}

function isIdentified({ name, topicId }: Asked, topic: TopicState): boolean {
  return name === null && topicId === topic.id
}

function topicOf(state: ControllerState, { name, topicId }: Asked): TopicState | undefined {
  return state.image.topics.get(name ?? state.image.topicNames.get(topicId) ?? '')
}
