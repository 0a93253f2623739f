// FindCoordinator (G-5): who leads the partition of a group. The topic is created when somebody first asks.
// Left out: transactions (which have no coordinator here) and share groups.

import type { BrokerContext } from '../broker/broker-context.ts'
import type { GroupServiceParts } from '../broker/group-service.ts'
import { OFFSETS_TOPIC } from '../broker/internal-topics.ts'
import type { ServerRequest } from '../network/request-server.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { ResponseOf } from '../protocol/messages.ts'
import { groupPartition } from './group-partition.ts'

type Coordinator = ResponseOf<'FindCoordinator'>['coordinators'][number]

const KEY_TYPE = { group: 0, transaction: 1 } as const

export function handleFindCoordinator(parts: GroupServiceParts, partitions: number, request: ServerRequest): void {
  const { keyType, coordinatorKeys } = request.bodyAs('FindCoordinator')
  request.respond('FindCoordinator', {
    throttleTimeMs: 0,
    coordinators: coordinatorKeys.map((key) => find(parts, partitions, keyType, key)),
  })
}

function find(parts: GroupServiceParts, partitions: number, keyType: number, key: string): Coordinator {
  if (keyType === KEY_TYPE.transaction) return nobody(key, Errors.COORDINATOR_NOT_AVAILABLE)
  if (keyType !== KEY_TYPE.group) return nobody(key, Errors.INVALID_REQUEST)
  const { context, internalTopics } = parts
  if (!context.metadata.topics.has(OFFSETS_TOPIC)) {
    internalTopics.createOffsetsTopic()
    return nobody(key, Errors.COORDINATOR_NOT_AVAILABLE)
  }
  return leaderOf(context, key, groupPartition(key, partitions))
}

function leaderOf({ metadata }: BrokerContext, key: string, index: number): Coordinator {
  const leader = metadata.brokers.get(metadata.partition(OFFSETS_TOPIC, index)?.leader ?? -1)
  if (leader === undefined || leader.fenced) return nobody(key, Errors.COORDINATOR_NOT_AVAILABLE)
  const { id, host, port } = leader
  return { key, nodeId: id, host, port, errorCode: Errors.NONE, errorMessage: '' }
}

function nobody(key: string, errorCode: number): Coordinator {
  return { key, nodeId: -1, host: '', port: -1, errorCode, errorMessage: '' }
}
