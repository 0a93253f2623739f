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
import { type Layout, section } from './layout.ts'
import { palette } from './palette.ts'
import { timelineLines } from './timeline.ts'
import { verdictLines } from './verdict-line.ts'

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
const MAX_EXPLANATIONS = 4

/** Lines ending in a line feed each. */
export function terminalReport(result: RunResult, options: TerminalOptions): string {
  const layout: Layout = { palette: palette(options.chalk), columns: Math.max(40, options.columns) }
  const verdict = verdictLines(layout.palette, result.verdict, options.wallMs, options.verified === true)
  const lines =
    options.quiet === true ? verdict : [...storyLines(layout, result, options.timeline === 'all'), '', ...verdict]
  return lines.map((line) => `${line}\n`).join('')
}

function storyLines(layout: Layout, result: RunResult, all: boolean): string[] {
  const story = all ? wholeStory(result.timeline) : condense(result.timeline, MAX_TIMELINE)
  const { verdict } = result
  const explained = result.explanations.slice(0, MAX_EXPLANATIONS)
  const more = result.explanations.length - explained.length
  const left = more === 0 ? [] : ['', layout.palette.faint(`… ${more} explanations more, of the same kind or later`)]
  return [
    ...headerLines(layout, result),
    ...section(layout, 'Timeline', timelineLines(layout, story, 2, all ? '' : ' (--timeline all)')),
    ...section(layout, 'Faults the nemesis chose', chosenFaultLines(result)),
    ...section(layout, 'Clients', clientLines(layout, result)),
    ...section(layout, 'Cluster at the end', clusterLines(layout, verdict.cluster.partitions)),
    ...section(layout, 'Expectations', expectationLines(layout, verdict.expectations)),
    ...section(layout, 'Violations', violationLines(layout, result)),
    ...section(layout, 'Stuck: what waits for what', stuckLines(layout, result.stuckOn)),
    ...explained.flatMap((explanation) => explanationLines(layout, explanation)),
    ...left,
    ...section(layout, 'Remarks', remarkLines(layout, result)),
  ]
}

/** As they can stand in the file instead of the nemesis. */
function chosenFaultLines({ chosenFaults }: RunResult): string[] {
  return chosenFaults.map((fault) => `  - ${printable(flowText(fault))}`)
}
