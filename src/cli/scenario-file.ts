// Reads a scenario's text from a file, and says plainly what is wrong when there is none to read.

import { closeSync, fstatSync, openSync, constants, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { editSuggestion } from '../config/did-you-mean.ts'
import type { Io } from './io.ts'
import { scenarioNames, SUBFOLDERS } from './scenario-folder.ts'
import { UsageError } from './usage-error.ts'

const MAX_BYTES = 10_000_000

/** Throws a UsageError that names the file and what to do about it. */
export function readScenario(file: string, io: Io): string {
  if (file === '') throw new UsageError('the name of a file is empty')
  const path = resolve(io.cwd, file)
  let descriptor: number
  try {
    // Without O_NONBLOCK, opening a FIFO would wait for someone to write to it.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw new UsageError(`${file}: ${whyUnreadable(error, file, io)}`)
  }
  try {
    const { size } = checkedStat(descriptor, path, file)
    if (size > MAX_BYTES)
      throw new UsageError(`${file}: ${size} bytes are too many for a scenario (at most ${MAX_BYTES})`)
    return decode(readFileSync(descriptor), file)
  } finally {
    closeSync(descriptor)
  }
}

function checkedStat(descriptor: number, path: string, file: string): { readonly size: number } {
  const stat = fstatSync(descriptor)
  if (stat.isDirectory()) {
    const inside = readdirSync(path).filter((name) => /\.(ya?ml|json)$/.test(name))
    const hint = inside.length === 0 ? '' : `; name files in it, e.g. ${join(file, '*.yaml')}`
    throw new UsageError(`${file}: a directory, not a scenario file${hint}`)
  }
  if (!stat.isFile())
    throw new UsageError(`${file}: not a regular file; a scenario must be a file, so that it can be run again`)
  return stat
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(`${file}: not UTF-8 text`)
  }
}

function whyUnreadable(error: unknown, file: string, io: Io): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR': {
      const meant = nearFile(file, io)
      return `no such file${meant === undefined ? '' : `; did you mean ${meant}?`}`
    }
    case 'EACCES':
    case 'EPERM':
      return 'may not be read (permission denied)'
    case 'ELOOP':
      return 'a chain of symbolic links without an end'
    case 'ENAMETOOLONG':
      return 'the name is too long'
    case 'ERR_INVALID_ARG_VALUE':
      return 'no file can have this name'
    case 'ENXIO':
      return 'not a regular file'
    default:
      return `cannot be read${error instanceof Error ? `: ${error.message}` : ''}`
  }
}

/** A file that exists and was probably meant: one of nearly that name beside it, or a scenario called so. */
function nearFile(file: string, io: Io): string | undefined {
  const wanted = basename(file).replace(/\.(ya?ml|json)$/, '')
  const beside = dirname(resolve(io.cwd, file))
  const candidates = [
    { folder: beside, names: scenarioNames(beside) },
    ...[join(io.cwd, 'scenarios'), join(io.packageRoot, 'scenarios')].map((folder) => {
      return { folder, names: scenarioNames(folder, SUBFOLDERS) }
    }),
  ]
  for (const { folder, names } of candidates) {
    const byName = new Map([...names].map(([key, path]) => [basename(key), path]))
    const meant = editSuggestion(wanted, [...byName.keys()])
    const name = meant === undefined ? undefined : byName.get(meant)
    // A link to nothing has the very name.
    if (name !== undefined && join(folder, name) !== resolve(io.cwd, file)) return relative(io.cwd, join(folder, name))
  }
  return undefined
}
