// Declares `kafkasim completion`. What the scripts ask for while someone types is the same command with --suggest.

import type { Command } from '../command.ts'
import { flag } from '../flags.ts'
import { EXIT } from '../exit-codes.ts'
import { UsageError } from '../usage-error.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const

export const completionCommand: Command = {
  name: 'completion',
  operands: 'SHELL',
  summary: `Print what makes ${SHELLS.join(', ')} complete commands, flags and files`,
  description: `Prints a script for ${SHELLS.join(', ')} that completes commands, flags, scenario files and what can be listed. It asks the kafkasim that is typed, so it is never out of date.`,
  options: {
    suggest: { type: 'boolean', hidden: true, describe: 'Print what may stand where the last word is' },
  },
  examples: [
    { line: 'kafkasim completion bash >> ~/.bashrc', says: 'For bash' },
    { line: 'kafkasim completion zsh >> ~/.zshrc', says: 'For zsh, behind its compinit' },
    { line: 'kafkasim completion fish > ~/.config/fish/completions/kafkasim.fish', says: 'For fish' },
  ],
  completes: { kind: 'words', words: SHELLS },
  run: async ({ operands, args }, { io }) => {
    if (flag(args, 'suggest')) {
      const [{ suggestions }, { COMMANDS }] = await Promise.all([import('../suggestions.ts'), import('./all.ts')])
      const lines = suggestions(operands, COMMANDS, io.cwd).map(({ word, says }) => `${word}\t${says}\n`)
      io.stdout.write(lines.join(''))
      return EXIT.ok
    }
    const [typed = ''] = operands
    const shell = SHELLS.find((known) => known === typed)
    if (shell === undefined || operands.length > 1) {
      const what =
        operands.length === 0 ? 'completion needs a shell' : `completion is not made for "${operands.join(' ')}"`
      throw new UsageError(`${what}; there are ${SHELLS.join(', ')}`)
    }
    const { completionScript } = await import('../completion-scripts.ts')
    io.stdout.write(completionScript(shell))
    return EXIT.ok
  },
}
