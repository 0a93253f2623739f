// `kafkasim run`: loads scenario files, runs each with each seed, reports, and says how it went by an exit code.

import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import type { RunResult, Verdict } from '../scenario/run-result.ts'
import type { LoadedScenario } from '../scenario/build.ts'
import type { RunOptions } from '../scenario/runner.ts'
import { SeriesTally } from '../scenario/series.ts'
import { defectReport } from './defect.ts'
import type { Engine } from './engine-interface.ts'
import { EXIT, type ExitCode, worst } from './exit-codes.ts'
import type { Io } from './io.ts'
import { Progress } from './progress.ts'
import { replayCommand } from './replay-command.ts'
import { type DoneRun, type RunPrinter, runPrinter } from './run-printer.ts'
import type { RunRequest, SeedRange } from './run-request.ts'
import { readScenario } from './scenario-file.ts'
import { TraceFile } from './trace-file.ts'
import { UsageError } from './usage-error.ts'
import { difference, same } from './verify.ts'

/** A run without a seed would not be the same twice. */
const DEFAULT_SEED = 1

interface Input {
  readonly file: string
  readonly scenario: LoadedScenario
  readonly seeds: SeedRange
}

/** Files are all loaded before the first is run: bad input is told at once, and all of it. */
export function run(request: RunRequest, io: Io, engine: Engine): ExitCode {
  const inputs = loadAll(request, io, engine)
  if (inputs === undefined) return EXIT.badInput
  const traceFile = request.traceFile === undefined ? undefined : new TraceFile(request.traceFile, io)
  try {
    const several = inputs.length > 1 || inputs.some(({ seeds }) => seeds.last > seeds.first)
    return new RunCommand(request, io, engine, traceFile, runPrinter(request, io, several)).runAll(inputs)
  } finally {
    traceFile?.close()
  }
}

function loadAll(request: RunRequest, io: Io, engine: Engine): Input[] | undefined {
  const inputs: Input[] = []
  for (const file of request.files) {
    try {
      const text = readScenario(file, io)
      refuseOverwriting(file, request.traceFile, io)
      const { scenario, report } = engine.load(file, text, request.settings)
      if (report !== '') io.stderr.write(report)
      if (scenario === undefined) continue
      inputs.push({ file, scenario, seeds: request.seeds ?? onlySeed(scenario.seed ?? DEFAULT_SEED) })
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      io.stderr.write(`kafkasim: ${error.message}\n`)
    }
  }
  return inputs.length === request.files.length ? inputs : undefined
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

class RunCommand {
  private readonly request: RunRequest
  private readonly io: Io
  private readonly engine: Engine
  private readonly traceFile: TraceFile | undefined
  private readonly printer: RunPrinter
  private readonly progress: Progress

  constructor(request: RunRequest, io: Io, engine: Engine, traceFile: TraceFile | undefined, printer: RunPrinter) {
    this.request = request
    this.io = io
    this.engine = engine
    this.traceFile = traceFile
    this.printer = printer
    this.progress = new Progress(io, !request.quiet)
  }

  /** A defect ends everything: what comes after it would only repeat it. */
  runAll(inputs: readonly Input[]): ExitCode {
    const codes: ExitCode[] = []
    for (const input of inputs) {
      codes.push(this.runSeries(input))
      if (codes.at(-1) === EXIT.defect) break
    }
    const code = worst(codes)
    if (code !== EXIT.defect) this.printer.end()
    return code
  }

  private runSeries(input: Input): ExitCode {
    const { first, last } = input.seeds
    const series = new SeriesTally()
    let code: ExitCode = EXIT.ok
    for (let seed = first; seed <= last; seed++) {
      const done = this.attempt(input, seed)
      if (typeof done === 'number') {
        if (done === EXIT.defect) return done
        code = worst([code, done])
        continue
      }
      series.add(done.result.verdict)
      this.printer.run(done, last > first)
    }
    const verdict = series.verdict()
    if (verdict.runs === 0) return code
    if (last > first) this.printer.series(verdict)
    return worst([code, verdict.passed ? EXIT.ok : EXIT.failed])
  }

  private attempt({ file, scenario }: Input, seed: number): DoneRun | ExitCode {
    const reproduce = replayCommand(this.request, file, seed)
    try {
      const label = `${file}  seed ${seed}`
      const start = this.io.nowMs()
      const result = this.simulate(scenario, seed, label, reproduce, this.traceFile)
      const wallMs = this.io.nowMs() - start
      if (!this.request.verify) return { result, wallMs, verified: false }
      const { verdict } = this.simulate(scenario, seed, `${label} again`, reproduce, undefined)
      if (same(result.verdict, verdict)) return { result, wallMs, verified: true }
      this.tellDifference(result.verdict, verdict, scenario)
      return EXIT.differs
    } catch (error) {
      if (error instanceof UsageError) throw error
      this.progress.clear()
      this.io.stderr.write(defectReport(error, reproduce, this.io))
      return EXIT.defect
    }
  }

  private simulate(
    scenario: LoadedScenario,
    seed: number,
    label: string,
    reproduce: string,
    traceFile: TraceFile | undefined,
  ): RunResult {
    const result = this.engine.run(scenario, {
      ...this.options(seed, reproduce),
      onProgress: (nowUs, endUs, events) => this.progress.update(label, nowUs, endUs, events),
      ...(traceFile && { onTrace: (line) => traceFile.write(line) }),
    })
    this.progress.clear()
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
