// The JSON Schema of a scenario file (draft 2020-12), for editors: completion, descriptions, red underlines. Looser than
// the loader, which also knows what names refer to.

import * as z from 'zod'
import { scenarioSchema } from './schema.ts'

/** The whole file. */
export function scenarioJsonSchema(): string {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' })
  return `${JSON.stringify(schema, null, 2)}\n`
}
