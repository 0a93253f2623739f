// Everything that went wrong in a run, told by cause: what was promised, what came of it, why, and what would prevent it.

import { unreachable } from '../../../../sim/index.ts'
import { deliveriesIn, isMember } from '../../../history/redeliveries.ts'
import { type ResurrectedKey, tablesOfReaders } from '../../../history/resurrected-keys.ts'
import type { Violation } from '../../../invariants/invariant.ts'
import { NO_LEADER } from '../../../metadata/partition-state.ts'
import { loopsOf } from '../../cluster/group-loops.ts'
import type { GroupSafetyId } from '../judge-groups.ts'
import type { Expectation } from '../../language/expectation.ts'
import type { Judged, Paragraph } from '../../run-result.ts'
import { at, type Cause, type FinishedRun, type Mishap } from './cause.ts'
import { partitionOf } from './defect-rules.ts'
import { rotOfLeader } from './disk-rules.ts'
import { homeOf } from './group-stuck-rules.ts'
import { promiseOf } from './promises.ts'
import { Causes } from './rules.ts'

/** Lost records are followed one by one; of very many, these are enough to see all causes. */
const MOST_FOLLOWED = 5000

export interface Judgement {
  readonly expectations: readonly Expectation[]
  readonly judged: readonly Judged[]
  readonly stuckOn: readonly string[]
  /** Names of partitions by topic. */
  readonly partitions: ReadonlyMap<string, readonly string[]>
}

/** What one expectation, invariant or standstill says, and the mishaps behind it. */
interface Finding {
  readonly name: string
  readonly weight: Paragraph['weight']
  readonly promised: string
  readonly message: string
  readonly mishaps: readonly Mishap[]
}

export function paragraphsOf(run: FinishedRun, judgement: Judgement): Paragraph[] {
  const causes = new Causes(run)
  const told = new Map<string, Paragraph>()
  for (const finding of [
    ...expectationFindings(run, judgement),
    ...stuckFindings(run, judgement),
    ...violationFindings(run),
  ]) {
    for (const [key, { cause, mishaps }] of byCause(causes, finding)) {
      tell(told, key, finding, cause, mishaps, cause === undefined ? knownOf(mishaps, run) : [])
    }
  }
  const weights: readonly Paragraph['weight'][] = ['failed', 'found', 'excused']
  return [...told.values()].toSorted((a, b) => weights.indexOf(a.weight) - weights.indexOf(b.weight))
}

function byCause(
  causes: Causes,
  { name, mishaps }: Finding,
): Map<string, { cause: Cause | undefined; mishaps: Mishap[] }> {
  const groups = new Map<string, { cause: Cause | undefined; mishaps: Mishap[] }>()
  for (const mishap of mishaps) {
    const cause = causes.of(mishap)
    const key = cause?.key ?? `unknown ${name}`
    const group = groups.get(key) ?? { cause, mishaps: [] }
    group.mishaps.push(mishap)
    groups.set(key, group)
  }
  if (mishaps.length === 0) groups.set(`unknown ${name}`, { cause: undefined, mishaps: [] })
  return groups
}

function tell(
  told: Map<string, Paragraph>,
  key: string,
  { name, weight, promised, message }: Finding,
  cause: Cause | undefined,
  mishaps: readonly Mishap[],
  known: readonly string[],
): void {
  const before = told.get(key)
  const fact = factOf(name, mishaps, message)
  if (before === undefined) {
    told.set(key, { shownBy: [name], weight, promised, broken: fact, facts: known, cause })
    return
  }
  if (before.shownBy.includes(name)) return
  // Excused violations are listed elsewhere, each with its excuse.
  const facts = weight === 'excused' ? before.facts : [...before.facts, fact]
  told.set(key, { ...before, shownBy: [...before.shownBy, name], facts })
}

/** Of a gap that no rule explains: what became of the partition meanwhile. */
function knownOf([first]: readonly Mishap[], { pasts }: FinishedRun): string[] {
  if (first?.kind !== 'gap') return []
  const { partition, fromUs, untilUs } = first
  const { states } = pasts.of(partition)
  const meanwhile = states.filter(({ atUs }) => atUs >= fromUs && atUs <= untilUs)
  const start = states.findLast(({ atUs }) => atUs < fromUs)
  return [...(start === undefined ? [] : [start]), ...meanwhile].map(
    ({ atUs, leader, isr, reason }) =>
      `${partition} from ${at(atUs)} on: ${leader === NO_LEADER ? 'no leader' : `leader ${leader}`}, ISR [${isr.join(', ')}] (${reason})`,
  )
}

