// The real machine, for the command line.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Io, Output } from './io.ts'

export function nodeIo(): Io {
  return {
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    packageRoot: findPackageRoot(dirname(fileURLToPath(import.meta.url))),
    platform: `Node ${process.versions.node}, ${process.platform}-${process.arch}`,
    nowMs: () => performance.now(),
  }
}

/** A reader that went away (`| head`) is no error: what it did not want is dropped, and the exit code stays. */
function outputTo(stream: NodeJS.WriteStream): Output {
  let open = true
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    open = false
  })
  return {
    write: (text) => {
      if (open) stream.write(text)
    },
    isTTY: stream.isTTY,
    columns: stream.isTTY ? stream.columns : undefined,
  }
}

/** The sources and the built file lie at different depths below it. */
function findPackageRoot(from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest) && /"name":\s*"kafkasim"/.test(readFileSync(manifest, 'utf8'))) return folder
  }
  return from
}
