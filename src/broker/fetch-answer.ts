// The answer to a Fetch, partition by partition: in a session, only what the fetcher does not know yet.

import { Errors } from '../protocol/error-codes.ts'
import { DEFAULT_CURRENT_LEADER, DEFAULT_DIVERGING_EPOCH, DEFAULT_SNAPSHOT_ID } from '../protocol/generated/fetch.ts'
import type { ResponseOf } from '../protocol/messages.ts'
import type { BrokerContext } from './broker-context.ts'
import { type CurrentLeader, currentLeader, endpointsOf } from './current-leader.ts'
import type { SessionFetch } from './fetch-session.ts'
import type { FetchResult } from './fetch-types.ts'
import type { ReplicaManager } from './replica-manager.ts'
import type { SessionPartition } from './session-partitions.ts'

type FetchReply = ResponseOf<'Fetch'>
type PartitionReply = FetchReply['responses'][number]['partitions'][number]

interface TopicReply {
  readonly topic: string
  readonly topicId: string
  readonly partitions: PartitionReply[]
}

const NAMES_LEADER_SINCE = 16

export class FetchAnswer {
  private readonly context: BrokerContext
  private readonly replicas: ReplicaManager
  private readonly fetch: SessionFetch
  private readonly version: number
  private readonly topics: TopicReply[] = []
  private readonly leaders: CurrentLeader[] = []

  constructor(context: BrokerContext, replicas: ReplicaManager, fetch: SessionFetch, version: number) {
    this.context = context
    this.replicas = replicas
    this.fetch = fetch
    this.version = version
  }

  /** The next partition; left out if there is nothing new. */
  tell(partition: SessionPartition, result: FetchResult): void {
    if (!this.fetch.told(partition, result)) return
    const { topic, topicId } = partition.item
    const leader = this.leaderHint(topic, partition.index, result)
    if (leader !== DEFAULT_CURRENT_LEADER) this.leaders.push(leader)
    const reply = replyOf(partition.index, result, leader)
    // As in Kafka: the order of partitions counts, and a topic may come again.
    // Not at −1, which V8 looks up as a name, slowly.
    const last = this.topics.length === 0 ? undefined : this.topics[this.topics.length - 1]
    if (last !== undefined && last.topicId === topicId && last.topic === topic) last.partitions.push(reply)
    else this.topics.push({ topic, topicId, partitions: [reply] })
  }

  /** Complete. */
  inSession(sessionId: number, isFollower: boolean): FetchReply {
    return {
      throttleTimeMs: 0,
      errorCode: Errors.NONE,
      sessionId,
      responses: this.topics,
      // Followers know where everybody is.
      nodeEndpoints: isFollower ? [] : endpointsOf(this.context, this.leaders),
    }
  }

  private leaderHint(topic: string, index: number, { errorCode }: FetchResult): CurrentLeader {
    const isLost = errorCode === Errors.NOT_LEADER_OR_FOLLOWER || errorCode === Errors.FENCED_LEADER_EPOCH
    if (!isLost || this.version < NAMES_LEADER_SINCE) return DEFAULT_CURRENT_LEADER
    return currentLeader(this.context, this.replicas, topic, index)
  }
}

export function withoutData(errorCode: number, sessionId: number): FetchReply {
  return { throttleTimeMs: 0, errorCode, sessionId, responses: [], nodeEndpoints: [] }
}

function replyOf(partitionIndex: number, result: FetchResult, leader: CurrentLeader): PartitionReply {
  return {
    partitionIndex,
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
