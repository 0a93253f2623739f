// Deletes topics, named or by id, and refuses what is ambiguous. Brokers drop the replicas when they learn of it. Left out:
// quotas, and the shuffled order of Kafka's answer.

import { errorName, Errors } from '../protocol/error-codes.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { ZERO_UUID } from '../protocol/uuid.ts'
import type { ControllerResult, ControllerState } from './controller-state.ts'

type Response = ResponseOf<'DeleteTopics'>
type TopicReply = Response['responses'][number]

export function deleteTopics(state: ControllerState, request: RequestOf<'DeleteTopics'>): ControllerResult<Response> {
  const { topics, topicNames } = request
  if (!state.config['delete.topic.enable']) {
    const asked = [...topics, ...topicNames.map((name) => ({ name, topicId: ZERO_UUID }))]
    const responses = asked.map(({ name, topicId }) => answerFor(name, topicId, Errors.TOPIC_DELETION_DISABLED))
    return { records: [], reply: { throttleTimeMs: 0, responses } }
  }
  const responses: TopicReply[] = []
  const names = [...topicNames]
  const ids: string[] = []
  for (const { name, topicId } of topics) {
    // Either, and not both.
    if ((name === null) === (topicId === ZERO_UUID)) responses.push(answerFor(name, topicId, Errors.INVALID_REQUEST))
    else if (name === null) ids.push(topicId)
    else names.push(name)
  }
  for (const name of repeated(names)) responses.push(answerFor(name, ZERO_UUID, Errors.INVALID_REQUEST))
  const refusedIds = new Set(repeated(ids))
  for (const id of refusedIds) responses.push(answerFor(null, id, Errors.INVALID_REQUEST))

  const doomed = new Map<string, string>()
  for (const id of single(ids)) {
    const name = state.image.topicNames.get(id)
    if (name === undefined) responses.push(answerFor(null, id, Errors.UNKNOWN_TOPIC_ID))
    else doomed.set(id, name)
  }
  for (const name of single(names)) {
    const id = state.image.topics.get(name)?.id
    if (id === undefined) responses.push(answerFor(name, ZERO_UUID, Errors.UNKNOWN_TOPIC_OR_PARTITION))
    else if (refusedIds.has(id) || doomed.has(id)) {
      // Asked for by id and by name: not deleted for either.
      refusedIds.add(id)
      doomed.delete(id)
      responses.push(answerFor(name, id, Errors.INVALID_REQUEST))
    } else doomed.set(id, name)
  }
  const records: MetadataRecord[] = []
  for (const [topicId, name] of doomed) {
    records.push({ type: 'RemoveTopicRecord', topicId })
    responses.push(answerFor(name, topicId, Errors.NONE))
  }
  return { records, reply: { throttleTimeMs: 0, responses } }
}

function answerFor(name: string | null, topicId: string, errorCode: number): TopicReply {
  return { name, topicId, errorCode, errorMessage: errorCode === Errors.NONE ? null : errorName(errorCode) }
}

/** Those given once. */
function single(given: readonly string[]): string[] {
  return given.filter((one) => given.indexOf(one) === given.lastIndexOf(one))
}

/** Those given more than once, each once. */
function repeated(given: readonly string[]): string[] {
  return [...new Set(given)].filter((one) => given.indexOf(one) !== given.lastIndexOf(one))
}
