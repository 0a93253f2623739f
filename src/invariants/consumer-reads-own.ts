// IC-3. A member hands its application records of partitions that it has: not before it was told that they are its own, not
// after it was told that they are not, and not while an eager one that commits by itself is about to give them up (B-6).

import type { MemberStarted, PartitionsAssigned, PartitionsRevoked, RebalancePrepared } from '../trace/group-event.ts'
import type { RecordsDelivered } from '../trace/kafka-event.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

interface Held {
  readonly owned: Set<string>
  /** About to be given up. */
  readonly withheld: Set<string>
  ordinal: number
}

class ConsumerReadsOwn implements InvariantCheck {
  readonly hears = [
    'records-delivered',
    'partitions-assigned',
    'partitions-revoked',
    'rebalance-prepared',
    'member-started',
  ] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** Of members of groups; who reads without one is not among them. */
  private readonly members = new Map<string, Held>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: RecordsDelivered | PartitionsAssigned | PartitionsRevoked | RebalancePrepared | MemberStarted): void {
    const { ordinal } = this.cluster
    if (event.type === 'member-started') {
      this.members.set(event.client, { owned: new Set(), withheld: new Set(), ordinal })
      return
    }
    const held = this.members.get(event.client)
    if (held === undefined) return
    switch (event.type) {
      case 'records-delivered':
        return this.delivered(event, held)
      case 'partitions-assigned':
        held.withheld.clear()
        for (const partition of event.added) held.owned.add(partition)
        break
      case 'partitions-revoked':
        for (const partition of event.partitions) {
          held.owned.delete(partition)
          held.withheld.delete(partition)
        }
        break
      case 'rebalance-prepared':
        for (const partition of event.withheld) held.withheld.add(partition)
        break
      default:
        event satisfies never
    }
    held.ordinal = ordinal
  }

  private delivered({ client, partition, records }: RecordsDelivered, { owned, withheld, ordinal }: Held): void {
    if (owned.has(partition) && !withheld.has(partition)) return
    const why = owned.has(partition) ? 'is about to give it up, with what it has committed' : 'does not have it'
    this.report(partition, `${client} is handed offset ${records[0]?.offset ?? -1}, and ${why}`, ordinal)
  }
}

export const consumerReadsOwn: Invariant = {
  id: 'consumer-reads-own',
  rule: 'IC-3',
  statement: 'A member is handed records of partitions that it has, and is not about to give up.',
  assumes: ['C4'],
  create: (cluster, report) => new ConsumerReadsOwn(cluster, report),
}
