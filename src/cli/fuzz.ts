// `kafkasim fuzz`: cases over worker threads, until there are enough or time is up; then findings are made smaller and
// written as scenario files. What is found depends on no worker and no clock, only how much is looked at with --time.

import { mkdirSync, writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { Chalk } from 'chalk'
import { findingsReport, type FindingsFormat } from '../../reports/findings.ts'
import { casesOfCampaign } from '../../reports/ci-case.ts'
import { fuzzJson, fuzzLines, type FuzzReport, type WrittenFinding } from '../../reports/fuzz.ts'
import { palette } from '../../reports/terminal/palette.ts'
import { Campaign, type CampaignReport, type FoundGroup } from '../fuzz/campaign.ts'
import { Cases, type CampaignSetup, type CaseReport, SettingsError, type Shrunk } from '../fuzz/case.ts'
import { failureName, failureText } from '../fuzz/failure-file.ts'
import type { CaseFinding } from '../fuzz/signature.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { FuzzProgress } from './fuzz-progress.ts'
import type { FuzzRequest } from './fuzz-request.ts'
import type { FuzzAnswer, FuzzTask } from './fuzz-tasks.ts'
import { ciReporter } from './ci-reporter.ts'
import { colourLevel, columnsOf, type Io, type Output, printingTo } from './io.ts'
import { Interruption } from './interruption.ts'
import { Lane, type LaneResult } from './lane.ts'
import { packageVersion } from './package-version.ts'
import { quoted } from './replay-command.ts'
import { openReportFile } from './report-file.ts'
import type { ReporterName } from './reporters.ts'
import { readScenario } from './scenario-file.ts'
import { schemaLine } from './schema-line.ts'
import { UsageError } from './usage-error.ts'

/** Findings beyond these are counted and not written: they have one cause, or there is more to do than to read. */
const MOST_WRITTEN = 30

type FuzzLane = Lane<FuzzTask, FuzzAnswer>

export async function fuzz(
  request: FuzzRequest,
  io: Io,
  workerScript = new URL(import.meta.url.endsWith('.ts') ? './fuzz-worker.ts' : './fuzz-worker.js', import.meta.url),
): Promise<ExitCode> {
  const { file, seed, settings, verify, jobs } = request
  const text = file === undefined ? undefined : readScenario(file, io)
  const setup: CampaignSetup = {
    seed,
    file: file === undefined || text === undefined ? undefined : { name: file, text },
    settings,
    verify,
  }
  const cases = openCases(setup, request.format, io)
  if (cases === undefined) return EXIT.badInput
  const outputs = request.reporters.map(({ file: report }) =>
    report === undefined ? io.stdout : openReportFile(report, file === undefined ? [] : [file], io),
  )
  const lanes = Array.from({ length: jobs }, (): FuzzLane => new Lane(workerScript, { setup }))
  const interruption = new Interruption(io)
  try {
    return await new FuzzCommand(request, io, cases, lanes, outputs, interruption).run()
  } finally {
    interruption.close()
    await Promise.all(lanes.map((lane) => lane.close()))
  }
}

/** What is wrong with the file or the settings is told before anything is run. */
function openCases(setup: CampaignSetup, format: FindingsFormat, io: Io): Cases | undefined {
  try {
    const cases = new Cases(setup)
    if (setup.file === undefined && setup.settings.length > 0) cases.check(0)
    return cases
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    const sources = new Map([
      [setup.file?.name ?? 'fuzz', setup.file?.text],
      ['--set', setup.settings.join('\n')],
    ])
    io.stderr.write(findingsReport(error.findings, format, (name) => sources.get(name)))
    return undefined
  }
}

class FuzzCommand {
  private readonly request: FuzzRequest
  private readonly io: Io
  private readonly cases: Cases
  private readonly lanes: readonly FuzzLane[]
  /** Of the reporters, in their order. */
  private readonly outputs: readonly Output[]
  private readonly campaign = new Campaign()
  private readonly progress: FuzzProgress
  private readonly interruption: Interruption
  private readonly startMs: number
  private busyMs = 0
  private next = 0

  constructor(
    request: FuzzRequest,
    io: Io,
    cases: Cases,
    lanes: readonly FuzzLane[],
    outputs: readonly Output[],
    interruption: Interruption,
  ) {
    this.interruption = interruption
    // Nobody waits for cases that are under way.
    void interruption.happened.then(() => Promise.all(lanes.map((lane) => lane.close())))
    this.outputs = outputs
    this.request = request
    this.io = io
    this.cases = cases
    this.lanes = lanes
    this.startMs = io.nowMs()
    this.progress = new FuzzProgress(
      io,
      !request.reporters.some(({ name, file }) => name === 'json' && file === undefined),
    )
  }

  async run(): Promise<ExitCode> {
    await Promise.all(this.lanes.map((lane) => this.work(lane)))
    this.progress.clear()
    this.interruption.tell()
    const cost = { wallMs: this.io.nowMs() - this.startMs, busyMs: this.busyMs, jobs: this.request.jobs }
    const report = this.campaign.report()
    const findings = await this.write(report.found)
    this.progress.clear()
    // Maybe only now, while findings were made smaller.
    this.interruption.tell()
    const { signal: interruptedBy } = this.interruption
    this.print({ campaign: report, findings, cost, seed: this.request.seed, interruptedBy })
    return this.interruption.code(codeOf(report))
  }

  private async work(lane: FuzzLane): Promise<void> {
    for (let index = this.take(); index !== undefined; index = this.take()) {
      const result = await lane.run({ kind: 'case', index }, this.request.caseLimitMs)
      // Its worker was closed under it.
      if (result.kind !== 'answer' && this.interruption.signal !== undefined) return
      this.campaign.add(this.reportOf(index, result))
      this.progress.update(this.campaign.runs, this.request.runs, this.campaign.signatures.size)
    }
  }

  private take(): number | undefined {
    const { runs, timeMs, bail } = this.request
    if (this.interruption.signal !== undefined) return undefined
    if (bail !== undefined && this.campaign.signatures.size >= bail) return undefined
    if (runs !== undefined && this.next >= runs) return undefined
    if (timeMs !== undefined && this.io.nowMs() - this.startMs >= timeMs) return undefined
    return this.next++
  }

  private reportOf(index: number, result: LaneResult<FuzzAnswer>): CaseReport {
    if (result.kind === 'answer' && result.answer.kind === 'case') {
      this.busyMs += result.answer.tookMs
      return result.answer.report
    }
    return this.cases.lost(index, lossOf(result))
  }

  /** Smaller, if it comes again and nobody is in a hurry; as it was drawn if not. */
  private async write(found: readonly FoundGroup[]): Promise<WrittenFinding[]> {
    const groups = found.slice(0, MOST_WRITTEN)
    const written: WrittenFinding[] = []
    const queue = [...groups.entries()]
    await Promise.all(
      this.lanes.map(async (lane) => {
        for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
          const [i, group] = entry
          written[i] = this.writeOne(group, await this.shrunk(group, lane))
          this.progress.shrinking(written.filter(() => true).length, groups.length)
        }
      }),
    )
    return written
  }

  private async shrunk(group: FoundGroup, lane: FuzzLane): Promise<Shrunk> {
    const { kind, smallestIndex: index, signature } = group
    const attempts = this.request.shrinkAttempts
    if (attempts > 0 && this.interruption.signal === undefined && kind !== 'crashed' && kind !== 'hung') {
      const task = { kind: 'shrink', index, signature, attempts } as const
      const result = await lane.run(task, this.request.caseLimitMs * 10)
      if (result.kind === 'answer' && result.answer.kind === 'shrink') return result.answer.shrunk
    }
    const { plain, runSeed } = this.cases.draw(index)
    return { plain, runSeed, finding: undefined, attempts: 0 }
  }

  private writeOne(group: FoundGroup, { plain, runSeed, finding }: Shrunk): WrittenFinding {
    const { out, seed, words } = this.request
    const name = failureName(group.finding, seed, group.smallestIndex)
    const file = resolve(this.io.cwd, out, name)
    const path = relative(this.io.cwd, file)
    const shown = quoted(path.startsWith('..') ? file : path)
    const failure = {
      plain,
      runSeed,
      finding: finding ?? group.finding,
      count: group.count,
      version: packageVersion(this.io),
      campaign: words.map(quoted).join(' '),
      path: shown,
    }
    try {
      mkdirSync(resolve(this.io.cwd, out), { recursive: true })
      writeFileSync(file, `${schemaLine(out, this.io)}#\n${failureText(failure)}`)
    } catch (error) {
      throw new UsageError(`--out ${out}: cannot be written: ${error instanceof Error ? error.message : String(error)}`)
    }
    const faults = Array.isArray(plain['faults']) ? plain['faults'].length : 0
    return { group, path: shown, faults, shrunk: finding !== undefined }
  }

  private print(report: FuzzReport): void {
    for (const [i, choice] of this.request.reporters.entries()) {
      printCampaign(choice.name, report, printingTo(this.io, this.outputs[i] ?? this.io.stdout))
    }
  }
}

