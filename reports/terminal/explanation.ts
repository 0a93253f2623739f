// Why something went wrong: the chain of events that caused it, the last things that happened to its subject, and the
// replicas' logs side by side.

import type { LoggedEvent } from '../../sim/index.ts'
import { wholeStory } from '../../src/scenario/judge/condense.ts'
import type { Explanation } from '../../src/scenario/run-result.ts'
import { count, virtualTime } from '../figures.ts'
import { printable, wrap } from './cell-text.ts'
import type { Layout } from './layout.ts'
import { logLines } from './logs.ts'
import { cell, table } from './table.ts'
import { timelineLines } from './timeline.ts'

/** The first link says where it all began, the last ones what led here. */
const MAX_LINKS = 4
const MAX_LAST_EVENTS = 6

export function explanationLines(layout: Layout, explanation: Explanation, all: boolean): string[] {
  const { palette } = layout
  const part = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [`  ${palette.faint(title)}`, ...lines]
  const { title, subject, chain, lastEvents, logs } = explanation
  const heading = wrap(`Why: ${title}`, layout.columns).map((line) => palette.heading(line))
  return [
    '',
    ...heading,
    ...part('chain of causes, first cause first', chainLines(layout, chain, all ? Infinity : MAX_LINKS)),
    ...part(
      `what happened last to ${printable(subject)}`,
      timelineLines(layout, wholeStory(all ? lastEvents : lastEvents.slice(-MAX_LAST_EVENTS)), 4),
    ),
    ...part('the logs of its replicas, by leader epoch', logLines(layout, logs, 4, all)),
  ]
}

function chainLines(layout: Layout, chain: readonly LoggedEvent[], most: number): string[] {
  const { palette } = layout
  const omitted = Math.max(0, chain.length - most)
  const row = ({ ordinal, atUs, node, kind }: LoggedEvent) => [
    cell(virtualTime(atUs / 1000), palette.faint),
    cell(printable(node), palette.strong),
    cell(printable(kind)),
    cell(`event ${ordinal}`, palette.faint),
  ]
  const shown = omitted === 0 ? chain : [...chain.slice(0, 1), ...chain.slice(omitted + 1)]
  const lines = table(shown.map(row), { indent: 4, align: ['right', 'left', 'left', 'right'], columns: layout.columns })
  if (omitted > 0) lines.splice(1, 0, `    ${palette.faint(`⋮ ${count(omitted)} links left out (--why all)`)}`)
  return lines
}
