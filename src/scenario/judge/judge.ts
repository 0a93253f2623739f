// Which expectations a finished run met, and what the run as a whole is worth. Safety is judged from the final logs and
// the history, liveness from the times things came to rest; a check that could not have failed has not passed.

import { unreachable } from '../../../sim/index.ts'
import type { Findings, FoundRecord } from '../../history/checkers.ts'
import type { AudienceFindings } from '../../history/audiences.ts'
import type { ReadFinding, ReadFindings } from '../../history/check-reads.ts'
import type { GroupHistory } from '../../history/group-history.ts'
import type { History } from '../../history/history.ts'
import type { checkKeyOrder } from '../../history/key-order.ts'
import { isMember } from '../../history/redeliveries.ts'
import type { TablesOfReaders } from '../../history/resurrected-keys.ts'
import type { Violation } from '../../invariants/invariant.ts'
import { KU_7 } from '../../invariants/known-upstream.ts'
import type { Claim, Expectation, SafetyId } from '../language/expectation.ts'
import { type GroupEvidence, judgeGroupSafety, judgeStable } from './judge-groups.ts'
import { judgeMetric } from './judge-metric.ts'
import type { Judged, RunOutcome } from '../run-result.ts'
import type { RunRecord } from './run-record.ts'

export interface Evidence {
  readonly history: History
  readonly groupHistory: GroupHistory
  readonly groups: ReadonlyMap<string, GroupEvidence>
  readonly endUs: number
  readonly findings: Findings
  readonly reads: ReadFindings
  /** Looked for when asked. */
  readonly audiences: () => AudienceFindings
  readonly tables: () => TablesOfReaders
  readonly keyOrder: () => ReturnType<typeof checkKeyOrder>
  readonly record: RunRecord
  readonly violations: readonly Violation[]
  /** All that lies in a log twice was written again under a raised epoch (KU-7). */
  readonly raisedEpochs: boolean
  readonly disagreements: readonly string[]
  /** Partition names by topic. */
  readonly partitions: ReadonlyMap<string, readonly string[]>
  readonly lastHealUs: number
  /** Since when, after the last heal, every replica has been alive and in its ISR; undefined if one is not. */
  readonly isrFullSinceUs: number | undefined
  /** When each consumer first had read all that was committed, after the last heal; by name. */
  readonly caughtUpAtUs: ReadonlyMap<string, number>
}

interface Judgement {
  readonly holds: boolean
  readonly message: string
  /** Nothing happened that could have broken it. */
  readonly vacuous?: boolean
  /** Whether it holds cannot be said: it is neither met nor found. */
  readonly unknown?: boolean
  readonly upstream?: string | null
}

export function judge(expectation: Expectation, evidence: Evidence): Judged {
  const { holds, message, vacuous = false, unknown = false, upstream = null } = judgeClaim(expectation.claim, evidence)
  const met = !unknown && (expectation.finds ? !holds : holds && !vacuous)
  const { text, claim } = expectation
  const liveness = claim.kind !== 'safety' && claim.kind !== 'invariant' && claim.kind !== 'metric'
  return { text, met, message, vacuous: vacuous && !expectation.finds, unknown, liveness, upstream }
}

function judgeClaim(claim: Claim, evidence: Evidence): Judgement {
  switch (claim.kind) {
    case 'safety':
      return judgeSafety(claim.id, evidence)
    case 'invariant': {
      const found = evidence.violations.find((violation) => violation.invariant === claim.id)
      return found === undefined
        ? { holds: true, message: 'the invariant held' }
        : { holds: false, message: `${found.subject}: ${found.message}` }
    }
    case 'isr-full':
      return judgeIsrFull(claim.withinUs, evidence)
    case 'writable':
      return judgeWritable(claim.topic, claim.gapUs, evidence)
    case 'caught-up':
      return judgeCaughtUp(claim.consumer, claim.withinUs, evidence)
    case 'stable':
      return judgeStable(claim.group, claim.withinUs, evidence.lastHealUs, evidence)
    case 'metric':
      return judgeMetric(claim, evidence)
    default:
      return unreachable(claim, 'claim')
  }
}

/** The assumption that broke when a leader took office without what was committed; nothing if none did. */
function causeOfLoss(partition: string | undefined, { violations }: Evidence): string {
  const short = violations.find(
    ({ invariant, subject }) => invariant === 'leader-completeness' && subject === partition,
  )
  return short === undefined || short.excused === null ? '' : `; ${short.excused}`
}

