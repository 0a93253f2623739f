// Several runs at a glance: one line each, then what they say together.

import type { SeriesVerdict } from '../src/scenario/judge/series.ts'
import type { Verdict } from '../src/scenario/run-result.ts'
import { count, counted, span, wallTime } from './figures.ts'
import { recordCommands } from './record-command.ts'
import { printable, truncate, widthOf } from './terminal/cell-text.ts'
import type { Palette } from './terminal/palette.ts'
import { because, outcomeWord } from './terminal/verdict-line.ts'

/** One run of several. `missed` says that it only did not find what another seed of its series may find. */
export function summaryLines(palette: Palette, verdict: Verdict, columns: number, missed: boolean): string[] {
  const word = missed ? palette.faint('MISS   ') : outcomeWord(palette, verdict.outcome, true)
  const name = printable(verdict.scenario)
  const room = Math.max(20, columns - widthOf(`VACUOUS  ${name}  seed ${verdict.seed}  `))
  const reason = truncate(missed ? 'not found with this seed' : because(verdict), room)
  const line = `${word}  ${palette.strong(name)}  seed ${verdict.seed}  ${palette.faint(reason)}`
  if (verdict.passed || missed) return [line]
  const records = recordCommands(verdict).map((command) => `         ${palette.faint('record:')} ${command}`)
  return [line, ...records, `         ${palette.faint('replay:')} ${verdict.reproduce}`]
}

/** What all seeds of one file say together, and which of them to look at. */
export function seriesLines(palette: Palette, series: SeriesVerdict): string[] {
  const { runs, counts, missedSeeds } = series
  const parts = (['pass', 'find', 'fail', 'stuck', 'vacuous'] as const)
    .map((outcome) => [outcome, counts[outcome] - (outcome === 'fail' ? missedSeeds : 0)] as const)
    .filter(([, n]) => n > 0)
    .map(([outcome, n]) => `${count(n)} ${outcome}`)
  if (missedSeeds > 0) parts.push(`${count(missedSeeds)} not found`)
  const finds = series.finds.map(({ text, metBy, firstSeed }) => {
    const shown = printable(text)
    if (firstSeed === undefined) return `         ${palette.bad('✘')} ${shown}  no seed found it`
    return `         ${palette.good('✔')} ${shown}  found with ${counted(metBy, 'seed')}, first with ${firstSeed}`
  })
  const word = outcomeWord(palette, series.outcome, true)
  return [
    `${word}  ${palette.strong(printable(series.scenario))}  ${counted(runs, 'seed')}: ${parts.join(', ')}`,
    ...finds,
    ...(series.reproduce === undefined ? [] : [`         ${palette.faint('replay:')} ${series.reproduce}`]),
  ]
}

export interface Totals {
  runs: number
  /** Those that a series does not count against itself included. */
  passed: number
  simulatedMs: number
  events: number
  wallMs: number
}

/** `interrupted`: by which signal, of how many runs. */
export function totalLines(
  palette: Palette,
  { runs, passed, simulatedMs, events, wallMs }: Totals,
  interrupted?: { readonly signal: string; readonly of: number },
): string[] {
  const failed = runs - passed
  const tally = `${count(passed)} as expected${failed === 0 ? '' : `, ${palette.bad(`${count(failed)} not`)}`}`
  const cost = `${span(simulatedMs)} virtual, ${counted(events, 'event')} in ${wallTime(wallMs)}`
  const cut =
    interrupted === undefined
      ? ''
      : ` of ${count(interrupted.of)}, ${palette.bad(`interrupted by ${interrupted.signal}`)}`
  return ['', `${counted(runs, 'run')}${cut}: ${tally}  ${palette.faint(cost)}`]
}
