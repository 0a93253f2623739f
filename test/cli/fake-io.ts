// A machine for commands under test: keeps what is printed, has a clock that ticks, and a folder of its own for
// files, which goes with the test.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Io, StopSignal } from '../../src/cli/io.ts'

export class FakeIo implements Io {
  out = ''
  err = ''
  readonly env: Record<string, string | undefined> = {}
  readonly cwd = mkdtempSync(join(tmpdir(), 'kafkasim-test-'))
  packageRoot = fileURLToPath(new URL('../..', import.meta.url))
  readonly platform = 'Node 20.0.0, test'
  readonly stdout
  readonly stderr
  private clockMs = 0
  private stopListener: ((signal: StopSignal) => void) | undefined

  constructor(terminal: { readonly isTTY: boolean; readonly columns?: number } = { isTTY: false }) {
    onTestFinished(() => rmSync(this.cwd, { recursive: true, force: true }))
    const { isTTY, columns } = terminal
    this.stdout = { write: (text: string) => void (this.out += text), isTTY, columns }
    this.stderr = { write: (text: string) => void (this.err += text), isTTY, columns }
  }

  /** Each look takes 10 ms. */
  nowMs(): number {
    return (this.clockMs += 10)
  }

  onStopSignal(listener: (signal: StopSignal) => void): () => void {
    this.stopListener = listener
    return () => (this.stopListener = undefined)
  }

  /** As a machine does: whoever was told of one hears of no other. False if nobody listens, and the process ends. */
  interrupt(signal: StopSignal): boolean {
    const listener = this.stopListener
    this.stopListener = undefined
    listener?.(signal)
    return listener !== undefined
  }

  file(name: string, content: string | Uint8Array): string {
    writeFileSync(join(this.cwd, name), content)
    return name
  }
}
