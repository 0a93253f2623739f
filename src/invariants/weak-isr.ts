// RI-2, of every replica that believes to lead, in office or not: whom it counts in its ISR holds what is below its high
// watermark. One hole by design: a member that lost data counts until it is fenced and the leader has heard.

import { batchAt, firstDifference } from './batch-at.ts'
import type { ObservedReplica } from './cluster-view.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import { HAPPENED, type WatchedReplica } from './watched-replica.ts'

/** What a leader's side of the promise may change by, and a member's. */
const OF_LEADER = HAPPENED.highWatermark | HAPPENED.role | HAPPENED.isr
const OF_MEMBER = HAPPENED.truncated | HAPPENED.role

class WeakIsr implements InvariantCheck {
  readonly concerns = { leader: OF_LEADER, follower: OF_MEMBER }
  private readonly cluster: WatchedCluster
  private readonly report: Report

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  checkReplica(replica: WatchedReplica): void {
    const { home, state } = replica
    if (state?.role === 'leader') {
      for (let i = 0; i < state.committedIsr.length; i++) {
        this.compare(replica, state, home.replica(state.committedIsr[i]!))
      }
      return
    }
    for (const leader of home.replicas) {
      if (leader === replica) continue
      const theirs = this.cluster.stateOf(leader)
      if (theirs?.role === 'leader' && theirs.committedIsr.includes(replica.broker)) {
        this.compare(leader, theirs, replica)
      }
    }
  }

  /** `state`: of the leader. */
  private compare(leader: WatchedReplica, state: ObservedReplica, member: WatchedReplica): void {
    const { cluster } = this
    if (leader === member) return
    const last = state.log.highWatermark - 1
    if (last < 0 || (member.trail.holds(0, last) && leader.trail.holds(0, last))) return
    if (!cluster.isRunning(member) || !cluster.isRunning(leader) || member.hadBeforeLoss(last)) return
    const log = member.trail.log
    if (log === undefined) return
    // Below both they agree with what is committed.
    const from = Math.min(leader.trail.firstMissing, member.trail.firstMissing)
    const at = firstDifference(state.log, log, from, last + 1, leader.home.forms)
    if (at < 0) return
    const { key, ledger } = leader.home
    const has = batchAt(log, at)
    const what = `broker ${leader.broker}, leader of epoch ${state.leaderEpoch}, has high watermark ${last + 1}`
    const how = has === undefined ? `ends at ${log.logEndOffset}` : `has a batch of epoch ${has.epoch} at offset ${at}`
    const since = ledger.ordinal(ledger.indexOf(at))
    this.report(key, `${what}, and member ${member.broker} of its ISR ${how}`, since, member.broker)
  }
}

export const weakIsr: Invariant = {
  id: 'weak-isr',
  rule: 'RI-2',
  statement:
    'Whoever believes to lead agrees, below its high watermark, with every running member of the ISR it knows.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new WeakIsr(cluster, report),
}
