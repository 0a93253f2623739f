// What was typed, understood: which command, which options, or what is wrong with it. Commands are loaded when they are
// run, so that help and complaints come at once.

import yargs, { type Argv } from 'yargs'
import { editSuggestion } from '../config/did-you-mean.ts'
import type { Engine } from './engine-interface.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { columnsOf, type Io } from './io.ts'
import { LISTS } from './list-names.ts'
import { packageVersion } from './package-version.ts'
import { UsageError } from './usage-error.ts'

const RUN_OPTIONS = {
  seed: {
    type: 'string',
    requiresArg: true,
    describe: "Seed, or seeds A..B (both included); default: the scenario's own, or 1",
  },
  set: { type: 'string', requiresArg: true, describe: 'Change a setting, as path=value (repeatable)' },
  row: { type: 'string', requiresArg: true, describe: 'Of a matrix: run only the row of this label' },
  until: { type: 'string', requiresArg: true, describe: 'Stop at this virtual time, e.g. 30s' },
  json: { type: 'boolean', describe: 'Print verdicts as JSON, one line per run' },
  verify: { type: 'boolean', describe: 'Run everything twice and compare' },
  trace: { type: 'string', requiresArg: true, describe: 'Write what happened to a file, as JSON Lines' },
  quiet: { type: 'boolean', describe: 'Print the verdict and the line that replays it, no more' },
} as const

const FUZZ_OPTIONS = {
  runs: { type: 'string', requiresArg: true, describe: 'How many cases; default 200 unless --time is given' },
  time: { type: 'string', requiresArg: true, describe: 'Stop after this wall time, e.g. 60s or 5m' },
  seed: { type: 'string', requiresArg: true, describe: 'Seed of the campaign; default 1' },
  jobs: { type: 'string', requiresArg: true, describe: 'Worker threads; default: one for each core' },
  out: { type: 'string', requiresArg: true, describe: 'Where findings are written; default failures' },
  set: { type: 'string', requiresArg: true, describe: 'A setting of every case, as path=value (repeatable)' },
  shrink: { type: 'string', requiresArg: true, describe: 'Scenarios tried to make a finding smaller; default 150' },
  json: { type: 'boolean', describe: 'Print findings and a summary as JSON Lines' },
  verify: { type: 'boolean', describe: 'Run every case twice and compare' },
} as const

const COMMANDS = ['run', 'fuzz', 'list'] as const

type CommandName = (typeof COMMANDS)[number]

const EXIT_CODES_TEXT =
  'Exit codes: 0 as expected, 1 not as expected, 2 bad input, 3 defect in kafkasim, 4 runs differ (--verify)'

/**
 * Runs one command. `argv` is what was typed after the program's name; `loadEngine` is called only if something is to be
 * simulated. Returns the exit code and never throws.
 */
