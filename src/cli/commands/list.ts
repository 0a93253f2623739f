// Declares `kafkasim list`.

import type { Command } from '../command.ts'
import { LISTS } from '../list-names.ts'
import { UsageError } from '../usage-error.ts'

export const listCommand: Command = {
  name: 'list',
  operands: '[WHAT]',
  summary: `List ${LISTS.join(', ')}`,
  description: `Lists ${LISTS.join(', ')}, or the scenarios of a folder; without a word, scenarios.`,
  options: {},
  examples: [
    { line: 'kafkasim list faults', says: 'What can be broken' },
    { line: 'kafkasim list scenarios/bugs', says: 'Historical defects, brought back' },
  ],
  completes: { kind: 'words', words: LISTS },
  run: async ({ operands }, { io }) => {
    if (operands.length > 1) throw new UsageError(`list takes one word, not "${operands.join(' ')}"`)
    const { list } = await import('../list.ts')
    return list(operands[0] ?? 'scenarios', io)
  },
}
