// From the tree of a file to its shape, with everything that is wrong on the way. What is wrong is cut off and the rest
// read again, so that one mistake does not hide the others. A key that is nearly right is read as what it must mean.

import type { z } from 'zod'
import { assert, DefectError } from '../../../sim/index.ts'
import { checkKey } from '../../config/check-config.ts'
import { editSuggestion } from '../../config/did-you-mean.ts'
import { CONFIG_SCOPES, type ConfigScope } from '../../config/key-definition.ts'
import type { Problem } from '../text/diagnostics.ts'
import { describeValue, isMapping } from '../text/literals.ts'
import { MOST_FINDINGS, type Reporter } from '../text/reporter.ts'
import { insteadOf, isNotBuilt } from './not-built.ts'
import { FAULT_PLAIN_KEYS, FAULT_VERBS } from '../faults/fault-schema.ts'
import { meantClients } from '../faults/meant-target.ts'
import { NEMESIS_VERBS } from '../nemesis/nemesis-schema.ts'
import { type ScenarioShape, scenarioSchema } from './schema.ts'
import { defaultAt, placeAt } from './schema-walk.ts'
import { suggestConfigKey, suggestKey, suggestVerb } from './suggest-key.ts'
import {
  copyOf,
  nodeAt,
  plainValue,
  readSource,
  removeAt,
  type SourceNode,
  type SourcePath,
} from '../text/source-tree.ts'

export interface ShapedFile {
  /** What is left when all that is wrong is cut off. */
  readonly shape: ScenarioShape
  /** The tree that `shape` was read from: paths in `shape` are paths here. */
  readonly tree: SourceNode
  /** The whole file, nothing cut off, its nearly right top-level keys read as what they must mean. */
  readonly whole: SourceNode
  /** What was cut off. What is said of the rest may be wrong because of it. */
  readonly damage: readonly SourcePath[]
}

/** Each round cuts at least one thing off, and the tree is finite; more rounds than this have never been needed. */
const MAX_ROUNDS = 100

export function shapeOf(root: SourceNode, reporter: Reporter): ShapedFile {
  const tree = copyOf(root)
  const whole = copyOf(root)
  const damage: SourcePath[] = []
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const value = plainValue(tree)
    const result = scenarioSchema.safeParse(value)
    if (result.success) return { shape: result.data, tree, whole, damage }
    const cuts: SourcePath[] = []
    const unknown: UnknownKey[] = []
    const missing: SourcePath[] = []
    const seen: Round = { tree, value, reporter, cuts, unknown, missing, damage }
    for (const issue of result.error.issues) visit(issue, [], seen)
    for (const path of missing) reportMissing(path, seen)
    for (const key of unknown) {
      reportUnknown(key, seen)
      rename(tree, key)
      if (key.parent.length === 0) rename(whole, key)
    }
    // From the back, so that the indexes of what is still to be cut stay right.
    const distinct = new Map(cuts.map((path) => [JSON.stringify(path), path]))
    for (const path of [...distinct.values()].toSorted(byPosition).toReversed()) removeAt(tree, path)
    damage.push(...distinct.values())
    fillRequired(tree)
  }
  throw new DefectError(`the file has no shape after ${MAX_ROUNDS} rounds`)
}

interface Round {
  readonly tree: SourceNode
  readonly value: unknown
  readonly reporter: Reporter
  readonly cuts: SourcePath[]
  readonly unknown: UnknownKey[]
  /** Keys that are not there and must be. */
  readonly missing: SourcePath[]
  /** Of rounds before. */
  readonly damage: readonly SourcePath[]
}

interface UnknownKey {
  readonly parent: SourcePath
  readonly key: string
  /** What it must mean; undefined if that is not clear. */
  readonly near: string | undefined
}

type Issue = z.core.$ZodIssue

function visit(issue: Issue, prefix: SourcePath, round: Round): void {
  const path: SourcePath = [...prefix, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))]
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) {
        // Beyond what is told nobody needs to know what was meant.
        const near = round.unknown.length < MOST_FINDINGS ? meantKey(path, key, round) : undefined
        round.unknown.push({ parent: path, key, near })
      }
      return
    case 'invalid_union': {
      // The mapping is the last form of a union, a list the last but it.
      const raw = valueAt(round.value, path)
      const fits = (issues: readonly Issue[]) => !issues.some((i) => i.path.length === 0 && i.code === 'invalid_type')
      const structured = isMapping(raw) || Array.isArray(raw)
      const form = (structured ? issue.errors.findLast(fits) : issue.errors.find(fits)) ?? issue.errors[0] ?? []
      for (const inner of form) visit(inner, path, round)
      return
    }
    case 'custom':
      report(path, problemOf(issue), round)
      return
    case 'invalid_type':
      report(path, wrongType(issue.expected, path, valueAt(round.value, path)), round)
      return
    default:
      report(path, { code: 'KS104', message: issue.message }, round)
  }
}

