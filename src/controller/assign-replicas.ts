// AssignReplicasToDirs (KIP-858): a broker with several log directories says which replica is in which.

import { LEADER_UNCHANGED, type PartitionState } from '../metadata/partition-state.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { MetadataRecord, PartitionChangeRecord } from '../protocol/metadata-record.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import { ZERO_UUID } from '../protocol/uuid.ts'
import { isCurrentBrokerEpoch, type ControllerResult, type ControllerState } from './controller-state.ts'
import { replicaOffline } from './fencing.ts'

type Reply = ResponseOf<'AssignReplicasToDirs'>

export function assignReplicasToDirs(
  state: ControllerState,
  { brokerId, brokerEpoch, directories }: RequestOf<'AssignReplicasToDirs'>,
): ControllerResult<Reply> {
  if (!isCurrentBrokerEpoch(state.image, brokerId, brokerEpoch)) {
    return { records: [], reply: { throttleTimeMs: 0, errorCode: Errors.STALE_BROKER_EPOCH, directories: [] } }
  }
  const records: MetadataRecord[] = []
  const online = state.image.brokers.get(brokerId)?.logDirs ?? []
  const assign = (topicId: string, index: number, directory: string): number => {
    const name = state.image.topicNames.get(topicId)
    if (name === undefined) return Errors.UNKNOWN_TOPIC_ID
    const partition = state.image.partition(name, index)
    if (partition === undefined) return Errors.UNKNOWN_TOPIC_OR_PARTITION
    const place = partition.replicas.indexOf(brokerId)
    if (place < 0) return Errors.NOT_LEADER_OR_FOLLOWER
    if (partition.directories[place] !== directory) records.push(movedTo(partition, place, directory))
    if (!online.includes(directory)) records.push(...replicaOffline(state, partition, brokerId))
    return Errors.NONE
  }
  const reply: Reply = {
    throttleTimeMs: 0,
    errorCode: Errors.NONE,
    directories: directories.map(({ id, topics }) => ({
      id,
      topics: topics.map(({ topicId, partitions }) => ({
        topicId,
        partitions: partitions.map(({ partitionIndex }) => ({
          partitionIndex,
          errorCode: assign(topicId, partitionIndex, id),
        })),
      })),
    })),
  }
  return { records, reply }
}

function movedTo(
  { index, topicId, replicas, directories }: PartitionState,
  place: number,
  directory: string,
): PartitionChangeRecord {
  return {
    type: 'PartitionChangeRecord',
    partitionId: index,
    topicId,
    isr: null,
    leader: LEADER_UNCHANGED,
    replicas: null,
    removingReplicas: null,
    addingReplicas: null,
    leaderRecoveryState: -1,
    directories: replicas.map((_, i) => (i === place ? directory : (directories[i] ?? ZERO_UUID))),
    eligibleLeaderReplicas: null,
    lastKnownElr: null,
  }
}
