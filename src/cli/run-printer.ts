// What `kafkasim run` prints of finished runs, by each reporter that was asked for: for people the whole story of a single
// run, or of several one line each and what they say together; for machines JSON Lines, JUnit, annotations.

import { Chalk } from 'chalk'
import {
  type CaseOrigin,
  caseOfBreakdown,
  caseOfInterruption,
  caseOfRun,
  caseOfSeries,
  type CiCase,
} from '../../reports/ci-case.ts'
import { counted } from '../../reports/figures.ts'
import { verdictJson } from '../../reports/json.ts'
import { seriesLines, summaryLines, totalLines, type Totals } from '../../reports/summary.ts'
import { matrixLines, type RowResult } from '../../reports/terminal/matrix.ts'
import { palette } from '../../reports/terminal/palette.ts'
import { terminalReport } from '../../reports/terminal/report.ts'
import type { RunResult } from '../scenario/run-result.ts'
import { onlyMissed, type SeriesVerdict } from '../scenario/judge/series.ts'
import { ciReporter } from './ci-reporter.ts'
import { colourLevel, columnsOf, type Io, printingTo, type StopSignal } from './io.ts'
import { openReportFile } from './report-file.ts'
import type { ReporterChoice } from './reporters.ts'
import type { RunRequest } from './run-request.ts'

/** A run as it was done here. */
export interface DoneRun {
  readonly origin: CaseOrigin
  readonly result: RunResult
  readonly wallMs: number
  /** Run twice, and both did the same. */
  readonly verified: boolean
}

export interface RunPrinter {
  /** `inMatrix`: one of several rows, which are told in a table after all have been run. */
  run?(done: DoneRun, inSeries: boolean, inMatrix: boolean): void
  /** A run without a verdict: a defect, or two runs that differ. People have been told. */
  brokenDown?(origin: CaseOrigin, seed: number, message: string, replay: string): void
  /** After all seeds of one row, if there are several. */
  series?(origin: CaseOrigin, verdict: SeriesVerdict, inMatrix: boolean): void
  /** After all rows of one file, if there are several. */
  matrix?(scenario: string, rows: readonly RowResult[]): void
  /** After everything, or what there was of it. */
  end?(ending: Ending): void
}

/** A defect, or somebody, may end it before its time. */
export type Ending =
  | { readonly kind: 'whole' | 'defect' }
  | {
      readonly kind: 'interrupted'
      readonly signal: StopSignal
      /** How many came to their end, and of how many. */
      readonly runs: number
      readonly of: number
    }

type Details = Pick<RunRequest, 'timeline' | 'why'>

/** Opens the files that reports go to, which must not be those that are run. `several`: there is more than one run to come. */
export function runPrinter(
  request: Pick<RunRequest, 'reporters' | keyof Details>,
  files: readonly string[],
  io: Io,
  several: boolean,
): RunPrinter {
  const printers = request.reporters.map((choice) => {
    const { file } = choice
    return printerOf(
      choice,
      file === undefined ? io : printingTo(io, openReportFile(file, files, io)),
      several,
      request,
    )
  })
  return {
    run: (...told) => printers.forEach((printer) => printer.run?.(...told)),
    brokenDown: (...told) => printers.forEach((printer) => printer.brokenDown?.(...told)),
    series: (...told) => printers.forEach((printer) => printer.series?.(...told)),
    matrix: (...told) => printers.forEach((printer) => printer.matrix?.(...told)),
    end: (ending) => printers.forEach((printer) => printer.end?.(ending)),
  }
}

function printerOf({ name }: ReporterChoice, io: Io, several: boolean, details: Details): RunPrinter {
  switch (name) {
    case 'json':
      return jsonPrinter(io)
    case 'default':
    case 'quiet':
      return several ? new SummaryPrinter(io, name === 'quiet') : storyPrinter(io, name === 'quiet', details)
    case 'junit':
    case 'github':
      return ciPrinter(ciReporter(name, io))
  }
}

function jsonPrinter(io: Io): RunPrinter {
  return {
    run: ({ result, wallMs }) => io.stdout.write(`${verdictJson(result.verdict, wallMs)}\n`),
  }
}

function storyPrinter(io: Io, quiet: boolean, { timeline, why }: Details): RunPrinter {
  const chalk = new Chalk({ level: colourLevel(io, io.stdout) })
  const columns = columnsOf(io, io.stdout)
  return {
    run: ({ result, wallMs, verified }) =>
      io.stdout.write(terminalReport(result, { chalk, columns, wallMs, quiet, verified, timeline, why })),
  }
}

/** Keeps what happened until the end: these reports are read as a whole. */
function ciPrinter(report: (cases: readonly CiCase[]) => void): RunPrinter {
  const cases: CiCase[] = []
  return {
    run: ({ origin, result, wallMs }, inSeries) =>
      cases.push(caseOfRun(origin, result, wallMs, inSeries && onlyMissed(result.verdict))),
    brokenDown: (origin, seed, message, replay) => cases.push(caseOfBreakdown(origin, seed, message, replay)),
    series: (origin, verdict) => {
      const unfound = caseOfSeries(origin, verdict)
      if (unfound !== undefined) cases.push(unfound)
    },
    end: (ending) => {
      if (ending.kind === 'interrupted') {
        const { signal, runs, of } = ending
        cases.push(caseOfInterruption('kafkasim run', `by ${signal} after ${runs} of ${counted(of, 'run')}`))
      }
      report(cases)
    },
  }
}

class SummaryPrinter implements RunPrinter {
  private readonly io: Io
  private readonly quiet: boolean
  private readonly paint
  private readonly outcomes: Totals = { runs: 0, passed: 0, simulatedMs: 0, events: 0, wallMs: 0 }

  constructor(io: Io, quiet: boolean) {
    this.io = io
    this.quiet = quiet
    this.paint = palette(new Chalk({ level: colourLevel(io, io.stdout) }))
  }

  run({ result: { verdict }, wallMs }: DoneRun, inSeries: boolean, inMatrix: boolean): void {
    const totals = this.outcomes
    const missed = inSeries && onlyMissed(verdict)
    totals.runs++
    if (verdict.passed || missed) totals.passed++
    totals.simulatedMs += verdict.simulatedMs
    totals.events += verdict.events
    totals.wallMs += wallMs
    if (inMatrix || (this.quiet && inSeries)) return
    this.print(summaryLines(this.paint, verdict, columnsOf(this.io, this.io.stdout), missed))
  }

  series(_origin: CaseOrigin, verdict: SeriesVerdict, inMatrix: boolean): void {
    if (!inMatrix) this.print(seriesLines(this.paint, verdict))
  }

  matrix(scenario: string, rows: readonly RowResult[]): void {
    this.print(matrixLines(this.paint, scenario, rows, columnsOf(this.io, this.io.stdout)))
  }

  end(ending: Ending): void {
    const interrupted = ending.kind === 'interrupted' ? ending : undefined
    if (interrupted === undefined && (this.quiet || ending.kind === 'defect')) return
    this.print(totalLines(this.paint, this.outcomes, interrupted))
  }

  private print(lines: readonly string[]): void {
    this.io.stdout.write(lines.map((line) => `${line}\n`).join(''))
  }
}
