import { readdirSync, readFileSync } from 'node:fs'
import { format } from 'prettier'
import { describe, expect, it } from 'vitest'
import { loadScenario } from '../../src/scenario/loader.ts'
import { scenarioJsonSchema } from '../../src/scenario/language/json-schema.ts'

const folder = new URL('../../scenarios/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

describe('the gallery', () => {
  it.each(files)('%s is good, says its name and what to watch for', (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    const result = loadScenario(text, { file })
    expect(result).toMatchObject({ ok: true, warnings: [], scenario: { name: file.replace('.yaml', '') } })
    expect(result.ok && result.scenario.description).not.toBe('')
    expect(text).toMatch(/^# yaml-language-server: \$schema=scenario\.schema\.json\n#\n# .*/)
    expect(text).toMatch(/# Watch for:/)
    expect(text).toMatch(/\(R-\d+/)
  })
})

describe('the JSON Schema for editors', () => {
  it('is what the generator makes of the schema that validates', async () => {
    const committed = readFileSync(new URL('scenario.schema.json', folder), 'utf8')
    expect(committed).toBe(await format(scenarioJsonSchema(), { parser: 'json', printWidth: 120 }))
  })
})
