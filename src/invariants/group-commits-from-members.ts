// IG-8. Looked at when a commit is taken, before it is written: by then it is decided. Who is a member is known from what
// was said of members, not from the group that took it.

import type { GroupChanged, GroupMemberChanged, GroupOffsetCommitted } from '../trace/group-event.ts'
import { GroupMembers } from './group-members.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

class GroupCommitsFromMembers implements InvariantCheck {
  readonly hears = ['group-changed', 'group-member-changed', 'group-offset-committed'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  private readonly members = new GroupMembers()
  /** By coordinator and group: the last move heard of. */
  private readonly moves = new Map<string, { readonly event: GroupChanged; readonly ordinal: number }>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: GroupChanged | GroupMemberChanged | GroupOffsetCommitted): void {
    if (event.type === 'group-member-changed') return this.members.memberChanged(event, this.cluster.ordinal)
    if (event.type === 'group-offset-committed') return event.acknowledged ? undefined : this.taken(event)
    this.members.changed(event)
    this.moves.set(`${event.broker}/${event.group}`, { event, ordinal: this.cluster.ordinal })
  }

  private taken({ broker, group, member, generation, partition, offset }: GroupOffsetCommitted): void {
    const move = this.moves.get(`${broker}/${group}`)
    const state = move?.event.to
    const problem = this.problem(broker, group, member, generation, state, move?.event.generation)
    if (problem === undefined) return
    const who = member === '' ? 'from outside' : `of ${member}`
    this.report(group, `a commit of ${partition} = ${offset} ${who} was taken, ${problem}`, move?.ordinal ?? 0)
  }

  private problem(
    broker: number,
    group: string,
    member: string,
    generation: number,
    state: string | undefined,
    current: number | undefined,
  ): string | undefined {
    if (generation < 0) return state === 'Empty' ? undefined : `though the group is ${state ?? 'unknown'}`
    if (state === 'CompletingRebalance') return 'though the group is in CompletingRebalance'
    if (!this.members.of(broker, group).members.has(member)) return 'though it is no member'
    return generation === current ? undefined : `of generation ${generation}, though it is ${current ?? 'unknown'}`
  }
}

export const groupCommitsFromMembers: Invariant = {
  id: 'group-commits-from-members',
  rule: 'IG-8',
  statement:
    'Offsets are committed by members in their generation, or from outside an Empty group; never while assignments are awaited.',
  assumes: ['C4'],
  create: (cluster, report) => new GroupCommitsFromMembers(cluster, report),
}
