// The real engine: loads scenarios and simulates them. Loaded only when something is to be run.

import { findingsReport } from '../../reports/findings.ts'
import { OVERRIDE_FILE } from '../scenario/language/overrides.ts'
import { loadScenario, runInSlices, runScenario } from '../simulate.ts'
import type { Engine } from './engine-interface.ts'

export const engine: Engine = {
  load(file, text, settings, format = 'text', readDirectory) {
    const result = loadScenario(text, { file, set: settings, readDirectory })
    const findings = result.ok ? result.warnings : result.findings
    const overrides = settings.join('\n')
    const report = findingsReport(findings, format, (name) => (name === OVERRIDE_FILE ? overrides : text))
    return result.ok ? { scenario: result.scenario, rows: result.rows, report } : { scenario: undefined, report }
  },

  run: runScenario,
  slices: runInSlices,
}
