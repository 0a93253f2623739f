// Looks at each group of a scenario again and again: is it stable, has it caught up, how far is it behind?

import type { GroupHistory } from '../../history/group-history.ts'
import type { GroupSpec } from '../model.ts'
import { loopsOf } from './group-loops.ts'
import { behind, hasMembers, isPast, lagOf, partitionsOf, readableEnds, unstable } from './group-liveness.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

interface Watched {
  readonly spec: GroupSpec
  stableSinceUs: number | undefined
  /** Once it had, since the last heal; whether it has now is looked at in the end. */
  caughtUpAtUs: number | undefined
  /** Where partitions ended when the last fault was healed, or when they first had a leader after that. */
  readonly endsAtHeal: Map<string, number>
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
      endsAtHeal: new Map<string, number>(),
      lag: { atUs: [], records: [] },
    }))
  }

  /** A fault was healed: from now on. */
  countAnew(): void {
    for (const group of this.watched) {
      group.stableSinceUs = undefined
      group.caughtUpAtUs = undefined
      group.endsAtHeal.clear()
    }
  }

  look(nowUs: number): void {
    for (const group of this.watched) {
      const { spec, lag } = group
      lag.atUs.push(nowUs)
      lag.records.push(lagOf(this.cluster, this.history, spec))
      if (this.isStable(spec)) group.stableSinceUs ??= nowUs
      else group.stableSinceUs = undefined
      if (group.caughtUpAtUs !== undefined) continue
      // Under load it is never at the end: it has caught up with what was there when the fault was healed.
      const ends = readableEnds(this.cluster, spec)
      for (const [partition, end] of ends) {
        if (!group.endsAtHeal.has(partition)) group.endsAtHeal.set(partition, end)
      }
      const isAll = ends.size > 0 && ends.size === partitionsOf(this.cluster, spec).length
      if (isAll && isPast(this.cluster, this.history, spec, group.endsAtHeal)) group.caughtUpAtUs = nowUs
    }
  }

  /** All is as it was at the last look. */
  lookAgain(nowUs: number): void {
    for (const { lag } of this.watched) {
      lag.atUs.push(nowUs)
      lag.records.push(lag.records.at(-1) ?? 0)
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
        const loops = loopsOf(spec, this.history)
        return [spec.name, { topics: spec.topics, stableSinceUs, caughtUpAtUs: stillCaughtUp, loops, lag }] as const
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
