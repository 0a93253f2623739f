// Writes a trace as JSON Lines: one object for each event, in the order they happened: `at` (virtual ms), `node` (who
// emitted it), `ordinal` (of the executed event it belongs to), `type`, and what there is to say about that type.

import { closeSync, openSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Io } from './io.ts'
import { UsageError } from './usage-error.ts'

export interface TraceLine {
  readonly atUs: number
  readonly node: string
  readonly ordinal: number
  /** Plain data, its `type` first. */
  readonly event: object
}

const BUFFER_CHARS = 1 << 18

export class TraceFile {
  private readonly file: string
  private readonly descriptor: number
  private buffered: string[] = []
  private bufferedChars = 0

  /** Truncates the file. Throws a UsageError if it cannot be written, here and later. */
  constructor(file: string, io: Io) {
    this.file = file
    this.descriptor = this.orUsageError(() => openSync(resolve(io.cwd, file), 'w'))
  }

  write({ atUs, node, ordinal, event }: TraceLine): void {
    const text = `${JSON.stringify({ at: atUs / 1000, node, ordinal, ...event })}\n`
    this.buffered.push(text)
    this.bufferedChars += text.length
    if (this.bufferedChars >= BUFFER_CHARS) this.flush()
  }

  close(): void {
    try {
      this.flush()
    } finally {
      closeSync(this.descriptor)
    }
  }

  private flush(): void {
    const bytes = new TextEncoder().encode(this.buffered.join(''))
    this.buffered = []
    this.bufferedChars = 0
    this.orUsageError(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.descriptor, bytes, at)
    })
  }

  private orUsageError<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      throw new UsageError(
        `--trace ${this.file}: cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
}
