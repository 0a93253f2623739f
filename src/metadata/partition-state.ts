// The controller's state of one partition, as the metadata log states it.

import { ZERO_UUID } from '../protocol/uuid.ts'
import type { PartitionChangeRecord, PartitionRecord } from '../protocol/metadata-record.ts'

export const NO_LEADER = -1

/** `PartitionChangeRecord.leader` when the record leaves the leader, and so the leader epoch, as it was. */
export const LEADER_UNCHANGED = -2

/** An unclean leader is RECOVERING until it reports otherwise. */
export const RECOVERY = { recovered: 0, recovering: 1 } as const

export interface PartitionState {
  readonly topic: string
  readonly topicId: string
  readonly index: number
  /** The name people use: 'orders-0'. */
  readonly key: string
  /** AR, in preference order. */
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  /** Left the ISR while it was below the minimum, with everything committed on disk (KIP-966, R-100). */
  readonly elr: readonly number[]
  /** The leader when the ISR became empty. */
  readonly lastKnownElr: readonly number[]
  /** Broker id, or NO_LEADER. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly partitionEpoch: number
  readonly leaderRecoveryState: number
  /** Ids of the log directories of `replicas`, as far as the brokers have told: empty if none has (KIP-858). */
  readonly directories: readonly string[]
}

export function partitionFromRecord(topic: { name: string; id: string }, record: PartitionRecord): PartitionState {
  return {
    topic: topic.name,
    topicId: topic.id,
    index: record.partitionId,
    key: `${topic.name}-${record.partitionId}`,
    replicas: record.replicas,
    isr: record.isr,
    elr: record.eligibleLeaderReplicas ?? [],
    lastKnownElr: record.lastKnownElr ?? [],
    leader: record.leader,
    leaderEpoch: record.leaderEpoch,
    partitionEpoch: record.partitionEpoch,
    leaderRecoveryState: record.leaderRecoveryState,
    directories: record.directories,
  }
}

/** Where a broker has its replica; undefined if it has not told. */
export function directoryOf({ replicas, directories }: PartitionState, brokerId: number): string | undefined {
  const directory = directories[replicas.indexOf(brokerId)]
  return directory === ZERO_UUID ? undefined : directory
}

/** The state after the change: leader epoch +1 iff the record names a leader, partition epoch +1 always. */
export function applyPartitionChange(before: PartitionState, record: PartitionChangeRecord): PartitionState {
  const namesLeader = record.leader !== LEADER_UNCHANGED
  return {
    ...before,
    replicas: record.replicas ?? before.replicas,
    isr: record.isr ?? before.isr,
    elr: record.eligibleLeaderReplicas ?? before.elr,
    lastKnownElr: record.lastKnownElr ?? before.lastKnownElr,
    leader: namesLeader ? record.leader : before.leader,
    leaderEpoch: namesLeader ? before.leaderEpoch + 1 : before.leaderEpoch,
    partitionEpoch: before.partitionEpoch + 1,
    leaderRecoveryState: record.leaderRecoveryState === -1 ? before.leaderRecoveryState : record.leaderRecoveryState,
    directories: record.directories ?? before.directories,
  }
}
