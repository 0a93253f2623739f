// Creates topics. The checks are in Kafka's order, which decides the error that is seen. Left out: creation policies,
// quotas, directories (as in a metadata version before them), and the configs in the answer.

import { keyDefinition } from '../config/config-tables.ts'
import { parseValue } from '../config/parse-value.ts'
import { KAFKA_VERSIONS } from '../config/versions.ts'
import { RESOURCE_TYPE } from '../metadata/metadata-image.ts'
import { METADATA_TOPIC } from '../metadata/metadata-topic.ts'
import { isLegalTopicName } from '../metadata/topic-name.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { randomUuid, ZERO_UUID } from '../protocol/uuid.ts'
import type { ControllerResult, ControllerState } from './controller-state.ts'
import { type Assignment, assignmentProblem, partitionRecord, placed, refused } from './new-partitions.ts'

type Response = ResponseOf<'CreateTopics'>
type TopicRequest = RequestOf<'CreateTopics'>['topics'][number]
type TopicReply = Response['topics'][number]

/** "The broker's default" in the request. */
const DEFAULT = -1

export function createTopics(state: ControllerState, request: RequestOf<'CreateTopics'>): ControllerResult<Response> {
  const records: MetadataRecord[] = []
  const duplicates: TopicReply[] = []
  const topics: TopicReply[] = []
  for (const topic of request.topics) {
    const isTwice = request.topics.filter((other) => other.name === topic.name).length > 1
    if (!isTwice) topics.push(createTopic(state, topic, records))
    else if (!duplicates.some(({ name }) => name === topic.name)) {
      duplicates.push(failed(topic, Errors.INVALID_REQUEST, 'Duplicate topic name.'))
    }
  }
  const reply = { throttleTimeMs: 0, topics: [...topics, ...duplicates] }
  return { records: request.validateOnly ? [] : records, reply }
}

function createTopic(state: ControllerState, topic: TopicRequest, records: MetadataRecord[]): TopicReply {
  const problem = nameProblem(state, topic.name) ?? configProblem(topic)
  if (problem !== undefined) return failed(topic, problem.errorCode, problem.message)
  const assignment = topic.assignments.length > 0 ? given(state, topic) : place(state, topic)
  if (!assignment.ok) return failed(topic, assignment.errorCode, assignment.reason)
  const { replicas } = assignment
  const topicId = randomUuid(state.rng)
  records.push({ type: 'TopicRecord', name: topic.name, topicId })
  for (const { name, value } of topic.configs) {
    records.push({ type: 'ConfigRecord', resourceType: RESOURCE_TYPE.topic, resourceName: topic.name, name, value })
  }
  for (const [partitionId, assigned] of replicas.entries()) {
    records.push(partitionRecord(state, topicId, partitionId, assigned))
  }
  return {
    name: topic.name,
    topicId,
    errorCode: Errors.NONE,
    errorMessage: null,
    topicConfigErrorCode: 0,
    numPartitions: replicas.length,
    replicationFactor: replicas[0]?.length ?? 0,
    configs: [],
  }
}

interface Problem {
  readonly errorCode: number
  readonly message: string
}

function nameProblem(state: ControllerState, name: string): Problem | undefined {
  if (name === METADATA_TOPIC) {
    return { errorCode: Errors.INVALID_REQUEST, message: `Creation of internal topic ${name} is prohibited.` }
  }
  if (state.image.topics.has(name)) {
    return { errorCode: Errors.TOPIC_ALREADY_EXISTS, message: `Topic '${name}' already exists.` }
  }
  const errorCode = Errors.INVALID_TOPIC_EXCEPTION
  if (!isLegalTopicName(name)) return { errorCode, message: `'${name}' is no legal topic name.` }
  // Metrics write both of these as '_'.
  const colliding = [...state.image.topics.keys()].find((other) => metricName(other) === metricName(name))
  if (colliding === undefined) return undefined
  return { errorCode, message: `Topic '${name}' collides with existing topic: ${colliding}` }
}

function metricName(topic: string): string {
  return topic.replaceAll('.', '_')
}

function configProblem({ configs }: TopicRequest): Problem | undefined {
  const errorCode = Errors.INVALID_CONFIG
  for (const { name, value } of configs) {
    if (value === null) return { errorCode, message: `Null value not supported for topic configs: ${name}` }
    const definition = keyDefinition('topic', name)
    if (definition === undefined) return { errorCode, message: `'${name}' is no topic config.` }
    if (!KAFKA_VERSIONS.some((version) => parseValue(definition, version, value).ok)) {
      return { errorCode, message: `Invalid value ${value} for configuration ${name}.` }
    }
  }
  return undefined
}

function place(state: ControllerState, topic: TopicRequest): Assignment {
  const { config } = state
  const { numPartitions, replicationFactor } = topic
  if (replicationFactor < DEFAULT || replicationFactor === 0) {
    return refused(Errors.INVALID_REPLICATION_FACTOR, 'The replication factor must be larger than 0, or -1.')
  }
  if (numPartitions < DEFAULT || numPartitions === 0) {
    return refused(Errors.INVALID_PARTITIONS, `A topic cannot have ${numPartitions} partitions.`)
  }
  return placed(
    state,
    numPartitions === DEFAULT ? config['num.partitions'] : numPartitions,
    replicationFactor === DEFAULT ? config['default.replication.factor'] : replicationFactor,
  )
}

function given(state: ControllerState, topic: TopicRequest): Assignment {
  if (topic.numPartitions !== DEFAULT || topic.replicationFactor !== DEFAULT) {
    return refused(Errors.INVALID_REQUEST, 'An assignment says how many partitions and replicas there are.')
  }
  const replicas = new Map<number, readonly number[]>()
  const invalid = (index: number, problem: string) =>
    refused(Errors.INVALID_REPLICA_ASSIGNMENT, `The assignment of partition ${index} ${problem}.`)
  let size: number | undefined
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    if (replicas.has(partitionIndex)) return invalid(partitionIndex, 'is given twice')
    const problem = assignmentProblem(state, brokerIds, size)
    if (problem !== undefined) return invalid(partitionIndex, problem)
    size = brokerIds.length
    replicas.set(partitionIndex, brokerIds)
  }
  const inOrder: (readonly number[])[] = []
  for (let index = 0; index < replicas.size; index++) {
    const brokerIds = replicas.get(index)
    if (brokerIds === undefined) return invalid(index, 'is missing: partitions are numbered from 0 without holes')
    inOrder.push(brokerIds)
  }
  return { ok: true, replicas: inOrder }
}

function failed(topic: TopicRequest, errorCode: number, errorMessage: string): TopicReply {
  return {
    name: topic.name,
    topicId: ZERO_UUID,
    errorCode,
    errorMessage,
    topicConfigErrorCode: 0,
    numPartitions: -1,
    replicationFactor: -1,
    configs: [],
  }
}
