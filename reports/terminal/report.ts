// The report of one run for people at a terminal: what was run, what happened, what clients lived through, how the cluster
// ended, what was expected, why it broke, and the line that brings it again. It reads a finished run and returns text.

import type { ChalkInstance } from 'chalk'
import { condense, wholeStory } from '../../src/scenario/judge/condense.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'
import { flowText } from '../../src/scenario/text/to-yaml.ts'
import { expectationLines, remarkLines, stuckLines, violationLines } from './checks.ts'
import { clientLines } from './clients.ts'
import { clusterLines } from './cluster.ts'
import { printable } from './cell-text.ts'
import { explanationLines } from './explanation.ts'
import { headerLines } from './header.ts'
import { hanging, type Layout, section } from './layout.ts'
import { paragraphLines } from './paragraphs.ts'
import { palette } from './palette.ts'
import { timelineLines } from './timeline.ts'
import { recordLines, replayLine, verdictLines } from './verdict-line.ts'

export interface TerminalOptions {
  /** Its level decides about colour. */
  readonly chalk: ChalkInstance
  readonly columns: number
  /** How long the run took here. */
  readonly wallMs: number
  /** Only the verdict and how to get it again. */
  readonly quiet?: boolean
  /** A second run did the same. */
  readonly verified?: boolean
  /** Default `short`: what repeats itself is counted. */
  readonly timeline?: 'short' | 'all'
  /** Default `short`: of a chain of causes the last links, and of logs only where they differ. */
  readonly why?: 'short' | 'all'
}

const MAX_TIMELINE = 60

/** Lines ending in a line feed each. */
export function terminalReport(result: RunResult, options: TerminalOptions): string {
  const layout: Layout = { palette: palette(options.chalk), columns: Math.max(40, options.columns) }
  const { verdict } = result
  const { wallMs, verified = false, quiet = false } = options
  // Quiet is for lines that are looked for and copied: they are not broken.
  const ended = verdictLines(quiet ? { ...layout, columns: Infinity } : layout, verdict, wallMs, verified)
  const reasons = reasonLines(layout, result, options)
  const replay = replayLine(layout.palette, verdict)
  const lines = quiet
    ? [...ended, replay]
    : [
        ...storyLines(layout, result, options),
        '',
        ...ended,
        ...reasons,
        ...(reasons.length > 0 ? [''] : []),
        ...recordLines(layout.palette, verdict),
        replay,
      ]
  return lines.map((line) => `${line}\n`).join('')
}

/** What was run, and what became of it. */
function storyLines(layout: Layout, result: RunResult, { timeline }: TerminalOptions): string[] {
  const { verdict } = result
  const all = timeline === 'all'
  const story = all ? wholeStory(result.timeline) : condense(result.timeline, MAX_TIMELINE)
  return [
    ...headerLines(layout, result),
    ...section(layout, 'Timeline', timelineLines(layout, story, 2, all ? '' : ' (--timeline all)')),
    ...section(layout, 'Faults the nemesis chose', chosenFaultLines(layout, result)),
    ...section(layout, 'Clients', clientLines(layout, result)),
    ...section(layout, 'Cluster at the end', clusterLines(layout, verdict.cluster.partitions)),
    ...section(layout, 'Expectations', expectationLines(layout, verdict.expectations)),
    ...section(layout, 'Violations', violationLines(layout, result)),
    ...section(layout, 'Stuck: what waits for what', stuckLines(layout, result.stuckOn)),
    ...section(layout, 'Remarks', remarkLines(layout, result)),
  ]
}

/** Why it ended so: in words, then by events. */
function reasonLines(layout: Layout, { paragraphs, explanations }: RunResult, { why }: TerminalOptions): string[] {
  const all = why === 'all'
  const explained = all ? explanations : explanations.slice(0, 1)
  const more = explanations.length - explained.length
  return [
    ...paragraphLines(layout, paragraphs, all, explained.length > 0),
    ...explained.flatMap((explanation) => explanationLines(layout, explanation, all)),
    ...(more === 0 ? [] : ['', layout.palette.faint(`… ${more} more findings explained by their events (--why all)`)]),
  ]
}

/** As they can stand in the file instead of the nemesis. */
function chosenFaultLines(layout: Layout, { chosenFaults }: RunResult): string[] {
  return chosenFaults.flatMap((fault) => hanging(layout, '  - ', 4, printable(flowText(fault))))
}
