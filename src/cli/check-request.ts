// What `kafkasim check` was asked to do.

import type { FindingsFormat } from '../../reports/findings.ts'
import { findingsFormat } from './findings-format.ts'
import { flag, once, settingsOf } from './flags.ts'
import { UsageError } from './usage-error.ts'

export interface CheckRequest {
  /** Files and folders, at least one, as typed. */
  readonly files: readonly string[]
  readonly settings: readonly string[]
  readonly format: FindingsFormat
  /** More fail; Infinity: as many as there are. */
  readonly maxWarnings: number
  /** Warnings are counted and not printed. */
  readonly quiet: boolean
}

export function checkRequest(operands: readonly string[], args: Readonly<Record<string, unknown>>): CheckRequest {
  if (operands.length === 0) throw new UsageError('check needs a scenario file, or a folder of them')
  const most = once(args, 'max-warnings')
  if (most !== undefined && !/^\d{1,15}$/.test(most)) {
    throw new UsageError(`--max-warnings ${most}: expected a number such as 0`)
  }
  const strict = flag(args, 'strict')
  if (strict && most !== undefined && most !== '0') {
    throw new UsageError(`--strict allows no warnings, --max-warnings ${most} allows ${most}: give one of them`)
  }
  return {
    files: operands,
    settings: settingsOf(args),
    format: findingsFormat(args),
    maxWarnings: strict ? 0 : most === undefined ? Infinity : Number(most),
    quiet: flag(args, 'quiet'),
  }
}
