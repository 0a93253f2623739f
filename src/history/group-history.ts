// What the members of groups lived through: who owned what and when, which commits went too far, how often a group
// rebalanced and threw members out. Online; the checkers and metrics read it at the end.

import type { TraceBus } from '../../sim/index.ts'
import type {
  CommitAnswered,
  GroupChanged,
  GroupMemberChanged,
  GroupOffsetCommitted,
  PartitionsAssigned,
} from '../trace/group-event.ts'
import { DEADLY_VERBS, type KafkaEvent } from '../trace/kafka-event.ts'
import { Ownership } from './ownership.ts'
import { type RebalanceCause, RebalanceCauses } from './rebalance-causes.ts'
import { UnseenGrowth } from './unseen-growth.ts'

/** A join phase that ended with members in it: a new generation. */
export interface Rebalance {
  readonly group: string
  readonly generation: number
  readonly atUs: number
  /** Why the join phase began. */
  readonly cause: RebalanceCause
}

/**
 * A member that did not go by itself: its session ended, it missed a join or a sync, or was replaced. A static member that
 * comes back is replaced by itself, and nobody is thrown out: only who still runs can be.
 */
export interface ThrownOut {
  readonly group: string
  readonly client: string
  readonly why: 'expired' | 'removed' | 'replaced'
  readonly atUs: number
}

export interface Departure {
  readonly group: string
  readonly client: string
  readonly reason: string
  readonly atUs: number
}

/** A commit that covers what its application has not processed. */
export interface EarlyCommit {
  readonly group: string
  readonly client: string
  readonly partition: string
  readonly offset: number
  /** The first record of those. */
  readonly unprocessedFrom: number
  readonly atUs: number
}

/** What was committed of a partition went back. */
export interface CommitRegression {
  readonly group: string
  readonly partition: string
  readonly from: number
  readonly to: number
  readonly client: string
  readonly atUs: number
}

const CONSUMER_PROCESS = 'consumer-'
const HEARD = [
  'group-changed',
  'group-member-changed',
  'group-offset-committed',
  'group-offset-removed',
  'partitions-assigned',
  'partitions-revoked',
  'records-delivered',
  'records-processed',
  'commit-answered',
  'member-started',
  'member-left',
  'process-changed',
  'fault-applied',
] as const

export class GroupHistory {
  readonly rebalances: Rebalance[] = []
  readonly thrownOut: ThrownOut[] = []
  /** Members that went by themselves. */
  readonly left: Departure[] = []
  /** When members heard what is theirs. */
  readonly assigned: { readonly group: string; readonly client: string; readonly atUs: number }[] = []
  readonly earlyCommits: EarlyCommit[] = []
  /** Commits that failed, for whatever reason. */
  readonly failedCommits: { readonly group: string; readonly error: string; readonly atUs: number }[] = []
  readonly commitRegressions: CommitRegression[] = []
  /** Offsets that coordinators said are safe. */
  acknowledged = 0
  readonly ownership = new Ownership()
  readonly unseenGrowth: UnseenGrowth
  private readonly causes: RebalanceCauses
  /** Commits that were answered well. */
  commits = 0
  /** By group and partition, what the coordinator told a client is safe. */
  private readonly committed = new Map<string, Map<string, number>>()
  /** Who coordinates a group, by the highest epoch of its partition that was heard of. */
  private readonly coordinators = new Map<string, { readonly broker: number; readonly epoch: number }>()
  /** By member id. */
  private readonly clientOf = new Map<string, string>()
  /** Clients that have heard what is theirs, and neither left nor ended since. */
  private readonly present = new Set<string>()
  /** Ids of members whom their coordinator threw out. */
  private readonly out = new Set<string>()
  /** Ids of static members that did not come: the generation that began without them. */
  private readonly absent = new Map<string, number>()
  /** By client and partition, the first record that was handed over and is not processed. */
  private readonly unprocessed = new Map<string, Map<string, { from: number; until: number }>>()
  /** By group, or reader in none, and partition, the offset after the highest record that its members were handed. */
  private readonly handed = new Map<string, Map<string, number>>()

  constructor(trace: TraceBus<KafkaEvent>) {
    this.unseenGrowth = new UnseenGrowth(trace)
    this.causes = new RebalanceCauses(trace)
    trace.subscribe(HEARD, (event, { atUs }) => this.hear(event, atUs))
  }

  /** Undefined if nothing was committed, or what was is gone. */
  committedOffset(group: string, partition: string): number | undefined {
    return this.committed.get(group)?.get(partition)
  }

  /** The offset after the highest record of the partition that a member of the group was ever handed; 0: it was handed none. */
  handedUpTo(group: string, partition: string): number {
    return this.handed.get(group)?.get(partition) ?? 0
  }

