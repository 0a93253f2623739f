// What a word means, for people at a terminal: one block for each thing that bears the name.

import type { ChalkInstance } from 'chalk'
import type {
  ConfigExplanation,
  NamedExplanation,
  ScopeExplanation,
  ShownValue,
  WordExplanation,
} from '../explanation.ts'
import { padEnd, printable, widthOf, wrap } from './cell-text.ts'
import { hanging, labelled, type Labelled, type Layout, section } from './layout.ts'
import { palette } from './palette.ts'

export interface WordReportOptions {
  /** Its level decides about colour. */
  readonly chalk: ChalkInstance
  readonly columns: number
}

const MOST_SCENARIOS = 8

/** Lines ending in a line feed each. */
export function wordReport(explanations: readonly WordExplanation[], options: WordReportOptions): string {
  const layout: Layout = { palette: palette(options.chalk), columns: Math.max(40, options.columns) }
  const blocks = explanations.map((each) =>
    each.kind === 'config' ? configLines(layout, each) : namedLines(layout, each),
  )
  return blocks.map((lines) => lines.map((line) => `${line}\n`).join('')).join('\n')
}

function configLines(layout: Layout, { name, scopes, rules, scenarios }: ConfigExplanation): string[] {
  const groups = alike(scopes)
  return [
    ...title(layout, name, `${listed(scopes.map(({ scope }) => scope))} config`),
    ...groups.flatMap((group) => [
      ...(groups.length === 1 ? [''] : ['', layout.palette.heading(listed(group.map(({ scope }) => scope)))]),
      ...scopeLines(layout, group),
    ]),
    ...section(
      layout,
      'Rules',
      labelled(
        layout,
        2,
        rules.map(({ rule, says }) => ({ label: rule, text: says })),
      ),
    ),
    ...scenarioLines(layout, 'Set in', scenarios),
  ]
}

/** Scopes of which the same is to be said are told once. */
function alike(scopes: readonly ScopeExplanation[]): ScopeExplanation[][] {
  const groups = new Map<string, ScopeExplanation[]>()
  for (const scope of scopes) {
    const said = JSON.stringify({ ...scope, scope: '', place: '', importance: '' })
    groups.set(said, [...(groups.get(said) ?? []), scope])
  }
  return [...groups.values()]
}

function scopeLines(layout: Layout, group: readonly ScopeExplanation[]): string[] {
  const [scope] = group
  if (scope === undefined) return []
  const places = group.flatMap(({ place }) => (place === null ? [] : [place]))
  const facts: readonly (Labelled | undefined)[] = [
    { label: 'here', text: effectText(scope), paint: effectPaint(layout, scope) },
    { label: 'value', text: valueText(scope) },
    { label: 'default', text: defaultText(scope) },
    { label: 'Kafka', text: releaseText(scope) },
    scope.update === null ? undefined : { label: 'change', text: UPDATES[scope.update] },
    scope.synonyms.length === 0 ? undefined : { label: 'synonyms', text: synonymText(scope) },
    places.length === 0 ? undefined : { label: 'write in', text: [...new Set(places)].join(', ') },
  ]
  return [
    ...wrap(scope.says, layout.columns - 2).map((line) => `  ${line}`),
    '',
    ...labelled(
      layout,
      2,
      facts.filter((fact) => fact !== undefined),
    ),
  ]
}

const UPDATES = {
  'read-only': 'read-only: a broker reads it when it starts',
  'per-broker': 'while brokers run, for each of them (not in a simulation)',
  'cluster-wide': 'while brokers run, for one or all of them (not in a simulation)',
  'per-topic': 'at any time, for each topic (not in a simulation)',
} as const

function effectText({ effect, why, limits }: ScopeExplanation): string {
  const limited = limits.length === 0 ? '' : ` (${limits.join('; ')})`
  if (effect === 'modelled') return `modelled${limited}`
  return effect === 'accepted'
    ? `accepted without effect: ${why ?? 'not modelled'}`
    : `refused unless it is the default: ${why ?? 'not built yet'}`
}

