// A scenario as an assertion, for the tests of those who use kafkasim as a library: what it throws says what went wrong and
// how to see it again. With fast-check, what was drawn goes into the settings, and so into the line that replays it.

import { replayLine } from './replay-line.ts'
import type { LoadedScenario } from './scenario/build.ts'
import type { RunOutcome, RunResult } from './scenario/run-result.ts'
import { simulate, type SimulateOptions } from './simulate.ts'

/** A run that did not pass. Holds no more than a test runner may print: the rest is `simulate`'s to tell. */
export class ScenarioFailure extends Error {
  override readonly name = 'ScenarioFailure'
  readonly seed: number
  readonly outcome: RunOutcome
  readonly replay: string

  constructor(result: RunResult, replay: string) {
    super([headline(result), ...reasons(result).map((reason) => `  ✘ ${reason}`), `  replay: ${replay}`].join('\n'))
    this.seed = result.verdict.seed
    this.outcome = result.verdict.outcome
    this.replay = replay
  }
}

/**
 * Runs a scenario as `simulate` does. Throws ScenarioFailure unless it passes, or finds what it seeks. `file` is named in
 * the line that replays a failure: give the path that a reader would type.
 */
export function mustPass(scenario: string | LoadedScenario, options: SimulateOptions = {}): RunResult {
  const result = simulate(scenario, options)
  if (!result.verdict.passed) throw new ScenarioFailure(result, replayOf(result, options))
  return result
}

function replayOf({ verdict }: RunResult, { file, set = [], row, untilUs }: SimulateOptions): string {
  const { seed } = verdict
  if (file === undefined) return `simulate the same text with ${JSON.stringify({ seed, set, ...(row && { row }) })}`
  const until = untilUs === undefined ? undefined : `${untilUs / 1000}ms`
  return replayLine({ file, seed, settings: set, row, until })
}

function headline({ verdict }: RunResult): string {
  const { scenario, seed, outcome } = verdict
  return `scenario ${scenario}, seed ${seed}: ${outcome.toUpperCase()}`
}

function reasons({ verdict, stuckOn }: RunResult): string[] {
  const { expectations, violations, notFired, outcome, history } = verdict
  const found = [
    ...violations
      .filter(({ excused }) => excused === null)
      .map(({ invariant, subject, message }) => `${invariant}: ${subject}: ${message}`),
    ...expectations.filter(({ met }) => !met).map(({ text, message }) => `${text}: ${message}`),
    ...(outcome === 'stuck' ? ['the cluster did not settle', ...stuckOn] : []),
    ...notFired.map((fault) => `never fired: ${fault}`),
  ]
  return found.length > 0 ? found : [history.acked === 0 ? 'nothing was acknowledged' : 'nothing was tested']
}
