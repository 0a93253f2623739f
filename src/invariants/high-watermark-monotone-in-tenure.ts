// RI-10. A tenure is one process leading one epoch: a leader that restarts begins at its checkpoint, which may be lower.

import type { ObservedLog } from './cluster-view.ts'
import type { Invariant, InvariantCheck, Report } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'
import { HAPPENED, type WatchedReplica } from './watched-replica.ts'

/** A log that is cut may take its high watermark along. */
const MAY_MOVE_IT = HAPPENED.highWatermark | HAPPENED.truncated | HAPPENED.role

class HighWatermarkMonotoneInTenure implements InvariantCheck {
  readonly concerns = { leader: MAY_MOVE_IT, follower: HAPPENED.role }
  private readonly cluster: WatchedCluster
  private readonly report: Report
  /** By index of the replica: the tenure it was last seen in, −1 for none, and its high watermark then. */
  private readonly epochs: number[] = []
  private readonly logs: (ObservedLog | undefined)[] = []
  private readonly highWatermarks: number[] = []
  private readonly ordinals: number[] = []

  constructor(cluster: WatchedCluster, report: Report) {
    this.cluster = cluster
    this.report = report
  }

  checkReplica({ state, index, broker, home }: WatchedReplica): void {
    if (state === undefined) return
    while (this.epochs.length <= index) this.addReplica()
    if (state.role !== 'leader') {
      this.epochs[index] = -1
      return
    }
    const { log, leaderEpoch } = state
    const { highWatermark } = log
    if (this.epochs[index] === leaderEpoch && this.logs[index] === log) {
      const before = this.highWatermarks[index] ?? 0
      if (highWatermark === before) return
      if (highWatermark < before) {
        const what = `the high watermark of broker ${broker} fell from ${before} to ${highWatermark}`
        this.report(home.key, `${what} while it led epoch ${leaderEpoch}`, this.ordinals[index] ?? 0)
      }
    }
    this.epochs[index] = leaderEpoch
    this.logs[index] = log
    this.highWatermarks[index] = highWatermark
    this.ordinals[index] = this.cluster.ordinal
  }

  private addReplica(): void {
    this.epochs.push(-1)
    this.logs.push(undefined)
    this.highWatermarks.push(0)
    this.ordinals.push(0)
  }
}

export const highWatermarkMonotoneInTenure: Invariant = {
  id: 'high-watermark-monotone-in-tenure',
  rule: 'RI-10',
  statement: 'The high watermark of a leader never falls while it leads one epoch.',
  assumes: [],
  create: (cluster, report) => new HighWatermarkMonotoneInTenure(cluster, report),
}