function judgeSafety(id: SafetyId, evidence: Evidence): Judgement {
  const { findings, reads, history, record, disagreements, partitions } = evidence
  const { acked, produced } = history.counts
  switch (id) {
    case 'no-acked-loss': {
      if (acked === 0) return { holds: true, message: 'nothing was acknowledged', vacuous: true }
      const share = ((findings.lost.length / acked) * 100).toFixed(2)
      const message = `${findings.lost.length} of ${acked} acknowledged records lost`
      if (findings.lost.length > 0) {
        const cause = causeOfLoss(findings.lost[0]?.partition, evidence)
        return { holds: false, message: `${message} (${share} %), first ${place(findings.lost[0])}${cause}` }
      }
      const unjudged = findings.unjudged[0]
      if (unjudged === undefined) return { holds: true, message }
      const where = `${unjudged.partition} has no leader in the end`
      return { holds: true, unknown: true, message: `${findings.unjudged.length} cannot be judged: ${where}` }
    }
    case 'no-duplicates-in-log': {
      const first = findings.duplicated[0]
      if (first === undefined) return { holds: true, message: 'no record lies at two offsets', vacuous: produced === 0 }
      const message = `${findings.duplicated.length} records at two offsets, first ${place(first)}, also at ${first.firstOffset}`
      const upstream = evidence.raisedEpochs
        ? `${KU_7.id}: they were numbered anew, under a higher epoch, when it was not known whether they were written`
        : null
      return { holds: false, message: upstream === null ? message : `${message}; ${upstream}`, upstream }
    }
    case 'order-per-partition': {
      const first = findings.reordered[0]
      if (first === undefined) return { holds: true, message: 'records lie as they were sent', vacuous: produced === 0 }
      const message = `${findings.reordered.length} records behind later ones, first ${place(first)}, behind #${first.after}`
      return { holds: false, message }
    }
    case 'logs-agree-below-hw': {
      const first = disagreements[0]
      return first === undefined
        ? {
            holds: true,
            message: 'all replicas agree below their high watermarks',
            vacuous: partitions.size === 0,
          }
        : { holds: false, message: first }
    }
    case 'no-unclean-election': {
      const first = record.uncleanElections[0]
      if (first === undefined) return { holds: true, message: 'every leader came from the ISR' }
      const message = `${first.partition}: broker ${first.leader} elected from outside the ISR at ${seconds(first.atUs)}`
      return { holds: false, message }
    }
    case 'no-offset-regression': {
      const { answers, found } = history.offsetRegressions
      const [first] = found
      if (first === undefined)
        return { holds: true, message: `${answers} answers, none went back`, vacuous: answers === 0 }
      const { client, partition, from, to, atUs } = first
      const where = `first ${partition} from ${from} to ${to} for ${client} at ${seconds(atUs)}`
      return { holds: false, message: `${found.length} of ${answers} answers went back, ${where}` }
    }
    case 'no-duplicate-delivery':
    case 'no-ownership-overlap':
    case 'commits-cover-processed':
    case 'no-rebalance-loop':
    case 'no-commit-regression':
      return judgeGroupSafety(id, evidence)
    case 'no-poll-skip':
      return judgeReads(reads.skipped, 'records skipped', history)
    case 'no-nonmonotonic-poll':
      return judgeReads(reads.nonmonotonic, 'readers went back', history)
    case 'no-unseen':
      return judgeReads(evidence.audiences().unseen, 'acknowledged records unseen', history)
    case 'no-aborted-reads':
      return judgeReads(evidence.audiences().aborted, 'records read that are not written', history)
    case 'order-per-key': {
      const { keyed, found } = evidence.keyOrder()
      const [first] = found
      if (first === undefined)
        return { holds: true, message: `${keyed} records with keys, in order`, vacuous: keyed === 0 }
      const which = `first ${first.partition}@${first.offset}: ${first.text}`
      return { holds: false, message: `${found.length} of ${keyed} records out of the order of their keys, ${which}` }
    }
    case 'no-inconsistent-offsets':
      return judgeReads(reads.inconsistent, 'records read that are not there, or others to others', history)
    case 'no-resurrected-keys': {
      const { held, deletions, resurrected } = evidence.tables()
      const [first] = resurrected
      if (first === undefined) {
        const message = `readers hold ${held} keys and dropped ${deletions} times one that was deleted`
        return { holds: true, message, vacuous: deletions === 0 }
      }
      const { consumer, partition, key, offset, tombstone } = first
      const what = `${consumer} holds ${key} from ${partition}@${offset} and missed its tombstone at ${tombstone}`
      return { holds: false, message: `${resurrected.length} of ${held} keys held were deleted, first: ${what}` }
    }
    default:
      return unreachable(id, 'safety expectation')
  }
}

