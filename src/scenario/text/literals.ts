// The literals of a scenario file as schemas: each reads one value, or says what is wrong with it, and tells editors (in
// JSON Schema) what it takes. `drawn` makes of one that takes a list or a range of it as well.

import * as z from 'zod'
import { type Quantiles, quantiles, uniform } from '../../../sim/index.ts'
import type { Problem } from './diagnostics.ts'
import type { Draw } from './draw.ts'
import {
  parseBandwidth,
  parseDuration,
  parseProbability,
  parseRate,
  parseSize,
  splitRange,
  UNIT_FORMS,
} from './units.ts'

// Most schemas are used once in a process: to compile them would take longer than to walk them.
z.config({ jitless: true })

/** A fragment of JSON Schema. */
export type JsonFragment = { readonly [key: string]: unknown }

export type LiteralResult<T> = { readonly value: T } | { readonly problems: readonly LocatedProblem[] }

/** `path` leads from the literal to the part that is wrong. */
export interface LocatedProblem extends Problem {
  readonly path?: readonly (string | number)[]
}

export interface Literal<T> {
  /** "expected …" */
  readonly expected: string
  readonly json: JsonFragment
  read(raw: unknown): LiteralResult<T>
}

/** The schema of a literal. Its issues carry the problem in `params`. */
export function schemaOf<T>(literal: Literal<T>, description: string): z.ZodType<T> {
  const schema = z.unknown().transform((raw, context): T => {
    const result = raw === undefined ? missing() : literal.read(raw)
    if ('value' in result) return result.value
    for (const { path, ...problem } of result.problems) {
      const at = [...(path ?? [])]
      context.addIssue({ code: 'custom', path: at, params: { problem }, message: problem.message })
    }
    return z.NEVER
  })
  return schema.meta({ ...literal.json, description })
}

/** For editors: one of these keys has to be there, or at least one. */
export function oneOfKeys(how: 'oneOf' | 'anyOf', keys: readonly string[]): JsonFragment {
  return { [how]: keys.map((key) => ({ required: [key] })) }
}

/** The literal itself, a list of it (one is drawn), or for numbers a range. */
export function drawn<T>(literal: Literal<T>, ranges: boolean): Literal<Draw<T>> {
  const range = ranges ? [{ type: 'string', pattern: rangePattern(literal.json) }] : []
  return {
    expected: literal.expected,
    json: { anyOf: [literal.json, { type: 'array', items: literal.json, minItems: 1 }, ...range] },
    read: (raw) => {
      if (Array.isArray(raw)) return readAlternatives(literal, raw)
      const ends = ranges && typeof raw === 'string' ? splitRange(raw) : undefined
      if (ends !== undefined) return readRange(literal, ends)
      const result = literal.read(raw)
      return 'value' in result ? { value: { kind: 'fixed', value: result.value } } : result
    },
  }
}

/** Two of the literal, with two dots between. */
function rangePattern({ pattern }: JsonFragment): string {
  const form = typeof pattern === 'string' ? pattern.slice(1, -1) : String.raw`-?\d+`
  return `^${form}\\s*\\.\\.\\s*${form}$`
}

export const text: Literal<string> = {
  expected: 'a text',
  json: { type: 'string' },
  read: (raw) => {
    if (typeof raw === 'string') return { value: raw }
    if (typeof raw === 'number' || typeof raw === 'boolean') {
      return failed('KS107', `expected a text, found the ${typeof raw} ${raw}`, `quote it: "${raw}"`)
    }
    return wrongType(text, raw)
  },
}

export const flag: Literal<boolean> = {
  expected: 'true or false',
  json: { type: 'boolean' },
  read: (raw) => (typeof raw === 'boolean' ? { value: raw } : wrongType(flag, raw)),
}

/** One of these words. */
export function words<const W extends string>(...known: readonly W[]): Literal<W> {
  const literal: Literal<W> = {
    expected: known.join(' or '),
    json: { enum: [...known] },
    read: (raw) => {
      const word = known.find((candidate) => candidate === raw)
      return word === undefined ? wrongType(literal, raw) : { value: word }
    },
  }
  return literal
}

