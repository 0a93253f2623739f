// One value as a file gives it, checked against its key: as strict as Kafka's own parser and no stricter (it takes
// "9000" for a number and "true" for a boolean), with numbers that say no unit refused durations.

import { unreachable } from '../../sim/index.ts'
import { type ConfigValue, type ExtractedKey, INT_MAX, LONG_MAX } from './key-definition.ts'
import { type Release, valueSince } from './versions.ts'

export type ParsedValue =
  { readonly ok: true; readonly value: ConfigValue } | { readonly ok: false; readonly expected: string }

/** `expected` completes "expected …" and says type, range and unit. */
export function parseValue(definition: ExtractedKey, version: Release, raw: unknown): ParsedValue {
  const value = parsed(definition, version, raw)
  return value === undefined ? { ok: false, expected: expectation(definition, version) } : { ok: true, value }
}

/** What may be written, for people: `a whole number of ms >= 1`. */
export function expectation(definition: ExtractedKey, version: Release): string {
  switch (definition.type) {
    case 'short':
    case 'int':
    case 'long':
    case 'double':
      return numberExpectation(definition, version)
    case 'boolean':
      return 'true or false'
    case 'acks':
      return 'all, 0 or 1'
    case 'enum':
      return `one of ${(wordsOf(definition, version) ?? []).join(', ')}`
    case 'list': {
      const words = wordsOf(definition, version)
      return words === undefined ? 'a list of words' : `a list of ${words.join(', ')}`
    }
    case 'string':
    case 'password':
      return 'a text'
    case 'class':
      return 'the name of a class'
    default:
      return unreachable(definition.type, 'type of a config')
  }
}

function numberExpectation(definition: ExtractedKey, version: Release): string {
  const [min, max] = rangeOf(definition, version)
  const kind = definition.type === 'double' ? 'a number' : 'a whole number'
  const unit = definition.unit === undefined ? '' : ` of ${definition.unit}`
  const or = definition.or === undefined ? '' : `, or ${definition.or}`
  const limit = limitsOf(definition)[1]
  if (min > -LONG_MAX && max < limit) return `${kind}${unit} from ${min} to ${max}${or}`
  return min > limitsOf(definition)[0] ? `${kind}${unit} >= ${min}${or}` : `${kind}${unit}`
}

function parsed(definition: ExtractedKey, version: Release, raw: unknown): ConfigValue | undefined {
  switch (definition.type) {
    case 'short':
    case 'int':
    case 'long':
    case 'double':
      return numberIn(definition, version, raw)
    case 'boolean':
      return raw === true || raw === false ? raw : booleanOf(raw)
    case 'acks':
      return acksOf(raw)
    case 'enum': {
      const word = typeof raw === 'string' ? raw.trim() : undefined
      return word === undefined ? undefined : knownWord(definition, version, word)
    }
    case 'list':
      return listOf(definition, version, raw)
    case 'string':
    case 'class':
    case 'password':
      return typeof raw === 'string' || typeof raw === 'number' ? String(raw) : undefined
    default:
      return unreachable(definition.type, 'type of a config')
  }
}

function numberIn(definition: ExtractedKey, version: Release, raw: unknown): number | undefined {
  const value = typeof raw === 'string' && /^\s*[-+]?\d+(\.\d+)?\s*$/.test(raw) ? Number(raw) : raw
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  if (definition.type !== 'double' && !Number.isInteger(value)) return undefined
  const [min, max] = rangeOf(definition, version)
  return (value >= min && value <= max) || value === definition.or ? value : undefined
}

/** Both ends included. */
export function rangeOf(definition: ExtractedKey, version: Release): readonly [number, number] {
  const [lowest, highest] = limitsOf(definition)
  return [
    valueSince(definition.minSince, version, definition.min ?? lowest),
    valueSince(definition.maxSince, version, definition.max ?? highest),
  ]
}

function limitsOf({ type }: ExtractedKey): readonly [number, number] {
  if (type === 'short') return [-32_768, 32_767]
  if (type === 'int') return [-INT_MAX - 1, INT_MAX]
  return type === 'long' ? [-LONG_MAX, LONG_MAX] : [-Infinity, Infinity]
}

/** The words that a release knows; undefined if any will do. */
export function wordsOf(definition: ExtractedKey, version: Release): readonly string[] | undefined {
  return valueSince<readonly string[] | undefined>(definition.valuesSince, version, definition.values)
}

/** As Kafka writes it; undefined if it is none. */
function knownWord(definition: ExtractedKey, version: Release, raw: string): string | undefined {
  const words = wordsOf(definition, version)
  if (words === undefined || words.includes(raw)) return raw
  // A pattern stands for whatever begins like it: `by_duration:PnDTnHnMn.nS`.
  if (words.some((word) => word.includes(':') && raw.startsWith(word.slice(0, word.indexOf(':') + 1)))) return raw
  return definition.anyCase === true ? words.find((word) => word.toLowerCase() === raw.toLowerCase()) : undefined
}

function booleanOf(raw: unknown): boolean | undefined {
  const word = typeof raw === 'string' ? raw.trim().toLowerCase() : undefined
  return word === 'true' ? true : word === 'false' ? false : undefined
}

function acksOf(raw: unknown): -1 | 0 | 1 | undefined {
  const word = typeof raw === 'string' ? raw.trim().toLowerCase() : raw
  if (word === 'all' || word === -1 || word === '-1') return -1
  if (word === 0 || word === '0') return 0
  return word === 1 || word === '1' ? 1 : undefined
}

function listOf(definition: ExtractedKey, version: Release, raw: unknown): readonly string[] | undefined {
  const items: unknown[] | undefined =
    typeof raw === 'string' ? raw.split(',').map((item) => item.trim()) : Array.isArray(raw) ? raw : undefined
  if (items === undefined) return undefined
  const words: string[] = []
  for (const item of items) {
    const word = typeof item === 'string' ? knownWord(definition, version, item) : undefined
    if (word === undefined) return undefined
    words.push(word)
  }
  // Kafka reads nothing as no items.
  return words.length === 1 && words[0] === '' ? [] : words
}
