// Produce (R-35…R-44). Left out: transactions, compression limits, quotas.

import type { ServerRequest } from '../network/request-server.ts'
import { Errors } from '../protocol/error-codes.ts'
import { DEFAULT_CURRENT_LEADER } from '../protocol/generated/produce.ts'
import type { ResponseOf } from '../protocol/messages.ts'
import { leaderEpochOf } from '../protocol/produce-epoch.ts'
import type { BrokerContext } from './broker-context.ts'
import { REQUEST_COST_US } from './costs.ts'
import { type CurrentLeader, currentLeader, endpointsOf } from './current-leader.ts'
import { ProduceEntry } from './delayed-produce.ts'
import { NO_RECORDS } from './fetch-types.ts'
import type { ReplicaManager } from './replica-manager.ts'

type TopicReply = ResponseOf<'Produce'>['responses'][number]
type PartitionReply = TopicReply['partitionResponses'][number]

/** First version that names the current leader (KIP-951). */
const NAMES_LEADER_SINCE = 10

export function handleProduce(context: BrokerContext, replicas: ReplicaManager, request: ServerRequest): void {
  context.host.jobs.charge(REQUEST_COST_US)
  const { acks, timeoutMs, topicData } = request.bodyAs('Produce')
  const entries: ProduceEntry[] = []
  for (const { name, partitionData } of topicData) {
    for (const asked of partitionData) {
      entries.push(new ProduceEntry(name, asked.index, asked.records ?? NO_RECORDS, leaderEpochOf(asked)))
    }
  }
  if (acks !== 0 && acks !== 1 && acks !== -1) {
    for (const entry of entries) entry.errorCode = Errors.INVALID_REQUIRED_ACKS
    return answer(context, replicas, request, entries)
  }
  replicas.appendRecords(acks, timeoutMs, entries, () => {
    if (acks !== 0) return answer(context, replicas, request, entries)
    // Nobody waits for an answer: a closed connection is the only way to say that something is wrong (W-9).
    if (entries.some((entry) => entry.errorCode !== Errors.NONE)) request.closeConnection()
    else request.respondNothing()
  })
}

function answer(
  context: BrokerContext,
  replicas: ReplicaManager,
  request: ServerRequest,
  entries: readonly ProduceEntry[],
): void {
  const leaders: CurrentLeader[] = []
  const responses: { name: string; partitionResponses: PartitionReply[] }[] = []
  let topic: (typeof responses)[number] | undefined
  for (const entry of entries) {
    // Entries are in the order of the request, so those of one topic stand together.
    if (topic?.name !== entry.topic) {
      topic = { name: entry.topic, partitionResponses: [] }
      responses.push(topic)
    }
    let leader: CurrentLeader = DEFAULT_CURRENT_LEADER
    if (entry.errorCode === Errors.NOT_LEADER_OR_FOLLOWER && request.version >= NAMES_LEADER_SINCE) {
      leader = currentLeader(context, replicas, entry.topic, entry.index)
      leaders.push(leader)
    }
    topic.partitionResponses.push(reply(entry, leader))
  }
  const body = { responses, throttleTimeMs: 0, nodeEndpoints: endpointsOf(context, leaders) }
  const lateMs = context.buggify.delayMs('delay-produce-answer')
  if (lateMs === 0) request.respond('Produce', body)
  else context.host.clock.after(lateMs, 'late-produce-answer', () => request.respond('Produce', body))
}

function reply(entry: ProduceEntry, leader: CurrentLeader): PartitionReply {
  return {
    index: entry.index,
    errorCode: entry.errorCode,
    baseOffset: entry.firstOffset,
    logAppendTimeMs: entry.logAppendTimeMs,
    logStartOffset: entry.logStartOffset,
    recordErrors: [],
    errorMessage: entry.errorMessage,
    currentLeader: leader,
  }
}
