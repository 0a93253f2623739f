// Measures what an expectation about a number is about.

import { unreachable } from '../../../sim/index.ts'
import type { GroupHistory } from '../../history/group-history.ts'
import type { History } from '../../history/history.ts'
import { isMember } from '../../history/redeliveries.ts'
import { holds, type Count, type MetricClaim } from '../language/metric.ts'
import { type GroupEvidence, judgeGroupMetric, loopOf } from './judge-groups.ts'
import { meanOf, percentileOf } from './statistics.ts'
import type { RunRecord } from './run-record.ts'

export interface Measured {
  readonly holds: boolean
  readonly message: string
  /** There was nothing to take it of. */
  readonly vacuous?: boolean
}

export interface MetricGrounds {
  readonly history: History
  readonly groupHistory: GroupHistory
  readonly record: RunRecord
  readonly groups: ReadonlyMap<string, GroupEvidence>
  /** When the run was over. */
  readonly endUs: number
}

export function judgeMetric(claim: MetricClaim, grounds: MetricGrounds): Measured {
  const { metric, operator, value } = claim
  const { history } = grounds
  if (metric.kind === 'count') {
    const count = counted(metric.what, metric.of, claim, grounds)
    const isHeld = holds(count, operator, value)
    const why = metric.what === 'rebalances' && !isHeld ? loopOf(metric.of, grounds) : ''
    return { holds: isHeld, message: `it is ${count}${why}` }
  }
  if (metric.kind !== 'latency') return judgeGroupMetric(metric, claim, grounds)
  const latencies = latenciesOf(history, claim)
  if (latencies.length === 0) return { holds: true, message: 'nothing sent then was acknowledged', vacuous: true }
  const { statistic } = metric
  const us = statistic === 'mean' ? meanOf(latencies) : percentileOf(latencies, statistic.percentile)
  const message = `it is ${(us / 1000).toFixed(3)} ms, of ${latencies.length} acknowledged records`
  return { holds: holds(us, operator, value), message }
}

function counted(what: Count, of: string, window: MetricClaim, grounds: MetricGrounds): number {
  const { history, groupHistory, record, groups } = grounds
  const within = ({ atUs }: { readonly atUs: number }): boolean => window.fromUs <= atUs && atUs < window.untilUs
  const about = ({ partition }: { readonly partition: string }): boolean =>
    partition === of || partition.slice(0, partition.lastIndexOf('-')) === of
  switch (what) {
    case 'isr-changes':
      return record.isrChanges.filter((change) => about(change) && within(change)).length
    case 'elections':
      return record.elections.filter((election) => about(election) && within(election)).length
    case 'truncations':
      return record.truncations.filter((cut) => about(cut) && within(cut)).length
    case 'rebalances':
      return groupHistory.rebalances.filter((each) => each.group === of && within(each)).length
    case 'failed-commits':
      return groupHistory.failedCommits.filter((each) => each.group === of && within(each)).length
    case 'fenced':
      if (groups.has(of)) return groupHistory.thrownOut.filter((each) => each.group === of && within(each)).length
      return record.fencings.filter((f) => (of === 'brokers' || of === `broker:${f.broker}`) && within(f)).length
    case 'acked':
      return [...sentIn(history, window)].filter(({ topic }) => topic === of).length
    case 'delivered':
      return history.deliveredBetween((client) => isMember(client, of), window.fromUs, window.untilUs)
    case 'jumped-over':
      return record.jumps
        .filter((jump) => isMember(jump.client, of) && within(jump))
        .reduce((sum, { offsets }) => sum + offsets, 0)
    default:
      return unreachable(what, 'count')
  }
}

/** Sorted. */
function latenciesOf(history: History, window: MetricClaim): Float64Array {
  return Float64Array.from([...sentIn(history, window)].map(({ latencyUs }) => latencyUs)).sort()
}

/** What was sent in the window and is acknowledged. */
function* sentIn(history: History, window: MetricClaim): Generator<{ topic: string; latencyUs: number }> {
  for (const records of history.clients.values()) {
    for (let n = 0; n < records.count; n++) {
      const sentUs = records.sentAtUs(n)
      if (!records.isAcked(n) || sentUs < window.fromUs || sentUs >= window.untilUs) continue
      yield { topic: records.topic, latencyUs: records.completedAtUs(n) - sentUs }
    }
  }
}
