// IG-3. Whoever is told of a generation is told the same: its protocol, its leader. Only the leader gets the list of
// members, and is in it. A static member that comes back to its place may change the name of the leader (KIP-345). One whose
// place is still being written when the leader goes is told of the old generation, and of the leader of now.

import type { GroupChanged, GroupJoinAnswered, GroupMemberChanged } from '../trace/group-event.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

interface View {
  readonly generation: number
  readonly protocol: string | null
  /** Undefined once it has gone: then another leads. */
  readonly leader: string | undefined
  readonly ordinal: number
}

/** How a member goes, and nobody takes its place. */
const GONE: ReadonlySet<GroupMemberChanged['change']> = new Set(['left', 'expired', 'removed'])

class GroupOneView implements InvariantCheck {
  readonly hears = ['group-join-answered', 'group-member-changed', 'group-changed'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** By coordinator and group. */
  private readonly views = new Map<string, View>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: GroupJoinAnswered | GroupMemberChanged | GroupChanged): void {
    const key = `${event.broker}/${event.group}`
    if (event.type === 'group-changed') {
      if (event.from === null) this.views.delete(key)
    } else if (event.type === 'group-member-changed') {
      const known = this.views.get(key)
      if (event.change === 'replaced') this.views.delete(key)
      else if (GONE.has(event.change) && known?.leader === event.member)
        this.views.set(key, { ...known, leader: undefined })
    } else if (event.error === null) this.answered(key, event)
  }

  private answered(key: string, event: GroupJoinAnswered): void {
    const { group, member, generation, protocol, leader, members } = event
    const known = this.views.get(key)
    if (known?.generation !== generation) {
      this.views.set(key, { generation, protocol, leader, ordinal: this.cluster.ordinal })
    } else if ((known.leader ?? leader) !== leader || known.protocol !== protocol) {
      const told = (view: Pick<View, 'leader' | 'protocol'>) => `leader ${view.leader ?? '?'}, ${view.protocol ?? '?'}`
      const text = `of generation ${generation} one member was told '${told(known)}', ${member} '${told(event)}'`
      this.report(group, text, known.ordinal)
    } else if (known.leader === undefined) this.views.set(key, { ...known, leader })
    const since = known?.ordinal ?? this.cluster.ordinal
    if (members.length > 0 && member !== leader) {
      this.report(group, `${member} got the list of members, though ${leader} leads generation ${generation}`, since)
    }
    if (members.length > 0 && !members.includes(leader)) {
      this.report(group, `${leader} leads generation ${generation} and is not in the list of its members`, since)
    }
  }
}

export const groupOneView: Invariant = {
  id: 'group-one-view',
  rule: 'IG-3',
  statement: 'All members of a generation are told the same protocol and leader, and only the leader gets their list.',
  assumes: ['C4'],
  create: (cluster, report) => new GroupOneView(cluster, report),
}
