// What a run says of consumer groups: safety from what members lived through, metrics of lag, deliveries and standstill.

import { unreachable } from '../../../sim/index.ts'
import type { GroupHistory } from '../../history/group-history.ts'
import type { History } from '../../history/history.ts'
import { type RebalanceLoop, tellOfLoop } from '../../history/rebalance-loops.ts'
import { deliveriesIn } from '../../history/redeliveries.ts'
import { holds, type Metric, type MetricClaim } from '../language/metric.ts'
import { meanOf, percentileOf } from './statistics.ts'

/** Of one group, as the runner saw it. */
export interface GroupEvidence {
  readonly topics: readonly string[]
  /** Since when, after the last heal, it has been stable; undefined if it is not. */
  readonly stableSinceUs: number | undefined
  /** When, after the last heal, it first had read and committed everything; undefined if it has not now. */
  readonly caughtUpAtUs: number | undefined
  /** Stretches in which it rebalanced again and again for one reason, the longest first. */
  readonly loops: readonly RebalanceLoop[]
  /** Looked at again and again. */
  readonly lag: { readonly atUs: readonly number[]; readonly records: readonly number[] }
}

export interface GroupGrounds {
  readonly history: History
  readonly groupHistory: GroupHistory
  readonly groups: ReadonlyMap<string, GroupEvidence>
  readonly endUs: number
}

interface GroupJudgement {
  readonly holds: boolean
  readonly message: string
  readonly vacuous?: boolean
}

export type GroupSafetyId =
  | 'no-duplicate-delivery'
  | 'no-ownership-overlap'
  | 'commits-cover-processed'
  | 'no-rebalance-loop'
  | 'no-commit-regression'

export function judgeGroupSafety(id: GroupSafetyId, grounds: GroupGrounds): GroupJudgement {
  const { history, groupHistory, groups } = grounds
  if (groups.size === 0) return { holds: true, message: 'there are no groups', vacuous: true }
  switch (id) {
    case 'no-duplicate-delivery': {
      const all = [...groups.keys()].map((group) => ({ group, ...deliveriesIn(history, group, undefined) }))
      const records = all.reduce((sum, each) => sum + each.records, 0)
      const twice = all.reduce((sum, each) => sum + each.redelivered.length, 0)
      const first = all.flatMap(({ group, redelivered }) => redelivered.map((one) => ({ group, ...one })))[0]
      if (first === undefined) {
        return { holds: true, message: `${records} records, each handed over once`, vacuous: records === 0 }
      }
      const { group, partition, client, n, times } = first
      const which = `first ${client}#${n} of ${partition}, ${times} times to ${group}`
      return { holds: false, message: `${twice} of ${records} records handed over again, ${which}` }
    }
    case 'no-ownership-overlap': {
      const { overlaps } = groupHistory.ownership
      const [first] = overlaps
      if (first === undefined) {
        const vacuous = groupHistory.rebalances.length === 0
        return { holds: true, message: 'no partition had two owners', vacuous }
      }
      const { partition, owner, other, atUs } = first
      const which = `first ${partition} of ${owner}, given to ${other} at ${seconds(atUs)}`
      return { holds: false, message: `${overlaps.length} times a partition had two owners, ${which}` }
    }
    case 'commits-cover-processed': {
      const { earlyCommits, commits } = groupHistory
      const [first] = earlyCommits
      if (first === undefined) {
        return { holds: true, message: `${commits} commits, all of what was processed`, vacuous: commits === 0 }
      }
      const { client, partition, offset, unprocessedFrom, atUs } = first
      const what = `${client} committed ${partition}@${offset} at ${seconds(atUs)} and had processed up to ${unprocessedFrom}`
      return { holds: false, message: `${earlyCommits.length} commits of what was not processed, first ${what}` }
    }
    case 'no-commit-regression': {
      const { commitRegressions, acknowledged } = groupHistory
      const [first] = commitRegressions
      if (first === undefined) {
        return {
          holds: true,
          message: `${acknowledged} offsets committed, none went back`,
          vacuous: acknowledged === 0,
        }
      }
      const { group, partition, from, to, client, atUs } = first
      const which = `first ${partition} of ${group} from ${from} to ${to}, by ${client}, at ${seconds(atUs)}`
      return { holds: false, message: `${commitRegressions.length} committed offsets went back, ${which}` }
    }
    case 'no-rebalance-loop': {
      const [first] = [...groups].flatMap(([group, { loops }]) => loops.map((loop) => ({ group, loop })))
      const { length } = groupHistory.rebalances
      if (first === undefined) {
        return { holds: true, message: `${length} rebalances, and no loop`, vacuous: length === 0 }
      }
      return { holds: false, message: `${first.group} at ${seconds(first.loop.fromUs)}: ${tellOfLoop(first.loop)}` }
    }
    default:
      return unreachable(id, 'safety of groups')
  }
}

