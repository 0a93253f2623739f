// One case of a campaign: drawn, run, looked at. A function of the campaign's seed, the case's number, the file it is
// drawn around and the settings; whoever runs it, whenever.

import fc from 'fast-check'
import { stringify } from 'yaml'
import { Streams } from '../../sim/random/streams.ts'
import { type LoadedScenario, resolveDraws } from '../scenario/build.ts'
import type { Finding } from '../scenario/text/diagnostics.ts'
import { FAULT_PLAIN_KEYS } from '../scenario/faults/fault-schema.ts'
import { isMapping } from '../scenario/text/literals.ts'
import { literalScenario } from '../scenario/literal-faults.ts'
import { applyOverrides } from '../scenario/language/overrides.ts'
import type { RunOutcome, RunResult } from '../scenario/run-result.ts'
import { plainValue, readSource } from '../scenario/text/source-tree.ts'
import { RECHECK_EVENTS } from '../scenario/usual-recheck.ts'
import { loadScenario, runScenario } from '../simulate.ts'
import { type Base, type PlainScenario, ScenarioArbitrary } from './drawn-scenario.ts'
import { type CaseFinding, defectFinding, findingOf } from './signature.ts'
import { stageOf } from './stage.ts'

/** What a campaign is about. Data only: it crosses threads. */
export interface CampaignSetup {
  readonly seed: number
  readonly file: { readonly name: string; readonly text: string } | undefined
  /** `path=value`, in order. */
  readonly settings: readonly string[]
  /** Runs each case twice and compares. */
  readonly verify: boolean
}

export interface CaseReport {
  readonly index: number
  readonly runSeed: number
  /** `excused`: what went wrong is explained by what settings permit, or by a known defect of Kafka. */
  readonly outcome: RunOutcome | 'excused' | 'defect' | 'crashed' | 'hung'
  readonly finding: CaseFinding | undefined
  /** Of known upstream defects that were seen: their ids. */
  readonly knownUpstream: readonly string[]
  readonly events: number
  readonly simulatedMs: number
  readonly traceHash: string
  /** The other hash, if a second run differed. */
  readonly differs: string | undefined
  readonly verbs: readonly string[]
  /** Buggify points that fired. */
  readonly buggified: readonly string[]
  /** Marks that were reached. */
  readonly marks: readonly string[]
  /** How large the case is: of two with one finding the smaller is looked at. */
  readonly size: number
}

/** The settings do not fit what they are to change. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    super(findings.map(({ message }) => message).join('; '))
    this.findings = findings
  }
}

/** Enough for the causes that a violation names. */
const REMEMBERED_EVENTS = 4096

export class Cases {
  private readonly setup: CampaignSetup
  private readonly base: Base | undefined
  private readonly demanded: ReadonlySet<string>

  /** Throws a SettingsError if the file or the settings cannot be used. */
  constructor(setup: CampaignSetup) {
    this.setup = setup
    this.base = baseOf(setup)
    this.demanded = new Set((this.base?.loaded.expectations ?? []).map(({ text }) => text))
  }

  /** The scenario of a case and the seed of its run. */
  draw(index: number): { readonly plain: PlainScenario; readonly runSeed: number; readonly drawSeed: number } {
    const stream = new Streams(this.setup.seed).stream(`case/${index}`)
    const drawSeed = stream.between(0, 0x7fff_ffff)
    const runSeed = stream.between(0, 999_999_999)
    const [plain] = fc.sample(this.arbitrary(index, runSeed), { seed: drawSeed, numRuns: 1 })
    return { plain: this.withSettings(plain ?? {}), runSeed, drawSeed }
  }

  report(index: number): CaseReport {
    const { plain, runSeed } = this.draw(index)
    const done = this.run(plain, runSeed)
    const { result, finding } = done
    const verdict = result?.verdict
    const traceHash = verdict?.traceHash ?? ''
    const again =
      this.setup.verify && result !== undefined ? this.run(plain, runSeed).result?.verdict.traceHash : traceHash
    const excuses = [
      ...(verdict?.violations ?? []).map(({ excused }) => excused),
      ...(result?.judged ?? []).map(({ upstream }) => upstream),
    ].flatMap((text) => /^(KU-\d+)/.exec(text ?? '')?.[1] ?? [])
    return {
      index,
      runSeed,
      outcome: outcomeOf(verdict?.outcome, finding),
      finding,
      knownUpstream: [...new Set(excuses)],
      events: verdict?.events ?? 0,
      simulatedMs: verdict?.simulatedMs ?? 0,
      traceHash,
      differs: again === traceHash ? undefined : (again ?? 'no hash'),
      verbs: verbsIn(plain),
      buggified: Object.entries(result?.buggify ?? {}).flatMap(([id, { fired }]) => (fired > 0 ? [id] : [])),
      marks: Object.entries(result?.marks ?? {}).flatMap(([id, count]) => (count > 0 ? [id] : [])),
      size: sizeOf(plain),
    }
  }

  /** Throws a SettingsError if the settings do not fit this case. */
  check(index: number): void {
    const findings = load(stringify(this.draw(index).plain))
    if (!('name' in findings)) throw new SettingsError(findings)
  }

