// A myth that was put to the test, for people at a terminal: the verdict, the claim, what there was to see, how it is
// instead and by which rule, and the line that shows the whole run.

import type { ChalkInstance } from 'chalk'
import type { MythRow, MythRun } from '../../src/myths/run-myth.ts'
import { printable } from './cell-text.ts'
import { hanging, labelled, type Layout } from './layout.ts'
import { palette } from './palette.ts'

export interface MythOptions {
  /** Its level decides about colour. */
  readonly chalk: ChalkInstance
  readonly columns: number
}

const LABEL_WIDTH = 'instead'.length + 4

/** Lines ending in a line feed each. */
export function mythReport(myth: MythRun, options: MythOptions): string {
  const layout: Layout = { palette: palette(options.chalk), columns: Math.max(40, options.columns) }
  const { palette: paint } = layout
  const { id, slug, claim, verdict, shown, truth, rules, rows, reproduce } = myth
  const lead = `${verdictWord(layout, myth)}  ${paint.strong(id)} ${paint.faint(slug)}`
  const part = (label: string, text: string): string[] =>
    hanging(layout, `  ${paint.faint(label.padEnd(LABEL_WIDTH - 2))}`, LABEL_WIDTH, text)
  const lines = [
    lead,
    ...part('claim', claim),
    ...rows.flatMap((row, i) => rowLines(layout, row, i === 0 ? 'seen' : '')),
    ...(shown ? [...part(verdict === 'true' ? 'note' : 'instead', truth)] : notShown(layout, myth)),
    ...part('rules', rules),
    `  ${paint.faint('run'.padEnd(LABEL_WIDTH - 2))}${reproduce}`,
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** One line for each myth: its number, its name, its claim. */
export function mythList(
  myths: readonly { readonly id: string; readonly slug: string; readonly claim: string; readonly needs?: string }[],
  options: MythOptions,
): string {
  const layout: Layout = { palette: palette(options.chalk), columns: Math.max(40, options.columns) }
  const named = { ...layout, palette: { ...layout.palette, faint: layout.palette.strong } }
  const entries = myths.map(({ id, slug, claim, needs }) => ({
    label: `${id} ${slug}`,
    text: needs === undefined ? claim : `${claim} (not built yet: ${needs})`,
  }))
  return labelled(named, 0, entries)
    .map((line) => `${line}\n`)
    .join('')
}

function verdictWord(layout: Layout, { verdict, shown }: MythRun): string {
  const { palette: paint } = layout
  if (!shown) return paint.bad(paint.heading('NOT SHOWN'))
  const tone = verdict === 'true' ? paint.good : verdict === 'false' ? paint.bad : paint.notable
  return tone(paint.heading((verdict ?? '').toUpperCase()))
}

/** What there was to see in a row; of several, under its label. */
function rowLines(layout: Layout, { label, holds, facts }: MythRow, heading: string): string[] {
  const { palette: paint } = layout
  const lead = (text: string): string => `  ${paint.faint(text.padEnd(LABEL_WIDTH - 2))}`
  if (label === '') {
    return facts.flatMap((fact, i) => hanging(layout, lead(i === 0 ? heading : ''), LABEL_WIDTH, fact))
  }
  const held = holds === undefined ? 'shows nothing' : holds ? 'the claim holds' : 'the claim does not hold'
  return [
    ...hanging(layout, lead(heading), LABEL_WIDTH, `${printable(label)}: ${held}`),
    ...facts.flatMap((fact) => hanging(layout, `${lead('')}- `, LABEL_WIDTH + 2, fact)),
  ]
}

/** Why the runs do not show what they should. */
function notShown(layout: Layout, { verdict, rows }: MythRun): string[] {
  const { palette: paint } = layout
  const reasons = rows.flatMap(({ label, holds, broken }) => {
    const where = label === '' ? '' : `${label}: `
    const nothing = holds === undefined ? [`${where}what the claim is about did not come about`] : []
    return [...nothing, ...broken.map((text) => `${where}${text}`)]
  })
  const came = `these runs say "${verdict ?? 'nothing'}", and that is not what this myth is to show`
  return [came, ...reasons].flatMap((text) =>
    hanging(layout, ' '.repeat(LABEL_WIDTH), LABEL_WIDTH, printable(text), paint.bad),
  )
}
