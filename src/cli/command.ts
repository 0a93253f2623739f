// What a command is: everything there is to say about it, for help, completion and suggestions, and the way to run it. The
// declaration costs nothing to load; what it needs to run is imported when it is run, so that help and complaints come at
// once. To add one: a file in commands/, and its line in commands/all.ts.

import type { Options } from 'yargs'
import type { Engine } from './engine-interface.ts'
import type { ExitCode } from './exit-codes.ts'
import type { Io } from './io.ts'

export interface Command {
  /** What is typed after `kafkasim`. */
  readonly name: string
  /** What follows the name, as help shows it: `FILE..`, `[DIR]`, or nothing. */
  readonly operands: string
  /** One line, without a full stop: for the list of commands. */
  readonly summary: string
  /** A sentence or three, for its own help. */
  readonly description: string
  /** By name, without dashes. Without a `group` they are told under `Options:`. */
  readonly options: Readonly<Record<string, Option>>
  readonly examples: readonly Example[]
  /** What operands may be, where completion can know. */
  readonly completes?: Completes
  /** Imports what it needs. A UsageError is the typist's fault and ends in exit code 2; anything else thrown is ours. */
  readonly run: (typed: Typed, context: Context) => Promise<ExitCode>
}

/** As yargs takes them. */
export interface Option extends Options {
  /** What help shows after the flag, unless it is a boolean: `PATH=VALUE`. Without it, its name in capitals. */
  readonly value?: string
  /** Values that completion offers; of a list, for each of its parts. */
  readonly offers?: readonly string[]
}

export interface Example {
  /** It must be one that the command understands: tests type it. */
  readonly line: string
  readonly says: string
}

/** `files` are scenario files; `words` are offered beside folders. */
export type Completes =
  | { readonly kind: 'files' }
  | { readonly kind: 'folders' }
  | { readonly kind: 'words'; readonly words: readonly string[] }

/** What was typed after the command's name. */
export interface Typed {
  readonly operands: readonly string[]
  /** Flags as the parser leaves them, to be read with `flags.ts`: a flag given twice is a list. */
  readonly args: Readonly<Record<string, unknown>>
}

export interface Context {
  readonly io: Io
  /** To be called only if something is to be loaded or simulated. */
  readonly loadEngine: () => Promise<Engine>
}
