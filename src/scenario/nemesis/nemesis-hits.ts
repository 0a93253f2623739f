// Whom a fault that a nemesis drew may hit, as far as that is known before the run.

import type { BrokerSet, Target } from '../faults/target.ts'

export interface Hits {
  readonly brokers: readonly number[]
  /** So many more: a leader, a follower, a broker drawn when the fault fires. */
  readonly unknown: number
  readonly controller: boolean
}

export const NO_HITS: Hits = { brokers: [], unknown: 0, controller: false }

export function hitsOf(
  target: Target,
  brokers: readonly { readonly id: number; readonly rack: string | null }[],
): Hits {
  switch (target.kind) {
    case 'broker':
      return { ...NO_HITS, brokers: [target.id] }
    case 'rack':
      return { ...NO_HITS, brokers: brokers.filter(({ rack }) => rack === target.rack).map(({ id }) => id) }
    case 'leader':
    case 'follower':
    case 'coordinator':
      return { ...NO_HITS, unknown: 1 }
    case 'brokers':
      return { ...NO_HITS, unknown: brokersIn(target.which, brokers.length) }
    case 'controller':
      return { ...NO_HITS, controller: true }
    case 'producer':
    case 'consumer':
      return NO_HITS
  }
}

/** At least one: of a single broker, the minority is nobody, and a rule against that would forbid everything. */
export function brokersIn(set: BrokerSet, all: number): number {
  switch (set) {
    case 'one':
      return 1
    case 'minority':
      return Math.max(1, Math.ceil(all / 2) - 1)
    case 'majority':
      return Math.floor(all / 2) + 1
    case 'all':
      return all
  }
}
