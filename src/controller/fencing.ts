// What happens to partitions when a broker is fenced, unfenced or shutting down (R-93…R-95): one atomic batch of
// partition changes and the change of the registration.

import { directoryOf, type PartitionState } from '../metadata/partition-state.ts'
import type { BrokerRegistrationChangeRecord, MetadataRecord } from '../protocol/metadata-record.ts'
import { changeRules, electionKind, isLeaderless, partitionsOf, type ControllerState } from './controller-state.ts'
import { changePartition } from './partition-change.ts'

/** `BrokerRegistrationChangeRecord.fenced`. */
const FENCING = { unfence: -1, unchanged: 0, fence: 1 } as const

export function fenceBroker(state: ControllerState, brokerId: number): MetadataRecord[] {
  const records = removeFromIsrs(state, brokerId)
  records.push(registrationChange(state, brokerId, FENCING.fence, 0))
  return records
}

/** An unfenced broker may lead what has no leader; it joins no ISR by this alone. */
export function unfenceBroker(state: ControllerState, brokerId: number): MetadataRecord[] {
  const leaderless = [...partitionsOf(state.image)].filter(isLeaderless)
  return [registrationChange(state, brokerId, FENCING.unfence, 0), ...changeAll(state, leaderless, { added: brokerId })]
}

/** Directories of a broker went offline: it leaves the ISRs of the partitions that it has there (KIP-858). */
export function directoriesOffline(
  state: ControllerState,
  brokerId: number,
  offline: readonly string[],
): MetadataRecord[] {
  const online = state.image.brokers.get(brokerId)?.logDirs ?? []
  const failed = online.filter((id) => offline.includes(id))
  if (failed.length === 0) return []
  const partitions = partitionsWhere(state, 'isr', brokerId).filter((partition) =>
    failed.includes(directoryOf(partition, brokerId) ?? ''),
  )
  return [
    ...changeAll(state, partitions, { removed: brokerId }),
    {
      ...registrationChange(state, brokerId, FENCING.unchanged, 0),
      logDirs: online.filter((id) => !failed.includes(id)),
    },
  ]
}

/** The broker leaves the ISR of this partition, for its replica is in a directory that does not work. */
export function replicaOffline(state: ControllerState, partition: PartitionState, brokerId: number): MetadataRecord[] {
  return partition.isr.includes(brokerId) ? changeAll(state, [partition], { removed: brokerId }) : []
}

export function startControlledShutdown(state: ControllerState, brokerId: number): MetadataRecord[] {
  const records: MetadataRecord[] = []
  if (state.image.brokers.get(brokerId)?.inControlledShutdown !== true) {
    records.push(registrationChange(state, brokerId, FENCING.unchanged, 1))
  }
  records.push(...removeFromIsrs(state, brokerId))
  return records
}

/**
 * A new incarnation registers: the one before is gone, fenced or not (KAFKA-18106; before that Kafka relied on fencing to
 * have been first, RB-34). After an unclean shutdown it also is no eligible leader any more.
 */
export function handleShutdown(state: ControllerState, brokerId: number, isClean: boolean): MetadataRecord[] {
  if (isClean || !state.switches.elr) return state.switches.fenceOnReregister ? removeFromIsrs(state, brokerId) : []
  return [
    ...changeAll(state, partitionsWhere(state, 'isr', brokerId), { unclean: brokerId }),
    ...changeAll(state, partitionsWhere(state, 'elr', brokerId), { unclean: brokerId }),
  ]
}

/** The broker leaves every ISR it is in, but where it is the last member without ELR, and leads nothing any more. */
function removeFromIsrs(state: ControllerState, brokerId: number): MetadataRecord[] {
  return changeAll(state, partitionsWhere(state, 'isr', brokerId), { removed: brokerId })
}

/** Who comes or goes. The image does not show it yet. */
interface Movement {
  /** May lead. */
  readonly added?: number
  /** Leaves the ISR, and may not lead. */
  readonly removed?: number
  /** Leaves the ISR and the ELR, and may not lead. */
  readonly unclean?: number
}

function changeAll(
  state: ControllerState,
  partitions: readonly PartitionState[],
  { added, removed, unclean }: Movement,
): MetadataRecord[] {
  const records: MetadataRecord[] = []
  for (const partition of partitions) {
    const change = changePartition(partition, {
      rules: changeRules(state, partition.topic),
      targetIsr: partition.isr.filter((member) => member !== removed && member !== unclean),
      election: electionKind(state, partition.topic),
      isAcceptable: (broker) =>
        broker !== removed &&
        broker !== unclean &&
        (broker === added || state.image.isActive(broker)) &&
        state.image.hasOnlineDir(partition, broker),
      ...(unclean === undefined ? {} : { uncleanReplica: unclean }),
    })
    if (change !== undefined) records.push(change)
  }
  return records
}

function partitionsWhere(state: ControllerState, members: 'isr' | 'elr', brokerId: number): PartitionState[] {
  return [...partitionsOf(state.image)].filter((partition) => partition[members].includes(brokerId))
}

function registrationChange(
  state: ControllerState,
  brokerId: number,
  fenced: number,
  inControlledShutdown: number,
): BrokerRegistrationChangeRecord {
  const brokerEpoch = state.image.brokers.get(brokerId)?.epoch ?? -1
  return { type: 'BrokerRegistrationChangeRecord', brokerId, brokerEpoch, fenced, inControlledShutdown, logDirs: [] }
}
