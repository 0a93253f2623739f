// What happened, one entry a line: when, what kind (a glyph and a colour), to whom, and the text. A long timeline keeps its
// beginning, its end, and of its middle what people did to the cluster and what broke; the rest is counted.

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

/** What people did to the cluster, and what broke. */
const IMPORTANT: ReadonlySet<EntryKind> = new Set<EntryKind>(['fault', 'heal', 'violation'])

const MAX_SUBJECT = 24

/** Entries in order of their time. `maxEntries` is at least 3; a gap's own line counts as none of them. */
export function timelineLines(
  layout: Layout,
  entries: readonly TimelineEntry[],
  maxEntries: number,
  indent: number = 2,
): string[] {
  const kept = shortened(
    entries.toSorted((a, b) => a.atUs - b.atUs),
    maxEntries,
  )
  const shown = kept.filter((item): item is TimelineEntry => !isGap(item))
  const timeWidth = Math.max(0, ...shown.map(({ atUs }) => widthOf(virtualTime(atUs / 1000))))
  const subjectWidth = Math.max(0, ...shown.map(({ subject }) => widthOf(shortSubject(printable(subject)))))
  const { palette } = layout
  const margin = ' '.repeat(indent)
  const leadWidth = indent + timeWidth + 4 + subjectWidth + 2
  return kept.flatMap((item) => {
    if (isGap(item)) {
      const lead = `${margin}${' '.repeat(timeWidth)}  ${palette.faint('⋮')} `
      return hanging(layout, lead, indent + timeWidth + 4, gapText(item), palette.faint)
    }
    const paint = palette[PAINTS[item.kind]]
    const time = palette.faint(padStart(virtualTime(item.atUs / 1000), timeWidth))
    const whole = printable(item.subject)
    const subject = shortSubject(whole)
    const lead = `${margin}${time}  ${paint(GLYPHS[item.kind])} ${palette.strong(padEnd(subject, subjectWidth))}  `
    const text = subject === whole ? item.text : `${item.text} (${whole})`
    return hanging(layout, lead, leadWidth, text, item.kind === 'violation' ? palette.bad : undefined)
  })
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

/** Entries left out, in a row. */
interface Gap {
  readonly omitted: readonly TimelineEntry[]
}

function isGap(item: TimelineEntry | Gap): item is Gap {
  return 'omitted' in item
}

/** A third at the beginning, a third at the end, and a third for the middle's faults and violations, earliest first. */
function shortened(entries: readonly TimelineEntry[], maxEntries: number): (TimelineEntry | Gap)[] {
  if (entries.length <= maxEntries) return [...entries]
  const edge = Math.floor(maxEntries / 3)
  const middle = entries.slice(edge, entries.length - edge)
  const important = new Set(middle.filter(({ kind }) => IMPORTANT.has(kind)).slice(0, maxEntries - 2 * edge))
  // What the middle does not need goes to the two ends.
  const spare = maxEntries - 2 * edge - important.size
  const head = edge + Math.ceil(spare / 2)
  const tail = entries.length - edge - Math.floor(spare / 2)
  const kept: (TimelineEntry | Gap)[] = []
  let omitted: TimelineEntry[] = []
  for (const [index, entry] of entries.entries()) {
    if (index >= head && index < tail && !important.has(entry)) {
      omitted.push(entry)
      continue
    }
    if (omitted.length > 0) kept.push({ omitted })
    omitted = []
    kept.push(entry)
  }
  return kept
}

function gapText({ omitted }: Gap): string {
  const counts = new Map<EntryKind, number>()
  for (const { kind } of omitted) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const parts = [...counts].map(([kind, n]) => counted(n, ...NOUNS[kind]))
  return `${counted(omitted.length, 'line')} left out: ${parts.join(', ')}`
}
