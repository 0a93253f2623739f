// One scenario for a command that runs one: of a file with a matrix, one row.

import type { LoadedScenario } from '../scenario/build.ts'
import type { Engine } from './engine-interface.ts'
import type { Io } from './io.ts'
import { directoryReader } from './data-folder.ts'
import { wantedRows } from './matrix-rows.ts'
import { readScenario } from './scenario-file.ts'

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
  const { scenario, rows, report } = engine.load(
    file,
    readScenario(file, io),
    settings,
    'text',
    directoryReader(file, io),
  )
  if (report !== '') io.stderr.write(report)
  if (scenario === undefined) return undefined
  return wantedRows(rows ?? [scenario], { file, row, onlyOne: `${who} is about one run` })[0]
}
