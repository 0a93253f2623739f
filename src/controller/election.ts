// Whom the controller makes leader. It never compares logs: the first valid replica in assignment order
// wins, whatever it holds. Left out: ELR and the last-known leader.

import { NO_LEADER } from '../metadata/partition-state.ts'

/** `online`: keep a valid leader, else the first valid replica. `preferred`: the first replica, if valid. */
export type ElectionKind = 'online' | 'preferred' | 'unclean'

export interface Candidates {
  /** AR, in preference order. */
  readonly replicas: readonly number[]
  /** The ISR as it will be after the change being made. */
  readonly targetIsr: readonly number[]
  readonly currentLeader: number
  /** Registered, unfenced, not shutting down. */
  isAcceptable(broker: number): boolean
}

export interface ElectionResult {
  /** Broker id, or NO_LEADER. */
  readonly leader: number
  /** The leader is from outside the ISR: committed records may be lost. */
  readonly unclean: boolean
}

export function electLeader(kind: ElectionKind, candidates: Candidates): ElectionResult {
  const isValid = (broker: number) => candidates.targetIsr.includes(broker) && candidates.isAcceptable(broker)
  const { replicas, currentLeader } = candidates
  const preferred = replicas[0]
  if (kind === 'preferred' && preferred !== undefined && isValid(preferred))
    return { leader: preferred, unclean: false }
  if (isValid(currentLeader)) return { leader: currentLeader, unclean: false }
  const firstValid = replicas.find(isValid)
  if (firstValid !== undefined) return { leader: firstValid, unclean: false }
  if (kind === 'unclean') {
    const firstAcceptable = replicas.find((broker) => candidates.isAcceptable(broker))
    if (firstAcceptable !== undefined) return { leader: firstAcceptable, unclean: true }
  }
  return { leader: NO_LEADER, unclean: false }
}
