// Producer states together with the snapshots that spare a load from reading the whole log: when snapshots
// are taken, and how the states of a log that was loaded or cut are built again.

import type { Disk } from '../../sim/host.ts'
import { checkStructure } from '../records/record-batch.ts'
import { SCAN_WINDOW_BYTES } from './file-batch-scan.ts'
import type { LogConfig } from './log-config.ts'
import { ProducerSnapshots } from './producer-snapshots.ts'
import { ProducerStateTable } from './producer-state-table.ts'
import type { SegmentList } from './segment-list.ts'

export class ProducerHistory {
  readonly table: ProducerStateTable
  readonly snapshots: ProducerSnapshots
  /** The table is the state of the log as of this offset. */
  endOffset = 0
  private readonly wallMs: () => number

  constructor(disk: Disk, dir: string, config: LogConfig, wallMs: () => number, deletesByName = false) {
    this.table = new ProducerStateTable(config.producerIdExpirationMs, config.batchesKeptPerProducer)
    this.snapshots = new ProducerSnapshots(disk, dir, deletesByName)
    this.wallMs = wallMs
  }

  /** A snapshot of the state at `offset`, which the log has reached. Says whether one was written. */
  take(offset: number): boolean {
    this.endOffset = offset
    return this.snapshots.take(this.table, offset)
  }

  /** The same, durable when this returns. */
  takeDurably(offset: number): void {
    if (this.take(offset)) this.snapshots.sync(offset)
  }

  /**
   * Builds the state of a log with these segments as of `logEndOffset`, from the newest snapshot within the log and the
   * batches after it, and takes snapshots where the last two segments begin and at the end. After a clean shutdown a log
   * without snapshots counts as one without producers.
   */
  rebuild(segments: SegmentList, logStartOffset: number, logEndOffset: number, cleanShutdown: boolean): void {
    const { snapshots, table } = this
    const last = segments.size - 1
    const lastTwo = [segments.baseOffsetAt(last - 1), segments.baseOffsetAt(last)]
    if (cleanShutdown && snapshots.latest === undefined) {
      for (const offset of [...lastTwo, logEndOffset]) if (offset >= 0) this.takeDurably(offset)
      return
    }
    // Who knew of no producer before the log was cut will know of none after it.
    const nothingToFind = table.isEmpty && this.endOffset >= logEndOffset
    snapshots.keepWithin(logStartOffset, logEndOffset)
    if (logEndOffset === this.endOffset) {
      snapshots.logStartMovedTo(logStartOffset)
      table.logStartMovedTo(logStartOffset)
    } else {
      table.clear()
      this.endOffset = snapshots.load(table, logStartOffset, this.wallMs())
      if (!nothingToFind) this.replay(segments, logStartOffset, logEndOffset, lastTwo)
    }
    this.takeDurably(logEndOffset)
  }

  /** The log was emptied and starts anew at `offset`. */
  restartAt(offset: number): void {
    this.table.clear()
    this.snapshots.clear()
    this.snapshots.logStartMovedTo(offset)
    this.endOffset = offset
  }

  logStartMovedTo(offset: number): void {
    this.table.logStartMovedTo(offset)
    if (this.endOffset < offset) this.endOffset = offset
    this.snapshots.logStartMovedTo(offset)
  }

  private replay(
    segments: SegmentList,
    logStartOffset: number,
    logEndOffset: number,
    snapshotAt: readonly number[],
  ): void {
    const floor = segments.floorIndex(this.endOffset)
    for (let i = floor < 0 ? 0 : floor; i < segments.size; i++) {
      const segment = segments.at(i)
      if (segment.baseOffset >= logEndOffset) break
      const from = Math.max(segment.baseOffset, this.endOffset, logStartOffset)
      this.endOffset = from
      if (snapshotAt.includes(segment.baseOffset)) this.takeDurably(from)
      const scan = segment.scanFrom(segment.positionOf(from), SCAN_WINDOW_BYTES, true)
      // No checksums are looked at here; what no writer could have written is passed over.
      while (scan.next()) {
        const { bytes, at } = scan
        if (checkStructure(bytes, at, bytes.length) === undefined) this.table.note(bytes, at)
      }
    }
  }
}
