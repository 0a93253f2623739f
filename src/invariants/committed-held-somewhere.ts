// RI-16, of everything that was committed, and so of everything acknowledged with acks=all. Dead brokers hold what they
// had; what a power loss left of a log is known once it is loaded again.

import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import type { WatchedPartition } from './watched-partition.ts'
import type { WatchedReplica } from './watched-replica.ts'

class CommittedHeldSomewhere implements InvariantCheck {
  private readonly cluster: WatchedCluster
  private readonly report: Report

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  checkReplica({ home, trail }: WatchedReplica): void {
    // Whoever holds everything speaks for all.
    if (trail.holdsAllCommitted || this.cluster.isGone(home)) return
    const { ledger, key } = home
    let lost = -1
    for (const { trail: other } of home.replicas)
      lost = Math.max(lost, other.holdsAllCommitted ? Infinity : other.firstMissing)
    if (lost >= ledger.endOffset || lost < 0 || heldBySome(home, lost)) return
    const index = ledger.indexOf(lost)
    const what = `offsets ${ledger.baseOffset(index)}–${ledger.lastOffset(index)}, committed in epoch`
    this.report(key, `${what} ${ledger.leaderEpoch(index)}, are in no log any more`, ledger.ordinal(index))
  }
}

function heldBySome(partition: WatchedPartition, offset: number): boolean {
  for (const { trail } of partition.replicas) if (trail.holds(offset, offset)) return true
  return false
}

export const committedHeldSomewhere: Invariant = {
  id: 'committed-held-somewhere',
  rule: 'RI-16',
  statement: 'Every committed batch is in the log of some broker, dead or alive.',
  assumes: ['C1', 'C2', 'C4', 'upstream-data'],
  create: (cluster, report) => new CommittedHeldSomewhere(cluster, report),
}