/** In figures, where they are known by cause; else in the words of the judgement. */
function factOf(name: string, mishaps: readonly Mishap[], message: string): string {
  const [first] = mishaps
  if (first?.kind !== 'lost') return message
  const partitions = [...new Set(mishaps.map(partitionOf))]
  const offsets = mishaps.flatMap((mishap) => (mishap.kind === 'lost' ? [mishap.record.offset] : []))
  const { partition } = first.record
  const range =
    partitions.length > 1 || offsets.length === 1
      ? `${partitions.length > 1 ? `in ${partitions.length} partitions, ` : ''}the first ${partition}@${first.record.offset}`
      : `${partition}@${Math.min(...offsets)} to @${Math.max(...offsets)}`
  return `${name.replace(/^finds: /, '')}: ${mishaps.length} acknowledged ${mishaps.length === 1 ? 'record is' : 'records are'} gone, ${range}`
}

function expectationFindings(run: FinishedRun, judgement: Judgement): Finding[] {
  const { expectations, judged } = judgement
  return expectations.flatMap((expectation, i): Finding[] => {
    const result = judged[i]
    if (result === undefined || result.vacuous || result.unknown || result.met !== expectation.finds) return []
    const { text, finds, claim } = expectation
    const mishaps = mishapsBehind(expectation, run, judgement)
    // A number that is not as expected says all there is in the list of expectations, if no more is known.
    if (claim.kind === 'metric' && mishaps.length === 0) return []
    const statement = run.violations.find(
      ({ invariant }) => claim.kind === 'invariant' && invariant === claim.id,
    )?.statement
    return [
      {
        name: text,
        weight: finds ? 'found' : isAllowed(text, run) ? 'excused' : 'failed',
        promised: statement ?? promiseOf(claim, text),
        message: `${text.replace(/^finds: /, '')}: ${result.message}`,
        mishaps,
      },
    ]
  })
}

