// Metadata: what this broker has replayed of the metadata log, which may be behind.

import type { MetadataImage, TopicState } from '../metadata/metadata-image.ts'
import { NO_LEADER, type PartitionState } from '../metadata/partition-state.ts'
import { isLegalTopicName } from '../metadata/topic-name.ts'
import type { ServerRequest } from '../network/request-server.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { ZERO_UUID } from '../protocol/uuid.ts'
import type { BrokerContext } from './broker-context.ts'
import { METADATA_COST_US } from './costs.ts'
import { isInternalTopic } from './internal-topics.ts'

type TopicReply = ResponseOf<'Metadata'>['topics'][number]
type AskedTopic = NonNullable<RequestOf<'Metadata'>['topics']>[number]

/** "Not requested" for authorized operations. */
const NO_OPERATIONS = -2147483648

export function handleMetadata(context: BrokerContext, clusterId: string, request: ServerRequest): void {
  context.host.jobs.charge(METADATA_COST_US)
  const image = context.metadata
  const body = request.bodyAs('Metadata')
  const topics =
    body.topics === null
      ? [...image.topics.values()].map((topic) => found(image, topic))
      : eachOnce(image, body.topics).map((asked) => reply(image, asked))
  request.respond('Metadata', {
    throttleTimeMs: 0,
    brokers: [...image.brokers.values()]
      .filter((broker) => !broker.fenced)
      .map((broker) => ({ nodeId: broker.id, host: broker.host, port: broker.port, rack: broker.rack })),
    clusterId,
    controllerId: -1,
    topics,
    clusterAuthorizedOperations: NO_OPERATIONS,
    errorCode: Errors.NONE,
  })
}

/** Kafka collects names in a set. */
function eachOnce(image: MetadataImage, asked: readonly AskedTopic[]): AskedTopic[] {
  const seen = new Set<string>()
  return asked.filter(({ topicId, name }) => {
    const key = topicId === ZERO_UUID ? (name ?? '') : (image.topicNames.get(topicId) ?? topicId)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function reply(image: MetadataImage, asked: AskedTopic): TopicReply {
  const byId = asked.topicId !== ZERO_UUID
  const name = byId ? image.topicNames.get(asked.topicId) : asked.name
  const topic = image.topics.get(name ?? '')
  if (topic !== undefined) return found(image, topic)
  const errorCode = isLegalTopicName(asked.name ?? '')
    ? Errors.UNKNOWN_TOPIC_OR_PARTITION
    : Errors.INVALID_TOPIC_EXCEPTION
  return {
    errorCode: byId ? Errors.UNKNOWN_TOPIC_ID : errorCode,
    name: asked.name,
    topicId: asked.topicId,
    isInternal: false,
    partitions: [],
    topicAuthorizedOperations: NO_OPERATIONS,
  }
}

function found(image: MetadataImage, topic: TopicState): TopicReply {
  return {
    errorCode: Errors.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.map((partition) => describe(image, partition)),
    topicAuthorizedOperations: NO_OPERATIONS,
  }
}

/** A leader that is registered is named, even if it is fenced and so not among the brokers of the answer. */
function describe(image: MetadataImage, partition: PartitionState): TopicReply['partitions'][number] {
  const available = image.brokers.has(partition.leader)
  return {
    errorCode: available ? Errors.NONE : Errors.LEADER_NOT_AVAILABLE,
    partitionIndex: partition.index,
    leaderId: available ? partition.leader : NO_LEADER,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: partition.replicas,
    isrNodes: partition.isr,
    offlineReplicas: partition.replicas.filter((id) => image.brokers.get(id)?.fenced !== false),
  }
}
