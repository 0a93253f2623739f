// of every key the last record stays, and what stays is as it was. Each swap of segments is compared with what it
// replaced; that nothing is missing later is for the invariants on committed batches, which read through what was legal.

import type { Invariant, InvariantCheck, Report } from '../invariant.ts'
import type { WatchedCluster } from '../watched-cluster.ts'
import type { SwapProblem } from './segment-swaps.ts'

/** Reports the problems of these kinds with the swaps of an event. */
export class SwapReport implements InvariantCheck {
  readonly hears = ['segments-replaced'] as const
  private readonly cluster: WatchedCluster
  private readonly report: Report
  private readonly kinds: readonly SwapProblem['kind'][]

  constructor(cluster: WatchedCluster, report: Report, kinds: readonly SwapProblem['kind'][]) {
    this.cluster = cluster
    this.report = report
    this.kinds = kinds
  }

  /** The swaps are judged when the event is over. */
  hear(): void {}

  afterEvent(): void {
    for (const { partition, broker, problems } of this.cluster.swaps) {
      for (const { kind, text } of problems) {
        if (this.kinds.includes(kind)) {
          this.report(partition.key, `compaction on broker ${broker}: ${text}`, this.cluster.ordinal, broker)
        }
      }
    }
  }
}

export const compactionKeepsLast: Invariant = {
  id: 'compaction-keeps-last',
  rule: 'R-32',
  statement:
    'Compaction drops a record only if a later one has its key or it is a tombstone or without a key; what stays is unchanged, at its offset, in its order.',
  assumes: ['C4'],
  create: (cluster, report) => new SwapReport(cluster, report, ['lost', 'changed']),
}
