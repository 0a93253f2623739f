// The `config:` mappings: one key per Kafka config of the scope. What a value may be is checked later, when the Kafka
// version is known; here it is only told apart whether something is to be drawn.

import * as z from 'zod'
import { unreachable } from '../../../sim/index.ts'
import { absenceOf } from '../../config/check-config.ts'
import { CONFIG_TABLES } from '../../config/config-tables.ts'
import type { ConfigScope, KeyDefinition } from '../../config/key-definition.ts'
import { expectation } from '../../config/parse-value.ts'
import { defaultOf } from '../../config/resolve-config.ts'
import { DEFAULT_KAFKA_VERSION } from '../../config/versions.ts'
import type { Draw } from '../text/draw.ts'
import { failed, type JsonFragment, type Literal, schemaOf } from '../text/literals.ts'
import { splitRange } from '../text/units.ts'

export type ConfigDraws = { readonly [key: string]: Draw<unknown> | undefined }

/**
 * The mapping of Kafka configs of one scope. There are hundreds of keys and few ways to read one, so keys share schemas;
 * what editors are told of each is added when the JSON Schema is written (`configKeyJson`).
 */
export function configSchema(scope: ConfigScope): z.ZodType<ConfigDraws> {
  const shape: { [key: string]: z.ZodType<Draw<unknown> | undefined> } = {}
  for (const [key, definition] of Object.entries<KeyDefinition>(CONFIG_TABLES[scope])) {
    shape[key] = isNumber(definition) ? NUMBER : definition.type === 'list' ? LIST : WORD
  }
  return z
    .strictObject(shape)
    .meta({ id: configId(scope), description: `Kafka's own ${scope} configs, by their own names.` })
}

/** What the mapping of a scope is called in the JSON Schema. */
export function configId(scope: ConfigScope): string {
  return `${scope}-config`
}

/** What editors are told of a key. */
export function configKeyJson(definition: KeyDefinition): JsonFragment {
  return { ...(definition.effect === 'modelled' ? drawnOf(definition) : {}), description: describe(definition) }
}

const NUMBER = valueSchema((raw) => {
  if (Array.isArray(raw)) return oneOf(raw)
  const ends = typeof raw === 'string' ? splitRange(raw) : undefined
  return ends === undefined ? fixed(raw) : between(ends)
})
/** A list is a value, and a list of lists several. */
const LIST = valueSchema((raw) => {
  return Array.isArray(raw) && raw.some((item) => Array.isArray(item)) ? oneOf(raw) : fixed(raw)
})
const WORD = valueSchema((raw) => (Array.isArray(raw) ? oneOf(raw) : fixed(raw)))

function valueSchema(read: Literal<Draw<unknown>>['read']): z.ZodType<Draw<unknown> | undefined> {
  return schemaOf({ expected: 'a value', json: {}, read }, 'A Kafka config.').optional()
}

function fixed(value: unknown): { value: Draw<unknown> } {
  return { value: { kind: 'fixed', value } }
}

/** A value, several to draw from, or a range. Of keys that are not modelled editors need not know that much. */
function drawnOf(definition: KeyDefinition): JsonFragment {
  const json = jsonOf(definition)
  return { anyOf: [json, { type: 'array', items: json, minItems: 1 }, ...(isNumber(definition) ? [RANGE] : [])] }
}

function oneOf(values: readonly unknown[]): ReturnType<Literal<Draw<unknown>>['read']> {
  if (values.length === 0) return failed('KS105', 'a list to draw from must not be empty')
  return { value: { kind: 'one-of', values } }
}

function between(ends: readonly [string, string]): ReturnType<Literal<Draw<unknown>>['read']> {
  const [low = NaN, high = NaN] = ends.map((end) => (/^-?\d{1,16}$/.test(end) ? Number(end) : NaN))
  const written = ends.join('..')
  if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high)) {
    return failed(
      'KS106',
      `expected whole numbers on both sides of "..", found "${written}"`,
      'Kafka configs have no units',
    )
  }
  if (low > high) return failed('KS105', `the range ${written} ends before it begins`, `write ${ends[1]}..${ends[0]}`)
  return { value: { kind: 'between', low, high } }
}

const RANGE = { type: 'string', pattern: '^-?\\d+\\.\\.-?\\d+$' }

function isNumber({ type }: KeyDefinition): boolean {
  return type === 'short' || type === 'int' || type === 'long' || type === 'double'
}

function jsonOf(definition: KeyDefinition): JsonFragment {
  if (definition.only !== undefined) return { enum: [...definition.only] }
  switch (definition.type) {
    case 'short':
    case 'int':
    case 'long':
      return { type: 'integer', ...(definition.min === undefined ? {} : { minimum: definition.min }) }
    case 'double':
      return { type: 'number' }
    case 'boolean':
      return { type: 'boolean' }
    case 'acks':
      return { enum: ['all', -1, 0, 1, '-1', '0', '1'] }
    case 'enum':
      return { enum: [...(definition.values ?? [])] }
    case 'list':
      return { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }
    case 'string':
    case 'class':
    case 'password':
      return { type: 'string' }
    default:
      return unreachable(definition.type, 'type of a config')
  }
}

function describe(definition: KeyDefinition): string {
  const value = defaultOf(definition, DEFAULT_KAFKA_VERSION)
  const byDefault = definition.type === 'acks' ? 'all' : value === null ? 'not set' : String(value)
  const absence = absenceOf(definition, DEFAULT_KAFKA_VERSION)
  const release = absence === undefined ? '' : ` It ${absence}.`
  const effect = definition.effect === 'modelled' ? '' : ` ${sentence(definition.effect)}: ${definition.why}.`
  const range = sentence(expectation(definition, DEFAULT_KAFKA_VERSION))
  return `${definition.doc} ${range}; default ${byDefault}.${release}${effect}`
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** Of consumers: those of the file, and what members of groups come back with. The JSON Schema has it once. */
export const CONSUMER_CONFIG = configSchema('consumer')