function mishapsBehind({ claim }: Expectation, run: FinishedRun, { partitions, stuckOn: lines }: Judgement): Mishap[] {
  const { findings, reads, record, history, violations, disagreements } = run
  switch (claim.kind) {
    case 'safety':
      switch (claim.id) {
        case 'no-acked-loss':
          return findings.lost.slice(0, MOST_FOLLOWED).map((lost) => ({ kind: 'lost', record: lost }))
        case 'no-duplicates-in-log':
          return findings.duplicated
            .slice(0, MOST_FOLLOWED)
            .map((found) => ({ kind: 'duplicated', record: found, firstOffset: found.firstOffset }))
        case 'order-per-partition':
          return findings.reordered
            .slice(0, MOST_FOLLOWED)
            .map((found) => ({ kind: 'reordered', record: found, after: found.after }))
        case 'no-unclean-election':
          return record.uncleanElections.map(({ partition, atUs }) => ({ kind: 'unclean-election', partition, atUs }))
        case 'no-poll-skip':
          return readMishaps(claim.id, reads.skipped)
        case 'no-nonmonotonic-poll':
          return readMishaps(claim.id, reads.nonmonotonic)
        case 'no-inconsistent-offsets':
          return readMishaps(claim.id, reads.inconsistent)
        case 'no-resurrected-keys':
          return resurrectedKeys(run)
            .slice(0, MOST_FOLLOWED)
            .map((record) => ({ kind: 'resurrected', record }))
        case 'no-duplicate-delivery':
        case 'no-ownership-overlap':
        case 'commits-cover-processed':
          return groupMishaps(claim.id, run).slice(0, MOST_FOLLOWED)
        case 'no-rebalance-loop':
          return loopMishaps(run)
        case 'no-commit-regression':
          return readMishaps(
            claim.id,
            run.groupHistory.commitRegressions.map(({ partition, to }) => ({ partition, offset: to })),
          )
        case 'no-unseen':
        case 'no-aborted-reads':
        case 'order-per-key':
          return []
        case 'no-offset-regression':
          return readMishaps(
            claim.id,
            history.offsetRegressions.found.map(({ partition, to }) => ({ partition, offset: to })),
          )
        case 'logs-agree-below-hw':
          return readMishaps(
            claim.id,
            disagreements.map((text) => ({ partition: text.split(':', 1)[0] ?? '', offset: -1 })),
          )
        default:
          return unreachable(claim, 'safety expectation')
      }
    case 'invariant':
      return violations
        .filter(({ invariant }) => invariant === claim.id)
        .map((violation) => ({ kind: 'violation', violation }))
    case 'writable': {
      const gap = history.longestWriteGap(claim.topic, partitions.get(claim.topic) ?? [])
      if (gap === undefined) return []
      const { partition, gapUs, endedUs } = gap
      return [{ kind: 'gap', partition, fromUs: endedUs - gapUs, untilUs: endedUs, allowedUs: claim.gapUs }]
    }
    case 'isr-full':
      return [...run.missingReplicas.keys()].map((partition) => stuckOn(partition, partition))
    case 'caught-up': {
      const loops = loopMishaps(run, claim.consumer)
      if (loops.length > 0) return loops
      const read = topicsOf(run, claim.consumer).flatMap((topic) => partitions.get(topic) ?? [])
      const leaderless = read.filter((partition) => run.pasts.of(partition).states.at(-1)?.leader === NO_LEADER)
      if (leaderless.length > 0) return leaderless.map((partition) => stuckOn(partition, partition))
      const late = lateOf(run, claim.consumer)
      if (late !== undefined) return [late]
      const unseen = waitedFor(lines, claim.consumer)
      return unseen.length > 0 ? unseen : [groupStuck(run, claim.consumer)]
    }
    case 'stable': {
      const loops = loopMishaps(run, claim.group)
      return loops.length > 0 ? loops : [groupStuck(run, claim.group)]
    }
    case 'metric': {
      const { metric } = claim
      return metric.kind === 'count' && metric.what === 'rebalances' ? loopMishaps(run, metric.of) : []
    }
    default:
      return unreachable(claim, 'claim')
  }
}

function resurrectedKeys({ history, scenario }: FinishedRun): readonly ResurrectedKey[] {
  return tablesOfReaders(history, (consumer) => scenario.groups.some(({ name }) => isMember(consumer, name)))
    .resurrected
}

/** Of this group, or of all. */
function loopMishaps({ scenario, groupHistory }: FinishedRun, group?: string): Mishap[] {
  const specs = scenario.groups.filter(({ name }) => group === undefined || name === group)
  return specs.flatMap((spec) => loopsOf(spec, groupHistory).map((loop) => ({ kind: 'rebalance-loop', loop }) as const))
}

function groupMishaps(
  id: Exclude<GroupSafetyId, 'no-rebalance-loop' | 'no-commit-regression'>,
  { history, groupHistory, scenario }: FinishedRun,
): Mishap[] {
  const reads: { readonly partition: string; readonly offset: number }[] = []
  if (id === 'commits-cover-processed') reads.push(...groupHistory.earlyCommits)
  else if (id === 'no-ownership-overlap')
    reads.push(...groupHistory.ownership.overlaps.map(({ partition }) => ({ partition, offset: -1 })))
  else {
    return scenario.groups.flatMap(({ name }) =>
      deliveriesIn(history, name, undefined).redelivered.map((record) => ({
        kind: 'redelivered',
        group: name,
        record,
      })),
    )
  }
  return readMishaps(id, reads)
}

function isAllowed(what: string, { scenario }: FinishedRun): boolean {
  return scenario.allowed.some((allowance) => allowance.what === what)
}

function stuckOn(text: string, partition: string | undefined, process?: string): Mishap {
  return { kind: 'stuck', text, partition, process }
}

/** What a consumer, or a group, reads. */
function topicsOf({ scenario }: FinishedRun, name: string): readonly string[] {
  const consumer = scenario.consumers.find((each) => each.name === name)
  if (consumer !== undefined) return [...consumer.assignment.keys()]
  return scenario.groups.find((group) => group.name === name)?.topics ?? []
}