export async function main(
  argv: readonly string[],
  io: Io,
  loadEngine: () => Promise<Engine> = async () => (await import('./engine.ts')).engine,
): Promise<ExitCode> {
  try {
    return await dispatch(argv, io, loadEngine)
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

async function dispatch(argv: readonly string[], io: Io, loadEngine: () => Promise<Engine>): Promise<ExitCode> {
  const parser = parserFor(io)
  let help = ''
  const args = await parser.parse([...argv], {}, (_error, _args, output) => {
    help = output
  })
  if (help !== '') {
    io.stdout.write(`${help}\n`)
    return EXIT.ok
  }
  const [command, ...operands] = args._.map(String)
  if (command === undefined) {
    io.stderr.write(`${await parser.getHelp()}\n`)
    throw new UsageError('name a command')
  }
  switch (commandNamed(command)) {
    case 'run': {
      const { runRequest } = await import('./run-request.ts')
      const request = runRequest(operands, args)
      const [{ run }, engine] = await Promise.all([import('./run.ts'), loadEngine()])
      return run(request, io, engine)
    }
    case 'fuzz': {
      const [{ fuzzRequest }, { fuzz }] = await Promise.all([import('./fuzz-request.ts'), import('./fuzz.ts')])
      return fuzz(fuzzRequest(operands, args), io)
    }
    case 'list': {
      const { list } = await import('./list.ts')
      if (operands.length > 1) throw new UsageError(`list takes one word, not "${operands.join(' ')}"`)
      return list(operands[0] ?? 'scenarios', io)
    }
  }
}

function commandNamed(typed: string): CommandName {
  const known = COMMANDS.find((name) => name === typed)
  if (known !== undefined) return known
  if (/[./\\]/.test(typed)) throw new UsageError(`there is no command "${typed}"; to run a file: kafkasim run ${typed}`)
  const meant = editSuggestion(typed, COMMANDS)
  const hint = meant === undefined ? `there are ${COMMANDS.join(', ')}` : `did you mean "${meant}"?`
  throw new UsageError(`there is no command "${typed}"; ${hint}`)
}

function parserFor(io: Io): Argv {
  return yargs()
    .scriptName('kafkasim')
    .usage(
      'kafkasim COMMAND\n\nRuns a whole Kafka cluster on a virtual clock, breaks it on purpose, and judges what clients saw.',
    )
    .command('run', 'Run scenario files and judge them: run FILE..', (parser) =>
      parser
        .usage(
          'kafkasim run FILE.. [options]\n\nRuns each scenario file with each seed. The exit code is that of the worst run.',
        )
        .options(RUN_OPTIONS)
        .example('kafkasim run scenarios/leader-crash.yaml --seed 42', 'One run, told as a timeline')
        .example('kafkasim run scenarios/*.yaml --seed 1..100', 'A hundred seeds of each')
        .example('kafkasim run x.yaml --set cluster.brokers=5', 'The same with another setting')
        .example('kafkasim run x.yaml --json | jq .outcome', 'For machines'),
    )
    .command('fuzz', 'Look for trouble: draw clusters, clients and faults: fuzz [FILE]', (parser) =>
      parser
        .usage(
          'kafkasim fuzz [FILE] [options]\n\nDraws clusters, clients and faults, runs them, and writes what goes wrong as scenario files. With a FILE its cluster, topics and clients stay, and what it leaves open, such as faults, is drawn.',
        )
        .options(FUZZ_OPTIONS)
        .example('kafkasim fuzz --time 60s', 'A minute of it, on every core')
        .example('kafkasim fuzz --runs 1000 --seed 7', 'The same thousand cases on every machine')
        .example('kafkasim fuzz x.yaml --runs 500', 'Faults for a cluster of your own')
        .example('kafkasim fuzz --set switches.maximalIsr=false', 'Does a defect come to light?')
        .example('kafkasim run failures/x.yaml', 'Replay a finding'),
    )
    .command('list', `List ${LISTS.join(', ')}: list [WHAT]`, (parser) =>
      parser
        .usage(
          `kafkasim list [WHAT]\n\nLists ${LISTS.join(', ')}, or the scenarios of a folder; without a word, scenarios.`,
        )
        .example('kafkasim list faults', 'What can be broken')
        .example('kafkasim list scenarios/bugs', 'Historical defects, brought back'),
    )
    .example('kafkasim run scenarios/leader-crash.yaml --seed 42', 'Crash a leader, see what happens')
    .example('kafkasim fuzz --time 60s', 'Look for trouble for a minute')
    .example('kafkasim list faults', 'What can be broken')
    .epilogue(EXIT_CODES_TEXT)
    .help()
    .version(packageVersion(io))
    .strictOptions()
    .parserConfiguration({
      'dot-notation': false,
      'camel-case-expansion': false,
      'boolean-negation': false,
      'parse-positional-numbers': false,
      'populate--': false,
    })
    .detectLocale(false)
    .wrap(Math.min(110, columnsOf(io, io.stdout)))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message: string | null, error: Error | undefined) => {
      // yargs may call this twice; the first complaint is thrown and ends the parse.
      if (error !== undefined && error.name !== 'YError') throw error
      throw new UsageError(clearer(message ?? error?.message ?? 'this cannot be understood'))
    })
}

/** A complaint of yargs in our words, with what may have been meant. */
function clearer(message: string): string {
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1]
  if (unknown !== undefined) {
    const known = [...new Set([...Object.keys(RUN_OPTIONS), ...Object.keys(FUZZ_OPTIONS), 'help', 'version'])]
    return unknown
      .split(', ')
      .map((name) => {
        const meant = editSuggestion(name, known)
        const dashes = name.length === 1 ? '-' : '--'
        return `there is no option ${dashes}${name}${meant === undefined ? '' : `; did you mean --${meant}?`}`
      })
      .join('\nkafkasim: ')
  }
  const missing = /^Not enough arguments following: (.*)$/.exec(message)?.[1]
  return missing === undefined ? message : `--${missing} needs a value`
}
