// What a fault may wait for in a consumer group: a rebalance that begins, a state, a generation, what a member is told.

import type { GroupStateName } from '../../trace/group-event.ts'
import type { Comparator } from './trigger.ts'

export type GroupTrigger =
  /** A join phase begins, from now on. */
  | { readonly kind: 'joining'; readonly group: string; readonly text: string }
  | {
      readonly kind: 'group-state'
      readonly group: string
      readonly equal: boolean
      readonly state: GroupStateName
      readonly text: string
    }
  | {
      readonly kind: 'generation'
      readonly group: string
      readonly comparator: Comparator
      readonly value: number
      readonly text: string
    }
  /** Its application is told of partitions that it gets or gives up, from now on. */
  | {
      readonly kind: 'member'
      readonly told: 'assigned' | 'revoked'
      readonly group: string
      readonly index: number
      readonly text: string
    }

export const GROUP_TRIGGER_FORMS =
  'joining(billing), state(billing) == Stable, generation(billing) >= 3, assigned(billing[0]), revoked(billing[0])'

export const GROUP_STATES: readonly GroupStateName[] = [
  'Empty',
  'PreparingRebalance',
  'CompletingRebalance',
  'Stable',
  'Dead',
]

const GROUP = String.raw`\(\s*([\w.-]{1,249})\s*\)`
const JOINING = new RegExp(`^joining${GROUP}$`)
const STATE = new RegExp(String.raw`^state${GROUP}\s*(==|!=)\s*(${GROUP_STATES.join('|')})$`)
const GENERATION = new RegExp(String.raw`^generation${GROUP}\s*(==|!=|<=|>=|<|>)\s*(\d{1,9})$`)
const MEMBER = /^(assigned|revoked)\(\s*([\w.-]{1,249})\[(\d{1,6})\]\s*\)$/

export const GROUP_TRIGGER_PATTERN = [JOINING, STATE, GENERATION, MEMBER].map(({ source }) => source).join('|')

export function parseGroupTrigger(
  text: string,
  comparatorOf: (written: string | undefined) => Comparator,
): GroupTrigger | undefined {
  const joining = JOINING.exec(text)
  if (joining !== null) return { kind: 'joining', group: joining[1] ?? '', text }
  const state = STATE.exec(text)
  if (state !== null) {
    const named = GROUP_STATES.find((known) => known === state[3]) ?? 'Dead'
    return { kind: 'group-state', group: state[1] ?? '', equal: state[2] === '==', state: named, text }
  }
  const generation = GENERATION.exec(text)
  if (generation !== null) {
    const [, group = '', comparator, value] = generation
    return { kind: 'generation', group, comparator: comparatorOf(comparator), value: Number(value), text }
  }
  const member = MEMBER.exec(text)
  if (member === null) return undefined
  const told = member[1] === 'assigned' ? 'assigned' : 'revoked'
  return { kind: 'member', told, group: member[2] ?? '', index: Number(member[3]), text }
}
