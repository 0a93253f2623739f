// Writes scenarios/scenario.schema.json, the JSON Schema that editors use, from the schema that validates.
// `--check` writes nothing and fails if the file is not what would be written.

import { readFileSync, writeFileSync } from 'node:fs'
import { format } from 'prettier'
import { scenarioJsonSchema } from '../src/scenario/language/json-schema.ts'

const file = new URL('../scenarios/scenario.schema.json', import.meta.url)
// As the formatter would have it, so that both agree on the file.
const generated = await format(scenarioJsonSchema(), { parser: 'json', printWidth: 120 })

if (!process.argv.includes('--check')) {
  writeFileSync(file, generated)
} else if (readFileSync(file, 'utf8') !== generated) {
  console.error('scenarios/scenario.schema.json is stale: run npx tsx scripts/generate-schema.ts')
  process.exitCode = 1
}
