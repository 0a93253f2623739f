// Administrative requests. Those that change metadata go straight to the controller (KIP-919), deletions of records to
// the leaders, offsets of groups to their coordinators. Each of the first is tried once: a request that got no answer may have been carried out. Left out: configs,
// reassignments, ACLs, quotas, what groups are told of but their offsets, and a broker that forwards to the controller.

import { NetworkClient, type NodeAddress } from '../network/network-client.ts'
import type { ApiName } from '../protocol/api-keys.ts'
import { errorName, Errors } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { ZERO_UUID } from '../protocol/uuid.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import { OffsetAlterations, type OffsetToSet, type SetOffset } from './alter-offsets.ts'
import { RecordDeletions, type DeletedRecords, type RecordsToDelete } from './delete-records.ts'

export interface NewTopic {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  /** Replica lists by partition; empty lets the controller place them. */
  readonly assignment: readonly (readonly number[])[]
  readonly configs: ReadonlyMap<string, string>
}

/** What became of one topic. */
export interface TopicResult {
  readonly topic: string
  readonly errorCode: number
  /** Empty when it went well. */
  readonly message: string
}

export interface NewPartitions {
  readonly topic: string
  /** How many the topic is to have in all. */
  readonly count: number
  /** Replica lists of the new ones; empty lets the controller place them. */
  readonly assignment: readonly (readonly number[])[]
}

export type ElectionType = 'preferred' | 'unclean'

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface ElectionResult extends TopicPartition {
  readonly errorCode: number
}

/** `ElectLeadersRequest.electionType`. */
const ELECTION_TYPES: Record<ElectionType, number> = { preferred: 0, unclean: 1 }

const REQUEST_TIMEOUT_MS = 30_000

export class AdminClient {
  private readonly controller: NodeAddress
  private readonly client: NetworkClient
  private readonly deletions: RecordDeletions
  private readonly alterations: OffsetAlterations

  /** `bootstrap`: brokers to ask for leaders and coordinators; needed for records and offsets only. */
  constructor(host: KafkaHost, controller: NodeAddress, bootstrap: readonly NodeAddress[] = []) {
    const rng = host.random.stream('admin')
    this.controller = controller
    this.client = new NetworkClient(
      host,
      {
        clientId: host.name,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        reconnectBackoffMs: 50,
        reconnectBackoffMaxMs: 1000,
        connectionSetupTimeoutMs: 10_000,
        maxInFlight: 1,
      },
      rng,
    )
    this.deletions = new RecordDeletions(host, this.client, rng, bootstrap)
    this.alterations = new OffsetAlterations(host, this.client, this.deletions.metadata)
  }

  /** Answers once, as all of these: the result of each topic, or undefined if the controller could not be asked. */
  createTopics(topics: readonly NewTopic[], then: (results: readonly TopicResult[] | undefined) => void): void {
    const body = {
      topics: topics.map(({ name, partitions, replicationFactor, assignment, configs }) => ({
        name,
        numPartitions: assignment.length > 0 ? -1 : partitions,
        replicationFactor: assignment.length > 0 ? -1 : replicationFactor,
        assignments: assignment.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
        configs: [...configs].map(([key, value]) => ({ name: key, value })),
      })),
      timeoutMs: REQUEST_TIMEOUT_MS,
      validateOnly: false,
    }
    this.ask('CreateTopics', body, (response) => response.topics.map(resultOf), then)
  }

  createPartitions(
    additions: readonly NewPartitions[],
    then: (results: readonly TopicResult[] | undefined) => void,
  ): void {
    const topics = additions.map(({ topic, count, assignment }) => ({
      name: topic,
      count,
      assignments: assignment.length === 0 ? null : assignment.map((brokerIds) => ({ brokerIds })),
    }))
    const body = { topics, timeoutMs: REQUEST_TIMEOUT_MS, validateOnly: false }
    this.ask('CreatePartitions', body, (response) => response.results.map(resultOf), then)
  }

  deleteTopics(names: readonly string[], then: (results: readonly TopicResult[] | undefined) => void): void {
    const topics = names.map((name) => ({ name, topicId: ZERO_UUID }))
    const body = { topics, topicNames: [], timeoutMs: REQUEST_TIMEOUT_MS }
    this.ask('DeleteTopics', body, (response) => response.responses.map(resultOf), then)
  }

  /**
   * Elects leaders of these partitions; null: of all, and then those that need no election are not in the answer. An
   * error of the whole request is given as that of each partition.
   */
  electLeaders(
    type: ElectionType,
    partitions: readonly TopicPartition[] | null,
    then: (results: readonly ElectionResult[] | undefined) => void,
  ): void {
    const body = {
      electionType: ELECTION_TYPES[type],
      topicPartitions: partitions === null ? null : byTopic(partitions),
      timeoutMs: REQUEST_TIMEOUT_MS,
    }
    this.ask('ElectLeaders', body, (response) => electionResults(response, partitions ?? []), then)
  }

  /** Deletes what lies below an offset of each partition; answers once, by partition. */
  deleteRecords(deletions: readonly RecordsToDelete[], then: (results: readonly DeletedRecords[]) => void): void {
    this.deletions.delete(deletions, then)
  }

  /** Commits for a group from outside; answers once, by partition. */
  alterOffsets(group: string, offsets: readonly OffsetToSet[], then: (results: readonly SetOffset[]) => void): void {
    this.alterations.alter(group, offsets, then)
  }

  private ask<A extends ApiName, R>(
    api: A,
    body: RequestOf<A>,
    read: (response: ResponseOf<A>) => R,
    then: (result: R | undefined) => void,
  ): void {
    this.client.send(this.controller, api, body, {
      onResponse: (response) => then(read(response)),
      onFailure: () => then(undefined),
    })
  }
}

function resultOf(answer: {
  readonly name: string | null
  readonly errorCode: number
  readonly errorMessage: string | null
}): TopicResult {
  const { name, errorCode, errorMessage } = answer
  const message = errorMessage ?? (errorCode === Errors.NONE ? '' : errorName(errorCode))
  return { topic: name ?? '', errorCode, message }
}

function byTopic(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  const topics = [...new Set(partitions.map(({ topic }) => topic))]
  return topics.map((topic) => ({
    topic,
    partitions: partitions.filter((other) => other.topic === topic).map(({ partition }) => partition),
  }))
}

function electionResults(
  response: ResponseOf<'ElectLeaders'>,
  asked: readonly TopicPartition[],
): readonly ElectionResult[] {
  const { errorCode, replicaElectionResults } = response
  if (errorCode !== Errors.NONE) return asked.map((partition) => ({ ...partition, errorCode }))
  return replicaElectionResults.flatMap(({ topic, partitionResult }) =>
    partitionResult.map((result) => ({ topic, partition: result.partitionId, errorCode: result.errorCode })),
  )
}
