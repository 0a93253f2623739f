// ListOffsets: offsets by time, and the two ends. Leader only, fenced by epoch.

import { isStorageError } from '../log/storage-error.ts'
import type { ServerRequest } from '../network/request-server.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { BrokerContext } from './broker-context.ts'
import { OFFSET_LOOKUP_COST_US, REQUEST_COST_US } from './costs.ts'
import type { FetchBound } from './fetch-types.ts'
import { notHostedError } from './hosted-partitions.ts'
import {
  EARLIEST_LOCAL_TIMESTAMP,
  EARLIEST_TIMESTAMP,
  LATEST_TIERED_TIMESTAMP,
  lookupOffset,
  MAX_TIMESTAMP,
} from './partition-reads.ts'
import { traceFenced } from './partition-trace.ts'
import type { ReplicaManager } from './replica-manager.ts'

type AskedOffset = RequestOf<'ListOffsets'>['topics'][number]['partitions'][number]
type Reply = ResponseOf<'ListOffsets'>['topics'][number]['partitions'][number]

const CONSUMER = -1
const DEBUGGING_CONSUMER = -2
const READ_COMMITTED = 1
const MAX_TIMESTAMP_SINCE = 7
const EARLIEST_LOCAL_SINCE = 8
const LATEST_TIERED_SINCE = 9

export function handleListOffsets(context: BrokerContext, replicas: ReplicaManager, request: ServerRequest): void {
  const { host } = context
  host.jobs.charge(REQUEST_COST_US)
  const { replicaId, isolationLevel, topics } = request.bodyAs('ListOffsets')
  // Only clients are held below what is committed; a follower asks for the leader's log end.
  const bound: FetchBound =
    replicaId !== CONSUMER ? 'log-end' : isolationLevel === READ_COMMITTED ? 'last-stable' : 'high-watermark'
  const leaderOnly = replicaId !== DEBUGGING_CONSUMER
  request.respond('ListOffsets', {
    throttleTimeMs: 0,
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((asked) => {
        host.jobs.charge(OFFSET_LOOKUP_COST_US)
        if (!isSupported(asked.timestamp, request.version)) return reply(asked, Errors.UNSUPPORTED_VERSION)
        try {
          return lookUp(context, replicas, name, asked, bound, leaderOnly, replicaId)
        } catch (problem) {
          if (!isStorageError(problem)) throw problem
          return reply(asked, Errors.KAFKA_STORAGE_ERROR)
        }
      }),
    })),
  })
}

function lookUp(
  context: BrokerContext,
  replicas: ReplicaManager,
  topic: string,
  asked: AskedOffset,
  bound: FetchBound,
  leaderOnly: boolean,
  replicaId: number,
): Reply {
  const partition = replicas.hosted(topic, asked.partitionIndex)
  if (partition === undefined) return reply(asked, notHostedError(context, topic, asked.partitionIndex))
  const error = partition.accessError(asked.currentLeaderEpoch, leaderOnly)
  if (error !== Errors.NONE) {
    traceFenced(context, partition.key, replicaId, error)
    return reply(asked, error)
  }
  // Nothing is tiered.
  if (asked.timestamp === LATEST_TIERED_TIMESTAMP) return reply(asked, Errors.NONE)
  const found = lookupOffset(partition, asked.timestamp, bound, context.switches.listOffsetsGate)
  if (found === undefined) return reply(asked, Errors.NONE)
  if ('errorCode' in found) return reply(asked, found.errorCode)
  const { timestampMs, offset, leaderEpoch } = found
  return { partitionIndex: asked.partitionIndex, errorCode: Errors.NONE, timestamp: timestampMs, offset, leaderEpoch }
}

function isSupported(timestamp: number, version: number): boolean {
  if (timestamp >= EARLIEST_TIMESTAMP) return true
  if (timestamp === EARLIEST_LOCAL_TIMESTAMP) return version >= EARLIEST_LOCAL_SINCE
  if (timestamp === LATEST_TIERED_TIMESTAMP) return version >= LATEST_TIERED_SINCE
  return timestamp === MAX_TIMESTAMP && version >= MAX_TIMESTAMP_SINCE
}

function reply(asked: AskedOffset, errorCode: number): Reply {
  return { partitionIndex: asked.partitionIndex, errorCode, timestamp: -1, offset: -1, leaderEpoch: -1 }
}
