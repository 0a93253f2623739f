// IG-13. Of static members: once a process has come with an instance id, whatever went before it under that id is over.

import type {
  GroupChanged,
  GroupJoinAnswered,
  GroupMemberChanged,
  GroupOffsetCommitted,
  GroupSyncAnswered,
} from '../trace/group-event.ts'
import { GroupMembers } from './group-members.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

type Answered = GroupJoinAnswered | GroupSyncAnswered | GroupOffsetCommitted

class GroupFencedInstances implements InvariantCheck {
  readonly hears = [
    'group-changed',
    'group-member-changed',
    'group-join-answered',
    'group-sync-answered',
    'group-offset-committed',
  ] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  private readonly members = new GroupMembers()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: GroupChanged | GroupMemberChanged | Answered): void {
    if (event.type === 'group-changed') return this.members.changed(event)
    if (event.type === 'group-member-changed') return this.members.memberChanged(event, this.cluster.ordinal)
    // A commit counts when it is taken: it may be acknowledged when another has come.
    if (event.type === 'group-offset-committed' ? event.acknowledged : event.error !== null) return
    const since = this.members.of(event.broker, event.group).fenced.get(event.member)
    if (since === undefined) return
    this.report(event.group, `${event.member} is served, though another took its place`, since)
  }
}

export const groupFencedInstances: Invariant = {
  id: 'group-fenced-instances',
  rule: 'IG-13',
  statement: 'Once a static member is replaced, no request under its old member id succeeds.',
  assumes: ['C4'],
  create: (cluster, report) => new GroupFencedInstances(cluster, report),
}
