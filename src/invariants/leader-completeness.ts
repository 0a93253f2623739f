// RI-5. What leaders committed is in the ledger; what was acknowledged with acks=all should be there too, and is remembered
// apart where it is not. Records below a log's start are not asked for.

import type { ProduceAnswered } from '../trace/kafka-event.ts'
import { batchAt } from './batch-at.ts'
import { describeMissing } from './describe-missing.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import type { WatchedPartition } from './watched-partition.ts'
import { ANYTHING, HAPPENED, type WatchedReplica } from './watched-replica.ts'

interface Acked {
  readonly last: number
  readonly leader: number
  readonly epoch: number
  readonly ordinal: number
}

class LeaderCompleteness implements InvariantCheck {
  readonly concerns = { leader: ANYTHING, follower: 0 }
  readonly hears = ['produce-answered'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** Acknowledged with acks=all and not committed: empty where acked-durable holds. */
  private readonly acked = new Map<WatchedPartition, Acked[]>()

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear({ acks, error, lastOffset, broker, partition: key }: ProduceAnswered): void {
    if (acks !== -1 || error !== null || lastOffset < 0) return
    const partition = this.cluster.partition(key)
    const leader = this.cluster.stateOf(partition.replica(broker))
    if (leader === undefined || lastOffset < leader.log.highWatermark) return
    const acked = this.acked.get(partition) ?? []
    this.acked.set(partition, acked)
    acked.push({ last: lastOffset, leader: broker, epoch: leader.leaderEpoch, ordinal: this.cluster.ordinal })
  }

  checkReplica(replica: WatchedReplica): void {
    this.check(replica)
    const { home, happened } = replica
    const leader = home.committed?.leader ?? -1
    if (leader < 0 || (happened & HAPPENED.committed) === 0) return
    // An old leader may commit what the one in office lacks, and to that one nothing happens.
    const inOffice = home.replica(leader)
    if (inOffice !== replica && inOffice.happened === 0 && this.cluster.isRunning(inOffice)) this.check(inOffice)
  }

  private check(replica: WatchedReplica): void {
    const { trail, home, broker, state, happened } = replica
    const isWhole = trail.holdsAllCommitted
    if ((isWhole && (happened & HAPPENED.role) === 0) || !replica.isCurrentLeader) return
    if (!isWhole) {
      const { ledger } = home
      const since = ledger.ordinal(ledger.indexOf(trail.firstMissing))
      const what = `broker ${broker} leads epoch ${state?.leaderEpoch}`
      this.report(home.key, `${what} ${describeMissing(replica)}`, since, broker)
    }
    if ((happened & HAPPENED.role) !== 0) this.checkAcked(replica)
  }

  private checkAcked({ home, broker, state }: WatchedReplica): void {
    const acked = this.acked.get(home)
    if (acked === undefined || state === undefined) return
    for (const { last, leader, epoch, ordinal } of acked) {
      if (last < state.log.logStartOffset || home.forms?.isRemoved(last) === true) continue
      if (batchAt(state.log, last)?.epoch === epoch) continue
      const what = `broker ${broker} leads epoch ${state.leaderEpoch} without offset ${last}`
      this.report(home.key, `${what}, which broker ${leader} acknowledged in epoch ${epoch}`, ordinal, broker)
    }
    this.acked.delete(home)
  }
}

export const leaderCompleteness: Invariant = {
  id: 'leader-completeness',
  rule: 'RI-5',
  statement: 'A leader in office holds every batch that was committed, and every one acknowledged with acks=all.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new LeaderCompleteness(cluster, report),
}