function report(path: SourcePath, problem: Problem, round: Round): void {
  const { reporter, tree } = round
  if (problem.code === 'KS102' || nodeAt(tree, path) === undefined) {
    round.missing.push(path)
    return
  }
  reporter.at(path, withClients(path, withKey(path, problem), round), tree)
  cut(path, round)
}

/** A client as a target, by its name alone: only the file knows that there is one. */
function withClients(path: SourcePath, problem: Problem, { value }: Round): Problem {
  const raw = valueAt(value, path)
  if (problem.code !== 'KS203' || typeof raw !== 'string') return problem
  const names = (kind: string): string[] => {
    const clients = valueAt(value, [kind])
    return isMapping(clients) ? Object.keys(clients) : []
  }
  const meant = meantClients(raw, names('consumers'), names('producers'))
  if (meant.length === 0) return problem
  return { ...problem, suggestion: `did you mean ${meant.map((target) => `"${target}"`).join(' or ')}?` }
}

function reportMissing(path: SourcePath, round: Round): void {
  const { reporter, tree, unknown, damage } = round
  const parent = path.slice(0, -1)
  if (unknown.some(({ parent: other, near }) => near === path.at(-1) && samePath(other, parent))) return
  const name = String(path.at(-1) ?? 'the file')
  const where = parent.length === 0 ? 'at the top level' : 'here'
  // What was cut off for being wrong is not missed.
  if (!damage.some((cut) => samePath(cut, path)))
    reporter.at(parent, { code: 'KS102', message: `"${name}" is missing ${where}` }, tree)
  cut(parent, round)
}

function reportUnknown({ parent, key, near }: UnknownKey, round: Round): void {
  const { reporter, tree } = round
  const path = [...parent, key]
  reporter.atKey(path, reporter.isFull ? { code: 'KS101', message: key } : unknownKey(parent, key), tree)
  if (near === undefined) cut(path, round)
}

/** The key of this place that it is nearly, if that one is not there yet. */
function meantKey(parent: SourcePath, key: string, { tree, unknown }: Round): string | undefined {
  const place = placeAt(parent)
  if (place?.kind !== 'mapping' || isNotBuilt(parent, key) || configScopeAt(parent) !== undefined) return undefined
  const near = editSuggestion(key, place.keys)
  if (near === undefined || nodeAt(tree, [...parent, near]) !== undefined) return undefined
  return unknown.some((each) => each.near === near && samePath(each.parent, parent)) ? undefined : near
}

/** It is read as the near one from the next round on. */
function rename(tree: SourceNode, { parent, key, near }: UnknownKey): void {
  const content = nodeAt(tree, parent)?.content
  const node = nodeAt(tree, [...parent, key])
  // What it stood in may have been cut off.
  if (content?.kind !== 'mapping' || node === undefined || near === undefined) return
  content.entries.delete(key)
  content.entries.set(near, node)
}

/** An item of these lists means nothing without any of its parts, and a literal that is a list is one thing. */
function cut(path: SourcePath, { cuts }: Round): void {
  const whole = path[0] === 'faults' || path[0] === 'expect' || path[0] === 'allow'
  const parts = path.findIndex((step, i) => i > 0 && typeof step === 'number')
  if (whole) cuts.push(path.slice(0, 2))
  else cuts.push(path[0] === 'cluster' && parts > 0 ? path.slice(0, parts) : path)
}

/** Messages begin with the key, unless they name it already. */
function withKey(path: SourcePath, problem: Problem): Problem {
  const key = path.findLast((step) => typeof step === 'string')
  if (key === undefined || !problem.message.startsWith('expected')) return problem
  const byDefault = defaultAt(path)
  const suggestion = problem.suggestion ?? (byDefault === undefined ? undefined : `the default is ${byDefault}`)
  return { ...problem, message: `${key}: ${problem.message}`, suggestion }
}

/** Issues of literals carry their problem (`schemaOf`). */
function problemOf(issue: z.core.$ZodIssueCustom): Problem {
  const problem: unknown = issue.params?.['problem']
  return isProblem(problem) ? problem : { code: 'KS104', message: issue.message }
}

function isProblem(value: unknown): value is Problem {
  return isMapping(value) && typeof value['code'] === 'string' && typeof value['message'] === 'string'
}

