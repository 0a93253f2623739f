// The page on the language says all of it: every key, verb, target, trigger, expectation and unit that is built.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../src/cli/commands/all.ts'
import { REPORTERS } from '../src/cli/reporters.ts'
import { scenarioJsonSchema } from '../src/index.ts'
import { FAULT_VERBS } from '../src/scenario/faults/fault-schema.ts'
import { TARGET_FORMS } from '../src/scenario/faults/target.ts'
import { TRIGGER_FORMS } from '../src/scenario/faults/trigger.ts'
import { EXPECTATION_WORDS } from '../src/scenario/language/expectation.ts'

const ROOT = join(import.meta.dirname, '..')
const page = (name: string): string => readFileSync(join(ROOT, name), 'utf8')
const LANGUAGE = page('docs/writing-scenarios.md')

/** Whether it stands there as a word of its own. */
function says(word: string, text = LANGUAGE): boolean {
  const escaped = word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`).test(text)
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema | boolean
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

/** Config keys are Kafka's, switches have a list of their own, and what a nemesis draws are the verbs. */
const ELSEWHERE = ['config', 'switches', 'buggify', 'faults']

function keysOf(schema: JsonSchema | boolean | undefined): string[] {
  if (schema === undefined || typeof schema === 'boolean') return []
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
    ELSEWHERE.includes(key) ? [key] : [key, ...keysOf(value)],
  )
  const inner = [schema.additionalProperties, schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  return [...own, ...inner.flatMap(keysOf)]
}

describe('the page on writing scenarios', () => {
  // Ours, generated.
  const schema = JSON.parse(scenarioJsonSchema()) as JsonSchema

  it('names every key', () => {
    const keys = [...new Set(keysOf(schema))]
    expect(keys.length).toBeGreaterThan(50)
    expect(keys.filter((key) => !says(key))).toEqual([])
  })

  it('names every key of a fault, and every verb', () => {
    const faults = keysOf(schema.properties?.['faults'])
    expect(faults.length).toBeGreaterThan(40)
    expect([...new Set([...FAULT_VERBS, ...faults])].filter((key) => !says(key))).toEqual([])
  })

  it('names every target, trigger and expectation', () => {
    const targets = TARGET_FORMS.replace('one|minority|majority|all', 'one broker, minority, majority, all')
    const words = [targets, TRIGGER_FORMS].flatMap((forms) => forms.match(/[a-z]{3,}/g) ?? [])
    expect([...words, ...EXPECTATION_WORDS].filter((word) => !says(word))).toEqual([])
  })

  it('names every unit', () => {
    const units = ['us', 'ms', 's', 'm', 'h', 'd', 'B', 'KB', 'KiB', 'MB', 'MiB', 'GB', 'GiB']
    expect(units.filter((unit) => !says(`\`${unit}\``) && !LANGUAGE.includes(`\`${unit}\``))).toEqual([])
  })
})

describe('the documentation', () => {
  it('knows every command and every reporter', () => {
    const text = ['README.md', 'docs/getting-started.md', 'docs/ci.md'].map(page).join('\n')
    const commands = COMMANDS.map(({ name }) => name).filter((name) => !['schema', 'completion'].includes(name))
    expect(commands.filter((name) => !text.includes(`kafkasim ${name}`))).toEqual([])
    expect(REPORTERS.filter((name) => !says(name, page('docs/ci.md')))).toEqual([])
  })

  it('is reached from README.md, every page of it', () => {
    const readme = page('README.md')
    for (const name of ['getting-started', 'writing-scenarios', 'reading-a-verdict', 'replaying-by-seed', 'ci']) {
      expect(readme).toContain(`](docs/${name}.md`)
    }
    for (const name of ['library', 'fuzzing', 'fidelity', 'diagnostics']) expect(readme).toContain(`](docs/${name}.md`)
  })
})
