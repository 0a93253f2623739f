// An output that is a file: what a reporter writes there. It is opened before anything is run, so that nobody waits for a
// report that cannot be written.

import { appendFileSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import type { Io, Output } from './io.ts'
import { UsageError } from './usage-error.ts'

/** Truncates the file, makes its folders. `inputs` must not be overwritten. Throws a UsageError, here and later. */
export function openReportFile(file: string, inputs: readonly string[], io: Io): Output {
  const path = resolve(io.cwd, file)
  if (inputs.some((input) => isSame(path, resolve(io.cwd, input)))) {
    throw new UsageError(`--reporter …=${file}: this would overwrite the scenario`)
  }
  orUsageError(file, () => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, '')
  })
  return {
    write: (text) => orUsageError(file, () => appendFileSync(path, text)),
    isTTY: false,
    columns: undefined,
  }
}

/** The page of a job on GitHub, if this is one. */
export function appendToStepSummary(markdown: string, io: Io): void {
  const file = io.env['GITHUB_STEP_SUMMARY']
  if (file === undefined || file === '') return
  orUsageError(file, () => appendFileSync(resolve(io.cwd, file), `${markdown}\n`))
}

/** A file as the repository knows it that GitHub checked out, or as it was typed. */
export function pathInRepository(file: string, io: Io): string {
  const workspace = io.env['GITHUB_WORKSPACE']
  const path = resolve(io.cwd, file)
  const inside = relative(workspace === undefined || workspace === '' ? io.cwd : workspace, path)
  return inside.startsWith('..') ? file : inside
}

function isSame(path: string, input: string): boolean {
  try {
    return realpathSync(path) === realpathSync(input)
  } catch {
    return path === input
  }
}

function orUsageError(file: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    throw new UsageError(`${file}: cannot be written: ${error instanceof Error ? error.message : String(error)}`)
  }
}
