// Declares `kafkasim check`.

import type { Command } from '../command.ts'

const OUTPUT = 'Output:'
const WHAT = 'What fails:'

export const checkCommand: Command = {
  name: 'check',
  operands: 'FILE..',
  summary: 'Check scenario files without running them',
  description:
    'Tells all that is wrong with each scenario file, and what is probably not meant. A folder stands for the scenario files in it and below. Exit code 2 if there are errors; warnings are allowed unless asked otherwise.',
  options: {
    set: {
      type: 'string',
      requiresArg: true,
      value: 'PATH=VALUE',
      group: WHAT,
      describe: 'Change a setting first, as path=value (repeatable)',
    },
    strict: { type: 'boolean', group: WHAT, describe: 'Warnings fail too' },
    'max-warnings': {
      type: 'string',
      requiresArg: true,
      value: 'N',
      group: WHAT,
      describe: 'More warnings than this fail',
    },
    format: {
      type: 'string',
      requiresArg: true,
      value: 'FORMAT',
      group: OUTPUT,
      describe: 'text; json (a line for each finding); github (annotations)',
    },
    json: { type: 'boolean', group: OUTPUT, describe: 'The same as --format json' },
    quiet: { type: 'boolean', group: OUTPUT, describe: 'Print errors only' },
  },
  examples: [
    { line: 'kafkasim check scenarios', says: 'All scenarios of a folder' },
    { line: 'kafkasim check x.yaml --strict', says: 'Nothing odd in it either' },
    { line: 'kafkasim check x.yaml --format github', says: 'In a workflow of GitHub Actions' },
  ],
  completes: { kind: 'files' },
  run: async ({ operands, args }, { io }) => {
    const [{ checkRequest }, { check }] = await Promise.all([import('../check-request.ts'), import('../check.ts')])
    return check(checkRequest(operands, args), io)
  },
}
