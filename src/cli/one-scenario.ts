// One scenario for a command that runs one: of a file with a matrix, one row.

import type { LoadedScenario } from '../scenario/build.ts'
import type { Engine } from './engine-interface.ts'
import type { Io } from './io.ts'
import { readScenario } from './scenario-file.ts'
import { UsageError } from './usage-error.ts'

export interface OneScenario {
  readonly file: string
  readonly settings: readonly string[]
  /** The label of a row. */
  readonly row: string | undefined
}

/** Undefined if it cannot be loaded: what is wrong with it has been told. `who` asks for one, in complaints. */
export function loadOne(
  { file, settings, row }: OneScenario,
  who: string,
  io: Io,
  engine: Engine,
): LoadedScenario | undefined {
  const { scenario, rows, report } = engine.load(file, readScenario(file, io), settings)
  if (report !== '') io.stderr.write(report)
  if (scenario === undefined) return undefined
  const all = rows ?? [scenario]
  const labels = all.flatMap((each) => (each.row === undefined ? [] : [`"${each.row.label}"`])).join(', ')
  if (row === undefined) {
    if (all.length > 1)
      throw new UsageError(`${who} is about one run: choose a row of ${file} with --row; there are ${labels}`)
    return all[0]
  }
  const chosen = all.find((each) => each.row?.label === row)
  if (chosen !== undefined) return chosen
  throw new UsageError(`${file} has no row "${row}"; ${labels === '' ? 'it has no matrix' : `there are ${labels}`}`)
}