  /** Of a case whose run did not come back. */
  lost(index: number, finding: CaseFinding): CaseReport {
    const { plain, runSeed } = this.draw(index)
    const outcome = finding.kind === 'hung' ? 'hung' : 'crashed'
    const nothing = {
      knownUpstream: [],
      events: 0,
      simulatedMs: 0,
      traceHash: '',
      differs: undefined,
      buggified: [],
      marks: [],
    }
    return { index, runSeed, outcome, finding, ...nothing, verbs: verbsIn(plain), size: sizeOf(plain) }
  }

  /** A defect is a finding too: it costs one case, not the campaign. */
  run(plain: PlainScenario, runSeed: number): { result: RunResult | undefined; finding: CaseFinding | undefined } {
    const loaded = load(stringify(plain))
    try {
      if (!('name' in loaded)) throw new SettingsError(loaded)
      const result = runScenario(loaded, {
        seed: runSeed,
        underTest: true,
        rememberedEvents: REMEMBERED_EVENTS,
        recheck: RECHECK_EVENTS,
      })
      return { result, finding: findingOf(result, this.demanded) }
    } catch (error) {
      return { result: undefined, finding: defectFinding(error) }
    }
  }

  /**
   * The smallest scenario near that of a case in which the same is found: by fast-check, which draws the same again and
   * lets it lose parts while the finding stays. At most so many are run.
   */
  shrink(index: number, signature: string, attempts: number): Shrunk {
    const { plain, runSeed, drawSeed } = this.draw(index)
    let smallest: Shrunk = { plain, runSeed, finding: undefined, attempts: 0 }
    let used = 0
    const isGone = (smaller: PlainScenario): boolean => {
      if (used >= attempts) return true
      const candidate = this.withSettings(smaller)
      if (!('name' in load(stringify(candidate)))) return true
      used++
      const { finding } = this.run(candidate, runSeed)
      if (finding?.signature !== signature) return true
      smallest = { plain: candidate, runSeed, finding, attempts: used }
      return false
    }
    fc.check(fc.property(this.arbitrary(index, runSeed), isGone), { seed: drawSeed, numRuns: 1 })
    return { ...smallest, attempts: used }
  }

  /** Around a file with a nemesis: with the faults that it chooses with this seed, so that they can be done without. */
  private arbitrary(index: number, runSeed: number): ScenarioArbitrary {
    const { base } = this
    const stream = (name: string) => new Streams(this.setup.seed).stream(`case/${index}/${name}`)
    if (base?.loaded.shape.nemesis === undefined) return new ScenarioArbitrary(stream, base)
    const { seed: _, ...plain } = literalScenario(base.loaded, runSeed)
    return new ScenarioArbitrary(stream, { ...base, plain })
  }

  private withSettings(plain: PlainScenario): PlainScenario {
    // Around a file the settings are in the base already.
    if (this.setup.settings.length === 0 || this.setup.file !== undefined) return plain
    return settled(stringify(plain), 'fuzz', this.setup.settings)
  }
}

export interface Shrunk {
  readonly plain: PlainScenario
  readonly runSeed: number
  /** Undefined: the finding did not come again. */
  readonly finding: CaseFinding | undefined
  readonly attempts: number
}

function baseOf({ file, settings }: CampaignSetup): Base | undefined {
  if (file === undefined) return undefined
  const loaded = loadScenario(file.text, { file: file.name, set: settings })
  if (!loaded.ok) throw new SettingsError(loaded.findings)
  const streams = new Streams(0)
  const scenario = resolveDraws(loaded.scenario, (name) => streams.stream(name))
  const plain: PlainScenario = { ...settled(file.text, file.name, settings), name: loaded.scenario.name }
  const fixed = new Set(Object.keys(plain).filter((key) => key !== 'faults' || plain['nemesis'] === undefined))
  return { loaded: loaded.scenario, plain, fixed, stage: stageOf(scenario, loaded.scenario.shape) }
}

/** The content of a file with settings applied. */
function settled(text: string, name: string, settings: readonly string[]): PlainScenario {
  const { root, findings } = readSource(text, name)
  if (root === undefined) throw new SettingsError(findings)
  const wrong = applyOverrides(root, settings)
  if (wrong.length > 0) throw new SettingsError(wrong)
  const value = plainValue(root)
  return isMapping(value) ? value : {}
}

function load(text: string): LoadedScenario | readonly Finding[] {
  const result = loadScenario(text, { file: 'fuzz' })
  return result.ok ? result.scenario : result.findings
}

function outcomeOf(outcome: RunOutcome | undefined, finding: CaseFinding | undefined): CaseReport['outcome'] {
  if (outcome === undefined) return 'defect'
  return finding === undefined && (outcome === 'fail' || outcome === 'stuck') ? 'excused' : outcome
}

function faultsOf(plain: PlainScenario): readonly unknown[] {
  return Array.isArray(plain['faults']) ? plain['faults'] : []
}

function verbsIn(plain: PlainScenario): string[] {
  const keys = faultsOf(plain).flatMap((fault) => (isMapping(fault) ? Object.keys(fault) : []))
  return [...new Set(keys.filter((key) => !FAULT_PLAIN_KEYS.includes(key)))].toSorted()
}

function sizeOf(plain: PlainScenario): number {
  return faultsOf(plain).length * 1000 + stringify(plain).length
}
