// The rows of a matrix, side by side: what each sets, how it ended, and the figures that tell them apart.

import type { MatrixRow } from '../../src/scenario/language/matrix.ts'
import type { SeriesVerdict } from '../../src/scenario/judge/series.ts'
import type { GroupFigures } from '../../src/history/group-summaries.ts'
import { count, counted, latency } from '../figures.ts'
import { printable, widthOf, wrap } from './cell-text.ts'
import type { Palette } from './palette.ts'
import { type Cell, cell, table } from './table.ts'
import { outcomeWord } from './verdict-line.ts'

export interface RowResult {
  readonly row: MatrixRow
  readonly series: SeriesVerdict
  /** The one thing to know about it. */
  readonly because: string
  /** Undefined if the scenario has no groups. */
  readonly groups?: GroupFigures | undefined
}

const FIGURES = ['acked', 'lost', 'duplicated', 'reordered'] as const

/** A line for each row; below, what brings back those that went wrong, or else the first that found something. */
export function matrixLines(
  palette: Palette,
  scenario: string,
  results: readonly RowResult[],
  columns: number,
): string[] {
  const several = results.some(({ series }) => series.runs > 1)
  const withGroups = results.some(({ groups }) => groups !== undefined)
  // Where there is more to tell, what never happened is left out.
  const figures = FIGURES.filter(
    (figure) => !withGroups || figure === 'acked' || results.some(({ series }) => series.history[figure] > 0),
  )
  const head = [
    'outcome',
    'row',
    ...(several ? ['seeds'] : []),
    ...figures,
    ...(withGroups ? ['rebalances', 'redelivered', 'stopped'] : []),
  ]
  const rows = results.map(({ row, series, groups }): Cell[] => [
    cell(series.outcome.toUpperCase(), () => outcomeWord(palette, series.outcome)),
    cell(printable(row.label)),
    ...(several ? [cell(count(series.runs))] : []),
    ...figures.map((figure) => {
      const value = series.history[figure]
      return value > 0 && figure !== 'acked' ? cell(count(value), palette.notable) : cell(count(value))
    }),
    ...(withGroups ? groupCells(palette, groups) : []),
  ])
  const align = head.map((title): 'left' | 'right' => (title === 'outcome' || title === 'row' ? 'left' : 'right'))
  const reasons = results.map(({ series, because }) => printable(several ? foundBy(series, because) : because))
  const lines = withReasons(
    palette,
    [head.map((title) => cell(title, palette.faint)), ...rows],
    reasons,
    align,
    columns,
  )
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

/** How long partitions had no member is added up over all of them. */
function groupCells(palette: Palette, groups: GroupFigures | undefined): Cell[] {
  if (groups === undefined) return [cell(''), cell(''), cell('')]
  const { rebalances, redelivered, stoppedUs } = groups
  const again = redelivered > 0 ? cell(count(redelivered), palette.notable) : cell(count(redelivered))
  return [cell(count(rebalances)), again, cell(latency(stoppedUs))]
}

/** Reasons stand beside the rows if all of them have room there, else each below its row. */
function withReasons(
  palette: Palette,
  rows: readonly (readonly Cell[])[],
  reasons: readonly string[],
  align: readonly ('left' | 'right')[],
  columns: number,
): string[] {
  const [head = [], ...others] = rows
  const width = Math.max(
    ...table(
      [head, ...others].map((row) => row.map(({ text }) => ({ text }))),
      { indent: 2, align },
    ).map(widthOf),
  )
  const beside = others.map((row, i) => [...row, cell(reasons[i] ?? '', palette.faint)])
  if (Math.max(...reasons.map(widthOf)) <= columns - width - 2) return table([head, ...beside], { indent: 2, align })
  const [title = '', ...lines] = table(rows, { indent: 2, align, columns })
  const below = lines.flatMap((line, i) => [
    line,
    // A label that had to be cut is told whole.
    ...wrap(`${line.includes('…') ? `${others[i]?.[1]?.text ?? ''}: ` : ''}${reasons[i] ?? ''}`, columns - 6).flatMap(
      (text) => (text === '' ? [] : [`      ${palette.faint(text)}`]),
    ),
  ])
  return [title, ...below]
}

function foundBy({ finds, passed }: SeriesVerdict, because: string): string {
  if (!passed || finds.length === 0) return because
  return finds.map(({ text, metBy }) => `${text} with ${counted(metBy, 'seed')}`).join(', ')
}
