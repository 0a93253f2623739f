// What several runs of one scenario, under several seeds, say together. A run that only failed to find what the file
// wants found (`finds:`) does not fail the series if another seed found it; everything else counts as it does alone.

import type { RunOutcome, Verdict } from '../run-result.ts'

export interface SeriesFinding {
  /** As written: `finds: no-acked-loss`. */
  readonly text: string
  /** How many runs found it. */
  readonly metBy: number
  readonly firstSeed: number | undefined
}

export interface SeriesVerdict {
  readonly scenario: string
  readonly outcome: RunOutcome
  readonly passed: boolean
  readonly runs: number
  /** How many runs ended how, each judged alone. */
  readonly counts: { readonly [Outcome in RunOutcome]: number }
  /** Runs whose only failure is that they did not find what was sought. */
  readonly missedSeeds: number
  readonly finds: readonly SeriesFinding[]
  /** Brings back the run to look at first: the first that failed, or else the first that found something. */
  readonly reproduce: string | undefined
  /** Of all runs together. */
  readonly history: SeriesHistory
}

export interface SeriesHistory {
  readonly acked: number
  readonly lost: number
  readonly duplicated: number
  readonly reordered: number
}

const FIGURES = ['acked', 'lost', 'duplicated', 'reordered'] as const

/** Of at least one run, all of one scenario. */
export function verdictOfSeries(verdicts: Iterable<Verdict>): SeriesVerdict {
  const tally = new SeriesTally()
  for (const verdict of verdicts) tally.add(verdict)
  return tally.verdict()
}

/** Adds up runs one by one, keeping no more of them than a long series allows. */
export class SeriesTally {
  private readonly counts: { [Outcome in RunOutcome]: number } = { pass: 0, find: 0, fail: 0, stuck: 0, vacuous: 0 }
  private readonly finds = new Map<string, { metBy: number; firstSeed: number | undefined }>()
  private readonly history = { acked: 0, lost: 0, duplicated: 0, reordered: 0 }
  private scenario = ''
  private runs = 0
  private missed = 0
  /** The worst outcome so far, misses aside. */
  private worst: RunOutcome = 'pass'
  private toLookAt: string | undefined = undefined
  private firstFound: string | undefined = undefined
  private firstMissed: string | undefined = undefined

  add(verdict: Verdict): void {
    this.runs++
    this.scenario = verdict.scenario
    this.counts[verdict.outcome]++
    for (const figure of FIGURES) this.history[figure] += verdict.history[figure]
    for (const { text, met } of verdict.expectations) {
      if (!isFinds(text)) continue
      const find = this.finds.get(text) ?? { metBy: 0, firstSeed: undefined }
      if (met) {
        find.metBy++
        find.firstSeed ??= verdict.seed
        this.firstFound ??= verdict.reproduce
      }
      this.finds.set(text, find)
    }
    if (onlyMissed(verdict)) {
      this.missed++
      this.firstMissed ??= verdict.reproduce
      return
    }
    if (severity(verdict.outcome) > severity(this.worst)) this.worst = verdict.outcome
    if (!verdict.passed) this.toLookAt ??= verdict.reproduce
  }

  verdict(): SeriesVerdict {
    const finds = [...this.finds].map(([text, find]) => ({ text, ...find }))
    const notFound = finds.some(({ firstSeed }) => firstSeed === undefined)
    const found = finds.length > 0 && !notFound
    const outcome =
      severity(this.worst) > severity('find') ? this.worst : notFound ? 'fail' : found ? 'find' : this.worst
    return {
      scenario: this.scenario,
      outcome,
      passed: outcome === 'pass' || outcome === 'find',
      runs: this.runs,
      counts: { ...this.counts },
      missedSeeds: this.missed,
      finds,
      history: { ...this.history },
      reproduce: this.toLookAt ?? (notFound ? this.firstMissed : this.firstFound),
    }
  }
}

/** Nothing went wrong in this run but that it did not find what was sought. */
export function onlyMissed(verdict: Verdict): boolean {
  if (verdict.outcome !== 'fail' || verdict.notFired.length > 0) return false
  const unmet = verdict.expectations.filter(({ met }) => !met)
  if (unmet.length === 0 || !unmet.every(({ text }) => isFinds(text))) return false
  const sought = new Set(verdict.expectations.map(({ text }) => soughtBy(text)))
  return verdict.violations.every(({ invariant, excused }) => excused !== null || sought.has(invariant))
}

function isFinds(text: string): boolean {
  return text.startsWith('finds:')
}

function soughtBy(text: string): string | undefined {
  return isFinds(text) ? text.slice('finds:'.length).trim() : undefined
}

/** A failure says more than a run that got stuck, and that more than one that tested nothing. */
function severity(outcome: RunOutcome): number {
  switch (outcome) {
    case 'pass':
      return 0
    case 'find':
      return 1
    case 'vacuous':
      return 2
    case 'stuck':
      return 3
    case 'fail':
      return 4
  }
}
