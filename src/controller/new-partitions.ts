// Partitions that are about to exist: where their replicas go, given or placed, and the record that makes one,
// with the active replicas as its ISR and the first of them as its leader.

import type { PlaceableBroker } from './placement.ts'
import { NO_LEADER, RECOVERY } from '../metadata/partition-state.ts'
import { Errors } from '../protocol/error-codes.ts'
import type { PartitionRecord } from '../protocol/metadata-record.ts'
import type { ControllerState } from './controller-state.ts'
import { placeReplicas } from './placement.ts'

/** Replica lists by partition, or why there are none. */
export type Assignment =
  | { readonly ok: true; readonly replicas: readonly (readonly number[])[] }
  | { readonly ok: false; readonly errorCode: number; readonly reason: string }

export function placed(state: ControllerState, partitions: number, replicationFactor: number): Assignment {
  const placement = placeReplicas(usableBrokers(state), partitions, replicationFactor, state.rng)
  if (!placement.ok) return refused(Errors.INVALID_REPLICATION_FACTOR, placement.reason)
  // The placement looks at fenced brokers, the ISR at active ones too (those shutting down are in neither).
  const stranded = placement.replicas.some((replicas) => !replicas.some((id) => state.image.isActive(id)))
  if (stranded) return refused(Errors.INVALID_REPLICATION_FACTOR, 'All brokers are fenced or in controlled shutdown.')
  return placement
}

/** A list somebody wrote by hand. `size`: of the lists before it. Undefined: nothing is wrong. */
export function assignmentProblem(
  state: ControllerState,
  brokerIds: readonly number[],
  size: number | undefined,
): string | undefined {
  if (brokerIds.length === 0) return 'is empty'
  const stranger = brokerIds.find((id) => !state.image.brokers.has(id))
  if (stranger !== undefined) return `names broker ${stranger}, which is not registered`
  if (new Set(brokerIds).size !== brokerIds.length) return 'names a broker twice'
  if (size !== undefined && size !== brokerIds.length) return `does not have ${size} replicas, as others`
  if (brokerIds.some((id) => state.image.isActive(id))) return undefined
  return 'names only brokers that are fenced or in controlled shutdown'
}

export function partitionRecord(
  state: ControllerState,
  topicId: string,
  partitionId: number,
  replicas: readonly number[],
): PartitionRecord {
  const isr = replicas.filter((broker) => state.image.isActive(broker))
  return {
    type: 'PartitionRecord',
    partitionId,
    topicId,
    replicas,
    isr,
    removingReplicas: [],
    addingReplicas: [],
    leader: isr[0] ?? NO_LEADER,
    leaderRecoveryState: RECOVERY.recovered,
    leaderEpoch: 0,
    partitionEpoch: 0,
    directories: [],
    eligibleLeaderReplicas: null,
    lastKnownElr: null,
  }
}

export function refused(errorCode: number, reason: string): Assignment {
  return { ok: false, errorCode, reason }
}

/**
 * All but those whose session is in controlled shutdown. One that was fenced since is usable again, as a fenced broker,
 * though its registration keeps the mark until it registers anew.
 */
function usableBrokers(state: ControllerState): PlaceableBroker[] {
  return [...state.image.brokers.values()].filter(({ id }) => !state.heartbeats.isShuttingDown(id))
}
