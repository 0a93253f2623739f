// Declares `kafkasim myth`.

import { MYTH_NAMES } from '../../myths/myth-names.ts'
import type { Command } from '../command.ts'

export const mythCommand: Command = {
  name: 'myth',
  operands: '[ID..]',
  summary: 'Put what people are taught about Kafka to the test',
  description:
    'Runs the scenario of a claim and says whether it is true, false, or depends on the version, with what there was to see. Without an ID, lists all claims. The exit code is 1 if a run does not show what it is to show.',
  options: {
    all: { type: 'boolean', describe: 'Put all of them to the test' },
    seed: { type: 'string', requiresArg: true, value: 'N', describe: 'Seed of the runs; default 1' },
    set: {
      type: 'string',
      requiresArg: true,
      value: 'PATH=VALUE',
      describe: 'Change a setting of the scenario, as path=value (repeatable)',
    },
    json: { type: 'boolean', describe: 'Print results as JSON, one line for each myth' },
  },
  examples: [
    { line: 'kafkasim myth', says: 'Which claims there are' },
    { line: 'kafkasim myth M07', says: 'Does the longest log lead?' },
    { line: 'kafkasim myth largest-leo-wins --seed 7', says: 'The same by its name, with another seed' },
    { line: 'kafkasim myth --all', says: 'All of them' },
  ],
  completes: { kind: 'words', words: MYTH_NAMES },
  run: async ({ operands, args }, { io, loadEngine }) => {
    const { myth, mythRequest } = await import('../myth.ts')
    return myth(mythRequest(operands, args), io, loadEngine)
  },
}