function codeOf({ differing, found }: CampaignReport): ExitCode {
  if (differing.length > 0) return EXIT.differs
  if (found.some(({ kind }) => kind === 'defect' || kind === 'crashed' || kind === 'hung')) return EXIT.defect
  return found.length > 0 ? EXIT.failed : EXIT.ok
}

function printCampaign(name: ReporterName, report: FuzzReport, io: Io): void {
  switch (name) {
    case 'json':
      return writeLines(io, fuzzJson(report))
    case 'default':
    case 'quiet': {
      const paint = palette(new Chalk({ level: colourLevel(io, io.stdout) }))
      return writeLines(io, fuzzLines(report, paint, columnsOf(io, io.stdout), name === 'quiet'))
    }
    case 'junit':
    case 'github':
      return ciReporter(name, io)(casesOfCampaign(report))
  }
}

function writeLines(io: Io, lines: readonly string[]): void {
  io.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

function lossOf(result: LaneResult<FuzzAnswer>): CaseFinding {
  const hung = result.kind === 'hung'
  const kind = hung ? 'hung' : 'crashed'
  const message = result.kind === 'crashed' ? result.detail : 'it did not end in time'
  return { signature: `${kind}: ${message}`, kind, id: kind, message, subject: '', atMs: 0, broken: [] }
}