/** A whole number in [min, max]. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Literal<number> {
  const upTo = max === Number.MAX_SAFE_INTEGER ? `>= ${min}` : `from ${min} to ${max}`
  const literal: Literal<number> = {
    expected: `a whole number ${upTo}`,
    json: { type: 'integer', minimum: min, maximum: max },
    read: (raw) => {
      // Only the ends of a range come as digits in a text.
      const value = typeof raw === 'string' && /^\d{1,16}$/.test(raw) ? Number(raw) : raw
      if (typeof value !== 'number' || Number.isNaN(value) || (!Number.isInteger(value) && Number.isFinite(value))) {
        return wrongType(literal, raw)
      }
      if (!Number.isSafeInteger(value)) return failed('KS108', `${value} is too large to be exact`)
      if (value < min || value > max) return failed('KS105', `expected ${literal.expected}, found ${value}`)
      return { value }
    },
  }
  return literal
}

/** In µs. */
export const duration = unitLiteral('a duration such as 500ms, 30s or 1h30m', parseDuration, '30s', UNIT_FORMS.duration)
/** In µs, perhaps negative. */
export const signedDuration = unitLiteral(
  'a duration such as 5m or -500ms',
  (text) => {
    const us = parseDuration(text.startsWith('-') ? text.slice(1) : text)
    return us === undefined || !text.startsWith('-') ? us : -us
  },
  '-5m',
  UNIT_FORMS.signedDuration,
)
/** In bytes. */
export const size = unitLiteral('a size such as 512B, 64KiB or 10MB', parseSize, '64KiB', UNIT_FORMS.size)
/** Per second. */
export const rate = unitLiteral('a rate such as 200/s', parseRate, '200/s', UNIT_FORMS.rate)
/** In bytes per ms. */
export const bandwidth = unitLiteral('a bandwidth such as 10MB/s', parseBandwidth, '10MB/s', UNIT_FORMS.bandwidth)
export const probability = unitLiteral('a probability such as 2%', parseProbability, '2%', UNIT_FORMS.probability)

const QUANTILE_KEYS = { min: 'min', p50: 'p50', p90: 'p90', p99: 'p99', 'p99.9': 'p999', max: 'max' } as const

/** A latency in µs, drawn for each message: fixed, a range, or quantiles `{ p50: 1ms, p99: 5ms, max: 1s }`. */
export const latency: Literal<Quantiles> = {
  expected: 'a latency such as 5ms, 1ms..5ms or { p50: 1ms, p99: 5ms, max: 1s }',
  json: {
    anyOf: [
      { type: 'string', pattern: `^${UNIT_FORMS.duration}(?:\\s*\\.\\.\\s*${UNIT_FORMS.duration})?$` },
      quantilesJson(duration),
    ],
  },
  read: (raw) => {
    if (isMapping(raw)) return readQuantiles(duration, raw)
    if (typeof raw !== 'string') return wrongType(latency, raw)
    const range = drawn(duration, true).read(raw)
    if (!('value' in range)) return failed('KS106', `expected ${latency.expected}, found "${raw}"`)
    const { value } = range
    if (value.kind === 'between') return { value: uniform(value.low, value.high) }
    return value.kind === 'fixed' ? { value: uniform(value.value, value.value) } : wrongType(latency, raw)
  },
}

/** A setting drawn once a run, as others; or quantiles, drawn for each record. */
export function perRecord(literal: Literal<number>): Literal<Draw<number> | Quantiles> {
  const once = drawn(literal, true)
  return {
    expected: `${literal.expected}, or quantiles`,
    json: { anyOf: [once.json, quantilesJson(literal)] },
    read: (raw) => (isMapping(raw) ? readQuantiles(literal, raw) : once.read(raw)),
  }
}

function quantilesJson({ json }: Literal<number>): JsonFragment {
  return {
    type: 'object',
    properties: Object.fromEntries(Object.keys(QUANTILE_KEYS).map((key) => [key, json])),
    required: ['p50', 'max'],
    additionalProperties: false,
  }
}

export function failed(code: Problem['code'], message: string, suggestion?: string): { problems: LocatedProblem[] } {
  return { problems: [suggestion === undefined ? { code, message } : { code, message, suggestion }] }
}

