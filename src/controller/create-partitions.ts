// Adds partitions to topics, by hand or by a placement of its own: it does not continue the one the topic was created
// with. Left out: quotas.

import { assert } from '../../sim/index.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { ControllerResult, ControllerState } from './controller-state.ts'
import { type Assignment, assignmentProblem, partitionRecord, placed, refused } from './new-partitions.ts'

type Response = ResponseOf<'CreatePartitions'>
type TopicRequest = RequestOf<'CreatePartitions'>['topics'][number]
type TopicReply = Response['results'][number]

export function createPartitions(
  state: ControllerState,
  request: RequestOf<'CreatePartitions'>,
): ControllerResult<Response> {
  const records: MetadataRecord[] = []
  const duplicates: TopicReply[] = []
  const results: TopicReply[] = []
  for (const topic of request.topics) {
    const isTwice = request.topics.filter((other) => other.name === topic.name).length > 1
    if (!isTwice) results.push(addTo(state, topic, records))
    else if (!duplicates.some(({ name }) => name === topic.name)) {
      duplicates.push({ name: topic.name, errorCode: Errors.INVALID_REQUEST, errorMessage: 'Duplicate topic name.' })
    }
  }
  const reply = { throttleTimeMs: 0, results: [...duplicates, ...results] }
  return { records: request.validateOnly ? [] : records, reply }
}

function addTo(state: ControllerState, asked: TopicRequest, records: MetadataRecord[]): TopicReply {
  const { name, count, assignments } = asked
  const topic = state.image.topics.get(name)
  if (topic === undefined) return { name, errorCode: Errors.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: null }
  const existing = topic.partitions.length
  const additional = count - existing
  const assignment =
    additional <= 0
      ? refused(Errors.INVALID_PARTITIONS, `${count} would not be an increase: the topic has ${existing} partition(s).`)
      : assignments === null
        ? placed(state, additional, replicationFactorOf(state, name))
        : given(state, assignments, additional, existing, replicationFactorOf(state, name))
  if (!assignment.ok) return { name, errorCode: assignment.errorCode, errorMessage: assignment.reason }
  for (const [i, replicas] of assignment.replicas.entries()) {
    records.push(partitionRecord(state, topic.id, existing + i, replicas))
  }
  return { name, errorCode: Errors.NONE, errorMessage: null }
}

function given(
  state: ControllerState,
  assignments: NonNullable<TopicRequest['assignments']>,
  additional: number,
  existing: number,
  replicationFactor: number,
): Assignment {
  const errorCode = Errors.INVALID_REPLICA_ASSIGNMENT
  if (assignments.length !== additional) {
    return refused(errorCode, `${additional} partition(s) are to be added, and ${assignments.length} are assigned.`)
  }
  for (const [i, { brokerIds }] of assignments.entries()) {
    const problem = assignmentProblem(state, brokerIds, replicationFactor)
    if (problem !== undefined) return refused(errorCode, `The assignment of partition ${existing + i} ${problem}.`)
  }
  return { ok: true, replicas: assignments.map(({ brokerIds }) => brokerIds) }
}

/** As many as the first partition has. */
function replicationFactorOf(state: ControllerState, topic: string): number {
  const first = state.image.partition(topic, 0)
  assert(first !== undefined, `topic ${topic} has no partitions`)
  return first.replicas.length
}
