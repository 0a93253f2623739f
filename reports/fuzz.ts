// What a campaign found and what it covered: for people, and as JSON Lines.

import type { CampaignReport, FoundGroup, Hits } from '../src/fuzz/campaign.ts'
import { count, counted, span, wallTime } from './figures.ts'
import { printable, truncate, wrap } from './terminal/cell-text.ts'
import type { Palette } from './terminal/palette.ts'

/** What only those who ran it know. */
export interface CampaignCost {
  readonly wallMs: number
  /** Time that cases took, over all workers. */
  readonly busyMs: number
  readonly jobs: number
}

/** A finding and where it was written. */
export interface WrittenFinding {
  readonly group: FoundGroup
  /** As a user would type it; undefined: nothing could be written. */
  readonly path: string | undefined
  /** How many faults are left of those that were drawn. */
  readonly faults: number
  readonly shrunk: boolean
}

export interface FuzzReport {
  readonly campaign: CampaignReport
  readonly findings: readonly WrittenFinding[]
  readonly cost: CampaignCost
  readonly seed: number
  /** The signal that ended it before its time. */
  readonly interruptedBy: 'SIGINT' | 'SIGTERM' | undefined
}

/** `quiet`: without what was covered. */
export function fuzzLines(report: FuzzReport, palette: Palette, columns: number, quiet = false): string[] {
  const { campaign, findings } = report
  return [
    headline(report, palette),
    palette.faint(costLine(report)),
    ...campaign.differing.map((index) => `${palette.bad('✘')} case ${index} ran otherwise the second time`),
    ...findings.flatMap((finding) => findingLines(finding, palette, columns)),
    ...campaign.knownUpstream.map(
      ({ name, runs, statement }) => `${palette.faint('known')}  ${name} in ${counted(runs, 'run')}: ${statement}`,
    ),
    ...(quiet ? [] : coverageLines(campaign, palette, columns)),
  ]
}

function headline({ campaign, findings, seed, interruptedBy }: FuzzReport, palette: Palette): string {
  const { outcomes, differing } = campaign
  const ends = Object.entries(outcomes).map(([outcome, n]) => `${count(n)} ${outcome}`)
  const word =
    differing.length > 0
      ? palette.bad('DIFFERS')
      : findings.length > 0
        ? palette.bad(counted(findings.length, 'FINDING'))
        : palette.good('CLEAN')
  const cut = interruptedBy === undefined ? '' : `, ${palette.bad(`interrupted by ${interruptedBy}`)}`
  return `${word}  seed ${seed}, ${counted(campaign.runs, 'run')}${cut}: ${ends.length === 0 ? 'nothing to tell' : ends.join(', ')}`
}

function costLine({ campaign, cost }: FuzzReport): string {
  const perCore = cost.busyMs > 0 ? (campaign.runs / cost.busyMs) * 1000 : 0
  const parts = [
    `${wallTime(cost.wallMs)} with ${counted(cost.jobs, 'worker')}`,
    `${perCore.toFixed(1)} runs/s per core`,
    `${span(Math.round(campaign.simulatedMs / 1000) * 1000)} virtual`,
    `${count(campaign.events)} events`,
  ]
  return parts.join(' · ')
}

function findingLines({ group, path, faults, shrunk }: WrittenFinding, palette: Palette, columns: number): string[] {
  const { signature, count: n, firstIndex, finding } = group
  const where = finding.subject === '' ? '' : `${finding.subject}: `
  const size = shrunk ? `${counted(faults, 'fault')} left` : 'as drawn'
  return [
    '',
    `${palette.bad('✘')} ${palette.strong(truncate(printable(signature), columns - 2))}`,
    `  ${counted(n, 'time')}, first in case ${firstIndex}; ${size}`,
    `  ${palette.faint(truncate(printable(where + finding.message), columns - 2))}`,
    ...(path === undefined ? [] : [`  ${palette.faint('replay:')} npx kafkasim run ${path}`]),
  ]
}

function coverageLines(campaign: CampaignReport, palette: Palette, columns: number): string[] {
  const { verbs, neverUsed, buggified, neverBuggified, marks, neverReached } = campaign
  const text = (label: string, items: readonly string[]): string[] =>
    items.length === 0
      ? []
      : [palette.faint(`${label}:`), ...wrap(items.join(', '), columns - 2).map((line) => `  ${line}`)]
  const counts = (list: readonly Hits[]): string[] => list.map(({ name, runs }) => `${name} ${runs}`)
  return [
    '',
    ...text('faults, by runs', counts(verbs)),
    ...text('faults never drawn', neverUsed),
    ...text('buggify points that fired, by runs', counts(buggified)),
    ...text('buggify points that never fired', neverBuggified),
    ...text('marks reached, by runs', counts(marks)),
    ...text('marks never reached', neverReached),
  ]
}

/** One line for each finding, and one that sums up. */
export function fuzzJson({ campaign, findings, cost, seed, interruptedBy }: FuzzReport): string[] {
  const { found: _found, ...sums } = campaign
  return [
    ...findings.map(({ group, path, faults, shrunk }) => {
      const { signature, kind, count: n, firstIndex, smallestIndex, finding } = group
      const { id, subject, message, atMs, broken } = finding
      const where = { firstIndex, smallestIndex, subject, atMs, message, broken }
      const file = { file: path ?? null, faults, shrunk }
      return JSON.stringify({ type: 'finding', signature, kind, id, count: n, ...where, ...file })
    }),
    JSON.stringify({
      type: 'summary',
      seed,
      findings: findings.length,
      ...sums,
      interruptedBy: interruptedBy ?? null,
      jobs: cost.jobs,
      wallMs: Math.round(cost.wallMs),
      busyMs: Math.round(cost.busyMs),
    }),
  ]
}
