// What the cases of a campaign say together, in whatever order they come in: findings by signature, what was covered,
// what it cost. The same cases give the same report.

import { BUGGIFY_IDS } from '../buggify/points.ts'
import { KNOWN_UPSTREAM } from '../invariants/known-upstream.ts'
import { MARKS } from '../marks/index.ts'
import type { CaseReport } from './case.ts'
import { DRAWN_VERBS } from './faults.ts'
import type { CaseFinding, FindingKind } from './signature.ts'

/** All that a case may have: members come and go in those about groups, disks fail in those about storage. */
export const CAMPAIGN_VERBS: readonly string[] = [
  ...DRAWN_VERBS,
  'scale',
  'sigterm',
  'poison',
  'disk-full',
  'disk-error',
  'corrupt',
  'lying-sync',
]

export interface FoundGroup {
  readonly signature: string
  readonly kind: FindingKind
  readonly count: number
  /** Numbers of cases: the first that found it, and the smallest. */
  readonly firstIndex: number
  readonly smallestIndex: number
  /** Of the smallest. */
  readonly finding: CaseFinding
}

export interface Hits {
  readonly name: string
  /** Runs in which it was seen. */
  readonly runs: number
}

export interface CampaignReport {
  readonly runs: number
  readonly outcomes: { readonly [outcome: string]: number }
  readonly events: number
  readonly simulatedMs: number
  /** By how often they were found, the most frequent first. */
  readonly found: readonly FoundGroup[]
  readonly knownUpstream: readonly (Hits & { readonly statement: string; readonly firstIndex: number })[]
  readonly verbs: readonly Hits[]
  readonly neverUsed: readonly string[]
  /** Buggify points, by runs in which they fired. */
  readonly buggified: readonly Hits[]
  readonly neverBuggified: readonly string[]
  /** Sometimes-marks, by runs that reached them. */
  readonly marks: readonly Hits[]
  readonly neverReached: readonly string[]
  /** Numbers of cases whose second run differed from the first. */
  readonly differing: readonly number[]
}

export class Campaign {
  private readonly reports = new Map<number, CaseReport>()

  add(report: CaseReport): void {
    this.reports.set(report.index, report)
  }

  get runs(): number {
    return this.reports.size
  }

  /** Signatures so far. */
  get signatures(): ReadonlySet<string> {
    return new Set([...this.reports.values()].flatMap(({ finding }) => finding?.signature ?? []))
  }

  report(): CampaignReport {
    const reports = [...this.reports.values()].toSorted((a, b) => a.index - b.index)
    const verbs = hits(reports.map((report) => report.verbs))
    const used = new Set(verbs.map(({ name }) => name))
    const buggified = hits(reports.map((report) => report.buggified))
    const marks = hits(reports.map((report) => report.marks))
    const reached = new Set(marks.map(({ name }) => name))
    const fired = new Set(buggified.map(({ name }) => name))
    return {
      runs: reports.length,
      outcomes: Object.fromEntries(hits(reports.map(({ outcome }) => [outcome])).map(({ name, runs }) => [name, runs])),
      events: reports.reduce((sum, { events }) => sum + events, 0),
      simulatedMs: reports.reduce((sum, { simulatedMs }) => sum + simulatedMs, 0),
      found: groups(reports),
      knownUpstream: hits(reports.map((report) => report.knownUpstream)).map(({ name, runs }) => ({
        name,
        runs,
        statement: KNOWN_UPSTREAM.find(({ id }) => id === name)?.statement ?? '',
        firstIndex: reports.find((report) => report.knownUpstream.includes(name))?.index ?? -1,
      })),
      verbs,
      neverUsed: CAMPAIGN_VERBS.filter((verb) => !used.has(verb)),
      buggified,
      neverBuggified: BUGGIFY_IDS.filter((id) => !fired.has(id)),
      marks,
      neverReached: MARKS.map(({ id }) => id).filter((id) => !reached.has(id)),
      differing: reports.flatMap(({ index, differs }) => (differs === undefined ? [] : [index])),
    }
  }
}

/** In how many lists each name is: by name. */
function hits(lists: readonly (readonly string[])[]): Hits[] {
  const counts = new Map<string, number>()
  for (const list of lists) for (const name of list) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, runs]) => ({ name, runs })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** `reports` in order of their numbers. */
function groups(reports: readonly CaseReport[]): FoundGroup[] {
  const bySignature = new Map<string, CaseReport[]>()
  for (const report of reports) {
    if (report.finding === undefined) continue
    const { signature } = report.finding
    bySignature.set(signature, [...(bySignature.get(signature) ?? []), report])
  }
  const found = [...bySignature].flatMap(([signature, members]): FoundGroup[] => {
    const [first] = members
    const [smallest] = members.toSorted((a, b) => a.size - b.size || a.index - b.index)
    if (first === undefined || smallest?.finding === undefined) return []
    const { finding, index: smallestIndex } = smallest
    return [{ signature, kind: finding.kind, count: members.length, firstIndex: first.index, smallestIndex, finding }]
  })
  return found.toSorted((a, b) => b.count - a.count || a.firstIndex - b.firstIndex)
}
