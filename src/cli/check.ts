// `kafkasim check`: all that is wrong with scenario files, without running them. Loads no simulator, so that editors and
// hooks have their answer at once.

import { directoryReader } from './data-folder.ts'
import { count, counted } from '../../reports/figures.ts'
import { findingsReport } from '../../reports/findings.ts'
import { INVARIANT_IDS } from '../invariants/invariant-ids.ts'
import { loadScenario } from '../scenario/loader.ts'
import { OVERRIDE_FILE } from '../scenario/language/overrides.ts'
import type { Finding } from '../scenario/text/diagnostics.ts'
import type { CheckRequest } from './check-request.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { Io } from './io.ts'
import { readScenario } from './scenario-file.ts'
import { filesOf } from './scenario-folder.ts'
import { UsageError } from './usage-error.ts'

export function check(request: CheckRequest, io: Io): ExitCode {
  const total = { files: 0, errors: 0, warnings: 0 }
  for (const file of request.files.flatMap((typed) => filesOf(typed, io))) {
    total.files += 1
    const findings = findingsIn(file, request, io)
    if (findings === undefined) total.errors += 1
    for (const { severity } of findings ?? []) {
      if (severity === 'error') total.errors += 1
      else total.warnings += 1
    }
  }
  const tooMany = total.warnings > request.maxWarnings
  if (request.format !== 'json') io.stdout.write(`${summary(total, tooMany ? request.maxWarnings : undefined)}\n`)
  return total.errors > 0 || tooMany ? EXIT.badInput : EXIT.ok
}

/** Undefined if there is no text to check; then it is told why. */
function findingsIn(file: string, request: CheckRequest, io: Io): readonly Finding[] | undefined {
  try {
    const text = readScenario(file, io)
    const result = loadScenario(text, {
      file,
      set: request.settings,
      invariants: INVARIANT_IDS,
      readDirectory: directoryReader(file, io),
    })
    const findings = result.ok ? result.warnings : result.findings
    const shown = request.quiet ? findings.filter(({ severity }) => severity === 'error') : findings
    const overrides = request.settings.join('\n')
    io.stdout.write(findingsReport(shown, request.format, (name) => (name === OVERRIDE_FILE ? overrides : text)))
    return findings
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.stderr.write(`kafkasim: ${error.message}\n`)
    return undefined
  }
}

function summary(total: { files: number; errors: number; warnings: number }, most: number | undefined): string {
  const files = counted(total.files, 'file')
  if (total.errors + total.warnings === 0) return `${files}: nothing to complain of`
  const found = `${files}: ${counted(total.errors, 'error')}, ${counted(total.warnings, 'warning')}`
  return most === undefined ? found : `${found}; at most ${count(most)} ${most === 1 ? 'is' : 'are'} allowed`
}
