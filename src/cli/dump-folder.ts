// Writes the disk of a simulated broker into a folder of the real one.

import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, statSync, writeSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { DiskImage, ImageFile } from '../scenario/dump/disk-image.ts'
import type { Io } from './io.ts'
import { UsageError } from './usage-error.ts'

/** The folder, as typed, must be a new one or empty. */
export function checkTarget(out: string, io: Io): void {
  const path = resolve(io.cwd, out)
  const stats = orRefuse(out, () => statSync(path, { throwIfNoEntry: false }))
  if (stats === undefined) return
  if (!stats.isDirectory()) throw new UsageError(`--out ${out}: is a file, not a folder`)
  const names = orRefuse(out, () => readdirSync(path))
  if (names.length > 0) throw new UsageError(`--out ${out}: is not empty, and nothing was written`)
}

/** Whatever the file system says is about the folder that was asked for. */
function orRefuse<T>(out: string, fn: () => T): T {
  try {
    return fn()
  } catch (error) {
    throw new UsageError(`--out ${out}: cannot be written: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/**
 * Writes all files: those of one log directory into the folder itself, those of several each into a folder of its own.
 * Returns what to tell.
 */
export function writeImage({ dirs, files }: DiskImage, out: string, whose: string, io: Io): string {
  const [only] = dirs.length === 1 ? dirs : []
  const placed = (path: string): string => (only === undefined ? path : path.slice(only === '' ? 0 : only.length + 1))
  const root = resolve(io.cwd, out)
  orRefuse(out, () => {
    mkdirSync(root, { recursive: true })
    for (const file of files) writeFile(join(root, placed(file.path)), file)
  })
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0)
  const lines = [`Wrote ${whose}: ${files.length} files, ${bytes} bytes, into ${out}`]
  const log = files.find(({ path }) => path.endsWith('.log'))
  if (log !== undefined) lines.push(`Kafka reads it: kafka-dump-log.sh --files ${join(out, placed(log.path))}`)
  return `${lines.join('\n')}\n`
}

function writeFile(path: string, { bytes, sizeBytes }: ImageFile): void {
  mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, 'wx')
  try {
    writeSync(file, bytes)
    // The room of an active index: a hole, which takes no space.
    if (sizeBytes > bytes.length) ftruncateSync(file, sizeBytes)
  } finally {
    closeSync(file)
  }
}
