// Requests of the script: bodies in Kafka's JSON form with everything that is not said at its default.

import type { JsonObject } from './step.ts'

export interface Request {
  readonly api: string
  readonly body: JsonObject
}

export const NO_ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const TIMEOUT_MS = 5000

export function produce(
  topic: string,
  partition: number,
  acks: number,
  records: Uint8Array | null,
  transactionalId: string | null = null,
): Request {
  const partitionData = [{ index: partition, records }]
  return {
    api: 'Produce',
    body: { transactionalId, acks, timeoutMs: TIMEOUT_MS, topicData: [{ name: topic, partitionData }] },
  }
}

export interface FetchFields {
  readonly offset?: number
  readonly currentLeaderEpoch?: number
  readonly lastFetchedEpoch?: number
  readonly logStartOffset?: number
  readonly partitionMaxBytes?: number
  readonly maxBytes?: number
  readonly minBytes?: number
  readonly maxWaitMs?: number
  readonly isolationLevel?: number
  readonly sessionId?: number
  readonly sessionEpoch?: number
  readonly replicaId?: number
  readonly replicaEpoch?: number
}

/** A fetch of one partition that answers at once; a full one without a session unless it says otherwise. */
export function fetch(topicId: string, partition: number, fields: FetchFields = {}): Request {
  const asked = {
    partition,
    currentLeaderEpoch: fields.currentLeaderEpoch ?? -1,
    fetchOffset: fields.offset ?? 0,
    lastFetchedEpoch: fields.lastFetchedEpoch ?? -1,
    logStartOffset: fields.logStartOffset ?? -1,
    partitionMaxBytes: fields.partitionMaxBytes ?? 1_048_576,
    replicaDirectoryId: NO_ID,
  }
  return fetchOf([{ topic: '', topicId, partitions: [asked] }], fields)
}

/** A fetch that names no partitions: what a session holds. */
export function fetchSession(fields: FetchFields): Request {
  return fetchOf([], fields)
}

function fetchOf(topics: JsonObject[], fields: FetchFields): Request {
  return {
    api: 'Fetch',
    body: {
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: fields.replicaId ?? -1, replicaEpoch: fields.replicaEpoch ?? -1 },
      maxWaitMs: fields.maxWaitMs ?? 0,
      minBytes: fields.minBytes ?? 0,
      maxBytes: fields.maxBytes ?? 52_428_800,
      isolationLevel: fields.isolationLevel ?? 0,
      sessionId: fields.sessionId ?? 0,
      sessionEpoch: fields.sessionEpoch ?? -1,
      topics,
      forgottenTopicsData: [],
      rackId: '',
    },
  }
}

export const EARLIEST = -2
export const LATEST = -1
export const MAX_TIMESTAMP = -3
export const EARLIEST_LOCAL = -4

export function listOffsets(
  topic: string,
  partitionIndex: number,
  timestamp: number,
  currentLeaderEpoch = -1,
  isolationLevel = 0,
  replicaId = -1,
): Request {
  const partitions = [{ partitionIndex, currentLeaderEpoch, timestamp }]
  return {
    api: 'ListOffsets',
    body: { replicaId, isolationLevel, topics: [{ name: topic, partitions }], timeoutMs: TIMEOUT_MS },
  }
}

export function epochEnd(topic: string, partition: number, leaderEpoch: number, currentLeaderEpoch = -1): Request {
  const partitions = [{ partition, currentLeaderEpoch, leaderEpoch }]
  return { api: 'OffsetForLeaderEpoch', body: { replicaId: -1, topics: [{ topic, partitions }] } }
}

/** Names, or ids in `{ id }`; null asks for all topics. */
export function metadata(topics: readonly (string | { readonly id: string })[] | null): Request {
  return {
    api: 'Metadata',
    body: {
      topics:
        topics?.map((topic) =>
          typeof topic === 'string' ? { topicId: NO_ID, name: topic } : { topicId: topic.id, name: null },
        ) ?? null,
      allowAutoTopicCreation: false,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    },
  }
}

export interface TopicFields {
  readonly partitions?: number
  readonly replicas?: number
  /** Replica lists by partition; instead of counts unless those are given as well. */
  readonly assignment?: readonly (readonly number[])[]
  /** Partition numbers of the assignment, if not 0, 1, 2 … */
  readonly indexes?: readonly number[]
  readonly configs?: { readonly [key: string]: string | null }
}

export function newTopic(name: string, fields: TopicFields = {}): JsonObject {
  const { assignment = [], indexes, configs = {} } = fields
  const counted = assignment.length === 0 ? 1 : -1
  return {
    name,
    numPartitions: fields.partitions ?? counted,
    replicationFactor: fields.replicas ?? counted,
    assignments: assignment.map((brokerIds, i) => ({ partitionIndex: indexes?.[i] ?? i, brokerIds })),
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  }
}

export function createTopics(topics: readonly JsonObject[], validateOnly = false): Request {
  return { api: 'CreateTopics', body: { topics, timeoutMs: TIMEOUT_MS, validateOnly } }
}

export function createTopic(name: string, fields: TopicFields = {}): Request {
  return createTopics([newTopic(name, fields)])
}

export function createPartitions(
  topics: readonly { name: string; count: number; assignments?: readonly (readonly number[])[] }[],
  validateOnly = false,
): Request {
  return {
    api: 'CreatePartitions',
    body: {
      topics: topics.map(({ name, count, assignments }) => ({
        name,
        count,
        assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null,
      })),
      timeoutMs: TIMEOUT_MS,
      validateOnly,
    },
  }
}

export function deleteTopics(topics: readonly { name?: string; id?: string }[]): Request {
  return {
    api: 'DeleteTopics',
    body: {
      topics: topics.map(({ name, id }) => ({ name: name ?? null, topicId: id ?? NO_ID })),
      topicNames: [],
      timeoutMs: TIMEOUT_MS,
    },
  }
}

export function deleteRecords(topic: string, partitionIndex: number, offset: number): Request {
  return {
    api: 'DeleteRecords',
    body: { topics: [{ name: topic, partitions: [{ partitionIndex, offset }] }], timeoutMs: TIMEOUT_MS },
  }
}

export const PREFERRED = 0
export const UNCLEAN = 1

/** Null elects everywhere it is needed. */
export function electLeaders(
  electionType: number,
  topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[] | null,
): Request {
  const topicPartitions = topics?.map(({ topic, partitions }) => ({ topic, partitions })) ?? null
  return { api: 'ElectLeaders', body: { electionType, topicPartitions, timeoutMs: TIMEOUT_MS } }
}

export function initProducerId(producerId = -1, producerEpoch = -1, transactionalId: string | null = null): Request {
  return {
    api: 'InitProducerId',
    body: {
      transactionalId,
      transactionTimeoutMs: 60_000,
      producerId,
      producerEpoch,
      enable2Pc: false,
      keepPreparedTxn: false,
    },
  }
}
