// `kafkasim run`: loads scenario files, runs each with each seed, reports, and says how it went by an exit code.

import { directoryReader } from './data-folder.ts'
import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CaseOrigin, Place } from '../../reports/ci-case.ts'
import { counted } from '../../reports/figures.ts'
import type { RowResult } from '../../reports/terminal/matrix.ts'
import { because } from '../../reports/terminal/verdict-line.ts'
import type { RunResult, Verdict } from '../scenario/run-result.ts'
import type { LoadedScenario } from '../scenario/build.ts'
import type { RunOptions } from '../scenario/runner.ts'
import { expectationPlaces } from '../scenario/language/expectation-places.ts'
import { addGroups, type GroupFigures } from '../history/group-summaries.ts'
import { onlyMissed, SeriesTally, type SeriesVerdict } from '../scenario/judge/series.ts'
import { DEFAULT_SEED } from './default-seed.ts'
import { defectReport } from './defect.ts'
import type { Engine } from './engine-interface.ts'
import { EXIT, type ExitCode, worst } from './exit-codes.ts'
import type { Io } from './io.ts'
import { wantedRows } from './matrix-rows.ts'
import { Interruption } from './interruption.ts'
import { Progress } from './progress.ts'
import { replayCommand } from './replay-command.ts'
import { type DoneRun, type RunPrinter, runPrinter } from './run-printer.ts'
import { ONE_TRACE, type RunRequest, type SeedRange } from './run-request.ts'
import { readScenario } from './scenario-file.ts'
import { filesOf } from './scenario-folder.ts'
import { TraceFile } from './trace-file.ts'
import { UsageError } from './usage-error.ts'
import { difference, same } from './verify.ts'

interface Input {
  readonly file: string
  /** Of its matrix; without one, a single one. */
  readonly rows: readonly LoadedScenario[]
  readonly seeds: SeedRange
  /** Where expectations stand in the file: only some reports ask, and the file is read again for it. */
  readonly places: () => ReadonlyMap<string, Place>
}

/** One row, with all seeds. */
interface Series {
  readonly origin: CaseOrigin
  readonly scenario: LoadedScenario
  readonly seeds: SeedRange
  readonly inMatrix: boolean
}

interface SeriesDone {
  readonly code: ExitCode
  /** Undefined if no run came to its end. */
  readonly series: SeriesVerdict | undefined
  /** The one thing to know about it. */
  readonly because: string
  readonly groups?: GroupFigures | undefined
}

/** Files are all loaded before the first is run: bad input is told at once, and all of it. */
export async function run(request: RunRequest, io: Io, engine: Engine): Promise<ExitCode> {
  const inputs = loadAll(request, io, engine)
  if (inputs === undefined) return EXIT.badInput
  const traceFile = request.traceFile === undefined ? undefined : new TraceFile(request.traceFile, io)
  const interruption = new Interruption(io)
  try {
    const files = inputs.map(({ file }) => file)
    const several = inputs.length > 1 || inputs.some(({ rows, seeds }) => rows.length > 1 || seeds.last > seeds.first)
    const printer = runPrinter(request, files, io, several)
    return await new RunCommand(request, io, engine, traceFile, printer, interruption).runAll(inputs)
  } finally {
    interruption.close()
    traceFile?.close()
  }
}

function loadAll(request: RunRequest, io: Io, engine: Engine): Input[] | undefined {
  const named = request.files.map((typed) => orTold(() => filesOf(typed, io), io))
  const files = named.flatMap((each) => each ?? [])
  if (request.traceFile !== undefined && files.length > 1) throw new UsageError(ONE_TRACE)
  const loaded = files.flatMap((file) => orTold(() => loadFile(file, request, io, engine), io) ?? [])
  return named.includes(undefined) || loaded.length < files.length ? undefined : loaded
}

/** Undefined if input is at fault, which has been told then. */
function orTold<T>(read: () => T, io: Io): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.stderr.write(`kafkasim: ${error.message}\n`)
    return undefined
  }
}

