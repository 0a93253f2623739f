// What `kafkasim run` was asked to do: its flags, understood and checked, before anything is loaded.

import type { FindingsFormat } from '../../reports/findings.ts'
import { findingsFormat } from './findings-format.ts'
import { flag, once, parseUntil, seedOf, settingsOf, wholeNumber } from './flags.ts'
import { findingsBy, type ReporterChoice, reportersOf } from './reporters.ts'
import { UsageError } from './usage-error.ts'

export interface RunRequest {
  /** Files and folders, at least one, as typed. */
  readonly files: readonly string[]
  /** As typed; undefined means each scenario's own. */
  readonly seeds: SeedRange | undefined
  /** `path=value`, in order. */
  readonly settings: readonly string[]
  /** Of a matrix: the label of the one row to run. */
  readonly row: string | undefined
  /** A virtual time, as typed. */
  readonly until: string | undefined
  /** The same in µs. */
  readonly untilUs: number | undefined
  readonly reporters: readonly ReporterChoice[]
  /** Stop after so many runs that went wrong; undefined: run all. */
  readonly bail: number | undefined
  readonly verify: boolean
  /** How much of the timeline, and of the causes, is told. */
  readonly timeline: Detail
  readonly why: Detail
  /** Of findings about files. */
  readonly format: FindingsFormat
  /** Where to write the trace. */
  readonly traceFile: string | undefined
}

export const ONE_TRACE = '--trace writes what happened in one run: give one file and one seed'

const DETAILS = ['short', 'all'] as const
export type Detail = (typeof DETAILS)[number]

/** Both included. */
export interface SeedRange {
  readonly first: number
  readonly last: number
}

/** `args` are flags as the parser leaves them: a flag given twice is a list. */
export function runRequest(operands: readonly string[], args: Readonly<Record<string, unknown>>): RunRequest {
  if (operands.length === 0) {
    throw new UsageError(
      'run needs a scenario file, or a folder of them; "kafkasim list" shows those that come with the package',
    )
  }
  const files = operands
  const seed = once(args, 'seed')
  const seeds = seed === undefined ? undefined : parseSeeds(seed)
  const traceFile = once(args, 'trace')
  if (traceFile !== undefined && (files.length > 1 || (seeds !== undefined && seeds.first !== seeds.last))) {
    throw new UsageError(ONE_TRACE)
  }
  const settings = settingsOf(args)
  const reporters = reportersOf(args)
  const until = once(args, 'until')
  const untilUs = until === undefined ? undefined : parseUntil(until)
  return {
    files,
    seeds,
    settings,
    row: once(args, 'row'),
    until,
    untilUs,
    reporters,
    bail: wholeNumber(args, 'bail'),
    verify: flag(args, 'verify'),
    timeline: detailOf(args, 'timeline'),
    why: detailOf(args, 'why'),
    format: findingsFormat(args, findingsBy(reporters)),
    traceFile,
  }
}

/** `42` or `1..100`. A seed is an integer in [0, 2^53). */
export function parseSeeds(text: string): SeedRange {
  const parts = /^(\d+)(?:\.\.(\d+))?$/.exec(text.trim())
  if (parts === null) throw new UsageError(`--seed ${text}: expected an integer such as 42, or a range such as 1..100`)
  const first = seedOf(parts[1] ?? '')
  const last = parts[2] === undefined ? first : seedOf(parts[2])
  if (last < first) throw new UsageError(`--seed ${text}: the range is empty; did you mean ${last}..${first}?`)
  return { first, last }
}

function detailOf(args: Readonly<Record<string, unknown>>, name: 'timeline' | 'why'): Detail {
  const typed = once(args, name) ?? 'short'
  const detail = DETAILS.find((each) => each === typed)
  if (detail === undefined) throw new UsageError(`--${name} ${typed}: expected short or all`)
  return detail
}
