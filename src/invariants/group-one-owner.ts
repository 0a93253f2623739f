// IG-6, as members see it: a partition is a member's from when its application was told so until it is told that it is not.
// Whom a coordinator in office threw out, who left because its application did not poll, a static member that a generation
// began without (G-28), and whoever is dead, are zombies: they do not count, and may not commit (group-commits-from-members).

import type {
  GroupChanged,
  GroupMemberChanged,
  MemberLeft,
  MemberStarted,
  PartitionsAssigned,
  PartitionsRevoked,
} from '../trace/group-event.ts'
import { DEADLY_VERBS, type FaultApplied, type ProcessChanged } from '../trace/kafka-event.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

type Heard =
  | PartitionsAssigned
  | PartitionsRevoked
  | MemberStarted
  | MemberLeft
  | GroupChanged
  | GroupMemberChanged
  | FaultApplied
  | ProcessChanged

const CONSUMER_PROCESS = 'consumer-'

interface Member {
  readonly group: string
  /** The id it has as a member. */
  id: string
  isZombie: boolean
  /** What it has, and since when. */
  readonly partitions: Map<string, number>
}

class GroupOneOwner implements InvariantCheck {
  readonly hears = [
    'partitions-assigned',
    'partitions-revoked',
    'member-started',
    'member-left',
    'group-changed',
    'group-member-changed',
    'fault-applied',
    'process-changed',
  ] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** By client. */
  private readonly members = new Map<string, Member>()
  private readonly clientOf = new Map<string, string>()
  /** By group and partition: who has it, zombies among them. */
  private readonly holders = new Map<string, Set<string>>()
  /** Ids of members that were thrown out: what they hear of later is of yesterday. */
  private readonly out = new Set<string>()
  /** Ids of static members that did not come: the generation that began without them. */
  private readonly absent = new Map<string, number>()
  /** By group: the broker that took office as its coordinator last, by epoch, and where its records lie. */
  private readonly offices = new Map<
    string,
    { readonly broker: number; readonly epoch: number; readonly home: string }
  >()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: Heard): void {
    switch (event.type) {
      case 'partitions-assigned':
        return this.assigned(event)
      case 'partitions-revoked':
        return this.givesUp(event.client, event.partitions)
      case 'member-started':
        return this.ends(event.client)
      case 'member-left':
        return this.buries(event.client)
      case 'group-changed':
        return this.groupChanged(event)
      case 'group-member-changed':
        return this.memberChanged(event)
      case 'fault-applied':
        if (DEADLY_VERBS.has(event.verb)) for (const process of event.targets) this.processEnds(process)
        return
      case 'process-changed':
        if (event.state !== 'started') this.processEnds(event.process)
        return
      default:
        return event satisfies never
    }
  }

  private assigned({ client, group, member: id, generation, owned }: PartitionsAssigned): void {
    this.clientOf.set(id, client)
    let member = this.members.get(client)
    if (member === undefined) {
      member = { group, id, isZombie: false, partitions: new Map() }
      this.members.set(client, member)
    }
    member.id = id
    member.isZombie = this.out.has(id) || generation < (this.absent.get(id) ?? 0)
    for (const partition of owned) {
      if (!member.partitions.has(partition)) member.partitions.set(partition, this.cluster.ordinal)
      const key = `${group} ${partition}`
      const holders = this.holders.get(key) ?? new Set<string>()
      this.holders.set(key, holders.add(client))
    }
    if (!member.isZombie) this.lookAt(client, group, owned)
  }

  /** Has anybody whom the group knows one of these, too? */
  private lookAt(client: string, group: string, partitions: Iterable<string>): void {
    for (const partition of partitions) {
      const holders = this.holders.get(`${group} ${partition}`)
      if (holders === undefined || holders.size < 2) continue
      for (const other of holders) {
        const member = this.members.get(other)
        if (other === client || member === undefined || member.isZombie) continue
        const since = member.partitions.get(partition) ?? this.cluster.ordinal
        // What was lost of a group excuses what its coordinator no longer knows.
        this.report(
          this.offices.get(group)?.home ?? group,
          `${partition} is given to ${client}, and ${other} has it still`,
          since,
        )
      }
    }
  }

  private givesUp(client: string, partitions: Iterable<string>): void {
    const member = this.members.get(client)
    if (member === undefined) return
    for (const partition of partitions) {
      member.partitions.delete(partition)
      this.holders.get(`${member.group} ${partition}`)?.delete(client)
    }
  }

  private ends(client: string): void {
    this.givesUp(client, [...(this.members.get(client)?.partitions.keys() ?? [])])
    this.members.delete(client)
  }

  private groupChanged({ group, broker, partition: home, epoch, from, generation, members }: GroupChanged): void {
    const known = this.offices.get(group)
    if (known !== undefined && known.epoch > epoch) return
    this.offices.set(group, { broker, epoch, home })
    if (from !== null) return
    // It begins with what is on record: whom it does not know is no member of it, who was thrown out in vain is one again
    // (G-39).
    for (const [client, member] of this.members) {
      if (member.group === group && !members.includes(member.id)) this.buries(client)
    }
    for (const id of members) {
      this.out.delete(id)
      const client = this.clientOf.get(id)
      const member = client === undefined ? undefined : this.members.get(client)
      if (client === undefined || member?.id !== id || !member.isZombie) continue
      if (generation >= (this.absent.get(id) ?? Infinity)) continue
      member.isZombie = false
      this.lookAt(client, group, member.partitions.keys())
    }
  }

  private memberChanged({ group, broker, generation, member: id, clientId, change }: GroupMemberChanged): void {
    if (change === 'given-id') return
    if (change === 'joined') {
      this.out.delete(id)
      return this.joinsAnew(clientId, id)
    }
    const office = this.offices.get(group)
    // An old coordinator that does not know that it is one throws out nobody (G-41).
    if (office !== undefined && office.broker !== broker) return
    this.buries(clientId)
    if (change === 'expired' || change === 'removed') this.out.add(id)
    if (change === 'absent') this.absent.set(id, generation)
  }

  /** Under another id: whatever it had was lost, and it has to have given it up (B-2). */
  private joinsAnew(client: string, id: string): void {
    const member = this.members.get(client)
    if (member === undefined || !member.isZombie || member.id === id) return
    this.lookAt(client, member.group, member.partitions.keys())
  }

  private processEnds(process: string): void {
    if (process.startsWith(CONSUMER_PROCESS)) this.ends(process.slice(CONSUMER_PROCESS.length))
  }

  private buries(client: string): void {
    const member = this.members.get(client)
    if (member !== undefined) member.isZombie = true
  }
}

export const groupOneOwner: Invariant = {
  id: 'group-one-owner',
  rule: 'IG-6',
  statement: 'No partition is in the hands of two members of a group at once, of whom the group knows both.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new GroupOneOwner(cluster, report),
}