/** Undefined if something is wrong with it, which has been told then. */
function loadFile(file: string, request: RunRequest, io: Io, engine: Engine): Input | undefined {
  const text = readScenario(file, io)
  refuseOverwriting(file, request.traceFile, io)
  const { scenario, rows, report } = engine.load(
    file,
    text,
    request.settings,
    request.format,
    directoryReader(file, io),
  )
  if (report !== '') io.stderr.write(report)
  if (scenario === undefined) return undefined
  const seeds = request.seeds ?? onlySeed(scenario.seed ?? DEFAULT_SEED)
  let found: ReadonlyMap<string, Place> | undefined
  const places = (): ReadonlyMap<string, Place> => (found ??= expectationPlaces(text, file))
  const onlyOne = request.traceFile === undefined ? undefined : '--trace writes what happened in one run'
  return { file, rows: wantedRows(rows ?? [scenario], { file, row: request.row, onlyOne }), seeds, places }
}

function onlySeed(seed: number): SeedRange {
  return { first: seed, last: seed }
}

function refuseOverwriting(file: string, traceFile: string | undefined, io: Io): void {
  if (traceFile === undefined) return
  let existing: string
  try {
    existing = realpathSync(resolve(io.cwd, traceFile))
  } catch {
    return
  }
  if (existing === realpathSync(resolve(io.cwd, file))) {
    throw new UsageError(`--trace ${traceFile}: this would overwrite the scenario`)
  }
}

function runsOf(inputs: readonly Input[]): number {
  return inputs.reduce((sum, { rows, seeds: { first, last } }) => sum + rows.length * (last - first + 1), 0)
}

class RunCommand {
  private readonly request: RunRequest
  private readonly io: Io
  private readonly engine: Engine
  private readonly traceFile: TraceFile | undefined
  private readonly printer: RunPrinter
  private readonly progress: Progress
  private readonly interruption: Interruption
  private failures = 0
  private runs = 0

  constructor(
    request: RunRequest,
    io: Io,
    engine: Engine,
    traceFile: TraceFile | undefined,
    printer: RunPrinter,
    interruption: Interruption,
  ) {
    this.interruption = interruption
    this.request = request
    this.io = io
    this.engine = engine
    this.traceFile = traceFile
    this.printer = printer
    this.progress = new Progress(io, !request.reporters.some(({ name }) => name === 'quiet'))
  }

  /** A defect ends everything: what comes after it would only repeat it. */
  async runAll(inputs: readonly Input[]): Promise<ExitCode> {
    const codes: ExitCode[] = []
    for (const input of inputs) {
      codes.push(await this.runRows(input))
      if (codes.at(-1) === EXIT.defect || this.isOver) break
    }
    const code = this.interruption.code(worst(codes))
    const { signal } = this.interruption
    this.printer.end?.(
      signal === undefined
        ? { kind: code === EXIT.defect ? 'defect' : 'whole' }
        : { kind: 'interrupted', signal, runs: this.runs, of: runsOf(inputs) },
    )
    if (this.bailsOut) this.io.stderr.write(`kafkasim: stopped after ${counted(this.failures, 'failure')} (--bail)\n`)
    return code
  }

  private get bailsOut(): boolean {
    return this.request.bail !== undefined && this.failures >= this.request.bail
  }

  /** Whatever is left is not run. */
  private get isOver(): boolean {
    return this.bailsOut || this.interruption.signal !== undefined
  }

  private async runRows({ file, rows, seeds, places }: Input): Promise<ExitCode> {
    const results: RowResult[] = []
    let code: ExitCode = EXIT.ok
    for (const scenario of rows) {
      const origin = {
        file,
        scenario: scenario.name,
        row: scenario.row?.label,
        get places() {
          return places()
        },
        allowed: new Set(scenario.allowed.map(({ what }) => what)),
      }
      const done = await this.runSeries({ origin, scenario, seeds, inMatrix: rows.length > 1 })
      code = worst([code, done.code])
      if (done.code === EXIT.defect) return code
      if (done.series !== undefined && scenario.row !== undefined) {
        results.push({ row: scenario.row, series: done.series, because: done.because, groups: done.groups })
      }
      if (this.isOver) break
    }
    if (rows.length > 1) this.printer.matrix?.(rows[0]?.name ?? file, results)
    return code
  }

