// The scenarios that there are to run: those of ./scenarios and those that come with the package, each by the path to run
// it by. Folders in there are told in one line, and listed when they are named: a collection must not drown the rest.

import { existsSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { counted } from '../../reports/figures.ts'
import { printable } from '../../reports/terminal/cell-text.ts'
import type { Labelled } from '../../reports/terminal/layout.ts'
import type { Io } from './io.ts'
import { folderNames, scenarioNames, SUBFOLDERS } from './scenario-folder.ts'

export async function listScenarios(io: Io): Promise<Labelled[]> {
  const { parse } = await import('yaml')
  const homes = [...new Set([join(io.cwd, 'scenarios'), join(io.packageRoot, 'scenarios')])]
  const own = homes.flatMap((home) =>
    [...scenarioNames(home).values()].map((name) => entry(join(home, name), io, parse)),
  )
  const folders = homes.flatMap((home) =>
    folderNames(home).flatMap((name) => {
      const path = shown(join(home, name), io)
      const { size } = scenarioNames(join(home, name), SUBFOLDERS - 1)
      return size === 0 ? [] : [{ label: `${path}/`, text: `${counted(size, 'more scenario')}: kafkasim list ${path}` }]
    }),
  )
  return [...own, ...folders]
}

/** Of a folder by its name, also one within the package; undefined if there is none. */
export async function listFolder(name: string, io: Io): Promise<Labelled[] | undefined> {
  const folder = [resolve(io.cwd, name), join(io.packageRoot, name)].find((path) => existsSync(path))
  if (folder === undefined) return undefined
  const names = [...scenarioNames(folder, SUBFOLDERS).values()]
  const { parse } = await import('yaml')
  return names.length === 0 ? undefined : names.map((file) => entry(join(folder, file), io, parse))
}

function entry(file: string, io: Io, parse: (yaml: string) => unknown): Labelled {
  return { label: shown(file, io), text: describe(file, parse) }
}

function shown(file: string, io: Io): string {
  const path = relative(io.cwd, file)
  return path.startsWith('..') ? file : path
}

function describe(file: string, parse: (yaml: string) => unknown): string {
  let content: unknown
  try {
    content = parse(readFileSync(file, 'utf8'))
  } catch {
    return '(not valid YAML)'
  }
  if (typeof content !== 'object' || content === null || !('description' in content)) return ''
  return printable(String(content.description))
}
