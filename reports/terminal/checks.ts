// What was expected and what was broken: expectations met or not, violations (the excused ones marked as such), faults that
// never fired, what waits for what.

import type { ExpectationResult, RunResult, Verdict } from '../../src/scenario/run-result.ts'
import { count, counted, virtualTime } from '../figures.ts'
import { padEnd, printable, widthOf } from './cell-text.ts'
import { hanging, type Layout } from './layout.ts'

const MAX_VIOLATIONS = 12
/** A wider expectation gets its message on the next line instead of pushing all messages to the right. */
const MAX_EXPECTATION = 36

export function expectationLines(layout: Layout, expectations: readonly ExpectationResult[]): string[] {
  const { palette } = layout
  const widths = expectations.map(({ text }) => widthOf(printable(text))).filter((width) => width <= MAX_EXPECTATION)
  const column = Math.max(0, ...widths)
  return expectations.flatMap(({ text, met, message }) => {
    const shown = printable(text)
    const glyph = met ? palette.good('✔') : palette.bad('✘')
    const indent = 4 + column + 2
    if (widthOf(shown) > column) {
      const below = message === '' ? [] : hanging(layout, ' '.repeat(indent), indent, message, palette.faint)
      return [...hanging(layout, `  ${glyph} `, 4, shown), ...below]
    }
    return hanging(layout, `  ${glyph} ${padEnd(shown, column)}  `, indent, message, met ? palette.faint : palette.bad)
  })
}

/** Those that nothing excuses come first; of very many, the rest is counted. */
export function violationLines(layout: Layout, result: RunResult): string[] {
  const { violations } = result.verdict
  const sorted = [...violations.filter((v) => v.excused === null), ...violations.filter((v) => v.excused !== null)]
  const lines = sorted
    .slice(0, MAX_VIOLATIONS)
    .flatMap((violation, i) => oneViolation(layout, violation, result, sorted[i - 1]?.excused ?? null))
  const hidden = sorted.slice(MAX_VIOLATIONS)
  if (hidden.length > 0) {
    const excused = hidden.filter((violation) => violation.excused !== null).length
    lines.push(`  ${layout.palette.faint(`… ${counted(hidden.length, 'violation')} more, ${excused} of them excused`)}`)
  }
  return lines
}

/** `excusedBefore`: what excuses the one above. */
function oneViolation(
  layout: Layout,
  violation: Verdict['violations'][number],
  result: RunResult,
  excusedBefore: string | null,
): string[] {
  const { palette } = layout
  const { invariant, rule, excused, atMs, subject, message, events } = violation
  const seen = result.violations.find((known) => known.invariant === invariant && known.subject === subject)
  const paint = excused === null ? palette.bad : palette.notable
  const name = `${printable(invariant)} (${printable(rule)})`
  const again = seen === undefined || seen.count === 1 ? '' : `, seen ${count(seen.count)} times`
  const where = `${printable(subject)} at ${virtualTime(atMs)}, ${eventsText(events)}${again}`
  const room = layout.columns - widthOf(name) - 6
  const heads = hanging(layout, `  ${paint(excused === null ? '✗' : '~')} `, 4, name, palette.strong)
  return [
    ...(widthOf(where) <= room ? [`${heads.join('')}  ${where}`] : [...heads, ...hanging(layout, '    ', 4, where)]),
    ...hanging(layout, '    ', 4, message),
    ...(excused === null
      ? []
      : hanging(layout, '    ', 4, excused === excusedBefore ? 'excused likewise' : `excused: ${excused}`, paint)),
    // What is excused is explained by what excuses it.
    ...(seen === undefined || excused !== null
      ? []
      : hanging(layout, '    ', 4, `the rule: ${seen.statement}`, palette.faint)),
  ]
}

/** What waits for what, when the cluster did not settle. */
export function stuckLines(layout: Layout, stuckOn: readonly string[]): string[] {
  return stuckOn.flatMap((text) => hanging(layout, `  ${layout.palette.bad('…')} `, 4, text))
}

/** What makes the run less of a test than it seems: faults that never fired. */
export function remarkLines(layout: Layout, result: RunResult): string[] {
  const { palette } = layout
  return result.verdict.notFired.flatMap((text) => hanging(layout, `  ${palette.bad('never fired')}  `, 15, text))
}

function eventsText([first, second]: readonly [number, number]): string {
  return first === second || first <= 0 ? `event ${second}` : `events ${first} and ${second}`
}
