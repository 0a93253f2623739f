// One line on the terminal that says how far a campaign has come. Only on a terminal, only on stderr.

import { count, counted } from '../../reports/figures.ts'
import { truncate } from '../../reports/terminal/cell-text.ts'
import { columnsOf, type Io } from './io.ts'

const EVERY_MS = 200

export class FuzzProgress {
  private readonly io: Io
  private readonly enabled: boolean
  private nextMs: number
  private shown = false

  constructor(io: Io, enabled: boolean) {
    this.io = io
    this.enabled = enabled && io.stderr.isTTY
    this.nextMs = io.nowMs()
  }

  update(runs: number, of: number | undefined, findings: number): void {
    if (!this.enabled || this.io.nowMs() < this.nextMs) return
    this.nextMs = this.io.nowMs() + EVERY_MS
    this.show(`${count(runs)}${of === undefined ? '' : ` of ${count(of)}`} runs, ${counted(findings, 'finding')}`)
  }

  shrinking(done: number, of: number): void {
    if (this.enabled) this.show(`making findings smaller: ${done} of ${of}`)
  }

  /** To be called before anything else is written. */
  clear(): void {
    if (this.shown) this.io.stderr.write('\r\u001b[K')
    this.shown = false
  }

  private show(line: string): void {
    this.shown = true
    this.io.stderr.write(`\r\u001b[K${truncate(line, columnsOf(this.io, this.io.stderr) - 1)}`)
  }
}
