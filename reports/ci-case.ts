// What was tried and what came of it, as systems for continuous integration see it: a suite has cases, a case passes, fails,
// or could not be run. Of a scenario: a suite for each row, a case for each seed.

import type { SeriesVerdict } from '../src/scenario/judge/series.ts'
import type { RunResult } from '../src/scenario/run-result.ts'
import type { FuzzReport } from './fuzz.ts'
import { count, counted } from './figures.ts'
import { recordCommands } from './record-command.ts'

/** 1-based. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface Problem {
  /** `no-acked-loss`, `RI-13`: a word or two. */
  readonly title: string
  readonly message: string
  /** In the file of the case, where it is known. */
  readonly place: Place | undefined
}

export interface CiCase {
  /** `leader-crash`, `leader-crash [acks=1]`. */
  readonly suite: string
  /** `seed 42`: one of its suite. */
  readonly name: string
  /** Which it is, in a sentence: `leader-crash, seed 42`. */
  readonly label: string
  /** As typed; undefined: of no file. */
  readonly file: string | undefined
  readonly wallMs: number
  /** `error`: it is not known how it would have ended. */
  readonly status: 'passed' | 'failed' | 'error'
  /** Worst first; empty only if it passed. */
  readonly problems: readonly Problem[]
  /** Lines that tell of records it names; none without a file. */
  readonly records?: readonly string[]
  /** The line that brings it again. */
  readonly replay: string | undefined
}

/** What a run belongs to. */
export interface CaseOrigin {
  readonly file: string
  readonly scenario: string
  /** Label of the row of a matrix. */
  readonly row: string | undefined
  /** Where expectations stand in the file, by their text. */
  readonly places: ReadonlyMap<string, Place>
  /** What may be unmet, by its text. */
  readonly allowed: ReadonlySet<string>
}

/** `missed`: that it did not find what is sought is no failure, for another seed may. */
export function caseOfRun(origin: CaseOrigin, result: RunResult, wallMs: number, missed: boolean): CiCase {
  const { verdict } = result
  const passed = verdict.passed || missed
  return {
    ...named(origin, `seed ${verdict.seed}`),
    file: origin.file,
    wallMs,
    status: passed ? 'passed' : 'failed',
    problems: passed ? [] : problemsOf(origin, result),
    records: passed ? [] : recordCommands(verdict),
    replay: verdict.reproduce,
  }
}

/** What no single run of a series says: that nothing was found with any seed. Undefined if there is nothing to say. */
export function caseOfSeries(origin: CaseOrigin, series: SeriesVerdict): CiCase | undefined {
  const problems = series.finds
    .filter(({ metBy }) => metBy === 0)
    .map(({ text }) => ({
      title: text,
      message: `found with none of ${counted(series.runs, 'seed')}`,
      place: origin.places.get(text),
    }))
  if (problems.length === 0 || series.passed) return undefined
  const name = `all ${counted(series.runs, 'seed')}`
  const replay = series.reproduce
  return { ...named(origin, name), file: origin.file, wallMs: 0, status: 'failed', problems, replay }
}

/** A run that did not come to a verdict. */
export function caseOfBreakdown(origin: CaseOrigin, seed: number, message: string, replay: string): CiCase {
  const problems = [{ title: 'defect in kafkasim', message, place: undefined }]
  return { ...named(origin, `seed ${seed}`), file: origin.file, wallMs: 0, status: 'error', problems, replay }
}

/** A command that was ended before its time: what is not reported was not looked at. */
export function caseOfInterruption(suite: string, message: string): CiCase {
  const problems = [{ title: 'interrupted', message: `interrupted ${message}`, place: undefined }]
  const name = 'interrupted'
  return { suite, name, label: suite, file: undefined, wallMs: 0, status: 'error', problems, replay: undefined }
}

/** A case for each finding, and one for the campaign, which fails only for reasons of its own. */
export function casesOfCampaign({ campaign, findings, cost, seed, interruptedBy }: FuzzReport): CiCase[] {
  const suite = `fuzz seed ${seed}`
  const differing = campaign.differing.map((index) => ({
    title: 'runs differ',
    message: `case ${index} ran otherwise the second time`,
    place: undefined,
  }))
  const whole: CiCase = {
    suite,
    name: `${count(campaign.runs)} cases`,
    label: suite,
    file: undefined,
    wallMs: cost.wallMs,
    status: differing.length > 0 ? 'error' : 'passed',
    problems: differing,
    replay: undefined,
  }
  const found = findings.map(({ group, path }): CiCase => {
    const { finding, signature, count: times } = group
    const where = finding.subject === '' ? '' : `${finding.subject}: `
    return {
      suite,
      name: signature,
      label: suite,
      file: path,
      wallMs: 0,
      status: 'failed',
      problems: [
        { title: finding.id, message: `${where}${finding.message} (${counted(times, 'time')})`, place: undefined },
      ],
      replay: path === undefined ? undefined : `npx kafkasim run ${path}`,
    }
  })
  if (interruptedBy === undefined) return [whole, ...found]
  return [whole, ...found, caseOfInterruption(suite, `by ${interruptedBy} after ${counted(campaign.runs, 'case')}`)]
}

function named({ scenario, row }: CaseOrigin, name: string): Pick<CiCase, 'suite' | 'name' | 'label'> {
  const suite = row === undefined ? scenario : `${scenario} [${row}]`
  return { suite, name, label: `${suite}, ${name}` }
}

function problemsOf({ places, allowed }: CaseOrigin, { verdict, stuckOn }: RunResult): Problem[] {
  const { expectations, violations, notFired, outcome, history } = verdict
  const sought = new Set(expectations.map(({ text }) => text))
  const broken = violations
    .filter(({ excused, invariant }) => excused === null && !sought.has(`finds: ${invariant}`))
    .map(({ invariant, rule, subject, message }) => ({
      title: invariant,
      message: `${subject}: ${message} (${rule})`,
      place: undefined,
    }))
  const unmet = expectations
    .filter(({ text, met }) => !met && !allowed.has(text))
    .map(({ text, message }) => ({ title: text, message, place: places.get(text) }))
  const stuck =
    outcome === 'stuck'
      ? [{ title: 'stuck', message: ['the cluster did not settle', ...stuckOn].join('; '), place: undefined }]
      : []
  const idle = notFired.map((fault) => ({ title: 'a fault never fired', message: fault, place: undefined }))
  const problems = [...broken, ...unmet, ...stuck, ...idle]
  if (problems.length > 0) return problems
  const message = history.acked === 0 ? 'nothing was acknowledged' : 'nothing was tested'
  return [{ title: outcome, message, place: undefined }]
}
