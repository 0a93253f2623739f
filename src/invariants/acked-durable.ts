// RI-15, at the moment of the answer; that it is never lost later is for true-high-watermark-monotone and the histories. A
// member whose process is dead counts as holding what it had; so does one that lost it, as long as nobody
// can know, or the leader that waits for it has not heard.

import type { ProduceAnswered } from '../trace/kafka-event.ts'
import { describeMissing } from './describe-missing.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import type { WatchedReplica } from './watched-replica.ts'

class AckedDurable implements InvariantCheck {
  readonly hears = ['produce-answered'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** The answers of this event, and for whom the leader waited when it gave them. */
  private readonly answers: ProduceAnswered[] = []
  private readonly waitedFor: (readonly number[])[] = []

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  hear(event: ProduceAnswered): void {
    if (event.acks !== -1 || event.error !== null || event.firstOffset < 0) return
    const leader = this.cluster.stateOf(this.cluster.partition(event.partition).replica(event.broker))
    if (leader === undefined) return
    this.answers.push(event)
    this.waitedFor.push(leader.maximalIsr)
  }

  afterEvent(): void {
    for (let i = 0; i < this.answers.length; i++) this.check(this.answers[i]!, this.waitedFor[i]!)
    while (this.answers.length > 0) this.answers.pop()
    while (this.waitedFor.length > 0) this.waitedFor.pop()
  }

  private check(answer: ProduceAnswered, waitedFor: readonly number[]): void {
    const { broker, partition: key, firstOffset, lastOffset } = answer
    const partition = this.cluster.partition(key)
    const { state } = partition.replica(broker)
    if (state === undefined) return
    const what = `broker ${broker} acknowledged offsets ${firstOffset}–${lastOffset}`
    if (lastOffset >= state.log.highWatermark) {
      this.report(key, `${what} with its high watermark at ${state.log.highWatermark}`, this.cluster.ordinal)
      return
    }
    for (let i = 0; i < waitedFor.length; i++) {
      const member = partition.replica(waitedFor[i]!)
      if (holds(member, firstOffset, lastOffset) || member.hadBeforeLoss(lastOffset) || !this.cluster.isRunning(member))
        continue
      const { ledger } = partition
      const since = ledger.ordinal(ledger.indexOf(firstOffset))
      this.report(
        key,
        `${what}, and member ${member.broker} of its ISR is ${describeMissing(member)}`,
        since,
        member.broker,
      )
    }
    let holders = 0
    for (const replica of partition.replicas) {
      const had = waitedFor.includes(replica.broker) && replica.hadBeforeLoss(lastOffset)
      if (had || holds(replica, firstOffset, lastOffset)) holders += 1
    }
    if (holders >= state.effectiveMinIsr) return
    this.report(key, `${what} that ${holders} replicas hold, of ${state.effectiveMinIsr} needed`, this.cluster.ordinal)
  }
}

/** In its log, as far as that was read last. */
function holds(replica: WatchedReplica, firstOffset: number, lastOffset: number): boolean {
  return replica.trail.holds(firstOffset, lastOffset)
}

export const ackedDurable: Invariant = {
  id: 'acked-durable',
  rule: 'RI-15',
  statement:
    'What is acknowledged with acks=all is on every running member of the maximal ISR, and on at least min.insync.replicas replicas.',
  assumes: ['C1', 'C2', 'C4', 'C5', 'upstream-data'],
  create: (cluster, report) => new AckedDurable(cluster, report),
}