function judgeReads(found: readonly ReadFinding[], what: string, history: History): Judgement {
  const { delivered } = history.counts
  const [first] = found
  if (first === undefined) return { holds: true, message: `0 ${what}, of ${delivered} read`, vacuous: delivered === 0 }
  const { partition, offset, consumer, text } = first
  return { holds: false, message: `${found.length} ${what}, first ${partition}@${offset} by ${consumer}: ${text}` }
}

function judgeIsrFull(withinUs: number | undefined, evidence: Evidence): Judgement {
  const { isrFullSinceUs, lastHealUs, partitions } = evidence
  if (partitions.size === 0) return { holds: true, message: 'there are no partitions', vacuous: true }
  if (isrFullSinceUs === undefined) return { holds: false, message: 'in the end an ISR is short of live replicas' }
  const tookUs = Math.max(0, isrFullSinceUs - lastHealUs)
  const message = `all ISRs full ${seconds(tookUs)} after the last heal`
  return { holds: withinUs === undefined || tookUs <= withinUs, message }
}

function judgeWritable(topic: string, gapUs: number, { history, partitions }: Evidence): Judgement {
  const gap = history.longestWriteGap(topic, partitions.get(topic) ?? [])
  if (gap === undefined) return { holds: true, message: 'the topic has no partitions', vacuous: true }
  if (history.counts.produced === 0) return { holds: true, message: 'nothing was sent', vacuous: true }
  const message = `longest gap ${seconds(gap.gapUs)}, on ${gap.partition}, until ${seconds(gap.endedUs)}`
  return { holds: gap.gapUs <= gapUs, message }
}

function judgeCaughtUp(consumer: string, withinUs: number | undefined, evidence: Evidence): Judgement {
  const { caughtUpAtUs, lastHealUs, history, groups } = evidence
  const group = groups.get(consumer)
  const atUs = group === undefined ? caughtUpAtUs.get(`${consumer}[0]`) : group.caughtUpAtUs
  if (atUs === undefined) {
    const message = group === undefined ? 'it never had read all that was committed' : 'it is behind in the end'
    return { holds: false, message }
  }
  if (history.deliveredBetween((client) => isMember(client, consumer), 0, Infinity) === 0)
    return { holds: true, message: 'nothing was delivered to it', vacuous: true }
  const tookUs = Math.max(0, atUs - lastHealUs)
  const message = `caught up ${seconds(tookUs)} after the last heal`
  return { holds: withinUs === undefined || tookUs <= withinUs, message }
}

export interface Grounds {
  readonly expectations: readonly Judged[]
  readonly scenarioExpectations: readonly Expectation[]
  readonly violations: readonly Violation[]
  readonly allowed: ReadonlySet<string>
  readonly stuck: boolean
  readonly notFired: readonly string[]
  /** Producers were to send, and nothing was acknowledged that could have been. */
  readonly nothingAcked: boolean
}

/** The worst of what can be said: a broken promise before a standstill before a check that checked nothing. */
export function outcomeOf(grounds: Grounds): RunOutcome {
  const wanted = new Set(
    grounds.scenarioExpectations.flatMap(({ finds, claim }) => (finds && claim.kind === 'invariant' ? [claim.id] : [])),
  )
  const broken = grounds.violations.some((violation) => violation.excused === null && !wanted.has(violation.invariant))
  if (broken) return 'fail'
  const unmet = grounds.expectations.filter((result) => !result.met && !grounds.allowed.has(result.text))
  if (unmet.some((result) => !result.vacuous && !result.liveness)) return 'fail'
  if (grounds.stuck) return 'stuck'
  if (unmet.some((result) => !result.vacuous)) return 'fail'
  if (unmet.length > 0 || grounds.notFired.length > 0 || grounds.nothingAcked) return 'vacuous'
  return grounds.scenarioExpectations.some((expectation) => expectation.finds) ? 'find' : 'pass'
}

function place(found: FoundRecord | undefined): string {
  return found === undefined ? '' : `${found.partition}@${found.offset} (${found.client}#${found.n})`
}

function seconds(us: number): string {
  return `${(us / 1e6).toFixed(3)} s`
}
