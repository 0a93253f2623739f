// What every section of the terminal report is given, and the shapes they share.

import { padEnd, widthOf, wrap } from './cell-text.ts'
import type { Palette } from './palette.ts'

export interface Layout {
  readonly palette: Palette
  /** Of the terminal. Names and logs of many brokers may still go beyond it. */
  readonly columns: number
}

/** A section's heading and its lines; nothing at all if there are no lines. */
export function section(layout: Layout, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', layout.palette.heading(title), ...lines]
}

/**
 * `lead` (as shown, and `leadWidth` columns wide) followed by `text`, which is wrapped and continues below itself.
 * `paint` colours the text.
 */
export function hanging(
  layout: Layout,
  lead: string,
  leadWidth: number,
  text: string,
  paint: (text: string) => string = (plain) => plain,
): string[] {
  const [first = '', ...rest] = wrap(text, layout.columns - leadWidth)
  if (first === '') return [lead.trimEnd()]
  return [lead + paint(first), ...rest.map((line) => ' '.repeat(leadWidth) + paint(line))]
}

export interface Labelled {
  readonly label: string
  readonly text: string
  readonly paint?: (text: string) => string
}

/** Lines of `label  text`, the texts under each other and wrapped. */
export function labelled(layout: Layout, indent: number, entries: readonly Labelled[]): string[] {
  const width = Math.max(0, ...entries.map(({ label }) => widthOf(label)))
  return entries.flatMap(({ label, text, paint }) => {
    const lead = ' '.repeat(indent) + layout.palette.faint(padEnd(label, width)) + '  '
    return hanging(layout, lead, indent + width + 2, text, paint)
  })
}
