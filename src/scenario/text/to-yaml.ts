// Writes a scenario that a program made (a fuzzer, a nemesis) as a file that people like to read: keys in the order of
// the format, one line for each small thing. What is written loads back as the same value.

import { stringify } from 'yaml'

/** What a scenario file can hold. `undefined` is left out. */
export type PlainValue = string | number | boolean | null | readonly PlainValue[] | PlainMapping | undefined
export interface PlainMapping {
  readonly [key: string]: PlainValue
}

/** The order in which a scenario is told; other keys come last, as given. */
const ORDER = [
  'name', 'description', 'kafka', 'switches', 'seed', 'duration', 'settle', 'cluster', 'topics', 'producers',
  'consumers', 'monitors', 'network', 'disk', 'matrix', 'faults', 'nemesis', 'expect', 'allow',
] // prettier-ignore

const WIDTH = 120

/** `comment` stands above, line by line. */
export function scenarioToYaml(scenario: PlainMapping, comment = ''): string {
  const known = ORDER.filter((key) => scenario[key] !== undefined)
  const others = Object.keys(scenario).filter((key) => !known.includes(key))
  const lines = comment === '' ? [] : comment.split('\n').map((line) => `# ${line}`.trimEnd())
  for (const key of [...known, ...others]) lines.push(...entry(key, scenario[key], ''))
  return lines.map((line) => `${line}\n`).join('')
}

/** Any part of a scenario on one line: `{ at: 10s, kill: broker:2 }`. */
export function flowText(value: PlainValue): string {
  if (isList(value)) return `[${value.map(flowText).join(', ')}]`
  if (typeof value !== 'object' || value === null) return scalarText(value ?? null)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  if (entries.length === 0) return '{}'
  return `{ ${entries.map(([key, item]) => `${scalarText(key)}: ${flowText(item)}`).join(', ')} }`
}

function entry(key: string, value: PlainValue, indent: string): string[] {
  if (value === undefined) return []
  const head = `${indent}${scalarText(key)}:`
  const line = `${head} ${flowText(value)}`
  const isPlain = typeof value !== 'object' || value === null || Object.keys(value).length === 0
  if (isPlain || (!deservesLines(value, indent) && line.length <= WIDTH)) return [line]
  const inner = `${indent}  `
  if (isList(value)) return [head, ...value.flatMap((item) => listItem(item, inner))]
  return [head, ...Object.entries(value).flatMap(([name, item]) => entry(name, item, inner))]
}

/** An item stays on one line if it can: a fault is one thing. */
function listItem(item: PlainValue, indent: string): string[] {
  const [only, ...others] = typeof item === 'object' && item !== null && !isList(item) ? Object.entries(item) : []
  if (only !== undefined && others.length === 0) return [`${indent}- ${scalarText(only[0])}: ${flowText(only[1])}`]
  const line = `${indent}- ${flowText(item)}`
  if (line.length <= WIDTH || only === undefined) return [line]
  const lines = [only, ...others].flatMap(([name, value]) => entry(name, value, `${indent}  `))
  return lines.map((each, i) => (i === 0 ? `${indent}- ${each.trimStart()}` : each))
}

/** Faults, expectations and named things (topics) get a line each. */
function deservesLines(value: readonly PlainValue[] | PlainMapping, indent: string): boolean {
  if (indent !== '') return false
  const items = isList(value) ? value : Object.values(value)
  const nested = items.filter((item) => typeof item === 'object' && item !== null && !isList(item))
  return isList(value) ? nested.length > 0 || items.length > 1 : nested.length > 0 && nested.length === items.length
}

/** As it can stand in a list on one line: what would be read as something else is quoted. */
function scalarText(value: string | number | boolean | null): string {
  const list = stringify([value], { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trimEnd()
  return list.slice(1, -1)
}

function isList(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value)
}
