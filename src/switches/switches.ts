// What Kafka versions do differently, and historical defects that can be brought back, as named switches: data that is
// passed to every node at boot. Both modelled releases have the same defaults; all fixes below are older.

import type { KafkaVersion } from '../config/versions.ts'

export interface Switches {
  readonly hwMinIsrGate: boolean
  readonly isrExpandRequiresLeso: boolean
  readonly fetchEpochFencing: boolean
  readonly isrBrokerEpochCheck: boolean
  readonly isrEligibilityCheck: boolean
  readonly hwWaitsForIneligible: boolean
  readonly maximalIsr: boolean
  readonly countDivergingFetch: boolean
  readonly adoptHwOnDivergence: boolean
  readonly hwOnAlterPartition: boolean
  readonly listOffsetsGate: boolean
  readonly assignEpochOnElection: boolean
  readonly followerTruncation: 'epoch' | 'highWatermark'
  readonly trustLeoAcrossSameLeaderEpochs: boolean
}

export type SwitchName = keyof Switches

export interface SwitchDefinition {
  /** Values it may have; the default is per release. */
  readonly values: readonly (boolean | string)[]
  readonly defaults: { readonly [Version in KafkaVersion]: boolean | string }
  /** What changed it: KIP or JIRA, and since when. */
  readonly changedBy: string
  /** The rule or bug of the fact sheet. */
  readonly rule: string
  readonly says: string
}

// prettier-ignore
export const SWITCHES = {
  hwMinIsrGate: fixed(true, 'KIP-966 (3.7)', 'R-76', 'the high watermark does not rise while the ISR is below min.insync.replicas'),
  isrExpandRequiresLeso: fixed(true, 'KAFKA-7128 (2.0.1, 2.1)', 'RB-6', 'a replica joins the ISR only from the leader epoch\'s start offset on'),
  fetchEpochFencing: fixed(true, 'KIP-320, KAFKA-6880 (2.1)', 'RB-7', 'fetches carry the leader epoch and are fenced by it'),
  isrBrokerEpochCheck: fixed(true, 'KIP-903 (3.5)', 'RB-9', 'a replica of an earlier registration does not join the ISR'),
  isrEligibilityCheck: fixed(true, 'KIP-841, KAFKA-13916 (3.3)', 'RB-10', 'fenced and stopping replicas do not join the ISR'),
  hwWaitsForIneligible: fixed(false, 'KAFKA-15021 (3.6)', 'RB-16', 'the high watermark waits for caught-up replicas that may not join the ISR'),
  maximalIsr: fixed(true, 'KIP-497 (2.7)', 'RB-11', 'while an ISR change is pending, both the old and the new members count'),
  countDivergingFetch: fixed(false, 'KAFKA-13141 (2.7.2, 2.8.1, 3.0)', 'RB-12', 'a fetch that is told to truncate still counts as progress of the follower'),
  adoptHwOnDivergence: fixed(false, 'KAFKA-14704 (3.4.1, 3.5)', 'RB-13', 'a follower takes the high watermark of an answer that tells it to truncate'),
  hwOnAlterPartition: fixed(true, 'KAFKA-13091 (3.1)', 'RB-14', 'the high watermark is tried again when an ISR change is confirmed'),
  listOffsetsGate: fixed(true, 'KIP-207 (2.2)', 'RB-17', 'a new leader answers no offsets until its high watermark reached its epoch\'s start'),
  assignEpochOnElection: fixed(true, 'KAFKA-7415 (2.0.1, 2.1)', 'RB-4', 'a leader notes its epoch when elected, not with the first append'),
  followerTruncation: { values: ['epoch', 'highWatermark'], defaults: { '3.9': 'epoch', '4.0': 'epoch' }, changedBy: 'KIP-101 (0.11)', rule: 'RB-1', says: 'what a follower truncates to: where its log diverges by leader epoch, or its high watermark' },
  trustLeoAcrossSameLeaderEpochs: fixed(true, 'in the source read, unconfirmed', 'RB-47', 'a leader named again keeps what it knew of its followers'),
} as const satisfies { readonly [Name in SwitchName]: SwitchDefinition }

export const SWITCH_NAMES = Object.keys(SWITCHES)

export function isSwitchName(name: string): name is SwitchName {
  return Object.hasOwn(SWITCHES, name)
}

/** The behaviour of a release, with what a scenario brings back or takes away. Frozen. */
export function resolveSwitches(version: KafkaVersion, overrides: Partial<Switches> = {}): Switches {
  const defaults = Object.fromEntries(Object.entries(SWITCHES).map(([name, { defaults: d }]) => [name, d[version]]))
  // Each default is one of its switch's values.
  return Object.freeze({ ...(defaults as unknown as Switches), ...overrides })
}

function fixed(inBoth: boolean, changedBy: string, rule: string, says: string) {
  return { values: [true, false], defaults: { '3.9': inBoth, '4.0': inBoth }, changedBy, rule, says } as const
}
