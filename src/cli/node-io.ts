// The real machine, for the command line.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Io, Output, StopSignal } from './io.ts'

export function nodeIo(): Io {
  return {
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    packageRoot: findPackageRoot(dirname(fileURLToPath(import.meta.url))),
    platform: `Node ${process.versions.node}, ${process.platform}-${process.arch}`,
    nowMs: () => performance.now(),
    onStopSignal,
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

const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM']

function onStopSignal(listener: (signal: StopSignal) => void): () => void {
  const heard = STOP_SIGNALS.map((signal) => [signal, () => (stop(), listener(signal))] as const)
  const stop = (): void => heard.forEach(([signal, hear]) => process.off(signal, hear))
  for (const [signal, hear] of heard) process.on(signal, hear)
  return stop
}

/** The sources and the built file lie at different depths below it. */
function findPackageRoot(from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest) && /"name":\s*"kafkasim"/.test(readFileSync(manifest, 'utf8'))) return folder
  }
  return from
}
