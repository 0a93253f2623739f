// IG-4. What the leader's assignor was given, by its own word, against what the coordinator stores and hands out: once the
// group is Stable, every partition that the leader knew of has an owner. A cooperative assignor withholds what somebody else
// still has: that member gives it up and joins again.

import type { AssignmentComputed, GroupChanged, GroupSyncAnswered } from '../trace/group-event.ts'
import { assignedPartitions } from './group-disjoint-assignments.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

export const COOPERATIVE = 'cooperative-sticky'

interface Computed {
  readonly event: AssignmentComputed
  readonly ordinal: number
}

class GroupWholeAssignments implements InvariantCheck {
  readonly hears = ['assignment-computed', 'group-changed', 'group-sync-answered'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** The last one of each group and leader. */
  private readonly computed = new Map<string, Computed>()
  /** By coordinator and group. */
  private readonly leaders = new Map<string, string | null>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: AssignmentComputed | GroupChanged | GroupSyncAnswered): void {
    if (event.type === 'assignment-computed') {
      this.computed.set(`${event.group} ${event.leader}`, { event, ordinal: this.cluster.ordinal })
    } else if (event.type === 'group-changed') this.changed(event)
    else this.answered(event)
  }

  private changed({ broker, group, from, to, generation, leader, members }: GroupChanged): void {
    this.leaders.set(`${broker}/${group}`, leader)
    if (to !== 'Stable' || from === null) return
    const computed = this.computedBy(group, leader, generation)
    if (computed === undefined) return
    const isIn = new Set(members)
    const owned = new Set<string>()
    for (const { id, assigned } of computed.event.members) {
      if (isIn.has(id)) for (const partition of assigned) owned.add(partition)
    }
    const withheld = computed.event.protocol === COOPERATIVE ? claimed(computed.event, isIn) : new Set()
    for (const { name, partitions } of subscribed(computed.event)) {
      for (let index = 0; index < partitions; index++) {
        const partition = `${name}-${index}`
        if (owned.has(partition) || withheld.has(partition)) continue
        const text = `nobody has ${partition} in generation ${generation}, of which its leader ${leader} knew`
        return this.report(group, text, computed.ordinal)
      }
    }
  }

  /** A member is handed what the leader gave it. One that came in the place of another, what that had. */
  private answered({ broker, group, member, error, generation, assignment }: GroupSyncAnswered): void {
    if (error !== null) return
    const leader = this.leaders.get(`${broker}/${group}`) ?? null
    const computed = this.computedBy(group, leader, generation)
    if (computed === undefined) return
    const given = computed.event.members.find(({ id }) => id === member)?.assigned
    if (given === undefined) return
    const handed = assignedPartitions(assignment)
    if (handed.length === given.length && handed.every((partition) => given.includes(partition))) return
    const text = `${member} is handed [${handed.join(', ')}] in generation ${generation}, and its leader gave it [${given.join(', ')}]`
    this.report(group, text, computed.ordinal)
  }

  /** Undefined if whoever leads is no consumer, or another than the one that assigned. */
  private computedBy(group: string, leader: string | null, generation: number): Computed | undefined {
    const computed = this.computed.get(`${group} ${leader ?? ''}`)
    return computed?.event.generation === generation ? computed : undefined
  }
}

/** Topics that some member reads, and that the leader knew. */
function subscribed({ topics, members }: AssignmentComputed): AssignmentComputed['topics'] {
  const read = new Set(members.flatMap((member) => member.topics))
  return topics.filter(({ name }) => read.has(name))
}

function claimed({ members }: AssignmentComputed, isIn: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(members.flatMap(({ id, owned }) => (isIn.has(id) ? owned : [])))
}

export const groupWholeAssignments: Invariant = {
  id: 'group-whole-assignments',
  rule: 'IG-4',
  statement:
    'When a group is Stable, each partition that its leader knew of has a member, or is with one that is to give it up.',
  assumes: ['C4'],
  create: (cluster, report) => new GroupWholeAssignments(cluster, report),
}
