// What each consumer group of a scenario lived through: how often it rebalanced, whom it threw out, how long its partitions
// stood still, what it was handed twice, which of its commits failed. Read off at the end.

import type { ErrorCount } from './client-summaries.ts'
import type { GroupHistory } from './group-history.ts'
import type { History } from './history.ts'
import { deliveriesIn } from './redeliveries.ts'

export interface GroupSummary {
  readonly name: string
  /** Join phases that ended with members, the first included. */
  readonly rebalances: number
  readonly thrownOut: number
  /** Records that were handed to it more than once. */
  readonly redelivered: number
  /** How long partitions had no member, added up; and the longest time of any. In µs. */
  readonly stoppedUs: number
  readonly longestStopUs: number
  /** Most often first. */
  readonly failedCommits: readonly ErrorCount[]
}

/** Of all groups of one run, or of several runs. */
export type GroupFigures = Pick<GroupSummary, 'rebalances' | 'redelivered' | 'stoppedUs'>

export function summariseGroups(
  names: readonly string[],
  history: History,
  groupHistory: GroupHistory,
  endUs: number,
): GroupSummary[] {
  return names.map((name) => {
    const ofGroup = ({ group }: { readonly group: string }): boolean => group === name
    const stops = groupHistory.ownership.gaps
      .filter(ofGroup)
      .map(({ fromUs, untilUs }) => Math.min(untilUs, endUs) - fromUs)
    return {
      name,
      rebalances: groupHistory.rebalances.filter(ofGroup).length,
      thrownOut: groupHistory.thrownOut.filter(ofGroup).length,
      redelivered: deliveriesIn(history, name, undefined).redelivered.length,
      stoppedUs: stops.reduce((sum, us) => sum + us, 0),
      longestStopUs: stops.reduce((longest, us) => Math.max(longest, us), 0),
      failedCommits: countsOf(groupHistory.failedCommits.filter(ofGroup).map(({ error }) => error)),
    }
  })
}

/** Undefined for runs without groups. */
export function addGroups(sum: GroupFigures | undefined, groups: readonly GroupSummary[]): GroupFigures | undefined {
  let total = sum
  for (const { rebalances, redelivered, stoppedUs } of groups) {
    total = {
      rebalances: (total?.rebalances ?? 0) + rebalances,
      redelivered: (total?.redelivered ?? 0) + redelivered,
      stoppedUs: (total?.stoppedUs ?? 0) + stoppedUs,
    }
  }
  return total
}

function countsOf(errors: readonly string[]): ErrorCount[] {
  const counts = new Map<string, number>()
  for (const error of errors) counts.set(error, (counts.get(error) ?? 0) + 1)
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}
