// What was typed, understood: which command, which options, or what is wrong with it. Only assembles: what a command is,
// it says itself, in commands/. yargs reads flags; it is loaded only when there are some to be read.

import type { Command, Typed } from './command.ts'
import { COMMANDS } from './commands/all.ts'
import { clearer, noSuchCommand, singleDashed } from './complaints.ts'
import type { Engine } from './engine-interface.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { flag } from './flags.ts'
import { GENERAL_OPTIONS, helpText } from './help.ts'
import { columnsOf, coloured, type Io } from './io.ts'
import { packageVersion } from './package-version.ts'
import { UsageError } from './usage-error.ts'

/**
 * Runs one command. `argv` is what was typed after the program's name; `loadEngine` is called only if something is to be
 * simulated. Returns the exit code and never throws.
 */
export async function main(
  argv: readonly string[],
  io: Io,
  loadEngine: () => Promise<Engine> = async () => (await import('./engine.ts')).engine,
  commands: readonly Command[] = COMMANDS,
): Promise<ExitCode> {
  try {
    const understood = await understand(helpAsFlag(argv), io, commands)
    if (typeof understood === 'string') {
      io.stdout.write(understood)
      return EXIT.ok
    }
    const { command, typed } = understood
    return await command.run(typed, { io: withColour(io, typed.args), loadEngine })
  } catch (error) {
    if (error instanceof UsageError) {
      io.stderr.write(`kafkasim: ${error.message}\n`)
      return EXIT.badInput
    }
    const { defectReport } = await import('./defect.ts')
    io.stderr.write(defectReport(error, `kafkasim ${argv.join(' ')}`, io))
    return EXIT.defect
  }
}

/** `kafkasim help run` is `kafkasim run --help`. */
function helpAsFlag(argv: readonly string[]): readonly string[] {
  if (argv[0] !== 'help') return argv
  const named = argv[1]
  return named === undefined || named.startsWith('-') || named === 'help' ? ['--help'] : [named, '--help']
}

interface Understood {
  readonly command: Command
  readonly typed: Typed
}

/** A command to run, or the text that was asked for. */
async function understand(argv: readonly string[], io: Io, commands: readonly Command[]): Promise<Understood | string> {
  const [first] = argv
  // Told before anything is said of flags: without a command nobody knows which there are.
  const named =
    first === undefined || first.startsWith('-')
      ? commands.find(({ name }) => argv.includes(name))
      : commandNamed(first, commands)
  if (given(argv, 'help')) return helpText(commands, named, columnsOf(io, io.stdout))
  if (given(argv, 'version')) return `${packageVersion(io)}\n`
  if (argv.length === 0) {
    io.stderr.write(`${helpText(commands, undefined, columnsOf(io, io.stderr))}\n`)
    throw new UsageError('name a command')
  }
  const dashed = singleDashed(argv, named)
  if (dashed !== undefined) throw dashed
  const args = await parsed(argv, named)
  const [name, ...operands] = args._.map(String)
  if (name === undefined) throw new UsageError('name a command; kafkasim help lists them')
  return { command: commandNamed(name, commands), typed: { operands, args } }
}

function given(argv: readonly string[], name: 'help' | 'version'): boolean {
  const end = argv.indexOf('--')
  const flags = end === -1 ? argv : argv.slice(0, end)
  return flags.some((word) => word === `--${name}` || word === `-${GENERAL_OPTIONS[name].alias}`)
}

function commandNamed(typed: string, commands: readonly Command[]): Command {
  const known = commands.find(({ name }) => name === typed)
  if (known === undefined) throw noSuchCommand(typed)
  return known
}

/** Of --color and --no-color the latter wins, as NO_COLOR does. */
function withColour(io: Io, args: Typed['args']): Io {
  if (flag(args, 'no-color')) return coloured(io, false)
  return flag(args, 'color') ? coloured(io, true) : io
}

type Args = Typed['args'] & { readonly _: readonly (string | number)[] }

async function parsed(argv: readonly string[], command: Command | undefined): Promise<Args> {
  if (!argv.some((word) => word.startsWith('-'))) return { _: argv }
  const { default: yargs } = await import('yargs')
  return yargs()
    .help(false)
    .version(false)
    .options({ ...command?.options, ...GENERAL_OPTIONS })
    .strictOptions()
    .parserConfiguration({
      'dot-notation': false,
      'camel-case-expansion': false,
      'boolean-negation': false,
      'parse-positional-numbers': false,
      'populate--': false,
    })
    .detectLocale(false)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message: string | null, error: Error | undefined) => {
      // yargs may call this twice; the first complaint is thrown and ends the parse.
      if (error !== undefined && error.name !== 'YError') throw error
      throw clearer(message ?? error?.message ?? 'this cannot be understood', command)
    })
    .parse([...argv])
}
