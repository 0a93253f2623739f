// Looks at each group of a scenario again and again: is it stable, has it caught up, how far is it behind?

import type { GroupHistory } from '../../history/group-history.ts'
import type { GroupSpec } from '../model.ts'
import { behind, hasMembers, lagOf, unstable } from './group-liveness.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

interface Watched {
  readonly spec: GroupSpec
  stableSinceUs: number | undefined
  /** Once it had, since the last heal; whether it has now is looked at in the end. */
  caughtUpAtUs: number | undefined
  readonly lag: { readonly atUs: number[]; readonly records: number[] }
}

export class GroupWatch {
  private readonly cluster: SimulatedCluster
  private readonly history: GroupHistory
  private readonly watched: readonly Watched[]

  constructor(groups: readonly GroupSpec[], cluster: SimulatedCluster, history: GroupHistory) {
    this.cluster = cluster
    this.history = history
    this.watched = groups.map((spec) => ({
      spec,
      stableSinceUs: undefined,
      caughtUpAtUs: undefined,
      lag: { atUs: [], records: [] },
    }))
  }

  /** A fault was healed: from now on. */
  countAnew(): void {
    for (const group of this.watched) {
      group.stableSinceUs = undefined
      group.caughtUpAtUs = undefined
    }
  }

  look(nowUs: number): void {
    for (const group of this.watched) {
      const { spec, lag } = group
      lag.atUs.push(nowUs)
      lag.records.push(lagOf(this.cluster, this.history, spec))
      if (this.isStable(spec)) group.stableSinceUs ??= nowUs
      else group.stableSinceUs = undefined
      if (group.caughtUpAtUs === undefined && this.hasCaughtUp(spec)) group.caughtUpAtUs = nowUs
    }
  }

  /** What is not settled, one line each. */
  unsettled(): string[] {
    return this.watched.flatMap(({ spec }) => [
      ...unstable(this.cluster, this.history, spec),
      ...behind(this.cluster, this.history, spec).slice(0, 1),
    ])
  }

  /** By group. */
  evidence() {
    return new Map(
      this.watched.map(({ spec, stableSinceUs, caughtUpAtUs, lag }) => {
        const stillCaughtUp = this.hasCaughtUp(spec) ? caughtUpAtUs : undefined
        return [spec.name, { topics: spec.topics, stableSinceUs, caughtUpAtUs: stillCaughtUp, lag }] as const
      }),
    )
  }

  private isStable(spec: GroupSpec): boolean {
    return hasMembers(this.cluster, spec) && unstable(this.cluster, this.history, spec).length === 0
  }

  private hasCaughtUp(spec: GroupSpec): boolean {
    return hasMembers(this.cluster, spec) && behind(this.cluster, this.history, spec).length === 0
  }
}
