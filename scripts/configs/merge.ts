// Many releases of one key made into one row: what holds in the oldest of them, and what changed since.

import type { AnyScope } from '../../src/config/key-definition.ts'
import { isAtLeast, KAFKA_VERSIONS, type Release, RELEASES } from '../../src/config/versions.ts'
import type { ReleaseFacts } from './release-facts.ts'
import { type JarRow, keyInRelease, type KeyInRelease } from './jar-row.ts'
import { unitOf } from './units.ts'

/** A field of the row, as TypeScript source. */
export type Field = readonly [name: string, source: string]

export interface MergedKey {
  readonly key: string
  readonly fields: readonly Field[]
}

export function mergedTable(scope: AnyScope, facts: ReadonlyMap<Release, ReleaseFacts>): MergedKey[] {
  const rows = new Map<string, Map<Release, JarRow>>()
  for (const [release, { keys }] of facts) {
    for (const row of keys) {
      if (row.scope !== scope) continue
      const byRelease = rows.get(row.key) ?? new Map<Release, JarRow>()
      rows.set(row.key, byRelease.set(release, row))
    }
  }
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([key, byRelease]) => ({ key, fields: fieldsOf(scope, key, byRelease, facts) }))
}

function fieldsOf(
  scope: AnyScope,
  key: string,
  byRelease: ReadonlyMap<Release, JarRow>,
  facts: ReadonlyMap<Release, ReleaseFacts>,
): Field[] {
  const present = RELEASES.filter((release) => byRelease.has(release))
  const [first, last] = [present[0], present.at(-1)]
  if (first === undefined || last === undefined) throw new Error(`${key} is in no release`)
  const gap = RELEASES.some((r) => isAtLeast(r, first) && isAtLeast(last, r) && !byRelease.has(r))
  if (gap) throw new Error(`${key} went and came back, which a row cannot say`)
  const states = new Map<Release, KeyInRelease>()
  for (const [release, row] of byRelease) states.set(release, keyInRelease(row))
  // What has no history here is as in the newest release that is modelled.
  const typical = states.get(present.findLast((r) => r !== first && isModelled(r)) ?? first)
  if (typical === undefined) throw new Error(`${key} has no state`)
  const isNumber = ['int', 'short', 'long', 'double'].includes(typical.type)

  const fields: Field[] = [['type', quoted(typical.type)]]
  fields.push(...history('values', states, (state) => (state.words === undefined ? undefined : words(state.words))))
  if (typical.anyCase) fields.push(['anyCase', 'true'])
  fields.push(...history('min', states, ({ min }) => (min === undefined ? undefined : number(min))))
  fields.push(...history('max', states, ({ max }) => (max === undefined ? undefined : number(max))))
  if (typical.or !== undefined) fields.push(['or', typical.or])
  const unit = isNumber ? unitOf(key) : undefined
  if (unit !== undefined) fields.push(['unit', quoted(unit)])
  fields.push(...history('default', states, (state) => defaultOf(key, typical, state)))
  if (typical.required) fields.push(['required', 'true'])
  if (first !== RELEASES[0]) fields.push(['since', quoted(first)])
  if (last !== RELEASES.at(-1)) fields.push(['until', quoted(last)])
  fields.push(['importance', quoted(typical.importance)])
  if (typical.internal) fields.push(['internal', 'true'])

  const newest = facts.get(last)
  const update = scope === 'broker' ? newest?.updateModes.get(key) : undefined
  if (update !== undefined) fields.push(['update', quoted(update)])
  const broker = scope === 'topic' ? newest?.topicSynonyms.get(key) : undefined
  if (broker !== undefined) {
    const items = broker.map(({ key, times }) => {
      return `{ key: ${quoted(key)}${times === 1 ? '' : `, times: ${number(String(times))}`} }`
    })
    fields.push(['broker', `[${items.join(', ')}]`])
  }
  const synonyms = scope === 'broker' ? newest?.brokerSynonyms.get(key) : undefined
  if (synonyms !== undefined) fields.push(['synonyms', words(synonyms)])
  return fields
}

function isModelled(release: Release): boolean {
  return KAFKA_VERSIONS.some((version) => version === release)
}

/** The value in the oldest release, and where it changed. A bound that comes late has none before it. */
function history(
  name: string,
  states: ReadonlyMap<Release, KeyInRelease>,
  of: (state: KeyInRelease) => string | undefined,
): Field[] {
  const fields: Field[] = []
  const changes: string[] = []
  let before: string | undefined
  for (const [i, [release, state]] of [...states].entries()) {
    const value = of(state)
    if (i === 0 && value !== undefined) fields.push([name, value])
    if (i > 0 && value !== before) {
      // Only bounds that nobody modelled can go away again; then the last one stays.
      if (value === undefined) continue
      changes.push(`${quoted(release)}: ${value}`)
    }
    before = value
  }
  if (changes.length > 0) fields.push([`${name}Since`, `{ ${changes.join(', ')} }`])
  return fields
}

function defaultOf(key: string, typical: KeyInRelease, state: KeyInRelease): string {
  const value = state.default
  if (typical.type === 'acks') return value === 'all' ? '-1' : String(value)
  if (value === null) return 'null'
  switch (typical.type) {
    case 'int':
    case 'short':
    case 'long':
    case 'double':
      return number(String(value))
    case 'boolean':
      return String(value)
    case 'list':
      return typeof value === 'object' ? words(value) : words(value === '' ? [] : String(value).split(','))
    case 'enum':
      return quoted(typical.anyCase ? (typical.words?.find((w) => same(w, String(value))) ?? '') : String(value))
    case 'string':
    case 'class':
    case 'password':
      // A map whose order is that of a hash table.
      if (key === 'listener.security.protocol.map') return quoted(String(value).split(',').sort().join(','))
      return quoted(typeof value === 'object' ? value.join(',') : String(value))
    default:
      throw new Error(`${key} has a default of an unknown type`)
  }
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

const NAMED: { readonly [number: string]: string } = {
  '9223372036854775807': 'LONG_MAX',
  '2147483647': 'INT_MAX',
  '1.7976931348623157E308': 'Number.MAX_VALUE',
}

function number(text: string): string {
  const named = NAMED[text]
  if (named !== undefined) return named
  const value = Number(text)
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) throw new Error(text)
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, Math.abs(value) >= 10_000 && Number.isInteger(value) ? '_' : '')
}

function words(list: readonly string[]): string {
  return `[${list.map((word) => quoted(word)).join(', ')}]`
}

export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
