// Reads the directories that scenario files name: `data:` of a broker, beside the file.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { DataFile, ReadDirectory } from '../scenario/data/data-directory.ts'
import type { Io } from './io.ts'

/** More than this is no test data any more. */
const MAX_BYTES = 512 * 1024 * 1024

export function directoryReader(file: string, io: Io): ReadDirectory {
  const beside = dirname(resolve(io.cwd, file))
  return (dir) => {
    try {
      return filesBelow(resolve(beside, dir))
    } catch (error) {
      return whyUnreadable(error)
    }
  }
}

/** Of a directory and of the folders in it, by path. */
function filesBelow(root: string): DataFile[] | string {
  const paths = readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile()) return [entry.name]
    if (!entry.isDirectory()) return []
    const inside = readdirSync(join(root, entry.name), { withFileTypes: true })
    return inside.flatMap((file) => (file.isFile() ? [`${entry.name}/${file.name}`] : []))
  })
  const sizeBytes = paths.reduce((sum, path) => sum + (path.endsWith('index') ? 0 : statSync(join(root, path)).size), 0)
  if (sizeBytes > MAX_BYTES) return `${sizeBytes} bytes are too many (at most ${MAX_BYTES})`
  return paths.sort().map((path) => ({ path, bytes: new Uint8Array(readFileSync(join(root, path))) }))
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'no such directory'
  if (code === 'ENOTDIR') return 'is a file, not a directory'
  return `cannot be read${error instanceof Error ? `: ${error.message}` : ''}`
}
