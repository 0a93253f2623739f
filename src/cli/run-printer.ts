// What `kafkasim run` prints of finished runs: JSON Lines for machines; for people the whole story of a single run, or of
// several one line each and what they say together.

import { Chalk } from 'chalk'
import { verdictJson } from '../../reports/json.ts'
import { seriesLines, summaryLines, totalLines, type Totals } from '../../reports/summary.ts'
import { matrixLines, type RowResult } from '../../reports/terminal/matrix.ts'
import { palette } from '../../reports/terminal/palette.ts'
import { terminalReport } from '../../reports/terminal/report.ts'
import type { RunResult } from '../scenario/run-result.ts'
import { onlyMissed, type SeriesVerdict } from '../scenario/judge/series.ts'
import { colourLevel, columnsOf, type Io } from './io.ts'
import type { RunRequest } from './run-request.ts'

/** A run as it was done here. */
export interface DoneRun {
  readonly result: RunResult
  readonly wallMs: number
  /** Run twice, and both did the same. */
  readonly verified: boolean
}

export interface RunPrinter {
  /** `inMatrix`: one of several rows, which are told in a table after all have been run. */
  run(done: DoneRun, inSeries: boolean, inMatrix: boolean): void
  /** After all seeds of one file, if there are several. */
  series(verdict: SeriesVerdict): void
  /** After all rows of one file, if there are several. */
  matrix(scenario: string, rows: readonly RowResult[]): void
  /** After everything. */
  end(): void
}

export function runPrinter(
  request: Pick<RunRequest, 'json' | 'quiet' | 'timeline' | 'why'>,
  io: Io,
  several: boolean,
): RunPrinter {
  if (request.json) return jsonPrinter(io)
  return several ? new SummaryPrinter(io, request.quiet) : storyPrinter(io, request)
}

function jsonPrinter(io: Io): RunPrinter {
  return {
    run: ({ result, wallMs }) => io.stdout.write(`${verdictJson(result.verdict, wallMs)}\n`),
    series: () => undefined,
    matrix: () => undefined,
    end: () => undefined,
  }
}

function storyPrinter(io: Io, { quiet, timeline, why }: Pick<RunRequest, 'quiet' | 'timeline' | 'why'>): RunPrinter {
  const chalk = new Chalk({ level: colourLevel(io, io.stdout) })
  const columns = columnsOf(io, io.stdout)
  return {
    run: ({ result, wallMs, verified }) =>
      io.stdout.write(terminalReport(result, { chalk, columns, wallMs, quiet, verified, timeline, why })),
    series: () => undefined,
    matrix: () => undefined,
    end: () => undefined,
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

  series(verdict: SeriesVerdict): void {
    this.print(seriesLines(this.paint, verdict))
  }

  matrix(scenario: string, rows: readonly RowResult[]): void {
    this.print(matrixLines(this.paint, scenario, rows, columnsOf(this.io, this.io.stdout)))
  }

  end(): void {
    if (!this.quiet) this.print(totalLines(this.paint, this.outcomes))
  }

  private print(lines: readonly string[]): void {
    this.io.stdout.write(lines.map((line) => `${line}\n`).join(''))
  }
}
