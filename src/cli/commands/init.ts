// Declares `kafkasim init`.

import type { Command } from '../command.ts'
import { flag } from '../flags.ts'
import { UsageError } from '../usage-error.ts'

export const initCommand: Command = {
  name: 'init',
  operands: '[DIR]',
  summary: 'Write a first scenario, a property to test, and a workflow for CI',
  description:
    'Writes into DIR (default: here) a scenario to change, a property of it for vitest and fast-check, and a workflow for GitHub Actions; then says what to run. Writes nothing if one of them is there already.',
  options: {
    force: { type: 'boolean', describe: 'Overwrite what is there' },
  },
  examples: [
    { line: 'kafkasim init', says: 'Into this folder' },
    { line: 'kafkasim init reliability', says: 'Into a folder of its own, made if need be' },
  ],
  completes: { kind: 'folders' },
  run: async ({ operands, args }, { io }) => {
    if (operands.length > 1) throw new UsageError(`init takes one folder at most, not ${operands.length}`)
    const { init } = await import('../init.ts')
    return init(operands[0] ?? '.', flag(args, 'force'), io)
  },
}
