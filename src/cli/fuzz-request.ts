// What `kafkasim fuzz` was asked to do: its flags, understood and checked, before anything is drawn.

import { availableParallelism } from 'node:os'
import type { FindingsFormat } from '../../reports/findings.ts'
import { parseDuration } from '../scenario/text/units.ts'
import { findingsFormat } from './findings-format.ts'
import { flag, listOf, once, parseSeed, settingsOf, wholeNumber } from './flags.ts'
import { findingsBy, type ReporterChoice, reportersOf } from './reporters.ts'
import { UsageError } from './usage-error.ts'

export interface FuzzRequest {
  /** As typed. */
  readonly file: string | undefined
  readonly seed: number
  /** Stops at whichever comes first; one of them is given. */
  readonly runs: number | undefined
  readonly timeMs: number | undefined
  readonly jobs: number
  /** Where findings go. */
  readonly out: string
  readonly settings: readonly string[]
  readonly reporters: readonly ReporterChoice[]
  /** Stop after so many findings; undefined: go on. */
  readonly bail: number | undefined
  /** Of findings about the file. */
  readonly format: FindingsFormat
  readonly verify: boolean
  /** Scenarios tried to make a finding smaller. */
  readonly shrinkAttempts: number
  /** Wall time after which a case is given up. */
  readonly caseLimitMs: number
  /** What was typed, to be repeated. */
  readonly words: readonly string[]
}

const DEFAULT_RUNS = 200
const DEFAULT_SHRINK_ATTEMPTS = 150
const DEFAULT_CASE_LIMIT_MS = 30_000

export function fuzzRequest(operands: readonly string[], args: Readonly<Record<string, unknown>>): FuzzRequest {
  if (operands.length > 1) throw new UsageError(`fuzz takes one file at most, not ${operands.length}`)
  const [file] = operands
  const runs = wholeNumber(args, 'runs')
  const time = once(args, 'time')
  const settings = settingsOf(args)
  const reporters = reportersOf(args)
  const seed = once(args, 'seed')
  const words = ['kafkasim', 'fuzz', ...operands]
  for (const name of ['runs', 'time', 'seed']) for (const value of listOf(args[name])) words.push(`--${name}`, value)
  for (const setting of settings) words.push('--set', setting)
  return {
    file,
    seed: seed === undefined ? 1 : parseSeed(seed),
    runs: runs ?? (time === undefined ? DEFAULT_RUNS : undefined),
    timeMs: time === undefined ? undefined : parseTime(time),
    jobs: wholeNumber(args, 'jobs') ?? Math.min(16, availableParallelism()),
    out: once(args, 'out') ?? 'failures',
    settings,
    reporters,
    bail: wholeNumber(args, 'bail'),
    format: findingsFormat(args, findingsBy(reporters)),
    verify: flag(args, 'verify'),
    shrinkAttempts: wholeNumber(args, 'shrink', 0) ?? DEFAULT_SHRINK_ATTEMPTS,
    caseLimitMs: DEFAULT_CASE_LIMIT_MS,
    words,
  }
}

function parseTime(text: string): number {
  const us = parseDuration(text)
  if (us === undefined || us === 0) throw new UsageError(`--time ${text}: expected a time such as 60s or 5m`)
  return us / 1000
}