export function judgeStable(group: string, withinUs: number | undefined, lastHealUs: number, grounds: GroupGrounds) {
  const sinceUs = grounds.groups.get(group)?.stableSinceUs
  if (sinceUs === undefined) {
    const message = `in the end a member has no assignment, or a partition no owner${loopOf(group, grounds)}`
    return { holds: false, message }
  }
  const tookUs = Math.max(0, sinceUs - lastHealUs)
  const message = `stable ${seconds(tookUs)} after the last heal`
  return { holds: withinUs === undefined || tookUs <= withinUs, message }
}

/** What it went round in, if it did, to be said behind something else. */
export function loopOf(group: string, { groups }: Pick<GroupGrounds, 'groups'>): string {
  const loop = groups.get(group)?.loops[0]
  return loop === undefined ? '' : `; ${tellOfLoop(loop)}`
}

type GroupMetric = Extract<Metric, { kind: 'lag' | 'deliveries-per-record' | 'stopped-time' }>

export function judgeGroupMetric(metric: GroupMetric, claim: MetricClaim, grounds: GroupGrounds): GroupJudgement {
  const { operator, value, fromUs, untilUs } = claim
  switch (metric.kind) {
    case 'lag': {
      const { atUs, records } = grounds.groups.get(metric.of)?.lag ?? { atUs: [], records: [] }
      const lags = records.filter((_, i) => fromUs <= (atUs[i] ?? 0) && (atUs[i] ?? 0) < untilUs)
      const last = lags.at(-1)
      if (last === undefined) return { holds: true, message: 'it was not looked at then', vacuous: true }
      const { statistic } = metric
      const sorted = Float64Array.from(lags).sort()
      const lag =
        statistic === 'last' ? last : statistic === 'mean' ? meanOf(sorted) : percentileOf(sorted, statistic.percentile)
      return { holds: holds(lag, operator, value), message: `it is ${Math.round(lag)} records` }
    }
    case 'deliveries-per-record': {
      const readers = [...grounds.groups].filter(([, { topics }]) => topics.includes(metric.of))
      const all = readers.map(([group]) => deliveriesIn(grounds.history, group, metric.of, claim))
      const records = all.reduce((sum, each) => sum + each.records, 0)
      const most = Math.max(0, ...all.map((each) => each.most))
      if (records === 0) return { holds: true, message: 'nothing of it was handed over', vacuous: true }
      return { holds: holds(most, operator, value), message: `it is ${most}, of ${records} records` }
    }
    case 'stopped-time': {
      const times = grounds.groupHistory.ownership.gaps
        .filter(({ group }) => group === metric.of)
        .map((gap) => Math.min(gap.untilUs, untilUs, grounds.endUs) - Math.max(gap.fromUs, fromUs))
        .filter((us) => us > 0)
      const us = metric.statistic === 'sum' ? times.reduce((a, b) => a + b, 0) : Math.max(0, ...times)
      return { holds: holds(us, operator, value), message: `it is ${seconds(us)}, in ${times.length} stretches` }
    }
    default:
      return unreachable(metric, 'metric of groups')
  }
}

function seconds(us: number): string {
  return `${(us / 1e6).toFixed(3)} s`
}
