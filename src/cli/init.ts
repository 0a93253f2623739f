// `kafkasim init`: writes files to begin with, all or none, and says what to do with them.

import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { Example } from './command.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { PROPERTY_FILE, SCENARIO_FILE, starterFiles } from './init-files.ts'
import { linesToCopy } from './help.ts'
import { columnsOf, type Io } from './io.ts'
import { quoted } from './replay-command.ts'
import { UsageError } from './usage-error.ts'

/** `folder` is as typed. */
export function init(folder: string, force: boolean, io: Io): ExitCode {
  const root = resolve(io.cwd, folder)
  const typed = (file: string): string => join(folder, file)
  const files = starterFiles(schemaFrom(root, io))
  const there = files.filter(({ file }) => existsSync(join(root, file))).map(({ file }) => typed(file))
  if (there.length > 0 && !force) {
    const are = there.length === 1 ? 'is' : 'are'
    throw new UsageError(`${there.join(', ')} ${are} there already, and nothing was written; --force overwrites`)
  }
  for (const { file, text } of files) write(join(root, file), typed(file), text)
  const columns = columnsOf(io, io.stdout)
  const wrote = files.map(({ file, says }) => ({ line: typed(file), says }))
  const next = linesToCopy(nextSteps(folder, root, io), columns)
  io.stdout.write(['Wrote', ...linesToCopy(wrote, columns), '', 'Next', ...next, ''].join('\n'))
  return EXIT.ok
}

function write(path: string, typed: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  } catch (error) {
    throw new UsageError(`${typed}: cannot be written: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Only what is still to be done, each as a line to paste. */
function nextSteps(folder: string, root: string, io: Io): Example[] {
  const steps: Example[] = []
  const step = (line: string, says: string): void => void steps.push({ line, says })
  const isOurs = isWithin(root, io.packageRoot)
  const has = (name: string): boolean => isOurs || existsSync(join(root, 'node_modules', name))
  if (root !== io.cwd) step(`cd ${quoted(folder)}`, 'all that follows is run there')
  if (!isOurs && !existsSync(join(root, 'package.json'))) step('npm init -y', 'a package, for the test')
  const missing = [
    ...(has('kafkasim') ? [] : [quoted(io.packageRoot)]),
    ...['vitest', 'fast-check'].filter((name) => !has(name)),
  ]
  if (missing.length > 0) step(`npm install --save-dev ${missing.join(' ')}`, 'what the test needs')
  step(`npx kafkasim run ${SCENARIO_FILE}`, 'passes: nothing is lost')
  step(`npx kafkasim run ${SCENARIO_FILE} --set producers.web.config.acks=1`, 'fails: says what was lost, and why')
  step(`npx vitest run ${PROPERTY_FILE}`, 'the same, for a leader that dies at any moment')
  return steps
}

/** From the folder of the scenario, as editors want it: of the package as it is installed, or of this very checkout. */
function schemaFrom(root: string, io: Io): string {
  const schema = 'scenarios/scenario.schema.json'
  const home = isWithin(root, io.packageRoot) ? io.packageRoot : join(root, 'node_modules/kafkasim')
  return relative(join(root, dirname(SCENARIO_FILE)), join(home, schema)).replaceAll('\\', '/')
}

function isWithin(path: string, folder: string): boolean {
  const inside = relative(folder, path)
  const isOutside = inside.startsWith('..') || resolve(inside) === inside
  // A project beside its installed packages is not within them.
  return !isOutside && statSync(join(folder, 'package.json'), { throwIfNoEntry: false }) !== undefined
}
