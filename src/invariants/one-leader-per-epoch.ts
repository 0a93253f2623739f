// RI-9. Heard from both sides: whom the controller names, and who acts. What a restarted controller replayed it did not tell
// of, so an epoch may be known from brokers first.

import type { PartitionChanged, RoleChanged } from '../trace/kafka-event.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import type { WatchedPartition } from './watched-partition.ts'

interface Reign {
  readonly leader: number
  readonly ordinal: number
}

class OneLeaderPerEpoch implements InvariantCheck {
  readonly hears = ['partition-changed', 'role-changed'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  private readonly reigns = new Map<WatchedPartition, Map<number, Reign>>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: PartitionChanged | RoleChanged): void {
    if (event.type === 'partition-changed') this.named(event)
    else if (event.role === 'leader') this.leads(event)
  }

  private named({ partition: key, leader, leaderEpoch }: PartitionChanged): void {
    const partition = this.cluster.partitionAsCommitted(key)
    const { committed, committedOrdinal } = partition
    if (committed !== undefined && leaderEpoch < committed.leaderEpoch) {
      this.report(key, `the leader epoch went back from ${committed.leaderEpoch} to ${leaderEpoch}`, committedOrdinal)
    }
    this.agrees(partition, leaderEpoch, leader)
  }

  private leads({ partition: key, broker, leaderEpoch }: RoleChanged): void {
    const partition = this.cluster.partition(key)
    // Of an earlier topic of that name it may.
    if (partition.former !== undefined && this.cluster.stateOf(partition.replica(broker)) === undefined) return
    this.agrees(partition, leaderEpoch, broker)
  }

  private agrees(partition: WatchedPartition, epoch: number, leader: number): void {
    const reigns = this.reigns.get(partition) ?? new Map<number, Reign>()
    this.reigns.set(partition, reigns)
    const known = reigns.get(epoch)
    if (known === undefined) reigns.set(epoch, { leader, ordinal: this.cluster.ordinal })
    else if (known.leader !== leader) {
      this.report(
        partition.key,
        `epoch ${epoch} belongs to ${name(known.leader)} and to ${name(leader)}`,
        known.ordinal,
      )
    }
  }
}

function name(leader: number): string {
  return leader < 0 ? 'nobody' : `broker ${leader}`
}

export const oneLeaderPerEpoch: Invariant = {
  id: 'one-leader-per-epoch',
  rule: 'RI-9',
  statement: 'A leader epoch of a partition belongs to one leader, and the controller never lowers or reuses it.',
  assumes: [],
  create: (cluster, report) => new OneLeaderPerEpoch(cluster, report),
}
