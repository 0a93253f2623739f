// A group that a fault is about, and its members: there are such ones.

import { editSuggestion } from '../../config/did-you-mean.ts'
import { highest } from '../text/draw.ts'
import type { CheckContext } from './check-context.ts'

export function checkGroupTarget(
  context: CheckContext,
  group: string,
  refuse: (message: string, suggestion?: string) => void,
): void {
  const { consumers = {} } = context.shape
  if (consumers[group]?.members !== undefined) return
  const groups = Object.keys(consumers).filter((name) => consumers[name]?.members !== undefined)
  const near = editSuggestion(group, groups)
  const list = groups.length === 0 ? 'a consumer with members: is a group' : `groups: ${groups.join(', ')}`
  refuse(`no group "${group}"`, near === undefined ? list : `did you mean "${near}"? (${list})`)
}

/** One that it has from the start, or comes to have by a fault. */
export function checkMember(
  context: CheckContext,
  group: string,
  index: number,
  refuse: (message: string) => void,
): void {
  const { consumers = {}, faults = [] } = context.shape
  const members = consumers[group]?.members
  if (members === undefined) return
  const scaled = faults.flatMap(({ scale }) => (scale?.group === group ? [highest(scale.members)] : []))
  const most = Math.max(highest(members), ...scaled)
  if (index >= most) refuse(`${group} has ${most} ${most === 1 ? 'member' : 'members'}, counted from 0`)
}
