// RI-16, of everything that was committed, and so of everything acknowledged with acks=all. Dead brokers hold what they
// had; what a power loss left of a log is known once it is loaded again.

import { batchAt, isSame } from './batch-at.ts'
import type { CommittedBatch } from './committed-ledger.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import type { WatchedPartition } from './watched-partition.ts'
import { HAPPENED, type WatchedReplica } from './watched-replica.ts'

const MAY_LOSE = HAPPENED.truncated | HAPPENED.role

class CommittedHeldSomewhere implements InvariantCheck {
  readonly concerns = { leader: MAY_LOSE | HAPPENED.committed, follower: MAY_LOSE }
  private readonly cluster: WatchedCluster
  private readonly report: Report

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  checkReplica(replica: WatchedReplica): void {
    const { home, trail, happened } = replica
    if (home.replaced.length > 0 && (happened & MAY_LOSE) !== 0) this.checkReplaced(home)
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

  /** What a leader in office replaced is lost when the last log that has it is cut. */
  private checkReplaced(home: WatchedPartition): void {
    for (let i = home.replaced.length - 1; i >= 0; i--) {
      const batch = home.replaced[i]!
      if (this.maybeHeld(home, batch)) continue
      home.replaced.splice(i, 1)
      const what = `offsets ${batch.base}–${batch.last}, committed in epoch ${batch.epoch}`
      this.report(home.key, `${what} and replaced since, are in no log any more`, batch.ordinal)
    }
  }

  private maybeHeld(home: WatchedPartition, batch: CommittedBatch): boolean {
    for (const replica of home.replicas) {
      const state = this.cluster.stateOf(replica)
      // Of the dead nobody knows.
      if (state === undefined || batch.base < state.log.logStartOffset) return true
      const there = batchAt(state.log, batch.base)
      if (home.forms?.isGone(batch.base, batch.epoch) === true) return true
      if (there !== undefined && isSame(there, batch, home.forms)) return true
    }
    return false
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
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new CommittedHeldSomewhere(cluster, report),
}
