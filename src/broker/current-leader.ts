// The leader a refused client should turn to, as far as this broker knows: saves it a metadata request (KIP-951).

import { NO_LEADER } from '../metadata/partition-state.ts'
import type { BrokerContext } from './broker-context.ts'
import type { ReplicaManager } from './replica-manager.ts'

export interface CurrentLeader {
  readonly leaderId: number
  readonly leaderEpoch: number
}

export interface NodeEndpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

export function currentLeader(
  context: BrokerContext,
  replicas: ReplicaManager,
  topic: string,
  index: number,
): CurrentLeader {
  if (!context.switches.nameNewLeader) return NOBODY
  const partition = replicas.hosted(topic, index)
  if (partition !== undefined) return { leaderId: partition.leaderId, leaderEpoch: partition.leaderEpoch }
  const state = context.metadata.partition(topic, index)
  return { leaderId: state?.leader ?? NO_LEADER, leaderEpoch: state?.leaderEpoch ?? -1 }
}

/** Where those leaders listen, each once. */
export function endpointsOf(context: BrokerContext, leaders: readonly CurrentLeader[]): readonly NodeEndpoint[] {
  if (leaders.length === 0) return NO_ENDPOINTS
  const endpoints = new Map<number, NodeEndpoint>()
  for (const { leaderId } of leaders) {
    const broker = context.metadata.brokers.get(leaderId)
    if (broker === undefined || broker.fenced) continue
    endpoints.set(leaderId, { nodeId: leaderId, host: broker.host, port: broker.port, rack: broker.rack })
  }
  return [...endpoints.values()]
}

const NOBODY: CurrentLeader = Object.freeze({ leaderId: NO_LEADER, leaderEpoch: -1 })
const NO_ENDPOINTS: readonly NodeEndpoint[] = Object.freeze([])
