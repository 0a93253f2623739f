// The JSON Schema of a scenario file (draft 2020-12), for editors: completion, descriptions, red underlines. Looser than
// the loader, which also knows what names refer to.

import * as z from 'zod'
import { assert } from '../../../sim/index.ts'
import { CONFIG_TABLES } from '../../config/config-tables.ts'
import { CONFIG_SCOPES, type KeyDefinition } from '../../config/key-definition.ts'
import { configId, configKeyJson } from './config-literals.ts'
import { scenarioSchema } from './schema.ts'

/** The whole file. */
export function scenarioJsonSchema(): string {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' })
  for (const scope of CONFIG_SCOPES) {
    const mapping = schema.$defs?.[configId(scope)]
    assert(mapping !== undefined, `the schema has no ${configId(scope)}`)
    const keys = Object.entries<KeyDefinition>(CONFIG_TABLES[scope])
    mapping.properties = Object.fromEntries(keys.map(([key, definition]) => [key, configKeyJson(definition)]))
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}
