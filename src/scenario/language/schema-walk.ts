// What the schema has at a place of the file: for `--set`, for suggestions, and to say where a misplaced key belongs.

import * as z from 'zod'
import { scenarioSchema } from './schema.ts'

/** `names`: a mapping of names the user chose, such as topics. */
export type Place =
  | { readonly kind: 'mapping'; readonly keys: readonly string[] }
  | { readonly kind: 'names' }
  | { readonly kind: 'list' }
  | { readonly kind: 'value' }

/** Undefined if the path leads nowhere. Of a union, the form that goes on is taken. */
export function placeAt(path: readonly (string | number)[]): Place | undefined {
  const schemas = schemasAt(path)
  const forms = schemas.map(placeOf)
  return forms.find((place) => place.kind !== 'value') ?? forms[0]
}

/** Every place with this key, as people write it: `topics.<name>.config`. At most a few. */
export function placesOfKey(key: string): readonly string[] {
  return keyTexts(key).map(({ place }) => place)
}

/** What is said of this key, place by place. */
export function keyTexts(key: string): readonly KeyText[] {
  return KEY_PLACES.get(key) ?? []
}

export interface KeyText {
  readonly place: string
  /** '' if nothing is. */
  readonly says: string
}

/** Every key of the format, Kafka configs aside. */
export function allKeys(): readonly string[] {
  return [...KEY_PLACES.keys()]
}

/** The default of the setting at this path, as its description has it; undefined if it has none. */
export function defaultAt(path: readonly (string | number)[]): string | undefined {
  const descriptions = schemasAt(path).map((schema) => z.globalRegistry.get(schema)?.description ?? '')
  return descriptions.flatMap((text) => /\bdefault:? ([^;:,]+?)(?:\.$|[;:,]| from )/i.exec(text)?.[1] ?? []).at(0)
}

const KEY_PLACES = collectKeys()

function schemasAt(path: readonly (string | number)[]): z.core.$ZodType[] {
  let schemas = unwrapped(scenarioSchema)
  for (const step of path) schemas = schemas.flatMap((schema) => childrenOf(schema, step))
  return schemas
}

function childrenOf(schema: z.core.$ZodType, step: string | number): z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) {
    const shape: { readonly [key: string]: z.core.$ZodType } = schema.shape
    const child = Object.hasOwn(shape, step) ? shape[step] : undefined
    return child === undefined ? [] : unwrapped(child)
  }
  if (schema instanceof z.ZodRecord) return unwrapped(schema.valueType)
  return schema instanceof z.ZodArray && typeof step === 'number' ? unwrapped(schema.element) : []
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional) return unwrapped(schema.unwrap())
  return schema instanceof z.ZodUnion ? schema.options.flatMap(unwrapped) : [schema]
}

function placeOf(schema: z.core.$ZodType): Place {
  if (schema instanceof z.ZodObject) return { kind: 'mapping', keys: Object.keys(schema.shape) }
  if (schema instanceof z.ZodRecord) return { kind: 'names' }
  return schema instanceof z.ZodArray ? { kind: 'list' } : { kind: 'value' }
}

/** Optional keys carry their description inside or outside. */
function saidOf(schema: z.core.$ZodType): string {
  const own = z.globalRegistry.get(schema)?.description
  if (own !== undefined || !(schema instanceof z.ZodOptional)) return own ?? ''
  return saidOf(schema.unwrap())
}

function collectKeys(): ReadonlyMap<string, readonly KeyText[]> {
  const places = new Map<string, KeyText[]>()
  const visit = (schema: z.core.$ZodType, path: string): void => {
    for (const form of unwrapped(schema)) {
      if (form instanceof z.ZodRecord) visit(form.valueType, `${path}.<name>`)
      else if (form instanceof z.ZodArray) visit(form.element, `${path}[]`)
      else if (form instanceof z.ZodObject && !path.endsWith('config')) {
        const shape: { readonly [key: string]: z.core.$ZodType } = form.shape
        for (const [key, child] of Object.entries(shape)) {
          const place = path === '' ? 'the top level' : path
          places.set(key, [...(places.get(key) ?? []), { place, says: saidOf(child) }])
          visit(child, path === '' ? key : `${path}.${key}`)
        }
      }
    }
  }
  visit(scenarioSchema, '')
  return places
}
