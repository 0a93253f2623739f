// The offsets that divide a log: its start, its high watermark, its end. Whoever moves one has done what goes
// with it before; the world is told right after.

import type { LogObserver } from './log-observer.ts'
import type { PartitionLog } from './partition-log.ts'

export class LogOffsets {
  start: number
  end: number
  committed: number
  /** How often it was cut. */
  truncations = 0
  private readonly log: PartitionLog
  private readonly observer: LogObserver | undefined

  /** `highWatermark` is kept within start and end. */
  constructor(log: PartitionLog, observer: LogObserver | undefined, start: number, end: number, highWatermark: number) {
    this.log = log
    this.observer = observer
    this.start = start
    this.end = end
    this.committed = this.within(highWatermark)
  }

  /** The nearest offset from start to end. */
  within(offset: number): number {
    return offset < this.start ? this.start : offset > this.end ? this.end : offset
  }

  appendedTo(end: number): void {
    this.end = end
  }

  moveHighWatermark(offset: number): void {
    const old = this.committed
    this.committed = offset
    this.observer?.highWatermarkChanged(this.log, old, offset)
  }

  moveStart(offset: number): void {
    const old = this.start
    this.start = offset
    this.observer?.logStartOffsetChanged(this.log, old, offset)
  }

  /** Sets all three, before anyone is told: returns what tells the world. */
  truncated(start: number, highWatermark: number, end: number): () => void {
    const { start: oldStart, committed: oldHighWatermark, end: oldEnd, observer, log } = this
    this.start = start
    this.committed = highWatermark
    this.end = end
    this.truncations += 1
    return () => {
      if (observer === undefined) return
      observer.truncated(log, oldEnd, end)
      if (start !== oldStart) observer.logStartOffsetChanged(log, oldStart, start)
      if (highWatermark !== oldHighWatermark) observer.highWatermarkChanged(log, oldHighWatermark, highWatermark)
    }
  }
}
