// IG-5, as the coordinator sees it: what it hands out in one generation, read from the bytes. Assignments of other kinds of
// groups than consumers' make no sense as such and are let be.

import { decodeUtf8 } from '../records/utf8.ts'
import { readInt16, readInt32 } from '../records/fixed-ints.ts'
import type { GroupChanged, GroupMemberChanged, GroupSyncAnswered } from '../trace/group-event.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

interface HandedOut {
  readonly generation: number
  /** Partition → who has it, and since when. */
  readonly owners: Map<string, { readonly member: string; readonly ordinal: number }>
}

class GroupDisjointAssignments implements InvariantCheck {
  readonly hears = ['group-sync-answered', 'group-member-changed', 'group-changed'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  private readonly byGroup = new Map<string, HandedOut>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: GroupSyncAnswered | GroupMemberChanged | GroupChanged): void {
    const key = `${event.broker}/${event.group}`
    if (event.type === 'group-sync-answered') {
      if (event.error === null) this.handedOut(key, event)
    } else if (event.type === 'group-changed') {
      // A number that comes again after a failure is another generation.
      if (event.from === null || event.to === 'CompletingRebalance') this.byGroup.delete(key)
      // The place of a static member goes on under another id.
    } else if (event.change === 'replaced') this.byGroup.delete(key)
  }

  private handedOut(key: string, { group, member, generation, assignment }: GroupSyncAnswered): void {
    let known = this.byGroup.get(key)
    if (known?.generation !== generation) {
      known = { generation, owners: new Map() }
      this.byGroup.set(key, known)
    }
    for (const partition of assignedPartitions(assignment)) {
      const owner = known.owners.get(partition)
      if (owner === undefined) known.owners.set(partition, { member, ordinal: this.cluster.ordinal })
      else if (owner.member !== member) {
        const text = `generation ${generation} gives ${partition} to ${owner.member} and to ${member}`
        this.report(group, text, owner.ordinal)
      }
    }
  }
}

/** 'orders-0' …: an int16 version, then topics with lists of partitions; nothing if the bytes are no such thing. */
export function assignedPartitions(assignment: Uint8Array): string[] {
  const partitions: string[] = []
  if (assignment.length < 6) return partitions
  let at = 6
  for (let topics = readInt32(assignment, 2); topics > 0; topics--) {
    if (at + 2 > assignment.length) return []
    const nameBytes = readInt16(assignment, at)
    const countAt = at + 2 + nameBytes
    if (nameBytes < 0 || countAt + 4 > assignment.length) return []
    const name = decodeUtf8(assignment, at + 2, countAt)
    const count = readInt32(assignment, countAt)
    at = countAt + 4
    if (count < 0 || at + 4 * count > assignment.length) return []
    for (let i = 0; i < count; i++, at += 4) partitions.push(`${name}-${readInt32(assignment, at)}`)
  }
  return partitions
}

export const groupDisjointAssignments: Invariant = {
  id: 'group-disjoint-assignments',
  rule: 'IG-5',
  statement: 'No partition is in the assignments of two members of one generation.',
  assumes: ['C4'],
  create: (cluster, report) => new GroupDisjointAssignments(cluster, report),
}
