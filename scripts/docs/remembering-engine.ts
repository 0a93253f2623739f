// The engine, with a memory: documentation shows the same run in several places, cut in several ways. A run is a function of
// the file, its settings, row and seed, and so it has to be done once.

import { engine } from '../../src/cli/engine.ts'
import type { Engine } from '../../src/cli/engine-interface.ts'
import type { LoadedScenario } from '../../src/scenario/build.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'
import type { RunOptions } from '../../src/scenario/runner.ts'

export function rememberingEngine(): Engine {
  const files = new Map<LoadedScenario, string>()
  const results = new Map<string, RunResult>()

  /** Undefined for a run that somebody watches: what is told on the way is not remembered. */
  function keyOf(scenario: LoadedScenario, options: RunOptions): string | undefined {
    const { seed, reproduce, onProgress: _, ...others } = options
    const file = files.get(scenario)
    return file === undefined || Object.keys(others).length > 0 ? undefined : JSON.stringify([file, seed, reproduce])
  }

  return {
    load(file, text, settings, ...rest) {
      const loaded = engine.load(file, text, settings, ...rest)
      for (const row of loaded.rows ?? []) files.set(row, JSON.stringify([file, text, settings, row.row?.label]))
      return loaded
    },

    run: (scenario, options) => engine.run(scenario, options),

    *slices(scenario, options) {
      const key = keyOf(scenario, options)
      const known = key === undefined ? undefined : results.get(key)
      if (known !== undefined) return known
      const run = engine.slices(scenario, options)
      for (;;) {
        const { done, value } = run.next()
        if (done !== true) {
          yield
          continue
        }
        if (key !== undefined) results.set(key, value)
        return value
      }
    },
  }
}
