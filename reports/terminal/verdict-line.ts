// The last lines of a report: the verdict, what it cost, and the command that brings the same run again.

import type { RunOutcome, Verdict } from '../../src/scenario/run-result.ts'
import { count, counted, span, wallTime } from '../figures.ts'
import { recordCommands } from '../record-command.ts'
import { printable, widthOf } from './cell-text.ts'
import { hanging, type Layout } from './layout.ts'
import type { Palette } from './palette.ts'

const PAINTS: { readonly [Outcome in RunOutcome]: keyof Palette } = {
  pass: 'good',
  find: 'notable',
  fail: 'bad',
  stuck: 'bad',
  vacuous: 'bad',
}

/** `PASS`, coloured, all outcomes equally wide if `padded`. */
export function outcomeWord(palette: Palette, outcome: RunOutcome, padded = false): string {
  const word = outcome.toUpperCase()
  return palette[PAINTS[outcome]](palette.heading(padded ? word.padEnd('VACUOUS'.length) : word))
}

/** `wallMs` is how long it took here; `verified` says that a second run did the same. */
export function verdictLines(layout: Layout, verdict: Verdict, wallMs: number, verified: boolean): string[] {
  const { palette } = layout
  const { scenario, seed, outcome, simulatedMs, events, traceHash } = verdict
  const speed = wallMs > 0 ? ` (${count(Math.round(simulatedMs / wallMs))}× real time)` : ''
  const cost = `${span(simulatedMs)} virtual, ${counted(events, 'event')} in ${wallTime(wallMs)}${speed}`
  const name = printable(scenario)
  const leadWidth = widthOf(`${outcome.toUpperCase()}  ${name}  seed ${seed}  `)
  const lead = `${outcomeWord(palette, outcome)}  ${palette.strong(name)}  seed ${seed}  `
  const reason = because(verdict)
  // What leaves no room beside it stands below.
  const [first, ...rest] =
    layout.columns - leadWidth >= 30
      ? hanging(layout, lead, leadWidth, reason)
      : [...nameLines(layout, verdict), ...hanging(layout, '      ', 6, reason)]
  return [
    (first ?? '').trimEnd(),
    ...rest,
    ...hanging(layout, '      ', 6, `${cost}, trace ${traceHash}${verified ? ' twice' : ''}`, palette.faint),
  ]
}

function nameLines(layout: Layout, { scenario, seed, outcome }: Verdict): string[] {
  const { palette } = layout
  return [
    ...hanging(layout, `${outcomeWord(palette, outcome)}  `, outcome.length + 2, scenario, palette.strong),
    `      seed ${seed}`,
  ]
}

/** To be copied: never broken. */
export function replayLine(palette: Palette, { reproduce }: Verdict): string {
  return `      ${palette.faint('replay:')} ${reproduce}`
}

/** What became of a record that was named: the lines to ask with. */
export function recordLines(palette: Palette, verdict: Verdict): string[] {
  return recordCommands(verdict).map((command) => `      ${palette.faint('record:')} ${command}`)
}

/** The one thing to know about this outcome. */
export function because(verdict: Verdict): string {
  const { outcome, expectations, violations, notFired } = verdict
  const unmet = expectations.filter(({ met }) => !met)
  const counting = violations.filter(({ excused }) => excused === null)
  switch (outcome) {
    case 'pass':
      return passedBecause(expectations.length, unmet.length)
    case 'find': {
      const found = expectations.filter(({ text, met }) => met && text.startsWith('finds:'))
      return `found what was sought: ${found.map(({ text }) => printable(text.slice('finds:'.length))).join(', ')}`
    }
    case 'fail': {
      const first = unmet[0] ?? counting[0]
      if (first === undefined) return ''
      const name = printable('text' in first ? first.text : `${first.invariant} violated`)
      const more = unmet.length + counting.length - 1
      return `${name}: ${printable(first.message)}${more > 0 ? ` (and ${more} more)` : ''}`
    }
    case 'stuck':
      return 'the cluster did not settle'
    case 'vacuous':
      return notFired.length > 0 ? `never fired: ${notFired.map(printable).join(', ')}` : vacuousBecause(verdict)
  }
}

function passedBecause(expected: number, unmet: number): string {
  if (expected === 0) return 'no invariant broken, no expectation judged'
  if (unmet === 0) return `${counted(expected, 'expectation')} met`
  return `${expected - unmet} of ${counted(expected, 'expectation')} met, the rest is allowed`
}

function vacuousBecause({ history, expectations }: Verdict): string {
  if (history.acked === 0) return 'nothing was acknowledged'
  const unmet = expectations.find(({ met }) => !met)
  return unmet === undefined ? 'nothing was tested' : `${printable(unmet.text)}: ${printable(unmet.message)}`
}
