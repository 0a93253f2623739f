// Declares `kafkasim schema`.

import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { UsageError } from '../usage-error.ts'

export const schemaCommand: Command = {
  name: 'schema',
  operands: '',
  summary: 'Print the JSON Schema of scenario files, for editors',
  description:
    'Prints the JSON Schema of scenario files. Editors complete and check a file whose first line names it: # yaml-language-server: $schema=PATH. It comes with the package, too: scenarios/scenario.schema.json.',
  options: {},
  examples: [{ line: 'kafkasim schema > scenario.schema.json', says: 'To a place of your own' }],
  run: async ({ operands }, { io }) => {
    if (operands.length > 0) throw new UsageError(`schema takes nothing, not "${operands.join(' ')}"`)
    const { scenarioJsonSchema } = await import('../../scenario/language/json-schema.ts')
    io.stdout.write(scenarioJsonSchema())
    return EXIT.ok
  },
}
