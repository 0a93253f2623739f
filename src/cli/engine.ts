// The real engine: loads scenarios and simulates them. Loaded only when something is to be run.

import { Streams } from '../../sim/random/streams.ts'
import { INVARIANTS } from '../invariants/index.ts'
import { resolveDraws } from '../scenario/build.ts'
import { loadScenario } from '../scenario/loader.ts'
import { renderFindings } from '../scenario/render-finding.ts'
import { runScenario } from '../scenario/runner.ts'
import type { Engine } from './engine-interface.ts'

const INVARIANT_IDS = INVARIANTS.map(({ id }) => id)

export const engine: Engine = {
  load(file, text, settings) {
    const result = loadScenario(text, { file, set: settings, invariants: INVARIANT_IDS })
    const findings = result.ok ? result.warnings : result.findings
    const sources = new Map([
      [file, text],
      ['--set', settings.join('\n')],
    ])
    const rendered = renderFindings(findings, (name) => sources.get(name))
    const report = findings.length === 0 ? '' : `${harmless(rendered)}\n`
    return { scenario: result.ok ? result.scenario : undefined, report }
  },

  run(loaded, options) {
    // The streams of draws are named after their settings, and are no other stream of the run.
    const streams = new Streams(options.seed)
    return runScenario(
      resolveDraws(loaded, (name) => streams.stream(name)),
      options,
    )
  },
}

/** Findings quote the file: whatever is in it must not control the terminal. */
function harmless(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]|\p{Bidi_Control}/gu, '\ufffd')
}
