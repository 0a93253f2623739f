// What is said about a command line that cannot be understood: what is wrong, and what was probably meant.

import { editSuggestion } from '../config/did-you-mean.ts'
import type { Command } from './command.ts'
import { COMMANDS } from './commands/all.ts'
import { GENERAL_OPTIONS } from './help.ts'
import { UsageError } from './usage-error.ts'

/** What other test runners, and people, call a flag of ours; the first that the command has is meant. */
const OTHER_NAMES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    seeds: ['seed'],
    'random-seed': ['seed'],
    config: ['set'],
    override: ['set'],
    silent: ['quiet'],
    format: ['reporter', 'json'],
    reporters: ['reporter'],
    'fail-fast': ['bail'],
    'max-failures': ['bail'],
    output: ['out', 'reporter'],
    outdir: ['out'],
    'output-file': ['out', 'reporter'],
    workers: ['jobs'],
    threads: ['jobs'],
    parallel: ['jobs'],
    duration: ['time', 'until'],
    timeout: ['time', 'until'],
    iterations: ['runs'],
    'num-runs': ['runs'],
    numruns: ['runs'],
    cases: ['runs'],
    grep: ['row'],
    'verify-determinism': ['verify'],
    colour: ['color'],
    'no-colour': ['no-color'],
    'no-colors': ['no-color'],
    colors: ['color'],
  }),
)

export function noSuchCommand(typed: string): UsageError {
  const known = COMMANDS.map(({ name }) => name)
  if (/[./\\]/.test(typed)) {
    return new UsageError(`there is no command "${typed}"; to run a file: kafkasim run ${typed}`)
  }
  const meant = editSuggestion(typed, [...known, 'help']) ?? startsLike(typed, known)
  const hint = meant === undefined ? `there are ${known.join(', ')}` : `did you mean "${meant}"?`
  return new UsageError(`there is no command "${typed}"; ${hint}`)
}

/** `-seed 42`: one dash where there should be two. */
export function singleDashed(argv: readonly string[], command: Command | undefined): UsageError | undefined {
  const word = argv.slice(0, endOfFlags(argv)).find((each) => /^-[a-z][\w-]/i.test(each))
  if (word === undefined) return undefined
  return new UsageError(noSuchFlag(word.slice(1).replace(/=.*$/, ''), '-', command))
}

/** A complaint of yargs in our words, with what may have been meant. */
export function clearer(message: string, command: Command | undefined): UsageError {
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1]
  if (unknown !== undefined) {
    const flags = unknown.split(', ').map((name) => noSuchFlag(name, name.length === 1 ? '-' : '--', command))
    return new UsageError(flags.join('\nkafkasim: '))
  }
  const missing = /^Not enough arguments following: (.*)$/.exec(message)?.[1]
  return new UsageError(missing === undefined ? message : `--${missing} needs a value`)
}

function noSuchFlag(name: string, dashes: string, command: Command | undefined): string {
  const complaint = `there is no option ${dashes}${name}`
  const known = [...Object.keys(command?.options ?? {}), ...Object.keys(GENERAL_OPTIONS)]
  const other = OTHER_NAMES.get(name.toLowerCase())?.find((meant) => known.includes(meant))
  const meant = other ?? (known.includes(name) ? name : editSuggestion(name, known)) ?? startsLike(name, known)
  if (meant !== undefined) return `${complaint}; did you mean --${meant}?`
  const elsewhere = COMMANDS.filter(({ options }) => Object.hasOwn(options, name)).map((each) => each.name)
  if (elsewhere.length > 0) return `${complaint}${of(command)}; ${elsewhere.join(' and ')} can be told so`
  return command === undefined ? complaint : `${complaint}; kafkasim help ${command.name} lists those there are`
}

function of(command: Command | undefined): string {
  return command === undefined ? ' without a command' : ` for ${command.name}`
}

/** The first word that begins with what was typed: `-s`, `--ver`. */
function startsLike(typed: string, known: readonly string[]): string | undefined {
  return known.find((word) => word.startsWith(typed.toLowerCase()))
}

function endOfFlags(argv: readonly string[]): number {
  const at = argv.indexOf('--')
  return at === -1 ? argv.length : at
}
