// OffsetForLeaderEpoch: where an epoch ends in the leader's log. The end of the latest epoch is the log end, not
// the high watermark.

import type { ServerRequest } from '../network/request-server.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { BrokerContext } from './broker-context.ts'
import { OFFSET_LOOKUP_COST_US, REQUEST_COST_US } from './costs.ts'
import { notHostedError } from './hosted-partitions.ts'
import { traceFenced } from './partition-trace.ts'
import type { ReplicaManager } from './replica-manager.ts'

type AskedEpoch = RequestOf<'OffsetForLeaderEpoch'>['topics'][number]['partitions'][number]
type Reply = ResponseOf<'OffsetForLeaderEpoch'>['topics'][number]['partitions'][number]

export function handleOffsetForLeaderEpoch(
  context: BrokerContext,
  replicas: ReplicaManager,
  request: ServerRequest,
): void {
  context.host.jobs.charge(REQUEST_COST_US)
  const { replicaId, topics } = request.bodyAs('OffsetForLeaderEpoch')
  request.respond('OffsetForLeaderEpoch', {
    throttleTimeMs: 0,
    topics: topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((asked) => lookUp(context, replicas, topic, asked, replicaId)),
    })),
  })
}

function lookUp(
  context: BrokerContext,
  replicas: ReplicaManager,
  topic: string,
  asked: AskedEpoch,
  replicaId: number,
): Reply {
  context.host.jobs.charge(OFFSET_LOOKUP_COST_US)
  const partition = replicas.hosted(topic, asked.partition)
  if (partition === undefined) return refused(asked, notHostedError(context, topic, asked.partition))
  const error = partition.accessError(asked.currentLeaderEpoch, true)
  if (error !== Errors.NONE) {
    traceFenced(context, partition.key, replicaId, error)
    return refused(asked, error)
  }
  const end = partition.log.endOffsetFor(asked.leaderEpoch)
  return {
    errorCode: Errors.NONE,
    partition: asked.partition,
    leaderEpoch: end?.epoch ?? -1,
    endOffset: end?.endOffset ?? -1,
  }
}

function refused(asked: AskedEpoch, errorCode: number): Reply {
  return { errorCode, partition: asked.partition, leaderEpoch: -1, endOffset: -1 }
}
