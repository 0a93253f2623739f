// Folders as people name them on the command line: the scenario files in them.

import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Io } from './io.ts'
import { UsageError } from './usage-error.ts'

/** How deep the folder that is named is searched. */
const DEPTH = 8

/** Of a folder, the scenario files in it and below; anything else is taken for a file, and told when it is read. */
export function filesOf(typed: string, io: Io): readonly string[] {
  const path = resolve(io.cwd, typed)
  if (typed === '' || !isFolder(path)) return [typed]
  const names = [...scenarioNames(path, DEPTH).values()]
  if (names.length === 0) throw new UsageError(`${typed}: no scenario file (*.yaml) in this folder`)
  return names.map((name) => join(typed, name))
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** Folders in a folder, by name; none if it cannot be read. */
export function folderNames(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return entries
      .flatMap((entry) => (entry.isDirectory() && !entry.name.startsWith('.') ? [entry.name] : []))
      .toSorted()
  } catch {
    return []
  }
}

/** How deep folders of scenarios are searched: `scenarios/bugs/rb-01.yaml` lies one deep. */
export const SUBFOLDERS = 2

/**
 * Scenario files of a folder, by their name without extension, as paths from it: its own first, then those of its folders,
 * `depth` deep. None if it cannot be read.
 */
export function scenarioNames(folder: string, depth = 0): Map<string, string> {
  try {
    if (!statSync(folder).isDirectory()) return new Map()
    const entries = readdirSync(folder).toSorted()
    const files = entries.filter((name) => /\.ya?ml$/.test(name))
    const own = files.map((name) => [name.replace(/\.ya?ml$/, ''), name] as const)
    const folders = depth === 0 ? [] : entries.filter((name) => !name.startsWith('.') && !files.includes(name))
    const inside = folders.flatMap((name) => {
      const found = scenarioNames(join(folder, name), depth - 1)
      return [...found].map(([key, path]) => [`${name}/${key}`, join(name, path)] as const)
    })
    return new Map([...own, ...inside])
  } catch {
    return new Map()
  }
}
