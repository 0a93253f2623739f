// The simulator as the command line sees it: text in, verdicts out. An interface, so that tests can put something else in
// its place, and so that help and complaints about flags don't load it.

import type { FindingsFormat } from '../../reports/findings.ts'
import type { LoadedScenario } from '../scenario/build.ts'
import type { ReadDirectory } from '../scenario/data/data-directory.ts'
import type { RunResult } from '../scenario/run-result.ts'
import type { RunOptions } from '../scenario/runner.ts'

export interface Engine {
  /** `file` is only named in what is reported. `settings` are `path=value`. Never throws, whatever the text. */
  load(
    file: string,
    text: string,
    settings: readonly string[],
    format?: FindingsFormat,
    readDirectory?: ReadDirectory,
  ): Loaded
  /** Pure and synchronous. What it throws is a defect. */
  run(scenario: LoadedScenario, options: RunOptions): RunResult
  /** The same, a slice at a time: between two of them the caller may do something else, or give it up. */
  slices(scenario: LoadedScenario, options: RunOptions): Iterator<void, RunResult>
}

export interface Loaded {
  /** Undefined if the text cannot be run; then `report` says why. */
  readonly scenario: LoadedScenario | undefined
  /** Of a file with a matrix, all rows to run, in order; without it, just `scenario`. */
  readonly rows?: readonly LoadedScenario[]
  /** Errors and warnings in the format asked for, else text; lines ended by line feeds; empty if there are none. */
  readonly report: string
}
