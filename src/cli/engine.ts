// The real engine: loads scenarios and simulates them. Loaded only when something is to be run.

import { renderFindings } from '../scenario/text/render-finding.ts'
import { loadScenario, runScenario } from '../simulate.ts'
import type { Engine } from './engine-interface.ts'

export const engine: Engine = {
  load(file, text, settings) {
    const result = loadScenario(text, { file, set: settings })
    const findings = result.ok ? result.warnings : result.findings
    const sources = new Map([
      [file, text],
      ['--set', settings.join('\n')],
    ])
    const rendered = renderFindings(findings, (name) => sources.get(name))
    const report = findings.length === 0 ? '' : `${harmless(rendered)}\n`
    return result.ok ? { scenario: result.scenario, rows: result.rows, report } : { scenario: undefined, report }
  },

  run: runScenario,
}

/** Findings quote the file: whatever is in it must not control the terminal. */
function harmless(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]|\p{Bidi_Control}/gu, '\ufffd')
}
