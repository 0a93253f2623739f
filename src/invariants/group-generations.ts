// IG-2. A generation that was Stable is on record, so whoever coordinates next finds it or a later one; one that was under
// way when its coordinator died is not, and its number comes again (G-40).

import type { GroupChanged } from '../trace/group-event.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

interface Heard {
  readonly generation: number
  readonly ordinal: number
}

class GroupGenerations implements InvariantCheck {
  readonly hears = ['group-changed'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** By coordinator and group. */
  private readonly current = new Map<string, Heard>()
  /** The last one known to be on record, by group; none after the group was deleted. */
  private readonly recorded = new Map<string, Heard>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: GroupChanged): void {
    const { broker, group, from, to, generation, partition } = event
    const key = `${broker}/${group}`
    const known = this.current.get(key)
    const now = { generation, ordinal: this.cluster.ordinal }
    this.current.set(key, now)
    if (from === null) {
      const last = this.recorded.get(group)
      if (last !== undefined && generation < last.generation) {
        const text = `group ${group}: broker ${broker} found generation ${generation} on record, not ${last.generation}`
        this.report(partition, text, last.ordinal, broker)
      }
    } else if (known !== undefined) {
      const isNext = from === 'PreparingRebalance' && to !== 'Dead'
      const wanted = known.generation + (isNext ? 1 : 0)
      if (generation !== wanted) {
        const text = `its generation went from ${known.generation} to ${generation} as it moved from ${from} to ${to}`
        this.report(group, text, known.ordinal)
      }
    }
    if (to === 'Stable' && from !== null) this.recorded.set(group, now)
    // An Empty group that ends may have been deleted, on record.
    if (to === 'Dead' && from === 'Empty') this.recorded.delete(group)
  }
}

export const groupGenerations: Invariant = {
  id: 'group-generations',
  rule: 'IG-2',
  statement:
    'Each join phase that ends begins the next generation, nothing else changes it, and one that was Stable is never forgotten.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new GroupGenerations(cluster, report),
}
