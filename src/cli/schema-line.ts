// The first line of a scenario file that kafkasim writes: names the JSON Schema, so that editors complete and check the file.

import { join, relative, resolve } from 'node:path'
import type { Io } from './io.ts'

const SCHEMA = 'scenarios/scenario.schema.json'

/** `folder` is where the file will lie. The schema is that of this package where one lies in the other, else as installed. */
export function schemaLine(folder: string, io: Io): string {
  const near = [relative(io.cwd, io.packageRoot), relative(io.packageRoot, io.cwd)].some(
    (path) => !path.startsWith('..'),
  )
  const home = near ? io.packageRoot : join(io.cwd, 'node_modules/kafkasim')
  const path = relative(resolve(io.cwd, folder), join(home, SCHEMA)).replaceAll('\\', '/')
  return `# yaml-language-server: $schema=${path}\n`
}
