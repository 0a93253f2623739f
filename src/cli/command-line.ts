// What was typed, understood: which command, which options, or what is wrong with it. Only assembles: what a command is,
// it says itself, in commands/.

import yargs, { type Argv } from 'yargs'
import type { Command, Typed } from './command.ts'
import { COMMANDS } from './commands/all.ts'
import { clearer, GENERAL_FLAGS, noSuchCommand, singleDashed } from './complaints.ts'
import type { Engine } from './engine-interface.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { flag } from './flags.ts'
import { columnsOf, coloured, type Io } from './io.ts'
import { packageVersion } from './package-version.ts'
import { UsageError } from './usage-error.ts'

const EXIT_CODES_TEXT =
  'Exit codes: 0 as expected, 1 not as expected, 2 bad input, 3 defect in kafkasim, 4 runs differ (--verify)'

const WIDEST_HELP = 110

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
      io.stdout.write(`${understood}\n`)
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

/** A command to run, or the help that was asked for. */
async function understand(argv: readonly string[], io: Io, commands: readonly Command[]): Promise<Understood | string> {
  const [first] = argv
  // Told before anything is said of flags: without a command nobody knows which there are.
  if (first !== undefined && !first.startsWith('-')) commandNamed(first, commands)
  const named = commands.find(({ name }) => argv.includes(name))
  const dashed = singleDashed(argv, named)
  if (dashed !== undefined) throw dashed

  const parser = parserFor(io, commands, named)
  let help = ''
  const args = await parser.parse([...argv], {}, (_error, _args, output) => {
    help = output
  })
  if (help !== '') return help
  const [name, ...operands] = args._.map(String)
  if (name === undefined) {
    io.stderr.write(`${await parser.getHelp()}\n`)
    throw new UsageError('name a command')
  }
  return { command: commandNamed(name, commands), typed: { operands, args } }
}

function commandNamed(typed: string, commands: readonly Command[]): Command {
  const known = commands.find(({ name }) => name === typed)
  if (known === undefined) throw noSuchCommand(typed)
  return known
}

/** Of --color and --no-color the latter wins, as NO_COLOR does. */
function withColour(io: Io, args: Readonly<Record<string, unknown>>): Io {
  if (flag(args, 'no-color')) return coloured(io, false)
  return flag(args, 'color') ? coloured(io, true) : io
}

function parserFor(io: Io, commands: readonly Command[], named: Command | undefined): Argv {
  const parser = yargs()
    .scriptName('kafkasim')
    .usage(
      'kafkasim COMMAND\n\nRuns a whole Kafka cluster on a virtual clock, breaks it on purpose, and judges what clients saw.',
    )
    .options({
      color: { type: 'boolean', describe: 'Colours, also where no terminal is' },
      'no-color': { type: 'boolean', describe: 'No colours' },
    })
    .help()
    .alias('help', 'h')
    .version(packageVersion(io))
    .alias('version', 'v')
    .group([...GENERAL_FLAGS], 'General:')
    .example('kafkasim run scenarios/leader-crash.yaml --seed 42', 'Crash a leader, see what happens')
    .example('kafkasim fuzz --time 60s', 'Look for trouble for a minute')
    .example('kafkasim list faults', 'What can be broken')
    .epilogue(`${EXIT_CODES_TEXT}\nMore on a command: kafkasim help COMMAND`)
    .strictOptions()
    .parserConfiguration({
      'dot-notation': false,
      'camel-case-expansion': false,
      'boolean-negation': false,
      'parse-positional-numbers': false,
      'populate--': false,
    })
    .detectLocale(false)
    .wrap(Math.min(WIDEST_HELP, columnsOf(io, io.stdout)))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message: string | null, error: Error | undefined) => {
      // yargs may call this twice; the first complaint is thrown and ends the parse.
      if (error !== undefined && error.name !== 'YError') throw error
      throw clearer(message ?? error?.message ?? 'this cannot be understood', named)
    })
  for (const command of commands) parser.command(command.name, command.summary, (sub) => declared(sub, command))
  return parser
}

function declared(parser: Argv, { name, operands, description, options, examples }: Command): Argv {
  const shape = ['kafkasim', name, operands, ...(Object.keys(options).length > 0 ? ['[options]'] : [])]
  parser.usage(`${shape.filter(Boolean).join(' ')}\n\n${description}`).options(options)
  for (const { line, says } of examples) parser.example(line, says)
  return parser.epilogue(EXIT_CODES_TEXT)
}
