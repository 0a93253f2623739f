// Elections nobody's death forced: by an administrator (ElectLeaders), by the periodic balance to preferred leaders
// and for partitions without a leader where an unclean one is allowed.

import type { PartitionState } from '../metadata/partition-state.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { PartitionChangeRecord } from '../protocol/metadata-record.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import {
  changeRules,
  electionKind,
  isLeaderless,
  partitionsOf,
  type ControllerResult,
  type ControllerState,
} from './controller-state.ts'
import { MAX_ELECTIONS_AT_ONCE } from './deferred-elections.ts'
import type { ElectionKind } from './election.ts'
import { changePartition } from './partition-change.ts'

/** `ElectLeadersRequest.electionType`. */
export const UNCLEAN_ELECTION = 1
const KINDS: ReadonlyMap<number, ElectionKind> = new Map([
  [0, 'preferred'],
  [UNCLEAN_ELECTION, 'unclean'],
])

export function electLeaders(
  state: ControllerState,
  request: RequestOf<'ElectLeaders'>,
): ControllerResult<ResponseOf<'ElectLeaders'>> {
  const kind = KINDS.get(request.electionType)
  if (kind === undefined) return refuseAll(request, Errors.INVALID_REQUEST)
  const everywhere = request.topicPartitions === null
  const asked = request.topicPartitions ?? [...state.image.topics.values()].map(allOf)
  const records: PartitionChangeRecord[] = []
  const replicaElectionResults = asked.map(({ topic, partitions }) => {
    const partitionResult: { partitionId: number; errorCode: number; errorMessage: null }[] = []
    for (const partitionId of partitions) {
      const { error, record } = electOne(state, kind, state.image.partition(topic, partitionId))
      if (record !== undefined) records.push(record)
      // Who asks for all partitions is not told of those that are well already.
      if (everywhere && error === Errors.ELECTION_NOT_NEEDED) continue
      partitionResult.push({ partitionId, errorCode: error, errorMessage: null })
    }
    return { topic, partitionResult }
  })
  return { records, reply: { throttleTimeMs: 0, errorCode: Errors.NONE, replicaElectionResults } }
}

/** The error of the whole is also that of each partition asked for. */
function refuseAll(
  { topicPartitions }: RequestOf<'ElectLeaders'>,
  errorCode: number,
): ControllerResult<ResponseOf<'ElectLeaders'>> {
  const replicaElectionResults = (topicPartitions ?? []).map(({ topic, partitions }) => ({
    topic,
    partitionResult: partitions.map((partitionId) => ({ partitionId, errorCode, errorMessage: null })),
  }))
  return { records: [], reply: { throttleTimeMs: 0, errorCode, replicaElectionResults } }
}

/** Moves up to 1000 partitions back to their first replica. Kafka does not look at the imbalance ratio. */
export function balancePreferredLeaders(state: ControllerState): PartitionChangeRecord[] {
  const records: PartitionChangeRecord[] = []
  for (const partition of partitionsOf(state.image)) {
    if (records.length === MAX_ELECTIONS_AT_ONCE) break
    if (hasPreferredLeader(partition)) continue
    const change = elect(state, 'preferred', partition)
    if (change !== undefined) records.push(change)
  }
  return records
}

/** A leader from outside the ISR for partitions that have none, where the topic allows it. */
export function electUncleanLeaders(state: ControllerState): PartitionChangeRecord[] {
  const records: PartitionChangeRecord[] = []
  for (const partition of partitionsOf(state.image)) {
    if (records.length === MAX_ELECTIONS_AT_ONCE) break
    if (!isLeaderless(partition) || electionKind(state, partition.topic) !== 'unclean') continue
    const change = elect(state, 'unclean', partition)
    if (change !== undefined) records.push(change)
  }
  return records
}

function electOne(
  state: ControllerState,
  kind: ElectionKind,
  partition: PartitionState | undefined,
): { error: number; record?: PartitionChangeRecord } {
  if (partition === undefined) return { error: Errors.UNKNOWN_TOPIC_OR_PARTITION }
  if (kind === 'preferred' && hasPreferredLeader(partition)) return { error: Errors.ELECTION_NOT_NEEDED }
  if (kind === 'unclean' && !isLeaderless(partition)) return { error: Errors.ELECTION_NOT_NEEDED }
  const record = elect(state, kind, partition)
  if (record !== undefined) return { error: Errors.NONE, record }
  return {
    error: kind === 'preferred' ? Errors.PREFERRED_LEADER_NOT_AVAILABLE : Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE,
  }
}

function elect(
  state: ControllerState,
  kind: ElectionKind,
  partition: PartitionState,
): PartitionChangeRecord | undefined {
  return changePartition(partition, {
    targetIsr: partition.isr,
    election: kind,
    rules: changeRules(state, partition.topic),
    isAcceptable: (broker) => state.image.mayLead(partition, broker),
  })
}

/** Does any partition have another leader than its first replica, or none? */
export function someAreImbalanced({ image }: ControllerState): boolean {
  for (const partition of partitionsOf(image)) if (!hasPreferredLeader(partition)) return true
  return false
}

export function someAreLeaderless({ image }: ControllerState): boolean {
  for (const partition of partitionsOf(image)) if (isLeaderless(partition)) return true
  return false
}

function hasPreferredLeader(partition: PartitionState): boolean {
  return partition.leader === partition.replicas[0]
}

function allOf(topic: { name: string; partitions: readonly PartitionState[] }) {
  return { topic: topic.name, partitions: topic.partitions.map((partition) => partition.index) }
}
