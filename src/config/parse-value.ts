// One value as a file gives it, checked against its key: as strict as Kafka's own parser and no stricter (it takes
// "9000" for a number and "true" for a boolean), with numbers that say no unit refused durations.

import { unreachable } from '../../sim/index.ts'
import { type ConfigValue, INT_MAX, type KeyDefinition, LONG_MAX } from './key-definition.ts'
import { type KafkaVersion, valueSince } from './versions.ts'

export type ParsedValue =
  { readonly ok: true; readonly value: ConfigValue } | { readonly ok: false; readonly expected: string }

/** `expected` completes "expected …" and says type, range and unit. */
export function parseValue(definition: KeyDefinition, version: KafkaVersion, raw: unknown): ParsedValue {
  const value = parsed(definition, version, raw)
  return value === undefined ? { ok: false, expected: expectation(definition, version) } : { ok: true, value }
}

/** What may be written, for people: `a whole number of ms >= 1`. */
export function expectation(definition: KeyDefinition, version: KafkaVersion): string {
  switch (definition.type) {
    case 'int':
    case 'long':
    case 'double': {
      const [min, max] = rangeOf(definition, version)
      const kind = definition.type === 'double' ? 'a number' : 'a whole number'
      const unit = definition.unit === undefined ? '' : ` of ${definition.unit}`
      if (min > -LONG_MAX && max < INT_MAX) return `${kind}${unit} from ${min} to ${max}`
      return min > -INT_MAX ? `${kind}${unit} >= ${min}` : `${kind}${unit}`
    }
    case 'boolean':
      return 'true or false'
    case 'acks':
      return 'all, 0 or 1'
    case 'enum':
      return `one of ${(definition.values ?? []).join(', ')}`
    case 'list':
      return definition.values === undefined ? 'a list of words' : `a list of ${definition.values.join(', ')}`
    case 'string':
      return 'a text'
    default:
      return unreachable(definition.type, 'type of a config')
  }
}

function parsed(definition: KeyDefinition, version: KafkaVersion, raw: unknown): ConfigValue | undefined {
  switch (definition.type) {
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
      return definition.values?.includes(word ?? '') === true ? word : undefined
    }
    case 'list':
      return listOf(definition, raw)
    case 'string':
      return typeof raw === 'string' || typeof raw === 'number' ? String(raw) : undefined
    default:
      return unreachable(definition.type, 'type of a config')
  }
}

function numberIn(definition: KeyDefinition, version: KafkaVersion, raw: unknown): number | undefined {
  const value = typeof raw === 'string' && /^\s*[-+]?\d+(\.\d+)?\s*$/.test(raw) ? Number(raw) : raw
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  if (definition.type !== 'double' && !Number.isInteger(value)) return undefined
  const [min, max] = rangeOf(definition, version)
  return value >= min && value <= max ? value : undefined
}

function rangeOf(definition: KeyDefinition, version: KafkaVersion): readonly [number, number] {
  const limit = definition.type === 'int' ? INT_MAX : definition.type === 'long' ? LONG_MAX : Infinity
  const lowest = definition.type === 'int' ? -INT_MAX - 1 : -limit
  return [valueSince(definition.minSince, version, definition.min ?? lowest), definition.max ?? limit]
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

function listOf(definition: KeyDefinition, raw: unknown): readonly string[] | undefined {
  const items: unknown[] | undefined =
    typeof raw === 'string' ? raw.split(',').map((item) => item.trim()) : Array.isArray(raw) ? raw : undefined
  if (items === undefined) return undefined
  const words: string[] = []
  for (const item of items) {
    if (typeof item !== 'string' || definition.values?.includes(item) === false) return undefined
    words.push(item)
  }
  return words
}
