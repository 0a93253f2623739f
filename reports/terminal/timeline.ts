// What happened, line by line: when, what kind (a glyph and a colour), to whom, and the text. What is left out of a long
// story was decided before (judge/condense.ts); this says so where it was.

import { unreachable } from '../../sim/index.ts'
import type { StoryLine } from '../../src/scenario/judge/condense.ts'
import type { TimelineEntry } from '../../src/scenario/run-result.ts'
import { counted, virtualTime } from '../figures.ts'
import { padEnd, padStart, printable, truncate, widthOf } from './cell-text.ts'
import { hanging, type Layout } from './layout.ts'
import type { Palette } from './palette.ts'

type EntryKind = TimelineEntry['kind']

/** All of these are one column wide. */
const GLYPHS: { readonly [Kind in EntryKind]: string } = {
  fault: '▼',
  heal: '▲',
  process: '●',
  election: '★',
  isr: '≡',
  truncation: '✂',
  broker: '○',
  violation: '✗',
  note: '·',
}

const PAINTS: { readonly [Kind in EntryKind]: keyof Palette } = {
  fault: 'injected',
  heal: 'injected',
  process: 'info',
  election: 'good',
  isr: 'info',
  truncation: 'notable',
  broker: 'info',
  violation: 'bad',
  note: 'faint',
}

const NOUNS: { readonly [Kind in EntryKind]: readonly [string, string] } = {
  fault: ['fault', 'faults'],
  heal: ['heal', 'heals'],
  process: ['process event', 'process events'],
  election: ['election', 'elections'],
  isr: ['ISR change', 'ISR changes'],
  truncation: ['truncation', 'truncations'],
  broker: ['broker event', 'broker events'],
  violation: ['violation', 'violations'],
  note: ['note', 'notes'],
}

const MAX_SUBJECT = 24

/** A line as it is drawn. */
interface Row {
  /** Undefined of what stands between two times. */
  readonly atUs: number | undefined
  readonly glyph: string
  readonly paint: (text: string) => string
  readonly subject: string
  readonly text: string
  readonly paintText: ((text: string) => string) | undefined
}

/** `hint` says how to see what was left out. */
export function timelineLines(
  layout: Layout,
  story: readonly StoryLine[],
  indent: number = 2,
  hint: string = '',
): string[] {
  const rows = story.map((line) => rowOf(line, layout.palette, hint))
  const timeWidth = Math.max(0, ...rows.map(({ atUs }) => (atUs === undefined ? 0 : widthOf(timeText(atUs)))))
  const subjectWidth = Math.max(0, ...rows.map(({ subject }) => widthOf(shortSubject(printable(subject)))))
  const { palette } = layout
  const margin = ' '.repeat(indent)
  return rows.flatMap(({ atUs, glyph, paint, subject: name, text, paintText }) => {
    const time = palette.faint(padStart(atUs === undefined ? '' : timeText(atUs), timeWidth))
    const whole = printable(name)
    const subject = shortSubject(whole)
    const lead = `${margin}${time}  ${paint(glyph)} ${palette.strong(padEnd(subject, subjectWidth))}  `
    const leadWidth = indent + timeWidth + 4 + subjectWidth + 2
    if (whole === '')
      return hanging(layout, `${margin}${time}  ${paint(glyph)} `, indent + timeWidth + 4, text, paintText)
    return hanging(layout, lead, leadWidth, subject === whole ? text : `${text} (${whole})`, paintText)
  })
}

function rowOf(line: StoryLine, palette: Palette, hint: string): Row {
  switch (line.kind) {
    case 'entry': {
      const { atUs, kind, subject, text, grave } = line.entry
      const paintText =
        kind === 'violation' || grave === true ? (grave === true ? palette.bad : palette.notable) : undefined
      return { atUs, glyph: glyphOf(line.entry), paint: paintOf(line.entry, palette), subject, text, paintText }
    }
    case 'shared': {
      const { first, untilUs, subject, sharers, text } = line
      const until = untilUs - first.atUs < NOTABLE_US ? '' : `, until ${timeText(untilUs)}`
      const told = `(${counted(sharers, first.kind === 'broker' ? 'broker' : 'partition')}) ${text}${until}`
      return {
        atUs: first.atUs,
        glyph: glyphOf(first),
        paint: paintOf(first, palette),
        subject,
        text: told,
        paintText: undefined,
      }
    }
    case 'more': {
      const { count, untilUs, like } = line
      const text = `… ${count} more like this until ${timeText(untilUs)}${hint}`
      return {
        atUs: undefined,
        glyph: '⋮',
        paint: palette.faint,
        subject: like.subject,
        text,
        paintText: palette.faint,
      }
    }
    case 'gap':
      return {
        atUs: undefined,
        glyph: '⋮',
        paint: palette.faint,
        subject: '',
        text: gapText(line.omitted) + hint,
        paintText: palette.faint,
      }
    default:
      return unreachable(line, 'a line of the story')
  }
}

/** Shorter is at once. */
const NOTABLE_US = 100_000

function glyphOf({ kind, grave }: TimelineEntry): string {
  return kind === 'violation' && grave !== true ? '~' : GLYPHS[kind]
}

function paintOf({ kind, grave }: TimelineEntry, palette: Palette): (text: string) => string {
  if (grave === true) return palette.bad
  return palette[kind === 'violation' ? 'notable' : PAINTS[kind]]
}

function timeText(atUs: number): string {
  return virtualTime(atUs / 1000)
}

/** What fits; of several names the first ones, and how many more there are. */
function shortSubject(whole: string): string {
  if (widthOf(whole) <= MAX_SUBJECT) return whole
  const names = whole.split(', ')
  for (let kept = names.length - 1; kept > 0; kept--) {
    const short = `${names.slice(0, kept).join(', ')} +${names.length - kept}`
    if (widthOf(short) <= MAX_SUBJECT) return short
  }
  return truncate(whole, MAX_SUBJECT)
}

function gapText(omitted: ReadonlyMap<EntryKind, number>): string {
  const total = [...omitted.values()].reduce((a, b) => a + b, 0)
  const parts = [...omitted].map(([kind, n]) => counted(n, ...NOUNS[kind]))
  return `${counted(total, 'line')} left out: ${parts.join(', ')}`
}
