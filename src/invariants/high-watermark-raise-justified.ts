// RI-13, of every leader, stale ones too. Twice: by the fetches of its members that it accepted in this tenure (an unbroken
// run of epochs in which the controller named it), at the moment it raises; and by what their logs hold, unless lost data or
// an unclean election explain that (isr-holds-committed has those).

import type { FollowerFetched } from '../trace/kafka-event.ts'
import type { HighWatermarkChanged } from '../trace/log-event.ts'
import { AcceptedFetches } from './accepted-fetches.ts'
import type { ObservedReplica } from './cluster-view.ts'
import { describeMissing } from './describe-missing.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import { UpstreamHazard } from './known-upstream.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import { HAPPENED, type WatchedReplica } from './watched-replica.ts'

class HighWatermarkRaiseJustified implements InvariantCheck {
  readonly hears = ['high-watermark-changed', 'follower-fetched'] as const
  readonly concerns = { leader: HAPPENED.highWatermark, follower: 0 }
  private readonly fetches = new AcceptedFetches()
  private readonly cluster: WatchedCluster
  private readonly report: Report

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: HighWatermarkChanged | FollowerFetched): void {
    if (event.type === 'high-watermark-changed') return this.raised(event)
    const replica = this.cluster.partition(event.partition).replica(event.broker)
    // Of an earlier topic of that name.
    if (replica.home.former !== undefined && this.cluster.stateOf(replica) === undefined) return
    this.fetches.note(replica.index, event.follower, event.fetchOffset, event.leaderEpoch)
  }

  private raised({ broker, partition: key, as, from, to }: HighWatermarkChanged): void {
    if (as !== 'leader' || to <= from) return
    const replica = this.cluster.partition(key).replica(broker)
    const leader = this.cluster.stateOf(replica)
    if (leader === undefined || leader.role !== 'leader') return
    const { maximalIsr, committedIsr, effectiveMinIsr, leaderEpoch } = leader
    const sinceEpoch = replica.home.reignStart(broker, leaderEpoch)
    for (let i = 0; i < maximalIsr.length; i++) {
      const member = maximalIsr[i]!
      const fetched = member === broker ? to : this.fetchedSince(sinceEpoch, replica, leader, member)
      if (fetched >= to) continue
      this.knownUpstream(replica, leader, member, to)
      const raise = `broker ${broker} raised the high watermark from ${from} to ${to} in epoch ${leaderEpoch}`
      this.report(
        key,
        `${raise}, and member ${member} of its ISR last fetched at ${fetched}`,
        this.cluster.ordinal,
        member,
      )
    }
    if (committedIsr.length >= effectiveMinIsr || !this.cluster.hwMinIsrGate(broker)) return
    const raise = `broker ${broker} raised the high watermark to ${to} with ISR [${committedIsr.join(', ')}]`
    const since = this.cluster.partition(key).committedOrdinal
    this.report(key, `${raise}, below the minimum of ${effectiveMinIsr}`, since)
  }

  /** As the leader has it, and as was seen from outside: the lower of the two. */
  private fetchedSince(epoch: number, replica: WatchedReplica, leader: ObservedReplica, member: number): number {
    const known = leader.remoteReplicas.get(member)?.logEndOffset ?? -1
    return Math.min(known, this.fetches.offsetSince(epoch, replica.index, member))
  }

  /** KU-2: by all that this process has heard, it never ceased to lead. */
  private knownUpstream(replica: WatchedReplica, leader: ObservedReplica, member: number, to: number): void {
    const { home, ledSince, broker } = replica
    if (ledSince < 0 || this.fetchedSince(ledSince, replica, leader, member) < to) return
    home.hazard ??= new UpstreamHazard(this.cluster, home)
    home.hazard.trusted(member, broker, leader.leaderEpoch)
  }

  checkReplica(replica: WatchedReplica): void {
    const { state, home, broker } = replica
    if (state === undefined) return
    if (home.brokenC1 !== null || home.brokenC2 !== null || replica.trail.differsFrom >= 0) return
    const { ledger } = home
    const committedTo = state.log.highWatermark - 1
    for (let i = 0; i < state.maximalIsr.length; i++) {
      const member = home.replica(state.maximalIsr[i]!)
      if (member.broker === broker || member.trail.holds(0, Math.min(committedTo, ledger.endOffset - 1))) continue
      if (member.hadBeforeLoss(committedTo) || !this.cluster.isRunning(member)) continue
      const since = ledger.ordinal(ledger.indexOf(member.trail.firstMissing))
      const raise = `broker ${broker} has high watermark ${committedTo + 1} in epoch ${state.leaderEpoch}`
      this.report(
        home.key,
        `${raise}, and member ${member.broker} of its ISR is ${describeMissing(member)}`,
        since,
        member.broker,
      )
    }
  }
}

export const highWatermarkRaiseJustified: Invariant = {
  id: 'high-watermark-raise-justified',
  rule: 'RI-13',
  statement:
    'A leader raises its high watermark only to what every member of its maximal ISR has fetched, and only while the ISR is at or above the minimum.',
  assumes: ['C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new HighWatermarkRaiseJustified(cluster, report),
}
