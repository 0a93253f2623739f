// The violations of one run: one entry for each invariant and subject, with the first occurrence and a count.

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

  add(invariant: Invariant, subject: string, message: string, sinceOrdinal: number): void {
    const name = `${invariant.id} ${subject}`
    const known = this.byName.get(name)
    if (known !== undefined) {
      known.count += 1
      return
    }
    const { cluster } = this
    const violation: Counted = {
      invariant: invariant.id,
      rule: invariant.rule,
      statement: invariant.statement,
      excused: cluster.assumptions.excuseFor(invariant.assumes, cluster.find(subject)),
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
