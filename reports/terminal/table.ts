// Rows and columns in plain text: cells padded to their column, columns two blanks apart, no borders. A cell is padded
// before it is coloured, so that colour never shifts a column.

import { padEnd, padStart, widthOf } from './cell-text.ts'

export interface Cell {
  readonly text: string
  readonly paint?: (text: string) => string
}

export interface TableOptions {
  readonly indent: number
  /** For each column; the default is left. */
  readonly align: readonly ('left' | 'right')[]
}

/** One line per row. Rows may be shorter than others. No line ends in blanks. */
export function table(rows: readonly (readonly Cell[])[], options: TableOptions): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell.text))
  }
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

export function cell(text: string, paint?: (text: string) => string): Cell {
  return paint === undefined ? { text } : { text, paint }
}
