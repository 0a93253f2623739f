// RI-7. Replicas agree with what is committed, and so with each other; only one that does not is compared with the others,
// and with each as far as the high watermarks of both go. So is one whose high watermark lies above everything committed:
// a checkpoint may be older than a loss of the records that it counted.

import { firstDifference } from './batch-at.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import { HAPPENED, type WatchedReplica } from './watched-replica.ts'

const MATTERS = HAPPENED.appended | HAPPENED.highWatermark | HAPPENED.role

class LogMatching implements InvariantCheck {
  readonly concerns = { leader: MATTERS, follower: MATTERS }
  private readonly cluster: WatchedCluster
  private readonly report: Report

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  checkReplica(replica: WatchedReplica): void {
    const { home } = replica
    if (home.disagreeing.size === 0) return
    for (const odd of home.disagreeing) {
      if (odd !== replica) this.compare(odd, replica)
      else for (const other of home.replicas) if (other !== odd) this.compare(odd, other)
    }
  }

  private compare(odd: WatchedReplica, other: WatchedReplica): void {
    const { cluster } = this
    const { trail, home } = odd
    const from = trail.differsFrom < 0 ? home.ledger.endOffset : trail.differsFrom
    if (!cluster.isRunning(odd) || !cluster.isRunning(other)) return
    const one = odd.trail.log
    const two = other.trail.log
    if (one === undefined || two === undefined) return
    const to = Math.min(one.highWatermark, two.highWatermark)
    const at = from < to ? firstDifference(one, two, from, to, home.forms) : -1
    if (at < 0) return
    const { ledger, key } = home
    const what = `brokers ${odd.broker} and ${other.broker} have different batches at offset ${at}`
    this.report(key, `${what}, below both high watermarks`, ledger.ordinal(ledger.indexOf(at)), odd.broker)
  }
}

export const logMatching: Invariant = {
  id: 'log-matching',
  rule: 'RI-7',
  statement: 'Below the lower of their high watermarks any two replicas hold the same batches.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new LogMatching(cluster, report),
}
