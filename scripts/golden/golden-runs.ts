// Runs what is pinned again and says what has changed since: of a row the first event that differs, of a verdict its
// parts. Writes nothing.

import { engine } from '../../src/cli/engine.ts'
import { replayCommand } from '../../src/cli/replay-command.ts'
import { verdictJson } from '../../reports/json.ts'
import type { Expectation } from '../../src/scenario/language/expectation.ts'
import type { RunResult, Verdict } from '../../src/scenario/run-result.ts'
import type { RunOptions } from '../../src/scenario/runner.ts'
import { differenceLines, EventRecord } from './event-record.ts'
import { type GoldenRow, scenarioText, VERDICT_SEEDS } from './golden-files.ts'

export interface RowCheck {
  /** As it is now. */
  readonly row: GoldenRow
  readonly record: EventRecord
  /** What has changed, for people; empty if nothing has. */
  readonly changes: readonly string[]
}

export type Play = (row: Pick<GoldenRow, 'scenario' | 'seed' | 'set'>, options?: Partial<RunOptions>) => RunResult

/** One run of a scenario of the gallery, as the command line would do it. */
export const play: Play = ({ scenario: name, seed, set }, options = {}) => {
  const file = `scenarios/${name}.yaml`
  const { scenario, report } = engine.load(file, scenarioText(name), set)
  if (scenario === undefined) throw new Error(report)
  const reproduce = replayCommand({ settings: [...set], until: undefined }, file, seed)
  return engine.run(scenario, { seed, reproduce, ...options })
}

/** Runs the row and compares it with how it was pinned and with `pinned`, its events then. */
export function checkRow(row: GoldenRow, pinned: EventRecord | undefined, run: Play = play): RowCheck {
  const record = new EventRecord()
  const { verdict } = run(row, { onEvent: (event, hash) => record.add(event, hash) })
  const now: GoldenRow = { ...row, events: verdict.events, hash: verdict.traceHash }
  const difference = pinned?.differenceFrom(record)
  const same = row.hash === now.hash && pinned !== undefined && difference === undefined
  if (same) return { row: now, record, changes: [] }
  const title = `${row.scenario} seed ${row.seed}: ${row.hash === '' ? 'new' : row.hash} -> ${now.hash}`
  if (pinned === undefined) return { row: now, record, changes: [`${title}, pinned for the first time`] }
  if (difference === undefined) return { row: now, record, changes: [`${title}, with the same events`] }
  return { row: now, record, changes: [`${title}; the first event that differs:`, ...differenceLines(difference)] }
}

/** A run whose verdict is pinned. */
export interface PinnedRun {
  readonly scenario: string
  /** Of a matrix. */
  readonly row: string | undefined
  readonly seed: number
  /** The line that brings it again: no two runs have the same. */
  readonly reproduce: string
  /** What is expected of it. */
  readonly expectations: readonly Expectation[]
  /** `alsoJudge`: what is not, and is of no consequence for the verdict. */
  run(alsoJudge?: readonly Expectation[]): RunResult
}

/** Of this much virtual time one seed will do. */
const LONG_US = 3_600_000_000

/** Every scenario with all of `VERDICT_SEEDS`; one that takes hours, and each row of a matrix, with the first of them. */
export function pinnedRuns(name: string): PinnedRun[] {
  const file = `scenarios/${name}.yaml`
  const { rows = [], report } = engine.load(file, scenarioText(name), [])
  if (rows.length === 0) throw new Error(report)
  const takesLong = rows.some(({ shape: { duration } }) => duration.kind === 'fixed' && duration.value >= LONG_US)
  const seeds = rows.length > 1 || takesLong ? VERDICT_SEEDS.slice(0, 1) : VERDICT_SEEDS
  return rows.flatMap((row) =>
    seeds.map((seed) => {
      const reproduce = replayCommand({ settings: [], until: undefined }, file, seed, row.row)
      // The second look has its tests elsewhere, and no part in a verdict.
      const run = (alsoJudge: readonly Expectation[] = []): RunResult =>
        engine.run(row, { seed, reproduce, recheck: 'off', alsoJudge })
      return { scenario: name, row: row.row?.label, seed, reproduce, expectations: row.expectations, run }
    }),
  )
}

export function verdictsNow(scenario: string): Verdict[] {
  return pinnedRuns(scenario).map((pinned) => verdictOf(pinned.run()))
}

/** What the command line prints with `--json`, but for `wallMs`. */
export function verdictOf({ verdict }: RunResult): Verdict {
  const { wallMs: _, ...rest } = JSON.parse(verdictJson(verdict, 0)) as Verdict & { wallMs: number }
  return rest
}

/** Which parts of a verdict differ, for people; empty if none does. */
export function verdictChanges(pinned: Verdict | undefined, now: Verdict): string[] {
  const title = `${now.scenario} seed ${now.seed}: verdict`
  return pinned === undefined ? [`${title} pinned for the first time`] : leafChanges(title, pinned, now)
}

function leafChanges(path: string, before: unknown, now: unknown): string[] {
  const [old, next] = [JSON.stringify(before), JSON.stringify(now)]
  if (old === next) return []
  if (!isTree(before) || !isTree(now)) return [`${path}: ${old} -> ${next}`]
  const keys = new Set([...Object.keys(before), ...Object.keys(now)])
  return [...keys].flatMap((key) => leafChanges(`${path}.${key}`, before[key], now[key]))
}

function isTree(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null
}
