// One line on the terminal that says how far a long run has come, and then is gone. Only on a terminal, only on stderr.

import { span, count } from '../../reports/figures.ts'
import { truncate } from '../../reports/terminal/cell-text.ts'
import { columnsOf, type Io } from './io.ts'

const FIRST_AFTER_MS = 400
const EVERY_MS = 100

export class Progress {
  private readonly io: Io
  private readonly enabled: boolean
  private nextMs: number
  private shown = false

  constructor(io: Io, enabled: boolean) {
    this.io = io
    this.enabled = enabled && io.stderr.isTTY
    this.nextMs = io.nowMs() + FIRST_AFTER_MS
  }

  /** Cheap enough to be called often: most calls only look at the clock. */
  update(label: string, nowUs: number, endUs: number, events: number): void {
    if (!this.enabled || this.io.nowMs() < this.nextMs) return
    this.nextMs = this.io.nowMs() + EVERY_MS
    this.shown = true
    const percent = endUs > 0 ? Math.min(100, Math.floor((100 * nowUs) / endUs)) : 100
    const line = `${label}  ${percent} %  ${span(nowUs / 1000)} of ${span(endUs / 1000)} virtual, ${count(events)} events`
    this.io.stderr.write(`\r\u001b[K${truncate(line, columnsOf(this.io, this.io.stderr) - 1)}`)
  }

  /** To be called before anything else is written. */
  clear(): void {
    if (this.shown) this.io.stderr.write('\r\u001b[K')
    this.shown = false
  }
}
