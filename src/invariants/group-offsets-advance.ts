// IG-9. What is acknowledged for a group and partition goes back only for a reason: the member read from further back on (its
// position was moved), an asynchronous commit of its own overtook another (C-19), or an administrator set it. That a new
// owner begins below what the one before had committed is none (O-2 lets it, and nothing should make it).

import { SOUGHT } from '../client/position-requests.ts'
import type {
  CommitAnswered,
  CommitSent,
  GroupOffsetCommitted,
  GroupOffsetRemoved,
  PartitionsAssigned,
} from '../trace/group-event.ts'
import type { PositionMoved } from '../trace/kafka-event.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

interface Acknowledged {
  readonly member: string
  readonly generation: number
  readonly epoch: number
  readonly offset: number
  readonly ordinal: number
}

/** A commit on its way, or of which nobody will hear any more. */
interface Sent {
  readonly generation: number
  readonly kind: CommitSent['kind']
  readonly offsets: CommitSent['offsets']
}

interface Client {
  readonly outstanding: Sent[]
  /** Partitions whose position went back since they were assigned. */
  readonly wentBack: Set<string>
}

type Heard =
  CommitSent | CommitAnswered | GroupOffsetCommitted | GroupOffsetRemoved | PartitionsAssigned | PositionMoved

class GroupOffsetsAdvance implements InvariantCheck {
  readonly hears = [
    'commit-sent',
    'commit-answered',
    'group-offset-committed',
    'group-offset-removed',
    'partitions-assigned',
    'position-moved',
  ] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  private readonly clients = new Map<string, Client>()
  private readonly clientOf = new Map<string, Client>()
  /** By group, then by partition. */
  private readonly last = new Map<string, Map<string, Acknowledged>>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: Heard): void {
    switch (event.type) {
      case 'commit-sent':
        return this.sent(event)
      case 'commit-answered':
        return this.answered(event)
      case 'group-offset-committed':
        return event.acknowledged ? this.acknowledged(event) : undefined
      case 'group-offset-removed':
        this.last.get(event.group)?.delete(event.partition)
        return
      case 'partitions-assigned': {
        const { wentBack } = this.client(event.client)
        for (const partition of event.added) wentBack.delete(partition)
        return
      }
      case 'position-moved':
        // An application may seek anything.
        if (event.to < event.from || event.why === SOUGHT) this.client(event.client).wentBack.add(event.partition)
        return
      default:
        return event satisfies never
    }
  }

  private sent({ client: name, member, generation, kind, offsets }: CommitSent): void {
    const client = this.client(name)
    this.clientOf.set(member, client)
    const { outstanding } = client
    // Of a generation that is over nothing is taken any more.
    if (outstanding.length > 0 && outstanding[0]?.generation !== generation) outstanding.length = 0
    outstanding.push({ generation, kind, offsets })
  }

  /** One that failed may have been taken all the same, or be taken yet. */
  private answered({ client, generation, kind, offsets, error }: CommitAnswered): void {
    if (error !== null) return
    const { outstanding } = this.client(client)
    const index = outstanding.findIndex(
      (sent) => sent.generation === generation && sent.kind === kind && areSame(sent.offsets, offsets),
    )
    if (index >= 0) outstanding.splice(index, 1)
  }

  private acknowledged(event: GroupOffsetCommitted): void {
    const { group, partition, member, generation, offset, home, epoch } = event
    const ofGroup = this.last.get(group) ?? new Map<string, Acknowledged>()
    this.last.set(group, ofGroup)
    const last = ofGroup.get(partition)
    // An old coordinator may answer late for what it wrote long ago.
    if (last !== undefined && epoch < last.epoch) return
    ofGroup.set(partition, { member, generation, epoch, offset, ordinal: this.cluster.ordinal })
    if (last === undefined || offset >= last.offset || generation < 0 || last.generation < 0) return
    if (this.isReason(event, last)) return
    const whose = member === last.member ? 'the same member' : last.member
    const text = `the offset of ${partition} in ${group} went back from ${last.offset}, of ${whose}, to ${offset} of ${member}`
    this.report(home, text, last.ordinal)
  }

  private isReason({ member, generation, partition, offset }: GroupOffsetCommitted, last: Acknowledged): boolean {
    const client = this.clientOf.get(member)
    // Another kind of client: nobody knows where it is.
    if (client === undefined || client.wentBack.has(partition)) return true
    if (member !== last.member || generation !== last.generation) return false
    return client.outstanding.some(
      (sent) =>
        sent.generation === generation &&
        sent.offsets.some((each) => each.partition === partition && each.offset === offset),
    )
  }

  private client(name: string): Client {
    let client = this.clients.get(name)
    if (client === undefined) {
      client = { outstanding: [], wentBack: new Set() }
      this.clients.set(name, client)
    }
    return client
  }
}

function areSame(one: CommitSent['offsets'], other: CommitSent['offsets']): boolean {
  return (
    one.length === other.length &&
    one.every(({ partition, offset }, i) => other[i]?.partition === partition && other[i]?.offset === offset)
  )
}

export const groupOffsetsAdvance: Invariant = {
  id: 'group-offsets-advance',
  rule: 'IG-9',
  statement:
    'A committed offset goes back only where its reader did, or where one asynchronous commit overtook another of its sender.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new GroupOffsetsAdvance(cluster, report),
}
