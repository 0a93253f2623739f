// An engine that simulates nothing: the text of a scenario file says, word by word, what its runs come to.

import type { Engine, Loaded } from '../../src/cli/engine-interface.ts'
import type { LoadedScenario } from '../../src/scenario/build.ts'
import type { RunResult, Verdict } from '../../src/scenario/run-result.ts'
import type { RunOptions } from '../../src/scenario/runner.ts'
import { losingRun, passingRun, stuckRun } from '../reports/run-result-fixture.ts'

export class FakeEngine implements Engine {
  readonly runs: RunOptions[] = []
  readonly settings: (readonly string[])[] = []
  private readonly story: (run: FakeRun) => RunResult

  constructor(story: (run: FakeRun) => RunResult = byText) {
    this.story = story
  }

  load(file: string, text: string, settings: readonly string[]): Loaded {
    this.settings.push(settings)
    if (text.includes('bad')) return { scenario: undefined, report: `${file}:1:1 error KS001 it is bad\n` }
    const report = text.includes('odd') ? `${file}:1:1 warn KS300 it is odd\n` : ''
    const seed = /seed (\d+)/.exec(text)?.[1]
    // Only passed back to `run`, but for its seed.
    const scenario: Partial<LoadedScenario> = {
      name: file,
      description: text,
      seed: seed === undefined ? undefined : Number(seed),
      allowed: [],
    }
    return { scenario: scenario as LoadedScenario, report }
  }

  run(scenario: LoadedScenario, options: RunOptions): RunResult {
    const slices = this.slices(scenario, options)
    for (;;) {
      const { done, value } = slices.next()
      if (done === true) return value
    }
  }

  *slices(scenario: LoadedScenario, options: RunOptions): Generator<void, RunResult> {
    this.runs.push(options)
    for (let i = 0; i <= 100; i++) {
      options.onProgress?.(i * 1000, 100_000, i)
      yield
    }
    options.onTrace?.({ atUs: 1500, node: 'broker-1', ordinal: 7, event: { type: 'role-changed', broker: 1 } })
    const result = this.story({ text: scenario.description, options, nth: this.runs.length })
    return withVerdict(result, { reproduce: options.reproduce ?? '' })
  }
}

export interface FakeRun {
  readonly text: string
  readonly options: RunOptions
  /** 1 for the engine's first. */
  readonly nth: number
}

/** `fail`, `stuck`, `crash`, or `finds N`: found by seed N alone. */
export function byText({ text, options: { seed } }: FakeRun): RunResult {
  if (text.includes('crash')) throw new Error('high watermark above the log end')
  if (text.includes('fail')) return withVerdict(losingRun(), { seed })
  if (text.includes('stuck')) return withVerdict(stuckRun(), { seed })
  const finder = /finds (\d+)/.exec(text)?.[1]
  if (finder === undefined) return withVerdict(passingRun(), { seed })
  const met = Number(finder) === seed
  const expectations = [{ text: 'finds: no-acked-loss', met, message: '' }]
  return withVerdict(passingRun(), { seed, outcome: met ? 'find' : 'fail', passed: met, expectations })
}

export function withVerdict(result: RunResult, changes: Partial<Verdict>): RunResult {
  return { ...result, verdict: { ...result.verdict, ...changes } }
}
