// The rows of a matrix, side by side: what each sets, how it ended, and the figures that tell them apart.

import type { MatrixRow } from '../../src/scenario/language/matrix.ts'
import type { SeriesVerdict } from '../../src/scenario/judge/series.ts'
import { count, counted } from '../figures.ts'
import { printable, truncate } from './cell-text.ts'
import type { Palette } from './palette.ts'
import { type Cell, cell, table } from './table.ts'
import { outcomeWord } from './verdict-line.ts'

export interface RowResult {
  readonly row: MatrixRow
  readonly series: SeriesVerdict
  /** The one thing to know about it. */
  readonly because: string
}

/** A line for each row; below, what brings back those that went wrong, or else the first that found something. */
export function matrixLines(
  palette: Palette,
  scenario: string,
  results: readonly RowResult[],
  columns: number,
): string[] {
  const several = results.some(({ series }) => series.runs > 1)
  const head = ['outcome', 'row', ...(several ? ['seeds'] : []), 'acked', 'lost', 'duplicated', 'reordered', '']
  const rows = results.map(({ row, series, because }): Cell[] => [
    cell(series.outcome.toUpperCase(), () => outcomeWord(palette, series.outcome)),
    cell(printable(row.label)),
    ...(several ? [cell(count(series.runs))] : []),
    ...(['acked', 'lost', 'duplicated', 'reordered'] as const).map((figure) => {
      const value = series.history[figure]
      return value > 0 && figure !== 'acked' ? cell(count(value), palette.notable) : cell(count(value))
    }),
    cell(truncate(printable(several ? foundBy(series, because) : because), Math.max(50, columns - 50)), palette.faint),
  ])
  const align = head.map((title): 'left' | 'right' =>
    /^(?:seeds|acked|lost|duplicated|reordered)$/.test(title) ? 'right' : 'left',
  )
  const lines = table([head.map((title) => cell(title, palette.faint)), ...rows], { indent: 2, align })
  const wrong = results.filter(({ series }) => !series.passed)
  const shown = wrong.length > 0 ? wrong : results.filter(({ series }) => series.outcome === 'find').slice(0, 1)
  return [
    `${palette.strong(printable(scenario))}  ${counted(results.length, 'row')}`,
    ...lines,
    ...shown.flatMap(({ row, series }) =>
      series.reproduce === undefined
        ? []
        : [`  ${palette.faint(`replay ${printable(row.label)}:`)} ${series.reproduce}`],
    ),
  ]
}

function foundBy({ finds, passed }: SeriesVerdict, because: string): string {
  if (!passed || finds.length === 0) return because
  return finds.map(({ text, metBy }) => `${text} with ${counted(metBy, 'seed')}`).join(', ')
}
