// Puts a myth to the test: runs each row of its scenario under the eyes of its probe, and draws the verdict from what they
// saw. It is shown only if every run went as its scenario expects, and what came out is what must come out.

import type { LoadedScenario } from '../scenario/build.ts'
import type { RunOutcome, RunResult } from '../scenario/run-result.ts'
import type { RunOptions } from '../scenario/runner.ts'
import type { Myth, MythVerdict } from './myth.ts'
import { Witness } from './witness.ts'

export interface MythRun {
  readonly id: string
  readonly slug: string
  readonly claim: string
  /** Drawn from the rows; undefined if one of them shows nothing. */
  readonly verdict: MythVerdict | undefined
  /** What must come out came out. */
  readonly shown: boolean
  readonly truth: string
  readonly rules: string
  readonly seed: number
  readonly rows: readonly MythRow[]
  /** Runs all rows. */
  readonly reproduce: string
}

export interface MythRow {
  /** '' without a matrix. */
  readonly label: string
  readonly holds: boolean | undefined
  readonly facts: readonly string[]
  readonly outcome: RunOutcome
  /** Expectations that were not met, and unexcused violations. */
  readonly broken: readonly string[]
  readonly traceHash: string
  readonly reproduce: string
}

export function runMyth(
  myth: Myth,
  rows: readonly LoadedScenario[],
  { seed, reproduce }: Pick<MythRun, 'seed' | 'reproduce'>,
  run: (scenario: LoadedScenario, options: Pick<RunOptions, 'watch'>) => RunResult,
): MythRun {
  const { id, slug, claim, truth, rules } = myth
  const told = rows.map((scenario) => rowOf(myth, scenario, run))
  const verdict = verdictOf(myth, told)
  const shown = verdict === myth.verdict && told.every(({ outcome }) => outcome === 'pass' || outcome === 'find')
  return { id, slug, claim, verdict, shown, truth, rules, seed, rows: told, reproduce }
}

function rowOf(
  { probe }: Myth,
  scenario: LoadedScenario,
  run: (scenario: LoadedScenario, options: Pick<RunOptions, 'watch'>) => RunResult,
): MythRow {
  let tell: ReturnType<typeof probe> | undefined
  const result = run(scenario, {
    watch: (cluster) => {
      tell = probe(new Witness(cluster, scenario.row?.label ?? ''))
    },
  })
  const { outcome, expectations, violations, notFired, traceHash, reproduce } = result.verdict
  const { holds, facts } = tell?.(result) ?? { holds: undefined, facts: [] }
  const broken = [
    ...expectations.flatMap(({ text, met, message }) => (met ? [] : [`${text}: ${message}`])),
    ...violations.flatMap(({ invariant, message, excused }) => (excused === null ? [`${invariant}: ${message}`] : [])),
    ...notFired.map((fault) => `never fired: ${fault}`),
    ...result.stuckOn,
  ]
  return { label: scenario.row?.label ?? '', holds, facts, outcome, broken, traceHash, reproduce }
}

function verdictOf({ rows }: Myth, told: readonly MythRow[]): MythVerdict | undefined {
  if (told.length === 0 || told.some(({ holds }) => holds === undefined)) return undefined
  const held = told.filter(({ holds }) => holds === true).length
  if (held === told.length) return 'true'
  return held > 0 && rows === 'releases' ? 'depends on version' : 'false'
}
