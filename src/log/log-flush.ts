// Syncing a log's files, and the recovery point that says how far it got. A flush in the background takes up
// where the one before it ends, also while that is under way: Kafka's threads sync such files once more, which finds nothing
// to write, and there are few threads; here each sync would cost the device its latency.

import type { Disk } from '../../sim/host.ts'
import type { SegmentList } from './segment-list.ts'

/** A flush in the background. */
interface Flush {
  readonly offset: number
  /** The log was cut so often before it began: what it proves, it does not prove after a further cut. */
  readonly truncations: number
  readonly waiting: (() => void)[]
  /** Syncs it waits for. */
  pending: number
}

export class LogFlush {
  /** Offsets below are synced. */
  recoveryPoint: number
  /** When that was found to be so last; when the log was opened, if never. */
  lastFlushMs: number
  private readonly disk: Disk
  private readonly dir: string
  private readonly segments: SegmentList
  private readonly wallMs: () => number
  private truncations = 0
  /** Oldest first, which is the order they end in. */
  private readonly underWay: Flush[] = []
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
    if (then === undefined) {
      const { from, to, newFiles } = this.filesOf(this.recoveryPoint, offset)
      for (let i = from; i <= to; i++) this.segments.at(i).sync()
      if (newFiles) this.disk.syncDir(this.dir)
      this.flushedTo(offset)
      return
    }
    const covering = this.underWay.find((flush) => flush.offset >= offset && this.holds(flush))
    if (covering === undefined) this.begin(offset, then)
    else covering.waiting.push(then)
  }

  /** The log now ends at `offset`. */
  truncatedTo(offset: number): void {
    this.truncations++
    if (this.recoveryPoint > offset) this.recoveryPoint = offset
  }

  private begin(offset: number, then: () => void): void {
    const last = this.underWay.at(-1)
    const start =
      last !== undefined && this.holds(last) ? Math.max(last.offset, this.recoveryPoint) : this.recoveryPoint
    const { from, to, newFiles } = this.filesOf(start, offset)
    const pending = to - from + 1 + (newFiles ? 1 : 0)
    const flush: Flush = { offset, truncations: this.truncations, waiting: [then], pending }
    this.underWay.push(flush)
    const oneDone = (): void => {
      if (--flush.pending === 0) this.finish()
    }
    if (pending === 0) this.finish()
    for (let i = from; i <= to; i++) this.segments.at(i).sync(oneDone)
    if (newFiles) this.disk.syncDir(this.dir, oneDone)
  }

  /** Those that are done and wait for none before them. */
  private finish(): void {
    while (this.underWay[0]?.pending === 0) {
      const flush = this.underWay.shift()
      if (flush === undefined) return
      if (this.holds(flush) && !this.closed && flush.offset > this.recoveryPoint) this.flushedTo(flush.offset)
      for (const then of flush.waiting) then()
    }
  }

  private holds(flush: Flush): boolean {
    return flush.truncations === this.truncations
  }

  /** The segments with offsets in [start, end), and whether one of them begins there. */
  private filesOf(start: number, end: number): { from: number; to: number; newFiles: boolean } {
    const floor = this.segments.floorIndex(start)
    const to = this.segments.floorIndex(end - 1)
    return { from: floor < 0 ? 0 : floor, to, newFiles: to >= 0 && this.segments.at(to).baseOffset >= start }
  }

  private flushedTo(offset: number): void {
    this.recoveryPoint = offset
    this.lastFlushMs = this.wallMs()
  }

  close(): void {
    this.closed = true
  }
}