export function wrongType(literal: { readonly expected: string }, raw: unknown): { problems: LocatedProblem[] } {
  return failed('KS104', `expected ${literal.expected}, found ${describeValue(raw)}`)
}

export function isMapping(raw: unknown): raw is { readonly [key: string]: unknown } {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw)
}

/** `the text "abc"`, `a list`, `nothing`. */
export function describeValue(raw: unknown): string {
  if (raw === null || raw === undefined) return 'nothing'
  if (Array.isArray(raw)) return 'a list'
  if (typeof raw === 'object') return 'a mapping'
  return typeof raw === 'string' ? `the text "${raw.slice(0, 60)}"` : `the ${typeof raw} ${String(raw)}`
}

function missing(): { problems: LocatedProblem[] } {
  return failed('KS102', 'missing')
}

function unitLiteral(
  expected: string,
  parse: (text: string) => number | undefined,
  example: string,
  form: string,
): Literal<number> {
  const literal: Literal<number> = {
    expected,
    json: { type: 'string', pattern: `^${form}$`, examples: [example] },
    read: (raw) => {
      if (typeof raw === 'number') {
        return failed('KS106', `expected ${expected}, found the number ${raw}`, 'a unit is missing')
      }
      if (typeof raw !== 'string') return wrongType(literal, raw)
      const value = parse(raw)
      return value === undefined ? failed('KS106', `expected ${expected}, found "${raw.slice(0, 60)}"`) : { value }
    },
  }
  return literal
}

function readAlternatives<T>(literal: Literal<T>, raw: readonly unknown[]): LiteralResult<Draw<T>> {
  if (raw.length === 0) return failed('KS105', 'a list to draw from must not be empty')
  const values: T[] = []
  const problems: LocatedProblem[] = []
  for (const [index, item] of raw.entries()) {
    const result = literal.read(item)
    if ('value' in result) values.push(result.value)
    else problems.push(...result.problems.map((problem) => ({ ...problem, path: [index, ...(problem.path ?? [])] })))
  }
  return problems.length > 0 ? { problems } : { value: { kind: 'one-of', values } }
}

function readRange<T>(literal: Literal<T>, ends: readonly [string, string]): LiteralResult<Draw<T>> {
  const [low, high] = ends.map((end) => literal.read(end))
  if (low === undefined || high === undefined || !('value' in low) || !('value' in high)) {
    return failed('KS106', `expected ${literal.expected} on both sides of "..", found "${ends.join('..')}"`)
  }
  if (typeof low.value !== 'number' || typeof high.value !== 'number') return wrongType(literal, ends.join('..'))
  if (low.value > high.value) {
    return failed('KS105', `the range ${ends.join('..')} ends before it begins`, `write ${ends[1]}..${ends[0]}`)
  }
  return { value: { kind: 'between', low: low.value, high: high.value } }
}

function readQuantiles(literal: Literal<number>, raw: { readonly [key: string]: unknown }): LiteralResult<Quantiles> {
  const known: { [key: string]: number } = {}
  const problems: LocatedProblem[] = []
  let before = 0
  for (const key of Object.keys(raw)) {
    if (!Object.hasOwn(QUANTILE_KEYS, key)) {
      const keys = Object.keys(QUANTILE_KEYS).join(', ')
      problems.push({ code: 'KS101', message: `unknown quantile "${key}" (there are ${keys})`, path: [key] })
    }
  }
  for (const [key, name] of Object.entries(QUANTILE_KEYS)) {
    if (raw[key] === undefined) continue
    const result = literal.read(raw[key])
    if (!('value' in result)) problems.push(...result.problems.map((problem) => ({ ...problem, path: [key] })))
    else if (result.value < before) {
      problems.push({ code: 'KS105', message: `${key} is below the quantile before it`, path: [key] })
    } else {
      before = result.value
      known[name] = result.value
    }
  }
  const { p50, max, ...others } = known
  if (problems.length === 0 && p50 !== undefined && max !== undefined)
    return { value: quantiles({ p50, max, ...others }) }
  return problems.length > 0 ? { problems } : failed('KS105', 'quantiles need at least p50 and max')
}
