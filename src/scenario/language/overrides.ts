// `--set path=value`: a value of the file replaced before anything is checked. Paths are dotted, and so are many Kafka
// keys: each step takes the longest key that the schema (or the file, for names) has there.

import { editSuggestion } from '../../config/did-you-mean.ts'
import type { DiagnosticCode, Finding } from '../text/diagnostics.ts'
import { placeAt } from './schema-walk.ts'
import { childOf, nodeAt, readSource, type SourceNode, type Span } from '../text/source-tree.ts'

/** What findings about overrides give as their file; the line is the number of the override. */
export const OVERRIDE_FILE = '--set'

/** Changes the tree. Returns what is wrong with the overrides themselves; what they set is checked with the file. */
export function applyOverrides(root: SourceNode, overrides: readonly string[]): Finding[] {
  return overrides.flatMap((override, i) => apply(root, override, i + 1))
}

/**
 * The steps of a dotted path: `cluster.config.broker.session.timeout.ms` is `cluster`, `config`,
 * `broker.session.timeout.ms`. `at` is where in the text the step begins that leads nowhere.
 */
export function splitPath(
  root: SourceNode,
  path: string,
):
  | { readonly ok: true; readonly steps: readonly (string | number)[] }
  | { readonly ok: false; readonly at: number; readonly suggestion: string | undefined } {
  const steps: (string | number)[] = []
  let at = 0
  while (at < path.length || at === 0) {
    const rest = path.slice(at)
    const known = keysAt(root, steps)
    const key = known.keys
      .filter((k) => rest === k || rest.startsWith(`${k}.`))
      .reduce((a, b) => (b.length > a.length ? b : a), '')
    const step = key === '' && known.free ? (rest.split('.', 1)[0] ?? '') : key
    if (step === '') return { ok: false, at, suggestion: suggestStep(rest, known.keys) }
    steps.push(known.indexOf(step))
    at += step.length + 1
    if (at === path.length) return { ok: false, at: at - 1, suggestion: 'the path ends with a dot' }
  }
  return { ok: true, steps }
}

interface KnownSteps {
  readonly keys: readonly string[]
  /** Any other name may stand here, too. */
  readonly free: boolean
  /** The step that a word stands for: items of a list have numbers, and faults may be called by their id. */
  indexOf(word: string): string | number
}

function keysAt(root: SourceNode, steps: readonly (string | number)[]): KnownSteps {
  const place = placeAt(steps)
  const asWritten = (word: string): string => word
  const content = nodeAt(root, steps)?.content
  if (content?.kind === 'list' && place?.kind === 'list') {
    const { items } = content
    const ids = items.map((item) => childOf(item, 'id')?.content)
    const names = ids.map((id) => (id?.kind === 'scalar' && typeof id.value === 'string' ? id.value : undefined))
    const indexOf = (word: string) => (names.includes(word) ? names.indexOf(word) : Number(word))
    const keys = [...items.keys()].map(String)
    return { keys: [...keys, ...names.filter((name) => name !== undefined)], free: false, indexOf }
  }
  const written = content?.kind === 'mapping' ? [...content.entries.keys()] : []
  if (place?.kind === 'names') return { keys: written, free: true, indexOf: asWritten }
  return { keys: place?.kind === 'mapping' ? place.keys : [], free: false, indexOf: asWritten }
}

function apply(root: SourceNode, override: string, line: number): Finding[] {
  const span = (from: number, to: number): Span => {
    return { file: OVERRIDE_FILE, line, column: from + 1, endColumn: Math.max(from, to) + 1 }
  }
  const equals = override.indexOf('=')
  if (equals < 1) return [finding('KS401', 'expected path=value', span(0, override.length), 'such as duration=30s')]
  const path = override.slice(0, equals)
  const found = splitPath(root, path)
  if (!found.ok) {
    return [finding('KS402', `no such place: "${path}"`, span(found.at, equals), found.suggestion)]
  }
  const read = readValue(override, equals + 1, line)
  if (!('span' in read)) return read
  const value = found.steps.at(-1) === 'kafka' ? asText(read, override.slice(equals + 1)) : read
  return put(root, found.steps, { ...value, keySpan: span(0, equals) })
    ? []
    : [finding('KS402', `"${path}" leads through something that is no mapping`, span(0, equals), undefined)]
}

function readValue(override: string, from: number, line: number): SourceNode | Finding[] {
  const text = override.slice(from)
  const read = readSource(text, OVERRIDE_FILE)
  const place = <T extends Span>(span: T): T => {
    // On the first line of the value, that is behind the path; values have one line.
    const shift = span.line === 1 ? from : 0
    return { ...span, line, column: span.column + shift, endColumn: span.endColumn + shift }
  }
  if (read.findings.length > 0 || read.root === undefined) {
    const empty = read.findings.every(({ code }) => code === 'KS002')
    const at = { file: OVERRIDE_FILE, line, column: from + 1, endColumn: override.length + 1 }
    if (empty) return [finding('KS401', 'there is no value after "="', at, undefined)]
    return read.findings.map((f) => ({ ...place(f), code: f.code === 'KS001' ? 'KS401' : f.code }))
  }
  return moved(read.root, place)
}

/** A shell takes quotes away; and unlike in a file it is clear what was typed: `3.10` is not `3.1`. */
function asText(value: SourceNode, typed: string): SourceNode {
  const { content } = value
  if (content.kind !== 'scalar' || typeof content.value !== 'number') return value
  return { ...value, content: { kind: 'scalar', value: typed.trim() } }
}

function moved(node: SourceNode, place: (span: Span) => Span): SourceNode {
  const { content } = node
  const at = { span: place(node.span), keySpan: node.keySpan === undefined ? undefined : place(node.keySpan) }
  if (content.kind === 'scalar') return { ...at, content }
  if (content.kind === 'list')
    return { ...at, content: { kind: 'list', items: content.items.map((n) => moved(n, place)) } }
  const entries = new Map([...content.entries].map(([key, child]) => [key, moved(child, place)]))
  return { ...at, content: { kind: 'mapping', entries } }
}

/** False if the path leads through a value. Mappings on the way are made. */
export function put(root: SourceNode, steps: readonly (string | number)[], value: SourceNode): boolean {
  let node = root
  for (const step of steps.slice(0, -1)) {
    let next = childOf(node, step)
    if (next === undefined || (next.content.kind === 'scalar' && next.content.value === null)) {
      if (node.content.kind !== 'mapping') return false
      next = { span: value.span, keySpan: value.keySpan, content: { kind: 'mapping', entries: new Map() } }
      node.content.entries.set(String(step), next)
    }
    node = next
  }
  const last = steps.at(-1)
  if (last === undefined) return false
  const { content } = node
  if (content.kind === 'mapping') content.entries.set(String(last), value)
  else if (content.kind === 'list' && typeof last === 'number') content.items[last] = { ...value, keySpan: undefined }
  return content.kind !== 'scalar'
}

function suggestStep(rest: string, known: readonly string[]): string | undefined {
  const near = editSuggestion(rest, known) ?? editSuggestion(rest.split('.', 1)[0] ?? '', known)
  if (near !== undefined) return `did you mean "${near}"?`
  return known.length > 0 && known.length <= 20 ? `here are ${known.join(', ')}` : undefined
}

function finding(code: DiagnosticCode, message: string, span: Span, suggestion: string | undefined): Finding {
  const base: Finding = { code, severity: 'error', message, ...span }
  return suggestion === undefined ? base : { ...base, suggestion }
}
