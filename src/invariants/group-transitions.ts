// IG-1. The legal ways are written down here a second time, from the protocol's description, and each move is checked
// against what was last heard of the group: one that nobody told of shows at the next.

import type { GroupChanged, GroupStateName } from '../trace/group-event.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

const LEADS_TO: { readonly [S in GroupStateName]: readonly GroupStateName[] } = {
  Empty: ['PreparingRebalance', 'Dead'],
  PreparingRebalance: ['CompletingRebalance', 'Empty', 'Dead'],
  CompletingRebalance: ['Stable', 'PreparingRebalance', 'Dead'],
  Stable: ['PreparingRebalance', 'Dead'],
  Dead: [],
}

interface Known {
  readonly state: GroupStateName
  readonly ordinal: number
}

class GroupTransitions implements InvariantCheck {
  readonly hears = ['group-changed'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** By coordinator and group: two brokers may believe that they coordinate it. */
  private readonly states = new Map<string, Known>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear({ broker, group, from, to, members }: GroupChanged): void {
    const key = `${broker}/${group}`
    const known = this.states.get(key)
    this.states.set(key, { state: to, ordinal: this.cluster.ordinal })
    const since = known?.ordinal ?? this.cluster.ordinal
    const at = `broker ${broker} moved it from ${from ?? 'nothing'} to ${to}`
    if (from !== null) {
      if (!LEADS_TO[from].includes(to)) this.report(group, `${at}, which no rebalance does`, since)
      if (known !== undefined && known.state !== from) {
        this.report(group, `${at}, though it was last heard of as ${known.state}`, since)
      }
    }
    const isEmpty = members.length === 0
    if ((to === 'Empty') !== isEmpty && to !== 'Dead' && to !== 'PreparingRebalance') {
      this.report(group, `${at}, with ${isEmpty ? 'no' : members.length} members`, since)
    }
  }
}

export const groupTransitions: Invariant = {
  id: 'group-transitions',
  rule: 'IG-1',
  statement: 'A group moves from state to state as the classic protocol says, and is Empty exactly without members.',
  assumes: ['C4'],
  create: (cluster, report) => new GroupTransitions(cluster, report),
}