function effectPaint({ palette: paint }: Layout, { effect }: ScopeExplanation): (text: string) => string {
  return effect === 'modelled' ? paint.good : paint.notable
}

function valueText({ value, valueSince, type }: ScopeExplanation): string {
  return `${history([{ since: '', says: value }, ...valueSince.map((each) => ({ since: each.since, says: each.value }))])} (${type})`
}

function defaultText({ default: first, defaultSince, required }: ScopeExplanation): string {
  const steps = [{ since: '', default: first }, ...defaultSince]
  const said = history(steps.map(({ since, default: value }) => ({ since, says: shown(value) })))
  return `${said}${required ? '; Kafka does not start without it' : ''}`
}

/** `5 since 4.0, before that 0`: the newest first. */
function history(steps: readonly { readonly since: string; readonly says: string }[]): string {
  const texts = steps.toReversed().map(({ since, says }) => (since === '' ? says : `${says} since ${since}`))
  return texts.join(', before that ')
}

function shown(value: ShownValue): string {
  if (value === null) return 'not set'
  if (value === '') return 'an empty text'
  if (typeof value === 'object') return value.length === 0 ? 'an empty list' : value.join(', ')
  return value === '9223372036854775807' ? `${value} (never)` : String(value)
}

function releaseText({ since, until, importance, internal }: ScopeExplanation): string {
  const span =
    since === null
      ? until === null
        ? 'in all releases from 3.3 on'
        : `up to ${until}`
      : until === null
        ? `since ${since}`
        : since === until
          ? `only in ${since}`
          : `${since} to ${until}`
  return `${span}; ${internal ? 'internal' : `of ${importance} importance`}`
}

function synonymText({ synonyms, scope }: ScopeExplanation): string {
  const [first = '', ...rest] = synonyms
  const order = rest.length === 0 ? first : `${synonyms.join(', then ')}: the first one set counts`
  return scope === 'topic' ? `in a broker ${order}` : order
}

function namedLines(layout: Layout, { kind, name, says, facts, example, scenarios }: NamedExplanation): string[] {
  const width = Math.max(0, ...facts.map(({ label }) => widthOf(label)))
  return [
    ...title(layout, name, kind),
    '',
    ...wrap(says, layout.columns - 2).map((line) => `  ${line}`),
    '',
    ...facts.flatMap(({ label, text }) => factLines(layout, label, width, text)),
    ...(example === null ? [] : ['', ...pre(example, 2)]),
    ...scenarioLines(layout, 'Used in', scenarios),
  ].filter((line, i, lines) => line !== '' || lines[i - 1] !== '')
}

/** A text of several lines is a piece of a file, and left as it is. */
function factLines(layout: Layout, label: string, width: number, text: string): string[] {
  const lead = `  ${layout.palette.faint(padEnd(label, width))}  `
  if (!text.includes('\n')) return hanging(layout, lead, width + 4, text)
  const [first = '', ...rest] = pre(text, 0)
  return [lead + first, ...rest.map((line) => ' '.repeat(width + 4) + line)]
}

function pre(text: string, indent: number): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => ' '.repeat(indent) + line)
}

function title({ palette: paint, columns }: Layout, name: string, kind: string): string[] {
  const shownName = printable(name)
  if (widthOf(shownName) + 2 + widthOf(kind) <= columns) return [`${paint.heading(shownName)}  ${paint.faint(kind)}`]
  return [paint.heading(shownName), ...wrap(kind, columns - 2).map((line) => `  ${paint.faint(line)}`)]
}

function scenarioLines(layout: Layout, heading: string, scenarios: readonly string[]): string[] {
  const few = scenarios.slice(0, MOST_SCENARIOS).map((path) => `  ${printable(path)}`)
  const rest = scenarios.length - few.length
  return section(layout, heading, rest > 0 ? [...few, layout.palette.faint(`  and ${rest} more`)] : few)
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