function wrongType(expected: string, path: SourcePath, raw: unknown): Problem {
  const what = expected === 'array' ? 'a list' : expected === 'object' || expected === 'record' ? 'a mapping' : expected
  const found = `expected ${what}, found ${describeValue(raw)}`
  if (path.length === 0)
    return { code: 'KS003', message: `a scenario is a mapping of keys to values, not ${describeValue(raw)}` }
  const problem: Problem = { code: 'KS104', message: found }
  return { ...problem, suggestion: howToWrite(expected, path, raw) }
}

/** What someone means who writes one thing where a list of things is meant, or a sentence for a fault. */
function howToWrite(expected: string, path: SourcePath, raw: unknown): string | undefined {
  if (path[0] === 'faults' && typeof raw === 'string') return 'write { at: 10s, kill: leader(orders-0), for: 15s }'
  if (expected !== 'array') return undefined
  if (isMapping(raw)) return 'begin it with "- ", even if it is the only one'
  if (path.at(-1) === 'racks' && typeof raw === 'number') return `name them: [${rackNames(raw)}]`
  return typeof raw === 'string' ? `write [${/[,{}[\]:]/.test(raw) ? JSON.stringify(raw) : raw}]` : undefined
}

/** As many as are meant, as long as one can read it. */
function rackNames(count: number): string {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, Math.max(1, count))
  return names.join(', ') + (count > names.length ? ', …' : '')
}

function unknownKey(path: SourcePath, key: string): Problem {
  if (isNotBuilt(path, key)) {
    const problem: Problem = { code: 'KS130', message: `"${key}" is not built yet` }
    return { ...problem, suggestion: insteadOf(key) }
  }
  const scope = configScopeAt(path)
  if (scope !== undefined) {
    const problem = checkKey(scope, key)
    const code = problem?.kind === 'wrong-scope' ? 'KS110' : 'KS103'
    const suggestion = code === 'KS110' ? problem?.suggestion : suggestConfigKey(scope, key)
    return { code, message: problem?.message ?? `unknown config "${key}"`, suggestion }
  }
  const place = placeAt(path)
  const known = place?.kind === 'mapping' ? place.keys : path[0] === 'nemesis' ? NEMESIS_VERBS : []
  const isFault = path.length === 2 && (path[0] === 'faults' || path.join('.') === 'nemesis.faults')
  const code = isFault && looksLikeVerb(key) ? 'KS202' : 'KS101'
  const where = path.length === 0 ? 'at the top level' : `in ${path.join('.')}`
  const message = code === 'KS202' ? `unknown fault verb "${key}"` : `unknown key "${key}" ${where}`
  return { code, message, suggestion: isFault ? suggestVerb(key, known, FAULT_VERBS) : suggestKey(key, known) }
}

/** In a fault, what is not one of its plain keys misspelt is taken for a verb. */
function looksLikeVerb(key: string): boolean {
  return editSuggestion(key, FAULT_PLAIN_KEYS) === undefined
}

/** The scope of the config mapping at this path, if it is one. */
export function configScopeAt(path: SourcePath): ConfigScope | undefined {
  if (path.at(-1) !== 'config') return undefined
  if (path[0] === 'cluster') return 'broker'
  if (path[0] === 'monitors' && path.length === 3) return 'consumer'
  return path.length === 3 ? CONFIG_SCOPES.find((scope) => `${scope}s` === path[0]) : undefined
}

/** What cannot be left out is put back as something harmless, once it has been complained about. */
function fillRequired(tree: SourceNode): void {
  const defaults = readSource('{ duration: 365d, topics: {}, cluster: { brokers: 1 } }', tree.span.file).root
  assert(defaults !== undefined && tree.content.kind === 'mapping', 'a file with a shape is a mapping')
  for (const path of [['duration'], ['topics'], ['cluster'], ['cluster', 'brokers']]) {
    const parent = nodeAt(tree, path.slice(0, -1))?.content
    const key = path.at(-1)
    const filler = nodeAt(defaults, path)
    if (parent?.kind !== 'mapping' || key === undefined || filler === undefined || parent.entries.has(key)) continue
    parent.entries.set(key, { ...copyOf(filler), span: tree.span })
  }
}

function samePath(a: SourcePath, b: SourcePath): boolean {
  return a.length === b.length && a.every((step, i) => step === b[i])
}

function valueAt(value: unknown, path: SourcePath): unknown {
  let at = value
  for (const step of path) {
    if (Array.isArray(at) && typeof step === 'number') at = at[step]
    else at = isMapping(at) ? at[step] : undefined
  }
  return at
}

function byPosition(a: SourcePath, b: SourcePath): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]]
    if (x === y) continue
    return typeof x === 'number' && typeof y === 'number' ? x - y : String(x) < String(y) ? -1 : 1
  }
  return a.length - b.length
}
