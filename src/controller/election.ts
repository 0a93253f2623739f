// Whom the controller makes leader. It never compares logs: the first valid replica in assignment order
// wins, whatever it holds. Left out: unclean recovery, which would compare them (KIP-966, part 2).

import { NO_LEADER } from '../metadata/partition-state.ts'

/** `online`: keep a valid leader, else the first valid replica. `preferred`: the first replica, if valid. */
export type ElectionKind = 'online' | 'preferred' | 'unclean'

export interface Candidates {
  /** AR, in preference order. */
  readonly replicas: readonly number[]
  /** The ISR as it will be after the change being made. */
  readonly targetIsr: readonly number[]
  /** The eligible leader replicas as they will be: valid while the ISR is empty. */
  readonly targetElr: readonly number[]
  readonly currentLeader: number
  /** Remembered from when the ISR became empty. */
  readonly lastKnownLeader: number | undefined
  /** Not in Kafka 4.0: it elected a last known leader that was dead (KAFKA-19522, RB-33). */
  readonly checkLastKnownAlive: boolean
  /** Registered, unfenced, not shutting down. */
  isAcceptable(broker: number): boolean
}

export interface ElectionResult {
  /** Broker id, or NO_LEADER. */
  readonly leader: number
  /** The leader is from outside ISR and ELR: committed records may be lost. */
  readonly unclean: boolean
}

export function electLeader(kind: ElectionKind, candidates: Candidates): ElectionResult {
  const { replicas, targetIsr, targetElr, currentLeader } = candidates
  const eligible = targetIsr.length === 0 ? targetElr : targetIsr
  const isValid = (broker: number) => eligible.includes(broker) && candidates.isAcceptable(broker)
  const preferred = replicas[0]
  if (kind === 'preferred' && preferred !== undefined && isValid(preferred))
    return { leader: preferred, unclean: false }
  if (isValid(currentLeader)) return { leader: currentLeader, unclean: false }
  const firstValid = replicas.find(isValid)
  if (firstValid !== undefined) return { leader: firstValid, unclean: false }
  const lastKnown = electableLastKnown(candidates)
  if (lastKnown !== undefined) return { leader: lastKnown, unclean: true }
  if (kind === 'unclean') {
    const firstAcceptable = replicas.find((broker) => candidates.isAcceptable(broker))
    if (firstAcceptable !== undefined) return { leader: firstAcceptable, unclean: true }
  }
  return { leader: NO_LEADER, unclean: false }
}

/** When nobody is eligible any more, whatever the election's kind. */
function electableLastKnown(candidates: Candidates): number | undefined {
  const { targetIsr, targetElr, lastKnownLeader, checkLastKnownAlive } = candidates
  if (targetIsr.length > 0 || targetElr.length > 0 || lastKnownLeader === undefined) return undefined
  return !checkLastKnownAlive || candidates.isAcceptable(lastKnownLeader) ? lastKnownLeader : undefined
}
