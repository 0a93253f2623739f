// The producer snapshots of a partition: which there are, when one is taken, which one a load begins with. A
// snapshot is named by the offset it covers up to. One is worth taking only if the state has moved on since the last.

import type { Disk } from '../../sim/host.ts'
import { DELETED_SUFFIX, offsetFileName, offsetInFileName, SNAPSHOT_SUFFIX } from './file-names.ts'
import { decodeSnapshot, encodeSnapshot } from './producer-snapshot-file.ts'
import type { ProducerStateTable } from './producer-state-table.ts'

export class ProducerSnapshots {
  private readonly disk: Disk
  private readonly dir: string
  /** One that is to go keeps its name (KAFKA-12964). */
  private readonly deletesByName: boolean
  /** Rising. */
  private offsets: number[]
  /** The snapshot taken or loaded last, or where the log started when there was none. */
  private lastTaken = 0

  constructor(disk: Disk, dir: string, deletesByName = false) {
    this.deletesByName = deletesByName
    this.disk = disk
    this.dir = dir
    this.offsets = disk.list(dir).flatMap((name) => offsetInFileName(name, SNAPSHOT_SUFFIX) ?? [])
  }

  /** Offset of the newest one; undefined if there is none. */
  get latest(): number | undefined {
    return this.offsets.at(-1)
  }

  /** Writes the state as of `offset`, unless that is no news. Says whether it did; syncing it is another matter. */
  take(table: ProducerStateTable, offset: number): boolean {
    if (offset <= this.lastTaken) return false
    const file = this.disk.open(this.path(offset))
    file.truncate(0)
    file.append(encodeSnapshot(Array.from(table.states(), (state) => state.snapshotEntry)))
    this.remember(offset)
    this.lastTaken = offset
    return true
  }

  /** Makes the snapshot at `offset`, if it is still there, durable. See `DiskFile.sync` for `then`. */
  sync(offset: number, then?: () => void): void {
    if (this.offsets.includes(offset)) this.disk.open(this.path(offset)).sync(then)
    else then?.()
  }

  /**
   * Fills the (empty) table from the newest good snapshot; damaged ones are removed. Returns the offset from which the log
   * has to be replayed: the snapshot's, or else `logStartOffset`. Producers idle for too long at `nowMs` are left out.
   */
  load(table: ProducerStateTable, logStartOffset: number, nowMs: number): number {
    for (let offset = this.latest; offset !== undefined; offset = this.latest) {
      const file = this.disk.open(this.path(offset))
      const entries = decodeSnapshot(file.read(0, file.sizeBytes))
      if (typeof entries !== 'string') {
        table.restore(entries, nowMs)
        this.lastTaken = offset
        return offset
      }
      this.remove(offset)
    }
    this.lastTaken = logStartOffset
    return logStartOffset
  }

  /** The log starts at `offset` now. */
  logStartMovedTo(offset: number): void {
    this.lastTaken = this.latest ?? offset
  }

  /** Removes those outside (logStart, logEnd]. */
  keepWithin(logStartOffset: number, logEndOffset: number): void {
    const beyond = this.offsets.filter((offset) => offset <= logStartOffset || offset > logEndOffset)
    for (const offset of beyond) this.remove(offset)
  }

  /** Removes those that are named after no segment, but for the newest if it lies beyond them all. */
  removeStrays(baseOffsets: ReadonlySet<number>, lastBaseOffset: number): void {
    const strays = this.offsets.filter((offset) => !baseOffsets.has(offset))
    const newest = strays.at(-1)
    for (const offset of strays) if (offset !== newest || offset < lastBaseOffset) this.remove(offset)
  }

  /** Removes all. */
  clear(): void {
    for (const offset of this.offsets.slice()) this.remove(offset)
  }

  /**
   * Gives the one that belongs to a segment on its way out the name of a deleted file, which is returned: a new one of its
   * old name is not to go with it.
   */
  retire(baseOffset: number): string | undefined {
    const path = this.path(baseOffset)
    const isThere = this.forget(baseOffset)
    if (this.deletesByName) return path
    if (!isThere) return undefined
    this.disk.rename(path, path + DELETED_SUFFIX)
    return path + DELETED_SUFFIX
  }

  private path(offset: number): string {
    return `${this.dir}/${offsetFileName(offset, SNAPSHOT_SUFFIX)}`
  }

  private remember(offset: number): void {
    if (this.offsets.includes(offset)) return
    this.offsets.push(offset)
    this.offsets.sort((one, other) => one - other)
  }

  private forget(offset: number): boolean {
    const index = this.offsets.indexOf(offset)
    if (index < 0) return false
    this.offsets.splice(index, 1)
    return true
  }

  private remove(offset: number): void {
    this.forget(offset)
    this.disk.remove(this.path(offset))
  }
}
