// The states of a classic group and the legal ways between them (G-12 … G-21): one table, asked at every transition.

import { assert } from '../../sim/assert.ts'

export const GROUP_STATES = ['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable', 'Dead'] as const
export type GroupState = (typeof GROUP_STATES)[number]

/** From where a group may come into a state. Nothing leads from Stable or CompletingRebalance to Empty (G-21, note). */
export const COMES_FROM: { readonly [S in GroupState]: readonly GroupState[] } = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Stable', 'CompletingRebalance', 'Empty'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
  Dead: ['Stable', 'PreparingRebalance', 'CompletingRebalance', 'Empty', 'Dead'],
}

export function assertLegal(group: string, from: GroupState, to: GroupState): void {
  assert(COMES_FROM[to].includes(from), `group ${group} would go from ${from} to ${to}`)
}
