// What the verbs of a fault take: targets, sets of links, and a mapping where there is more to say.

import { editSuggestion } from '../../config/did-you-mean.ts'
import {
  describeValue,
  type Literal,
  type LiteralResult,
  type LocatedProblem,
  failed,
  wrongType,
} from '../text/literals.ts'
import type { LinkSet } from './fault-model.ts'
import { meantTarget } from './meant-target.ts'
import { parseTarget, type Target, TARGET_FORMS, TARGET_PATTERN } from './target.ts'
import { DURATION_FORM, parseDuration } from '../text/units.ts'

const MAX_TARGET_LENGTH = 400
const targetJson = { type: 'string', pattern: TARGET_PATTERN, examples: ['leader(orders-0)', 'broker:2'] }

const target: Literal<Target> = {
  expected: `a target (${TARGET_FORMS})`,
  json: targetJson,
  read: (raw) => {
    if (typeof raw !== 'string') return wrongType(target, raw)
    const parsed = raw.length > MAX_TARGET_LENGTH ? ({ ok: false, notBuilt: false } as const) : parseTarget(raw)
    if (parsed.ok) return { value: parsed.target }
    const shown = `"${raw.slice(0, 60)}"`
    if (parsed.notBuilt) return failed('KS130', `the target ${shown} is not built yet`)
    const meant = meantTarget(raw)
    const hint = meant === undefined ? `targets are ${TARGET_FORMS}` : `did you mean "${meant}"?`
    return failed('KS203', `${shown} is no target`, hint)
  },
}

/** One target or a list of them, all hit. */
export const targets: Literal<readonly Target[]> = {
  expected: 'a target or a list of targets',
  json: { anyOf: [targetJson, { type: 'array', items: targetJson, minItems: 1 }] },
  read: (raw) => {
    if (!Array.isArray(raw)) {
      const one = target.read(raw)
      return 'value' in one ? { value: [one.value] } : one
    }
    if (raw.length === 0) return failed('KS203', 'a list of targets must not be empty')
    return readAll(target, raw)
  },
}

/** Target(s): their links with everybody else. A list of lists: all links between those groups. */
export const linkGroups: Literal<readonly LinkSet[]> = {
  expected: 'a target, a list of targets, or a list of groups [[a], [b]]',
  json: { anyOf: [targetJson, { type: 'array', items: targets.json, minItems: 1 }] },
  read: (raw) => {
    if (!Array.isArray(raw) || !raw.some((item) => Array.isArray(item))) {
      const one = targets.read(raw)
      return 'value' in one ? { value: [{ from: one.value, to: 'others', oneWay: false }] } : one
    }
    if (raw.length < 2) return failed('KS208', 'a partition needs at least two groups')
    const groups = readAll(targets, raw)
    if (!('value' in groups)) return groups
    const links: LinkSet[] = []
    for (const [i, from] of groups.value.entries()) {
      for (const to of groups.value.slice(i + 1)) links.push({ from, to, oneWay: false })
    }
    return { value: links }
  },
}

export interface Repetition {
  readonly everyUs: number
  /** The first time counts; Infinity: until the duration is over. */
  readonly times: number
}

export const repetition: Literal<Repetition> = {
  expected: 'a repetition such as every 20s x5',
  json: {
    type: 'string',
    pattern: `^every\\s+${DURATION_FORM}(?:\\s+x\\d{1,6})?$`,
    examples: ['every 20s x5', 'every 1m'],
  },
  read: (raw) => {
    if (typeof raw !== 'string') return wrongType(repetition, raw)
    const found = /^every\s+(\S+)(?:\s+x(\d{1,6}))?$/.exec(raw.trim())
    const everyUs = parseDuration(found?.[1] ?? '')
    const times = found?.[2] === undefined ? Infinity : Number(found[2])
    if (everyUs === undefined || everyUs === 0 || times < 1) {
      return failed('KS106', `expected ${repetition.expected}, found "${raw.slice(0, 60)}"`)
    }
    return { value: { everyUs, times } }
  },
}

export interface PartitionName {
  readonly topic: string
  readonly partition: number
}

const PARTITION = /^([\w.-]{1,249})-(\d{1,6})$/

/** `all`, or a list of partitions. */
export const partitionsToElect: Literal<readonly PartitionName[] | 'all'> = {
  expected: 'all or a list of partitions such as [orders-0]',
  json: {
    anyOf: [{ const: 'all' }, { type: 'array', items: { type: 'string', pattern: PARTITION.source }, minItems: 1 }],
  },
  read: (raw) => {
    if (raw === 'all') return { value: raw }
    const names: readonly unknown[] = Array.isArray(raw) ? raw : []
    const found = names.map((name) => (typeof name === 'string' ? PARTITION.exec(name) : null))
    const value = found.flatMap((match) =>
      match === null ? [] : [{ topic: match[1] ?? '', partition: Number(match[2]) }],
    )
    const odd = names.find((_, i) => found[i] === null)
    if (odd !== undefined) return failed('KS104', `${describeValue(odd)} is no partition`, 'write [orders-0, orders-1]')
    return value.length > 0 ? { value } : wrongType(partitionsToElect, raw)
  },
}

export const partitionName: Literal<PartitionName> = {
  expected: 'a partition such as orders-0',
  json: { type: 'string', pattern: PARTITION.source, examples: ['orders-0'] },
  read: (raw) => {
    const match = typeof raw === 'string' ? PARTITION.exec(raw) : null
    if (match !== null) return { value: { topic: match[1] ?? '', partition: Number(match[2]) } }
    return typeof raw === 'string'
      ? failed('KS104', `"${raw.slice(0, 60)}" is no partition`, 'write orders-0')
      : wrongType(partitionName, raw)
  },
}

/** An API by its name in the protocol: `Fetch`. */
export function apiName(known: readonly string[]): Literal<string> {
  const literal: Literal<string> = {
    expected: 'an API such as Fetch',
    json: { enum: [...known] },
    read: (raw) => {
      if (typeof raw !== 'string') return wrongType(literal, raw)
      if (known.includes(raw)) return { value: raw }
      const near = editSuggestion(raw, known)
      const suggestion = near === undefined ? `APIs are ${known.join(', ')}` : `did you mean "${near}"?`
      return failed('KS142', `no node speaks the API "${raw.slice(0, 60)}"`, suggestion)
    },
  }
  return literal
}

function readAll<T>(literal: Literal<T>, raw: readonly unknown[]): LiteralResult<readonly T[]> {
  const values: T[] = []
  const problems: LocatedProblem[] = []
  for (const [index, item] of raw.entries()) {
    const result = literal.read(item)
    if ('value' in result) values.push(result.value)
    else problems.push(...result.problems.map((problem) => ({ ...problem, path: [index, ...(problem.path ?? [])] })))
  }
  return problems.length > 0 ? { problems } : { value: values }
}
