// What is said when kafkasim itself is at fault: an error that no input should cause.

import type { Io } from './io.ts'
import { packageVersion } from './package-version.ts'

/** `command` is what brings the error again. */
export function defectReport(error: unknown, command: string, io: Io): string {
  const [first = 'unknown error', ...stack] = describe(error).split('\n')
  return [
    `kafkasim: a defect in kafkasim itself: ${first}`,
    'This is not the fault of your scenario. Please report it with the scenario file and these lines:',
    `  replay: ${command}`,
    `  kafkasim ${packageVersion(io)}, ${io.platform}`,
    ...stack.slice(0, 12),
    '',
  ].join('\n')
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.stack?.includes(error.message) === true
    ? error.stack
    : `${error.name}: ${error.message}\n${error.stack ?? ''}`
}
