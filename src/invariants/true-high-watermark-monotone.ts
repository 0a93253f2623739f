// RI-12: where the true high watermark goes back, or what lies below it turns into something else. What was committed is in
// the ledger; local high watermarks may go back. Records below a log's start are not asked for.

import { describeMissing } from './describe-missing.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import { ANYTHING, HAPPENED, type WatchedReplica } from './watched-replica.ts'

class TrueHighWatermarkMonotone implements InvariantCheck {
  readonly concerns = { leader: ANYTHING, follower: 0 }
  private readonly cluster: WatchedCluster
  private readonly report: Report

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  checkReplica(replica: WatchedReplica): void {
    const { trail, home, happened, broker, state } = replica
    const differs = trail.differsFrom >= 0
    const tookOffice = (happened & HAPPENED.role) !== 0
    if ((!differs && !(tookOffice && !trail.holdsAllCommitted)) || !replica.isCurrentLeader) return
    const { ledger } = home
    const since = ledger.ordinal(ledger.indexOf(trail.firstMissing))
    const how = tookOffice ? 'took office in' : 'leads'
    this.report(
      home.key,
      `broker ${broker} ${how} epoch ${state?.leaderEpoch} ${describeMissing(replica)}`,
      since,
      broker,
    )
    if (differs) this.believe(replica)
  }

  /** From now on the log of the leader is what counts: otherwise each later batch would be one more violation. */
  private believe({ home, trail, state }: WatchedReplica): void {
    home.rewriteFrom(trail.differsFrom)
    if (state === undefined) return
    trail.catchUp(state.log, this.cluster.ordinal)
    trail.commitTo(state.log.highWatermark, this.cluster.ordinal)
    home.disagreeing.clear()
    for (const other of home.replicas) {
      if (!this.cluster.isRunning(other) || other.trail.log === undefined) continue
      other.trail.catchUp(other.trail.log, this.cluster.ordinal)
      if (other.trail.differsFrom >= 0) home.disagreeing.add(other)
    }
  }
}

export const trueHighWatermarkMonotone: Invariant = {
  id: 'true-high-watermark-monotone',
  rule: 'RI-12',
  statement: 'What was committed stays: a leader in office holds every batch that was ever below a high watermark.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new TrueHighWatermarkMonotone(cluster, report),
}
