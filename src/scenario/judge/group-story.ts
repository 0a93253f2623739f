// What the timeline tells of groups: rebalances that begin and end, members that come and go, coordinators that change.
// Member ids are long and mostly chance: the name and the first letters of the rest are enough to tell them apart.

import type {
  CoordinatorChanged,
  GroupChanged,
  GroupMemberChanged,
  GroupOffsetRemoved,
} from '../../trace/group-event.ts'
import type { TimelineEntry } from '../run-result.ts'

export const GROUP_EVENTS = [
  'group-changed',
  'group-member-changed',
  'group-offset-removed',
  'coordinator-changed',
] as const

type Told = Omit<TimelineEntry, 'atUs'>

/** Undefined for what says nothing new. */
export function tellOfGroup(
  event: GroupChanged | GroupMemberChanged | GroupOffsetRemoved | CoordinatorChanged,
): Told | undefined {
  switch (event.type) {
    case 'group-changed':
      return moved(event)
    case 'group-member-changed':
      return memberChanged(event)
    case 'group-offset-removed':
      return offsetRemoved(event)
    case 'coordinator-changed':
      return coordinatorChanged(event)
    default:
      return event satisfies never
  }
}

function moved(event: GroupChanged): Told | undefined {
  const subject = `group ${event.group}`
  const { from, to, generation, members, leader, protocol, broker } = event
  if (from === null) {
    if (generation === 0) return undefined
    const text = `broker-${broker} finds it ${to} in generation ${generation}, with ${count(members)}`
    return { kind: 'note', subject, text }
  }
  switch (to) {
    case 'PreparingRebalance':
      return { kind: 'note', subject, text: `a rebalance begins: ${reasonOf(event)}` }
    case 'Stable': {
      const led = leader === null ? '' : `, led by ${shortened(leader)}`
      const text = `the rebalance is over: generation ${generation}, ${count(members)}${led} (${protocol ?? 'no protocol'})`
      return { kind: 'note', subject, text }
    }
    case 'Empty':
      return { kind: 'note', subject, text: `has no members any more, in generation ${generation}` }
    case 'CompletingRebalance':
    case 'Dead':
      return undefined
    default:
      return to satisfies never
  }
}

/** Members give reasons to join, too: that one came with the id that it was given says nothing. */
function reasonOf({ reason }: GroupChanged): string {
  return shortened(reason.replace(/: need to re-join with the given member-id: .*/, ''))
}

function memberChanged({ group, member, change }: GroupMemberChanged): Told | undefined {
  const what = CHANGES[change]
  if (what === undefined) return undefined
  return { kind: 'note', subject: `group ${group}`, text: `${shortened(member)} ${what}` }
}

const CHANGES: { readonly [C in GroupMemberChanged['change']]: string | undefined } = {
  'given-id': undefined,
  joined: 'joins',
  left: 'leaves',
  expired: 'was silent for its whole session, and is out',
  removed: 'did not come back in time, and is out',
  replaced: 'takes the place of who had its instance id before',
  absent: 'did not come back in time, and keeps its place: it is a static member',
}

function offsetRemoved({ group, partition, why }: GroupOffsetRemoved): Told {
  const text = `the offset that ${group} committed ${REMOVALS[why]}`
  return { kind: 'note', subject: partition, text, shared: { cause: `${why} ${group}`, text, differs: '' } }
}

const REMOVALS: { readonly [W in GroupOffsetRemoved['why']]: string } = {
  expired: 'has expired',
  deleted: 'was deleted',
  'group-deleted': 'went with the group',
  'topic-deleted': 'went with the topic',
}

function coordinatorChanged({ broker, partition, state, groups }: CoordinatorChanged): Told | undefined {
  if (groups === 0 || (state !== 'active' && state !== 'failed')) return undefined
  const verb = state === 'active' ? 'coordinates' : 'gives up'
  const text = `broker-${broker} ${verb} ${groups} ${groups === 1 ? 'group' : 'groups'}`
  return { kind: 'note', subject: partition, text }
}

function count(members: readonly string[]): string {
  return `${members.length} ${members.length === 1 ? 'member' : 'members'}`
}

/** 'app[0]-5f1c9c2e-…' is 'app[0]-5f1c'. */
function shortened(text: string): string {
  return text.replaceAll(/-([0-9a-f]{4})[0-9a-f]{4}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '-$1')
}
