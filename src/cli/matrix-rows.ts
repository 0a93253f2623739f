// Of a file with a matrix: the rows that are asked for, by label.

import type { LoadedScenario } from '../scenario/build.ts'
import { UsageError } from './usage-error.ts'

export interface WantedRows {
  readonly file: string
  /** A label; undefined: all of them. */
  readonly row: string | undefined
  /** Why there must be only one, as the beginning of a complaint. */
  readonly onlyOne?: string | undefined
}

/** At least one. Throws a UsageError that names the rows there are. */
export function wantedRows(
  all: readonly LoadedScenario[],
  { file, row, onlyOne }: WantedRows,
): readonly LoadedScenario[] {
  const labels = all.flatMap(({ row: each }) => (each === undefined ? [] : [`"${unquoted(each.label)}"`])).join(', ')
  if (row === undefined) {
    if (all.length === 1 || onlyOne === undefined) return all
    throw new UsageError(`${onlyOne}: choose a row of ${file} with --row; there are ${labels}`)
  }
  const chosen = all.filter((each) => each.row !== undefined && unquoted(each.row.label) === unquoted(row))
  if (chosen.length > 0) return chosen
  throw new UsageError(`${file} has no row "${row}"; ${labels === '' ? 'it has no matrix' : `there are ${labels}`}`)
}

/** The label `kafka="3.6"` is a nuisance to type in a shell. */
function unquoted(label: string): string {
  return label.replaceAll('"', '')
}
