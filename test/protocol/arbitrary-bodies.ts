// Random bodies for any message of the field tables. Every field gets a value, also those the version does not carry:
// they must not count. Defaults are frequent, so that tagged fields are absent half of the time.

import * as fc from 'fast-check'
import type { Node } from './field-rows.ts'

export type Body = Record<string, unknown>

export function arbitraryBody(fields: readonly Node[], version: number): fc.Arbitrary<Body> {
  return fc.record(Object.fromEntries(fields.map((field) => [field.name, arbitraryField(field, version)])))
}

function arbitraryField(field: Node, version: number): fc.Arbitrary<unknown> {
  const value = arbitraryValue(field, field.type, version)
  const canBeNull = version >= field.nullableFrom || field.type === 'records'
  return canBeNull ? fc.oneof(fc.constant(null), value) : value
}

function arbitraryValue(field: Node, type: string, version: number): fc.Arbitrary<unknown> {
  if (type === 'array of struct') return fc.array(arbitraryBody(field.children, version), { maxLength: 3 })
  if (type === 'struct') return arbitraryBody(field.children, version)
  if (type.startsWith('[]')) {
    return fc.oneof(
      fc.array(arbitraryValue(field, type.slice(2), version), { maxLength: 4 }),
      fc.constant(Array.from({ length: 130 }, () => MANY[type] ?? 7)),
    )
  }
  switch (type) {
    case 'bool':
      return fc.boolean()
    case 'int8':
      return withDefault(field, fc.integer({ min: -128, max: 127 }))
    case 'int16':
      return withDefault(field, fc.integer({ min: -32768, max: 32767 }))
    case 'uint16':
      return fc.integer({ min: 0, max: 65535 })
    case 'int32':
      return withDefault(field, fc.integer())
    case 'int64':
      return withDefault(field, fc.maxSafeInteger())
    case 'uuid':
      return fc.oneof(fc.constant('A'.repeat(22)), arbitraryUuid)
    case 'string':
      return fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 8 }),
        fc.constantFrom('', 'x'.repeat(126), 'ü'.repeat(64)),
      )
    case 'bytes':
    case 'records':
      return fc.oneof(fc.uint8Array({ maxLength: 70 }), fc.constantFrom(new Uint8Array(127), new Uint8Array(16_383)))
    default:
      throw new Error(`unknown type ${type}`)
  }
}

/** What fills a list that is too long for a one-byte count; else 7. */
const MANY: Record<string, unknown> = { '[]uuid': 'B'.repeat(21) + 'A', '[]string': 'orders' }

const arbitraryUuid = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'))

function withDefault(field: Node, value: fc.Arbitrary<number>): fc.Arbitrary<number> {
  const byDefault = Number(field.defaultText)
  return fc.oneof(fc.constant(Number.isNaN(byDefault) ? 0 : byDefault), value)
}
