// What keeps a group from being settled: members that have no assignment, partitions nobody owns, records nobody has
// read, offsets nobody has committed.

import { KU_9 } from '../../invariants/known-upstream.ts'
import type { GroupHistory } from '../../history/group-history.ts'
import { isMember } from '../../history/redeliveries.ts'
import type { GroupMemberWorkload } from '../../workload/group-member-workload.ts'
import type { GroupSpec } from '../model.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

/** Empty when every live member is stable and every partition has one of them; of a group without any, too. */
export function unstable(cluster: SimulatedCluster, history: GroupHistory, group: GroupSpec): string[] {
  const members = [...cluster.liveMembers()].filter(([name]) => isMember(name, group.name))
  if (members.length === 0) return []
  const waiting = members.filter(([, member]) => !member.isStable).map(([name]) => `${name} has no assignment`)
  const unowned = partitionsOf(cluster, group).filter((key) => history.ownership.owners(group.name, key).length === 0)
  return [
    ...waiting,
    ...unowned.map((key) => `${key} is owned by nobody in ${group.name}${whyUnseen(history, group, key)}`),
  ]
}

/** Empty if it will be noticed. */
function whyUnseen({ unseenGrowth }: GroupHistory, { name }: GroupSpec, key: string): string {
  return unseenGrowth.hides(name, key) ? `; ${KU_9.id}: it came while the leader, a static member, was away` : ''
}

/** Empty when its members have read and committed all that can be read; of a group without live members, too. */
export function behind(cluster: SimulatedCluster, history: GroupHistory, group: GroupSpec): string[] {
  const members = [...cluster.liveMembers()].filter(([name]) => isMember(name, group.name))
  if (members.length === 0) return []
  const positions = new Map(members.flatMap(([, member]) => [...member.positions()]))
  return group.topics.flatMap((topic) => {
    const partitions = cluster.metadata?.topics.get(topic)?.partitions ?? []
    if (partitions.length === 0) return [`${group.name} waits for topic ${topic}`]
    return partitions.flatMap(({ key, index }) => {
      const leader = cluster.currentLeader(topic, index)
      if (leader === undefined) return [`${group.name} cannot read ${key}: it has no leader`]
      const { highWatermark } = leader.log
      if (highWatermark < (leader.leaderEpochStartOffset ?? 0))
        return [`${group.name} waits for the high watermark of ${key}`]
      const position = positions.get(key) ?? -1
      // Nobody reads it, and that is told where owners are.
      if (position < highWatermark && history.unseenGrowth.hides(group.name, key)) return []
      if (position < highWatermark)
        return [`${group.name} is at ${position} of ${key}, which goes up to ${highWatermark}`]
      if (members.some(([, member]) => member.isOffLogOf(key, leader)))
        return [`${group.name} has read up to ${position} of ${key}, and not what is on the log of its leader`]
      const committed = history.committedOffset(group.name, key) ?? 0
      if (committed >= owedOf(cluster, history, group, key, highWatermark) || !isCommitted(members, key)) return []
      return [`${group.name} has committed ${committed} of ${key}, which goes up to ${highWatermark}`]
    })
  })
}

/** How far partitions that have a leader may be read. */
export function readableEnds(cluster: SimulatedCluster, group: GroupSpec): Map<string, number> {
  const ends = new Map<string, number>()
  for (const topic of group.topics) {
    for (const { key, index } of cluster.metadata?.topics.get(topic)?.partitions ?? []) {
      const leader = cluster.currentLeader(topic, index)
      // A new leader's high watermark may lie below what is committed until its followers have fetched.
      if (leader === undefined || leader.log.highWatermark < (leader.leaderEpochStartOffset ?? 0)) continue
      ends.set(key, leader.log.highWatermark)
    }
  }
  return ends
}

/** Has the group read up to these offsets, and committed it if anybody commits? */
export function isPast(
  cluster: SimulatedCluster,
  history: GroupHistory,
  group: GroupSpec,
  ends: ReadonlyMap<string, number>,
): boolean {
  const members = [...cluster.liveMembers()].filter(([name]) => isMember(name, group.name))
  const positions = new Map(members.flatMap(([, member]) => [...member.positions()]))
  return [...ends].every(
    ([key, end]) =>
      (positions.get(key) ?? -1) >= end &&
      ((history.committedOffset(group.name, key) ?? 0) >= owedOf(cluster, history, group, key, end) ||
        !isCommitted(members, key)),
  )
}

/**
 * Up to where a group that has read up to `end` has to have committed: to the last record that it was handed. What it was
 * never handed, since it began behind that or since it was deleted, it need not commit, nor what was deleted since.
 */
function owedOf(cluster: SimulatedCluster, history: GroupHistory, group: GroupSpec, key: string, end: number): number {
  const owed = Math.min(end, history.handedUpTo(group.name, key))
  const dash = key.lastIndexOf('-')
  const log = cluster.currentLeader(key.slice(0, dash), Number(key.slice(dash + 1)))?.log
  return owed > (log?.logStartOffset ?? 0) ? owed : 0
}

/** Will whoever reads it commit it? */
function isCommitted(members: readonly (readonly [string, GroupMemberWorkload])[], key: string): boolean {
  const readers = members.filter(([, member]) => member.positions().has(key))
  return (readers.length > 0 ? readers : members).some(([, member]) => member.commits)
}

/** Records that can be read and are not committed, of all its partitions. */
export function lagOf(cluster: SimulatedCluster, history: GroupHistory, group: GroupSpec): number {
  let lag = 0
  for (const topic of group.topics) {
    for (const { key, index } of cluster.metadata?.topics.get(topic)?.partitions ?? []) {
      const end = cluster.currentLeader(topic, index)?.log.highWatermark
      if (end === undefined) continue
      // A group that begins at the end owes nothing before its first commit.
      const from =
        history.committedOffset(group.name, key) ?? (group.config['auto.offset.reset'] === 'earliest' ? 0 : end)
      lag += Math.max(0, end - from)
    }
  }
  return lag
}

export function hasMembers(cluster: SimulatedCluster, group: GroupSpec): boolean {
  return [...cluster.liveMembers().keys()].some((name) => isMember(name, group.name))
}

/** Their names, as the controller has them. */
export function partitionsOf(cluster: SimulatedCluster, group: GroupSpec): string[] {
  return group.topics.flatMap((topic) => (cluster.metadata?.topics.get(topic)?.partitions ?? []).map(({ key }) => key))
}
