// Syncing a log's files, and the recovery point that says how far it got.

import type { Disk } from '../../sim/host.ts'
import type { SegmentList } from './segment-list.ts'

export class LogFlush {
  /** Offsets below are synced. */
  recoveryPoint: number
  /** When that was found to be so last; when the log was opened, if never. */
  lastFlushMs: number
  private readonly disk: Disk
  private readonly dir: string
  private readonly segments: SegmentList
  private readonly wallMs: () => number
  /** Counts truncations: what a flush that began before one proves, it does not prove after it. */
  private truncations = 0
  private closed = false

  constructor(disk: Disk, dir: string, segments: SegmentList, recoveryPoint: number, wallMs: () => number) {
    this.recoveryPoint = recoveryPoint
    this.wallMs = wallMs
    this.lastFlushMs = wallMs()
    this.disk = disk
    this.dir = dir
    this.segments = segments
  }

  /**
   * Syncs the segments with offsets in [recovery point, offset), and the directory if one of them is new. Without `then`
   * the job waits; with it, `then` runs when that is done.
   */
  flushTo(offset: number, then?: () => void): void {
    if (offset <= this.recoveryPoint) {
      then?.()
      return
    }
    const floor = this.segments.floorIndex(this.recoveryPoint)
    const from = floor < 0 ? 0 : floor
    const to = this.segments.floorIndex(offset - 1)
    const newFiles = to >= 0 && this.segments.at(to).baseOffset >= this.recoveryPoint
    if (then === undefined) {
      for (let i = from; i <= to; i++) this.segments.at(i).sync()
      if (newFiles) this.disk.syncDir(this.dir)
      this.flushedTo(offset)
      return
    }
    const truncations = this.truncations
    const finish = (): void => {
      const holds = truncations === this.truncations && !this.closed
      if (holds && offset > this.recoveryPoint) this.flushedTo(offset)
      then()
    }
    let pending = to - from + 1 + (newFiles ? 1 : 0)
    const oneDone = (): void => {
      if (--pending === 0) finish()
    }
    if (pending === 0) finish()
    for (let i = from; i <= to; i++) this.segments.at(i).sync(oneDone)
    if (newFiles) this.disk.syncDir(this.dir, oneDone)
  }

  /** The log now ends at `offset`. */
  truncatedTo(offset: number): void {
    this.truncations++
    if (this.recoveryPoint > offset) this.recoveryPoint = offset
  }

  private flushedTo(offset: number): void {
    this.recoveryPoint = offset
    this.lastFlushMs = this.wallMs()
  }

  close(): void {
    this.closed = true
  }
}