  private async runSeries(input: Series): Promise<SeriesDone> {
    const { first, last } = input.seeds
    const series = new SeriesTally()
    const failuresBefore = this.failures
    let code: ExitCode = EXIT.ok
    let why = ''
    let groups: GroupFigures | undefined
    for (let seed = first; seed <= last && !this.isOver; seed++) {
      const done = await this.attempt(input, seed)
      if (done === undefined) break
      this.runs++
      if (typeof done === 'number') {
        if (done === EXIT.defect) return { code: done, series: undefined, because: '' }
        code = worst([code, done])
        this.failures++
        continue
      }
      const { verdict } = done.result
      series.add(verdict)
      groups = addGroups(groups, done.result.groups)
      // Of several, the first that went wrong says most.
      if (why === '' || (!verdict.passed && !onlyMissed(verdict))) why = because(verdict)
      if (!verdict.passed && !(last > first && onlyMissed(verdict))) this.failures++
      this.printer.run?.(done, last > first, input.inMatrix)
    }
    const verdict = series.verdict()
    if (verdict.runs === 0) return { code, series: undefined, because: '' }
    // What has not been found yet might have been with the seeds that are left.
    const isOpen = this.interruption.signal !== undefined && this.failures === failuresBefore
    if (isOpen && !verdict.passed) return { code, series: undefined, because: '' }
    if (last > first) this.printer.series?.(input.origin, verdict, input.inMatrix)
    if (!verdict.passed && this.failures === failuresBefore) this.failures++
    return { code: worst([code, verdict.passed ? EXIT.ok : EXIT.failed]), series: verdict, because: why, groups }
  }

  /** Undefined if it was interrupted. */
  private async attempt({ origin, scenario }: Series, seed: number): Promise<DoneRun | ExitCode | undefined> {
    const { file } = origin
    const { row } = scenario
    const reproduce = replayCommand(this.request, file, seed, row)
    try {
      const label = `${file}  ${row === undefined ? '' : `${row.label}  `}seed ${seed}`
      const start = this.io.nowMs()
      const result = await this.simulate(scenario, seed, label, reproduce, this.traceFile)
      if (result === undefined) return undefined
      const wallMs = this.io.nowMs() - start
      if (!this.request.verify) return { origin, result, wallMs, verified: false }
      const again = await this.simulate(scenario, seed, `${label} again`, reproduce, undefined)
      if (again === undefined) return undefined
      if (same(result.verdict, again.verdict)) return { origin, result, wallMs, verified: true }
      this.tellDifference(result.verdict, again.verdict, scenario)
      this.printer.brokenDown?.(origin, seed, 'two runs with the same seed differ', `${reproduce} --verify`)
      return EXIT.differs
    } catch (error) {
      if (error instanceof UsageError) throw error
      this.progress.clear()
      this.io.stderr.write(defectReport(error, reproduce, this.io))
      this.printer.brokenDown?.(origin, seed, error instanceof Error ? error.message : String(error), reproduce)
      return EXIT.defect
    }
  }

  private async simulate(
    scenario: LoadedScenario,
    seed: number,
    label: string,
    reproduce: string,
    traceFile: TraceFile | undefined,
  ): Promise<RunResult | undefined> {
    const slices = this.engine.slices(scenario, {
      ...this.options(seed, reproduce),
      onProgress: (nowUs, endUs, events) => this.progress.update(label, nowUs, endUs, events),
      ...(traceFile && { onTrace: (line) => traceFile.write(line) }),
    })
    const result = await this.interruption.resultOf(slices)
    this.progress.clear()
    this.interruption.tell()
    return result
  }

  private tellDifference(first: Verdict, second: Verdict, scenario: LoadedScenario): void {
    const { seed, reproduce } = first
    const lines = difference(first, second, (options) =>
      this.engine.run(scenario, { ...this.options(seed, reproduce), ...options }),
    )
    this.io.stderr.write(`kafkasim: two runs of ${first.scenario} with seed ${seed} differ: ${lines.join('\n')}\n`)
    this.io.stderr.write(`This is a defect in kafkasim. Please report it.\n  replay: ${reproduce} --verify\n`)
  }

  private options(seed: number, reproduce: string): RunOptions {
    const { untilUs } = this.request
    return { seed, reproduce, ...(untilUs !== undefined && { untilUs }) }
  }
}
