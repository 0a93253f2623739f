// Text in, verdict out: reading, drawing and running a scenario, for those who use kafkasim as a library. Reads no files
// and prints nothing; the command line stands beside it, not on it.

import { Streams } from '../sim/random/streams.ts'
import { INVARIANTS } from './invariants/index.ts'
import { type LoadedScenario, resolveDraws } from './scenario/build.ts'
import type { Scenario } from './scenario/model.ts'
import type { Finding } from './scenario/text/diagnostics.ts'
import { loadScenario as load, type LoadResult } from './scenario/loader.ts'
import { renderFindings } from './scenario/text/render-finding.ts'
import type { ReadDirectory } from './scenario/data/data-directory.ts'
import type { RunResult } from './scenario/run-result.ts'
import { type RunOptions as RunnerOptions, runInSlices as slicesOf, runScenario as run } from './scenario/runner.ts'
import type { KafkaEvent } from './trace/kafka-event.ts'

/** One event of the trace: when, on which node, in which executed event, and what. */
export interface TraceLine {
  readonly atUs: number
  readonly node: string
  readonly ordinal: number
  readonly event: KafkaEvent
}

/** `seed` is an integer in [0, 2^53). Listeners change nothing: the trace hash is the same with and without them. */
export interface RunOptions extends Omit<RunnerOptions, 'onTrace'> {
  onTrace?(line: TraceLine): void
}

export interface ParseOptions {
  /** What findings call the text; without it `scenario`. Also names a scenario that does not name itself. */
  readonly file?: string
  /** `path=value`, applied in order, as `--set` does. */
  readonly set?: readonly string[]
  /** Of a file with a matrix: the label of the row to run. */
  readonly row?: string
  /** Reads the files of a directory that `data:` of a broker names; without it no broker can begin with data. */
  readonly readDirectory?: ReadDirectory | undefined
}

export interface SimulateOptions extends Omit<RunOptions, 'seed'>, ParseOptions {
  /** Without it the scenario's own, or 1. */
  readonly seed?: number
}

/** A scenario that cannot be run. The message lists everything that is wrong with it, each with its line and a caret. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[], report: string) {
    super(`the scenario cannot be run\n${report}`)
    this.findings = findings
  }
}

/**
 * Runs a scenario, given as the text of its file or as loaded before, and judges it. A failed expectation is no error: it
 * is in the verdict. Throws ScenarioError if the text is no good scenario; warnings are passed over (`loadScenario` has
 * them). With a loaded scenario, `file` and `set` come too late and mean nothing.
 */
export function simulate(scenario: string | LoadedScenario, options: SimulateOptions = {}): RunResult {
  const { seed, file, set, row, readDirectory, ...others } = options
  const loaded =
    typeof scenario === 'string'
      ? loadOrThrow(scenario, { ...(file && { file }), ...(set && { set }), ...(row && { row }), readDirectory })
      : scenario
  return runScenario(loaded, { ...others, seed: seed ?? loaded.seed ?? 1 })
}

/** Reads a scenario. Never throws, whatever the text: what is wrong with it is in the result. */
export function loadScenario(text: string, options: ParseOptions = {}): LoadResult {
  const { file = 'scenario', set = [], row, readDirectory } = options
  const result = load(text, { file, set, readDirectory, invariants: INVARIANTS.map(({ id }) => id) })
  if (!result.ok || row === undefined) return result
  const rows = result.rows.filter((each) => each.row?.label === row)
  const [scenario] = rows
  return scenario === undefined
    ? { ok: false, findings: [rowFinding(result.rows, file)] }
    : { ...result, scenario, rows }
}

/** Runs a loaded scenario once. Pure: the same scenario, options and version of this package give the same result. */
export function runScenario(scenario: LoadedScenario, options: RunOptions): RunResult {
  return run(drawn(scenario, options.seed), options)
}

/** The same, a slice of virtual time at a time: whoever asks for the next may do something else before, or never ask. */
export function runInSlices(scenario: LoadedScenario, options: RunOptions): Iterator<void, RunResult> {
  return slicesOf(drawn(scenario, options.seed), options)
}

/** The streams of draws are named after their settings, and are no other stream of the run. */
function drawn(scenario: LoadedScenario, seed: number): Scenario {
  const streams = new Streams(seed)
  return resolveDraws(scenario, (name) => streams.stream(name))
}

function loadOrThrow(text: string, options: ParseOptions): LoadedScenario {
  const result = loadScenario(text, options)
  if (result.ok && result.rows.length === 1) return result.scenario
  const findings = result.ok ? [rowFinding(result.rows, options.file ?? 'scenario')] : result.findings
  const sources = new Map([['--set', (options.set ?? []).join('\n')]])
  const report = renderFindings(findings, (name) => sources.get(name) ?? text)
  throw new ScenarioError(findings, report)
}

function rowFinding(rows: readonly LoadedScenario[], file: string): Finding {
  const labels = rows.flatMap(({ row }) => (row === undefined ? [] : [`"${row.label}"`]))
  const suggestion = labels.length === 0 ? 'the scenario has no matrix' : `rows are ${labels.join(', ')}`
  const message = 'choose one row of the matrix by its label'
  return { code: 'KS403', severity: 'error', message, file, line: 1, column: 1, endColumn: 1, suggestion }
}
