// `--format`: how findings about scenario files are printed.

import { FINDINGS_FORMATS, type FindingsFormat } from '../../reports/findings.ts'
import { editSuggestion } from '../config/did-you-mean.ts'
import { flag, once } from './flags.ts'
import { UsageError } from './usage-error.ts'

/** `byDefault` if there is no `--format`; `--json` is short for `--format json` where a command has it. */
export function findingsFormat(
  args: Readonly<Record<string, unknown>>,
  byDefault: FindingsFormat = flag(args, 'json') ? 'json' : 'text',
): FindingsFormat {
  const typed = once(args, 'format')
  if (typed === undefined) return byDefault
  const known = FINDINGS_FORMATS.find((format) => format === typed)
  if (known !== undefined) return known
  const near = editSuggestion(typed, FINDINGS_FORMATS)
  const hint = near === undefined ? `there are ${FINDINGS_FORMATS.join(', ')}` : `did you mean ${near}?`
  throw new UsageError(`--format ${typed}: no such format; ${hint}`)
}
