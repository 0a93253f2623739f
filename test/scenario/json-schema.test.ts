// The JSON Schema that editors use: up to date, named in each scenario, and saying what a schema can say.

import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { EXPECTATION_FORMS, SAFETY_EXPECTATIONS } from '../../src/scenario/language/expectation.ts'
import { scenarioJsonSchema } from '../../src/scenario/language/json-schema.ts'
import { FAULT_VERBS } from '../../src/scenario/faults/fault-schema.ts'
import { KAFKA_VERSIONS } from '../../src/config/versions.ts'
import { BAD_FILES } from './bad-files.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const SCHEMA = join(ROOT, 'scenarios/scenario.schema.json')

interface Validator {
  (value: unknown): boolean
  errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null
}
interface Ajv {
  compile(schema: unknown): Validator
}
// A development tool that only this file needs: loaded by name, so that the sources type check without it.
const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as {
  Ajv2020: new (options: object) => Ajv
}

interface Node {
  readonly description?: string
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, Node | false>>
  readonly $defs?: Readonly<Record<string, Node>>
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
  readonly items?: Node
  readonly additionalProperties?: Node | boolean
}
const schema = JSON.parse(scenarioJsonSchema()) as Node
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(schema)

const faults = (value: unknown): string =>
  validate(value) ? '' : `${validate.errors?.[0]?.instancePath} ${validate.errors?.[0]?.message}`

const SCENARIOS = readdirSync(join(ROOT, 'scenarios'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => join(ROOT, 'scenarios', name))

describe('the JSON Schema', () => {
  it('is committed as it is generated (npm run generate)', () => {
    expect(JSON.parse(readFileSync(SCHEMA, 'utf8'))).toEqual(schema)
  })

  it('takes every scenario that comes with the package', () => {
    expect(SCENARIOS.length).toBeGreaterThan(50)
    for (const file of SCENARIOS) expect(faults(parse(readFileSync(file, 'utf8'))), file).toBe('')
  })

  it('is named in the first line of each of them, for editors', () => {
    for (const file of SCENARIOS) {
      const [first] = readFileSync(file, 'utf8').split('\n', 1)
      const path = relative(dirname(file), SCHEMA)
      expect(first, file).toBe(`# yaml-language-server: $schema=${path}`)
    }
  })

  /** Codes of what only those know who read the whole file, or know Kafka. */
  const BEYOND = [
    'KS105', 'KS109', 'KS111', 'KS112', 'KS113', 'KS114', 'KS120', 'KS141', 'KS142', 'KS150', 'KS152', 'KS204', 'KS205',
    'KS206', 'KS207', 'KS208', 'KS210', 'KS212', 'KS221', 'KS222',
  ] // prettier-ignore

  it('refuses what the loader refuses, but for what a schema cannot know', () => {
    const parsed = BAD_FILES.flatMap((bad) => {
      const unreadable = bad.codes.some((code) => code.startsWith('KS0')) || bad.set !== undefined
      return unreadable ? [] : [{ bad, taken: validate(parse(bad.text)) }]
    })
    const odd = parsed.filter(({ bad, taken }) => taken && bad.codes.some((code) => !BEYOND.includes(code)))
    expect(odd.map(({ bad }) => bad.title)).toEqual([])
    expect(parsed.filter(({ taken }) => !taken).length).toBeGreaterThan(50)
  })

  it('takes every form of an expectation that the documentation names, and knows all words for completion', () => {
    const base = { duration: '30s', cluster: { brokers: 3 }, topics: { orders: {} } }
    for (const form of EXPECTATION_FORMS) {
      expect(faults({ ...base, expect: [form, `finds: ${form}`, { finds: form }] }), form).toBe('')
    }
    const text = JSON.stringify(schema)
    for (const word of [...SAFETY_EXPECTATIONS, ...FAULT_VERBS, ...KAFKA_VERSIONS]) expect(text).toContain(`"${word}"`)
  })

  it('describes every key of the format and every Kafka config, with its default', () => {
    const undescribed: string[] = []
    const visit = (node: Node | boolean | undefined, path: string): void => {
      if (typeof node !== 'object') return
      for (const [key, child] of Object.entries(node.properties ?? {})) {
        // A latency's p50, p99 and so on say it themselves.
        const said = child === false || child.$ref !== undefined || child.description !== undefined
        if (!said && !/^(?:p\d|min$|max$)/.test(key)) undescribed.push(`${path}.${key}`)
        visit(child, `${path}.${key}`)
      }
      for (const form of [...(node.anyOf ?? []), ...(node.oneOf ?? [])]) visit(form, path)
      for (const child of [node.items, node.additionalProperties]) visit(child, `${path}[]`)
    }
    visit(schema, '')
    for (const [name, definition] of Object.entries(schema.$defs ?? {})) visit(definition, name)
    expect(undescribed).toEqual([])
    const minIsr = schema.$defs?.['topic-config']?.properties?.['min.insync.replicas']
    expect(minIsr !== false && minIsr?.description).toMatch(/default 1/)
  })
})
