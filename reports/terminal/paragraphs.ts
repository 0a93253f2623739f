// What went wrong, in plain words: what was promised, what happened, which line of the scenario let it, what would prevent
// it. Where no rule recognised the cause it says so, and no more.

import type { Paragraph } from '../../src/scenario/run-result.ts'
import { printable, wrap } from './cell-text.ts'
import { labelled, type Labelled, type Layout } from './layout.ts'

const MAX_PARAGRAPHS = 6
/** Of what shows one cause: the rest is counted. */
const MAX_NAMES = 6
const MAX_FACTS = 4

/** `eventsBelow`: chains of events follow. */
export function paragraphLines(
  layout: Layout,
  paragraphs: readonly Paragraph[],
  all: boolean,
  eventsBelow: boolean,
): string[] {
  const shown = all ? paragraphs : paragraphs.slice(0, MAX_PARAGRAPHS)
  const lines = shown.flatMap((paragraph) => ['', ...oneParagraph(layout, paragraph, eventsBelow)])
  const more = paragraphs.length - shown.length
  if (more > 0) lines.push('', layout.palette.faint(`… ${more} more causes (--why all)`))
  return lines
}

function oneParagraph(
  layout: Layout,
  { shownBy, weight, promised, broken, facts, cause }: Paragraph,
  eventsBelow: boolean,
): string[] {
  const { palette } = layout
  const paint = weight === 'failed' ? palette.bad : palette.notable
  const names = shownBy.slice(0, MAX_NAMES).map((name) => printable(name.replace(/^finds: /, '')))
  if (shownBy.length > MAX_NAMES) names.push(`${shownBy.length - MAX_NAMES} more`)
  const remark = weight === 'failed' ? '' : ` (${weight})`
  const [head = '', ...rest] = wrap(`${names.join(', ')}${remark}`, layout.columns - 2)
  const further = facts.slice(0, MAX_FACTS)
  if (facts.length > MAX_FACTS) further.push(`… ${facts.length - MAX_FACTS} more`)
  return [
    `${paint(weight === 'failed' ? '✘' : weight === 'found' ? '◆' : '~')} ${palette.heading(head)}`,
    ...rest.map((line) => `  ${palette.heading(line)}`),
    ...labelled(layout, 2, [
      { label: 'promised', text: promised },
      { label: 'but', text: broken, paint },
      ...further.map((text) => ({ label: '', text })),
      ...causeEntries(layout, cause, eventsBelow),
    ]),
  ]
}

function causeEntries(layout: Layout, cause: Paragraph['cause'], eventsBelow: boolean): Labelled[] {
  const { palette } = layout
  if (cause === undefined) {
    const text = `no rule recognises it${eventsBelow ? '; the events that led to it are below' : ''}`
    return [{ label: 'cause', text, paint: palette.faint }]
  }
  const settings = cause.because.map(({ path, value, place }) =>
    place === undefined ? `${path} = ${value} (default)` : `${path} = ${value} (${place})`,
  )
  const cures = cause.cures.flatMap(({ text, set }) => [
    { text, paint: undefined },
    ...(set.length === 0 ? [] : [{ text: set.map((each) => `--set ${each}`).join(' '), paint: palette.info }]),
  ])
  return [
    { label: 'happened', text: cause.happened },
    ...settings.map((text, i) => ({ label: i === 0 ? 'set by' : '', text })),
    { label: 'rules', text: cause.cites, paint: palette.faint },
    ...cures.map(({ text, paint }, i) => ({ label: i === 0 ? 'prevent' : '', text, ...(paint && { paint }) })),
  ]
}
