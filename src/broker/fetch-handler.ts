// Fetch, of followers and consumers (R-53… ). Every fetch is full, and answered with session id 0, which tells
// the fetcher that there are no sessions here; stale followers are told by leader epoch and broker epoch.
// Left out: fetch sessions, quotas, aborted transactions.

import type { ServerRequest } from '../network/request-server.ts'
import { Errors } from '../protocol/error-codes.ts'
import { DEFAULT_CURRENT_LEADER, DEFAULT_DIVERGING_EPOCH, DEFAULT_SNAPSHOT_ID } from '../protocol/generated/fetch.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { BrokerContext } from './broker-context.ts'
import { REQUEST_COST_US } from './costs.ts'
import { type CurrentLeader, currentLeader, endpointsOf } from './current-leader.ts'
import {
  type AskedPartition,
  CONSUMER_REPLICA_ID,
  type FetchItem,
  type FetchParams,
  FetchResult,
} from './fetch-types.ts'
import type { ReplicaManager } from './replica-manager.ts'

type AskedTopic = RequestOf<'Fetch'>['topics'][number]
type TopicReply = ResponseOf<'Fetch'>['responses'][number]
type PartitionReply = TopicReply['partitions'][number]

const TOPIC_IDS_SINCE = 13
const REPLICA_STATE_SINCE = 15
const NAMES_LEADER_SINCE = 16
const ANY_REPLICA_SINCE = 11
const READ_COMMITTED = 1

export function handleFetch(context: BrokerContext, replicas: ReplicaManager, request: ServerRequest): void {
  context.host.jobs.charge(REQUEST_COST_US)
  const body = request.bodyAs('Fetch')
  const params = paramsOf(context, body, request.version)
  const topics = body.topics.map((asked) => named(context, asked, request.version))
  const items = topics.length === 1 ? itemsOf(topics[0]!) : topics.flatMap(itemsOf)
  replicas.fetchMessages(params, items, (results) =>
    answer(context, replicas, request, topics, results, params.replicaId === CONSUMER_REPLICA_ID),
  )
}

/** A topic of the request, with both of its names; '' for what is not known. */
interface NamedTopic {
  readonly name: string
  readonly topicId: string
  readonly isKnown: boolean
  readonly asked: readonly AskedPartition[]
}

function named(context: BrokerContext, asked: AskedTopic, version: number): NamedTopic {
  const { topics, topicNames } = context.metadata
  const byName = version < TOPIC_IDS_SINCE
  const name = byName ? asked.topic : topicNames.get(asked.topicId)
  const known = name === undefined ? undefined : topics.get(name)
  const topicId = byName ? (known?.id ?? '') : asked.topicId
  return { name: name ?? '', topicId, isKnown: known !== undefined, asked: asked.partitions }
}

function itemsOf({ name, topicId, isKnown, asked }: NamedTopic): FetchItem[] {
  return isKnown ? asked.map((partition) => ({ topic: name, topicId, asked: withEpoch(partition) })) : []
}

/** Any epoch below 0 is none, as nowhere else in the protocol. */
function withEpoch(asked: AskedPartition): AskedPartition {
  return asked.currentLeaderEpoch < -1 ? { ...asked, currentLeaderEpoch: -1 } : asked
}

function answer(
  context: BrokerContext,
  replicas: ReplicaManager,
  request: ServerRequest,
  topics: readonly NamedTopic[],
  results: readonly FetchResult[],
  isConsumer: boolean,
): void {
  const leaders: CurrentLeader[] = []
  let next = 0
  // `map` makes arrays of the right size, where `push` makes room for 17: answers are many, and most are short.
  const responses: TopicReply[] = topics.map(({ name, topicId, isKnown, asked }) => {
    const partitions: PartitionReply[] = asked.map((partition) => {
      // Topics nobody knows are refused in the answer, which may have waited for the others.
      const result = (isKnown ? results[next++] : undefined) ?? unknownTopic(request.version)
      const leader = leaderHint(context, replicas, request.version, name, partition, result)
      if (leader !== DEFAULT_CURRENT_LEADER) leaders.push(leader)
      return reply(partition, result, leader)
    })
    return { topic: name, topicId, partitions }
  })
  // Followers know where everybody is.
  const nodeEndpoints = isConsumer ? endpointsOf(context, leaders) : []
  const body = { throttleTimeMs: 0, errorCode: Errors.NONE, sessionId: 0, responses, nodeEndpoints }
  const lateMs = context.buggify.delayMs('delay-fetch-answer')
  if (lateMs === 0) request.respond('Fetch', body)
  else context.host.clock.after(lateMs, 'late-fetch-answer', () => request.respond('Fetch', body))
}

function unknownTopic(version: number): FetchResult {
  return FetchResult.refused(version < TOPIC_IDS_SINCE ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.UNKNOWN_TOPIC_ID)
}

function paramsOf(context: BrokerContext, body: RequestOf<'Fetch'>, version: number): FetchParams {
  const { replicaId, replicaEpoch } =
    version >= REPLICA_STATE_SINCE ? body.replicaState : { replicaId: body.replicaId, replicaEpoch: -1 }
  const isFollower = replicaId >= 0
  const maxBytes = Math.min(body.maxBytes, context.config['fetch.max.bytes'])
  return {
    replicaId: isFollower ? replicaId : CONSUMER_REPLICA_ID,
    replicaEpoch,
    maxWaitMs: body.maxWaitMs,
    minBytes: Math.min(body.minBytes, maxBytes),
    maxBytes,
    bound: isFollower ? 'log-end' : body.isolationLevel === READ_COMMITTED ? 'last-stable' : 'high-watermark',
    leaderOnly: isFollower || version < ANY_REPLICA_SINCE,
    clientRack: isFollower || version < ANY_REPLICA_SINCE ? '' : body.rackId,
  }
}

function leaderHint(
  context: BrokerContext,
  replicas: ReplicaManager,
  version: number,
  topic: string,
  asked: AskedPartition,
  { errorCode }: FetchResult,
): CurrentLeader {
  const isLost = errorCode === Errors.NOT_LEADER_OR_FOLLOWER || errorCode === Errors.FENCED_LEADER_EPOCH
  if (!isLost || version < NAMES_LEADER_SINCE) return DEFAULT_CURRENT_LEADER
  return currentLeader(context, replicas, topic, asked.partition)
}

function reply(asked: AskedPartition, result: FetchResult, leader: CurrentLeader): PartitionReply {
  return {
    partitionIndex: asked.partition,
    errorCode: result.errorCode,
    highWatermark: result.highWatermark,
    lastStableOffset: result.lastStableOffset,
    logStartOffset: result.logStartOffset,
    divergingEpoch: result.diverges
      ? { epoch: result.divergingEpoch, endOffset: result.divergingEndOffset }
      : DEFAULT_DIVERGING_EPOCH,
    currentLeader: leader,
    snapshotId: DEFAULT_SNAPSHOT_ID,
    abortedTransactions: null,
    preferredReadReplica: result.preferredReadReplica,
    records: result.records,
  }
}