  private hear(event: KafkaEvent, atUs: number): void {
    switch (event.type) {
      case 'group-changed':
        this.heardOf(event, atUs)
        if (event.from !== null && event.to === 'CompletingRebalance') {
          const cause = this.causes.of(event.group)
          this.rebalances.push({ group: event.group, generation: event.generation, atUs, cause })
        }
        return
      case 'group-member-changed':
        return this.memberChanged(event, atUs)
      case 'group-offset-committed':
        // An old coordinator that wakes up answers for what others have gone beyond.
        if (event.acknowledged && event.epoch >= (this.coordinators.get(event.group)?.epoch ?? 0))
          this.offsetAcknowledged(event, atUs)
        return
      case 'group-offset-removed':
        this.committed.get(event.group)?.delete(event.partition)
        return
      case 'partitions-assigned':
        this.clientOf.set(event.member, event.client)
        this.present.add(event.client)
        this.assigned.push({ group: event.group, client: event.client, atUs })
        for (const partition of event.added) this.unprocessed.get(event.client)?.delete(partition)
        return this.assignedTo(event, atUs)
      case 'partitions-revoked':
        return this.ownership.givenUp(event.client, event.partitions, atUs)
      case 'records-delivered': {
        const first = event.records[0]
        const last = event.records.at(-1)
        if (first === undefined || last === undefined) return
        const pending = within(this.unprocessed, event.client)
        const known = pending.get(event.partition)
        if (known === undefined) pending.set(event.partition, { from: first.offset, until: last.offset + 1 })
        else known.until = last.offset + 1
        const ends = within(this.handed, event.client.slice(0, event.client.lastIndexOf('[')))
        if ((ends.get(event.partition) ?? 0) <= last.offset) ends.set(event.partition, last.offset + 1)
        return
      }
      case 'records-processed': {
        const known = this.unprocessed.get(event.client)?.get(event.partition)
        if (known === undefined) return
        known.from = event.next
        if (known.from >= known.until) this.unprocessed.get(event.client)?.delete(event.partition)
        return
      }
      case 'commit-answered':
        return this.commitAnswered(event, atUs)
      case 'member-left':
        this.left.push({ group: event.group, client: event.client, reason: event.reason, atUs })
        this.present.delete(event.client)
        return this.ownership.zombie(event.client, atUs)
      case 'member-started':
        return this.gone(event.client, atUs)
      case 'process-changed':
        if (event.state === 'halted' || event.state === 'stopped') this.processGone(event.process, atUs)
        return
      case 'fault-applied':
        if (DEADLY_VERBS.has(event.verb)) for (const process of event.targets) this.processGone(process, atUs)
        return
      default:
        return
    }
  }

  private assignedTo({ group, client, member, generation, owned }: PartitionsAssigned, atUs: number): void {
    const isZombie = this.out.has(member) || generation < (this.absent.get(member) ?? 0)
    this.ownership.assigned(group, client, owned, atUs, isZombie)
  }

  private offsetAcknowledged({ group, partition, offset, member }: GroupOffsetCommitted, atUs: number): void {
    const offsets = within(this.committed, group)
    const from = offsets.get(partition) ?? -1
    this.acknowledged += 1
    if (offset < from) {
      const client = this.clientOf.get(member) ?? 'somebody from outside'
      this.commitRegressions.push({ group, partition, from, to: offset, client, atUs })
    }
    offsets.set(partition, offset)
  }

  private processGone(process: string, atUs: number): void {
    if (process.startsWith(CONSUMER_PROCESS)) this.gone(process.slice(CONSUMER_PROCESS.length), atUs)
  }

  private gone(client: string, atUs: number): void {
    this.present.delete(client)
    this.unprocessed.delete(client)
    this.ownership.gone(client, atUs)
  }

  private heardOf({ group, broker, epoch, from, generation, members }: GroupChanged, atUs: number): void {
    const known = this.coordinators.get(group)
    if (known !== undefined && known.epoch > epoch) return
    this.coordinators.set(group, { broker, epoch })
    // What the one before had decided and not written down is forgotten.
    if (from !== null) return
    // Whom it does not know is no member of it.
    const clients = new Set(members.map((member) => this.clientOf.get(member)))
    for (const client of this.ownership.clientsOf(group)) if (!clients.has(client)) this.ownership.zombie(client, atUs)
    for (const member of members) {
      this.out.delete(member)
      const client = this.clientOf.get(member)
      const isBehind = generation >= (this.absent.get(member) ?? Infinity)
      if (client !== undefined && !isBehind) this.ownership.restored(client, atUs)
    }
  }

  private memberChanged(event: GroupMemberChanged, atUs: number): void {
    const { group, broker, generation, member, clientId: client, change } = event
    if (change === 'given-id') return
    if (change === 'joined') return void this.out.delete(member)
    // Of a coordinator that has lost its office, and does not know, nobody is told (G-41).
    const coordinator = this.coordinators.get(group)
    if (coordinator !== undefined && coordinator.broker !== broker) return
    this.ownership.zombie(client, atUs)
    if (change === 'expired' || change === 'removed') this.out.add(member)
    if (change === 'absent') return void this.absent.set(member, generation)
    if (change !== 'replaced') this.present.delete(client)
    else if (!this.present.delete(client)) return
    if (change !== 'left') this.thrownOut.push({ group, client, why: change, atUs })
  }

  private commitAnswered({ group, client, offsets, error }: CommitAnswered, atUs: number): void {
    if (offsets.length === 0) return
    if (error !== null) return void this.failedCommits.push({ group, error, atUs })
    this.commits += 1
    for (const { partition, offset } of offsets) {
      const unprocessedFrom = this.unprocessed.get(client)?.get(partition)?.from ?? Infinity
      if (offset > unprocessedFrom) {
        this.earlyCommits.push({ group, client, partition, offset, unprocessedFrom, atUs })
      }
    }
  }
}

function within<K, V>(all: Map<string, Map<K, V>>, key: string): Map<K, V> {
  let found = all.get(key)
  if (found === undefined) {
    found = new Map()
    all.set(key, found)
  }
  return found
}
