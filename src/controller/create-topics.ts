// Creates topics: placement or a given assignment, the initial ISR and leader. Left out: creation policies, the
// values of configs (their names are checked), directories, as in a metadata version before them.

import { keyDefinition } from '../config/config-tables.ts'
import { RESOURCE_TYPE } from '../metadata/metadata-image.ts'
import { NO_LEADER, RECOVERY } from '../metadata/partition-state.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { MetadataRecord } from '../protocol/metadata-record.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { randomUuid, ZERO_UUID } from '../protocol/uuid.ts'
import type { ControllerResult, ControllerState } from './controller-state.ts'
import { placeReplicas } from './placement.ts'

type Response = ResponseOf<'CreateTopics'>
type TopicRequest = RequestOf<'CreateTopics'>['topics'][number]
type TopicReply = Response['topics'][number]

/** Replica lists by partition, or why there are none. */
type Assignment =
  | { readonly ok: true; readonly replicas: readonly (readonly number[])[] }
  | { readonly ok: false; readonly errorCode: number; readonly reason: string }

/** "The broker's default" in the request. */
const DEFAULT = -1

export function createTopics(state: ControllerState, request: RequestOf<'CreateTopics'>): ControllerResult<Response> {
  const records: MetadataRecord[] = []
  const topics = request.topics.map((topic) => {
    const twice = request.topics.filter((other) => other.name === topic.name).length > 1
    if (twice) return failed(topic, Errors.INVALID_REQUEST, `Found multiple entries for topic '${topic.name}'.`)
    return createTopic(state, topic, records)
  })
  return { records: request.validateOnly ? [] : records, reply: { throttleTimeMs: 0, topics } }
}

function createTopic(state: ControllerState, topic: TopicRequest, records: MetadataRecord[]): TopicReply {
  if (!isLegalName(topic.name)) {
    return failed(topic, Errors.INVALID_TOPIC_EXCEPTION, `'${topic.name}' is no legal topic name.`)
  }
  if (state.image.topics.has(topic.name)) {
    return failed(topic, Errors.TOPIC_ALREADY_EXISTS, `Topic '${topic.name}' already exists.`)
  }
  const unknown = topic.configs.find(({ name }) => keyDefinition('topic', name) === undefined)
  if (unknown !== undefined) return failed(topic, Errors.INVALID_CONFIG, `'${unknown.name}' is no topic config.`)
  const assignment = topic.assignments.length > 0 ? given(state, topic) : place(state, topic)
  if (!assignment.ok) return failed(topic, assignment.errorCode, assignment.reason)
  const { replicas } = assignment
  const topicId = randomUuid(state.rng)
  records.push({ type: 'TopicRecord', name: topic.name, topicId })
  for (const { name, value } of topic.configs) {
    records.push({ type: 'ConfigRecord', resourceType: RESOURCE_TYPE.topic, resourceName: topic.name, name, value })
  }
  for (const [partitionId, assigned] of replicas.entries()) {
    const isr = assigned.filter((broker) => state.image.isActive(broker))
    records.push({
      type: 'PartitionRecord',
      partitionId,
      topicId,
      replicas: assigned,
      isr,
      removingReplicas: [],
      addingReplicas: [],
      leader: isr[0] ?? NO_LEADER,
      leaderRecoveryState: RECOVERY.recovered,
      leaderEpoch: 0,
      partitionEpoch: 0,
      directories: [],
      eligibleLeaderReplicas: null,
      lastKnownElr: null,
    })
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

/** Kafka's: 1 to 249 of these characters, and not a directory's own name. */
function isLegalName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..'
}

function place(state: ControllerState, topic: TopicRequest): Assignment {
  const { config, image, rng } = state
  const partitions = topic.numPartitions === DEFAULT ? config['num.partitions'] : topic.numPartitions
  if (partitions < 1) return refused(Errors.INVALID_PARTITIONS, `A topic cannot have ${partitions} partitions.`)
  const factor = topic.replicationFactor === DEFAULT ? config['default.replication.factor'] : topic.replicationFactor
  const usable = [...image.brokers.values()].filter((broker) => !broker.inControlledShutdown)
  const placement = placeReplicas(usable, partitions, factor, rng)
  return placement.ok ? placement : refused(Errors.INVALID_REPLICATION_FACTOR, placement.reason)
}

function given(state: ControllerState, topic: TopicRequest): Assignment {
  if (topic.numPartitions !== DEFAULT || topic.replicationFactor !== DEFAULT) {
    return refused(Errors.INVALID_REQUEST, 'An assignment says how many partitions and replicas there are.')
  }
  const replicas: (readonly number[])[] = []
  for (const { partitionIndex, brokerIds } of topic.assignments.toSorted(
    (a, b) => a.partitionIndex - b.partitionIndex,
  )) {
    const problem =
      partitionIndex !== replicas.length ? 'is out of turn' : assignmentProblem(state, brokerIds, replicas[0])
    if (problem !== undefined) {
      return refused(Errors.INVALID_REPLICA_ASSIGNMENT, `The assignment of partition ${partitionIndex} ${problem}.`)
    }
    replicas.push(brokerIds)
  }
  return { ok: true, replicas }
}

function assignmentProblem(
  state: ControllerState,
  brokerIds: readonly number[],
  first: readonly number[] | undefined,
): string | undefined {
  if (brokerIds.length === 0) return 'is empty'
  if (new Set(brokerIds).size !== brokerIds.length) return 'names a broker twice'
  const stranger = brokerIds.find((id) => !state.image.brokers.has(id))
  if (stranger !== undefined) return `names broker ${stranger}, which is not registered`
  if (first !== undefined && first.length !== brokerIds.length)
    return `does not have ${first.length} replicas, as others`
  return brokerIds.some((id) => state.image.isActive(id)) ? undefined : 'names only brokers that are fenced'
}

function refused(errorCode: number, reason: string): Assignment {
  return { ok: false, errorCode, reason }
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
    configs: null,
  }
}
