// Rows and columns in plain text: cells padded to their column, columns two blanks apart, no borders. A cell is padded
// before it is coloured, so that colour never shifts a column.

import { padEnd, padStart, truncate, widthOf } from './cell-text.ts'

export interface Cell {
  readonly text: string
  readonly paint?: (text: string) => string
}

export interface TableOptions {
  readonly indent: number
  /** For each column; the default is left. */
  readonly align: readonly ('left' | 'right')[]
  /** Of the terminal: what does not fit is cut from the widest column, a name most of the time, and from the next. */
  readonly columns?: number
}

const NARROWEST = 6

/** One line per row. Rows may be shorter than others. No line ends in blanks. */
export function table(whole: readonly (readonly Cell[])[], options: TableOptions): string[] {
  const rows = options.columns === undefined ? whole : fitted(whole, options.indent, options.columns)
  const widths = widthsOf(rows)
  return rows.map((row) => {
    let line = ''
    let blanks = options.indent
    for (const [column, { text, paint }] of row.entries()) {
      const width = widths[column] ?? 0
      const padded = options.align[column] === 'right' ? padStart(text, width) : padEnd(text, width)
      const shown = padded.trimEnd()
      if (shown !== '') {
        line += ' '.repeat(blanks) + (paint === undefined ? shown : paint(shown))
        blanks = 0
      }
      blanks += padded.length - shown.length + 2
    }
    return line
  })
}

function widthsOf(rows: readonly (readonly Cell[])[]): number[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, { text }] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(text))
  }
  return widths
}

function fitted(rows: readonly (readonly Cell[])[], indent: number, columns: number): readonly (readonly Cell[])[] {
  const widths = widthsOf(rows)
  const excess = indent + widths.reduce((sum, width) => sum + width + 2, -2) - columns
  if (excess <= 0) return rows
  const widest = widths.indexOf(Math.max(...widths))
  const width = widths[widest] ?? 0
  const room = Math.max(NARROWEST, width - excess)
  if (room >= width) return rows
  const cut = rows.map((row) =>
    row.map((each, column) => (column === widest ? { ...each, text: truncate(each.text, room) } : each)),
  )
  return fitted(cut, indent, columns)
}

export function cell(text: string, paint?: (text: string) => string): Cell {
  return paint === undefined ? { text } : { text, paint }
}
