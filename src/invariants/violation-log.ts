// The violations of one run: one entry for each invariant and subject, with the first occurrence and a count. What is
// excused has an entry of its own, so that it hides nothing.

import type { Invariant, Violation } from './invariant.ts'
import type { WatchedCluster } from './watched-cluster.ts'

type Counted = { -readonly [K in keyof Violation]: Violation[K] }

export class ViolationLog {
  private readonly found: Counted[] = []
  private readonly byName = new Map<string, Counted>()
  private readonly cluster: WatchedCluster
  private readonly onViolation: (violation: Violation) => void

  constructor(cluster: WatchedCluster, onViolation: (violation: Violation) => void) {
    this.cluster = cluster
    this.onViolation = onViolation
  }

  get violations(): readonly Violation[] {
    return this.found
  }

  /** `broker` has the replica at fault, if it is one. */
  add(invariant: Invariant, subject: string, message: string, sinceOrdinal: number, broker: number | undefined): void {
    const { cluster } = this
    const excused = cluster.assumptions.excuseFor(invariant, cluster.find(subject), broker)
    const name = `${invariant.id} ${subject} ${excused === null}`
    const known = this.byName.get(name)
    if (known !== undefined) {
      known.count += 1
      return
    }
    const violation: Counted = {
      invariant: invariant.id,
      rule: invariant.rule,
      statement: invariant.statement,
      excused,
      atUs: cluster.nowUs,
      subject,
      message,
      events: [sinceOrdinal, cluster.ordinal],
      count: 1,
    }
    this.byName.set(name, violation)
    this.found.push(violation)
    this.onViolation(violation)
  }
}