/** Partitions whose leader may not hand out what this reader waits for, until followers have fetched (R-66, R-76). */
function waitedFor(lines: readonly string[], name: string): Mishap[] {
  return lines.flatMap((text) => {
    const [, reader = '', partition] = /^(\S+) waits for the high watermark of (\S+)$/.exec(text) ?? []
    return partition !== undefined && (reader === name || isMember(reader, name)) ? [stuckOn(text, partition)] : []
  })
}

/** A group, or a reader in none, that does not come to rest; or the partition of its coordinator. */
function groupStuck({ scenario, pasts }: FinishedRun, name: string): Mishap {
  const process = `consumer-${name}[0]`
  if (!scenario.groups.some((group) => group.name === name)) return stuckOn(name, undefined, process)
  const home = homeOf(scenario, name)
  if (pasts.of(home).states.at(-1)?.leader === NO_LEADER) return stuckOn(home, home)
  return { kind: 'stuck', text: name, partition: undefined, process, group: name }
}

/** Undefined if it has not caught up in the end, or is no group. */
function lateOf({ groups, lastHealUs }: FinishedRun, group: string): Mishap | undefined {
  const untilUs = groups.get(group)?.caughtUpAtUs
  return untilUs === undefined ? undefined : { kind: 'late', group, fromUs: lastHealUs, untilUs }
}

function readMishaps(
  what: string,
  found: readonly { readonly partition: string; readonly offset: number }[],
): Mishap[] {
  return found.slice(0, MOST_FOLLOWED).map(({ partition, offset }) => ({ kind: 'read', what, partition, offset }))
}

/** One finding: producers and consumers that wait follow from partitions that do. */
function stuckFindings(run: FinishedRun, { stuckOn: lines, partitions }: Judgement): Finding[] {
  if (lines.length === 0) return []
  const names = [...partitions.values()].flat()
  const about = lines.flatMap((text) => {
    const partition = names.find((name) => text.startsWith(name) && /^[ ,:]/.test(text.slice(name.length)))
    // Of a partition that nobody owns it is the group that waits.
    return partition === undefined || text.includes(' is owned by nobody in ') ? [] : [stuckOn(text, partition)]
  })
  // Of readers and members: where they are, if rot may keep them there.
  const atRot = lines.flatMap((text) => {
    const partition = / is at \d+ of ([^ ,]+), /.exec(text)?.[1]
    return partition === undefined || rotOfLeader(partition, run) === undefined ? [] : [stuckOn(text, partition)]
  })
  const waiting = run.scenario.groups.filter(({ name }) => lines.some((line) => line.includes(name)))
  const goingRound = waiting.flatMap(({ name }) => loopMishaps(run, name))
  return [
    {
      name: 'stuck',
      weight: isAllowed('stuck', run) ? 'excused' : 'failed',
      promised: 'when all faults are healed, the cluster comes to rest',
      message: lines.length === 1 ? lines.join() : `${lines[0]} (and ${lines.length - 1} more)`,
      mishaps: [about, goingRound, atRot, waiting.map(({ name }) => groupStuck(run, name))].find(
        (some) => some.length > 0,
      ) ?? [stuckOn(lines.join('; '), undefined)],
    },
  ]
}

/** Of each invariant once for each cause: excused ones rarely come alone. */
function violationFindings({ violations, scenario }: FinishedRun): Finding[] {
  const wanted = new Set(
    scenario.expectations.flatMap(({ finds, claim }) => (finds && claim.kind === 'invariant' ? [claim.id] : [])),
  )
  const groups = new Map<string, Violation[]>()
  for (const violation of violations) {
    const key = `${violation.invariant} ${violation.excused === null}`
    groups.set(key, [...(groups.get(key) ?? []), violation])
  }
  return [...groups.values()].flatMap((group): Finding[] => {
    const [first] = group
    if (first === undefined || wanted.has(first.invariant)) return []
    return [
      {
        name: first.invariant,
        weight: first.excused === null ? 'failed' : 'excused',
        promised: first.statement,
        message: `${first.subject} at ${at(first.atUs)}: ${first.message}`,
        mishaps: group.map((violation) => ({ kind: 'violation', violation })),
      },
    ]
  })
}
