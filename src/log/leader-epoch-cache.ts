// Which leader epoch wrote which offsets of a partition (R-10..R-14): what a replica goes by when it looks for the point
// where its log parts from the leader's. Kept in memory and in the file `leader-epoch-checkpoint`.

import { assert } from '../../sim/assert.ts'
import type { Disk } from '../../sim/host.ts'
import {
  type EpochEntry,
  epochCheckpointText,
  isDamaged,
  readEpochCheckpoint,
  replaceTextFile,
  replaceUnsynced,
} from './checkpoint-file.ts'
import { StorageError } from './storage-error.ts'

const FILE_NAME = 'leader-epoch-checkpoint'

export interface EpochEndOffset {
  readonly epoch: number
  readonly endOffset: number
}

export class LeaderEpochCache {
  private readonly disk: Disk
  private readonly dir: string
  private readonly log: { readonly logEndOffset: number }
  /** Both strictly rising. */
  private readonly epochs: number[] = []
  private readonly starts: number[] = []
  /** Rewritten after a truncation it is synced before it takes the place of the old one (KAFKA-16541). */
  private readonly syncs: boolean
  private writes = 0

  /** Reads the file in `dir`. Throws StorageError if it is damaged. `log` is asked for the end of the latest epoch. */
  constructor(disk: Disk, dir: string, log: { readonly logEndOffset: number }, syncs = true) {
    this.syncs = syncs
    this.disk = disk
    this.dir = dir
    this.log = log
    const entries = readEpochCheckpoint(disk, `${dir}/${FILE_NAME}`)
    if (isDamaged(entries)) throw new StorageError(`${entries.path}: ${entries.problem}`)
    for (const entry of entries) this.put(entry.epoch, entry.startOffset)
  }

  /** −1 when the cache is empty. */
  get latestEpoch(): number {
    return this.epochs.length === 0 ? -1 : this.epochs[this.epochs.length - 1]!
  }

  get isEmpty(): boolean {
    return this.epochs.length === 0
  }

  entries(): EpochEntry[] {
    return this.epochs.map((epoch, i) => ({ epoch, startOffset: this.starts[i]! }))
  }

  /** The epoch that `offset` belongs to; undefined if it lies before the first. */
  epochForOffset(offset: number): number | undefined {
    const i = floor(this.starts, offset)
    return i < 0 ? undefined : this.epochs[i]
  }

  /**
   * Notes that `epoch` starts at `startOffset`, unless it is the latest and starts no later already. Entries that
   * contradict it are dropped. The file is durable when this returns. Says whether anything changed.
   */
  assign(epoch: number, startOffset: number): boolean {
    if (!this.put(epoch, startOffset)) return false
    this.write()
    return true
  }

  /**
   * Where `epoch` ends, by R-12: of the latest epoch the log end; of another the start of the one after it, said of the
   * largest known epoch that is not above it. Undefined (−1 and −1 on the wire) for −1 and for epochs to come.
   */
  endOffsetFor(epoch: number): EpochEndOffset | undefined {
    if (epoch < 0 || epoch > this.latestEpoch) return undefined
    if (epoch === this.latestEpoch) return { epoch, endOffset: this.log.logEndOffset }
    const i = floor(this.epochs, epoch)
    return i < 0 ? { epoch, endOffset: this.starts[0]! } : { epoch: this.epochs[i]!, endOffset: this.starts[i + 1]! }
  }

  /** Drops entries that start at or after `offset`. The file follows in the background. */
  truncateFromEnd(offset: number): void {
    const keep = floor(this.starts, offset - 1) + 1
    if (keep === this.epochs.length) return
    this.epochs.length = keep
    this.starts.length = keep
    this.writeInBackground()
  }

  /** Drops entries that start at or before `offset`, and lets the last of them start there. */
  truncateFromStart(offset: number): void {
    const last = floor(this.starts, offset)
    if (last < 0 || (last === 0 && this.starts[0] === offset)) return
    this.epochs.splice(0, last)
    this.starts.splice(0, last)
    this.starts[0] = offset
    this.writeInBackground()
  }

  /** Drops everything; durable when this returns. */
  clear(): void {
    this.epochs.length = 0
    this.starts.length = 0
    this.write()
  }

  private put(epoch: number, startOffset: number): boolean {
    if (epoch < 0 || startOffset < 0) assert(false, `bad epoch entry ${epoch}@${startOffset}`)
    const { epochs, starts } = this
    let last = epochs.length - 1
    if (last >= 0 && epochs[last] === epoch && startOffset >= starts[last]!) return false
    while (last >= 0 && (epochs[last]! >= epoch || starts[last]! >= startOffset)) last--
    epochs.length = last + 1
    starts.length = last + 1
    epochs.push(epoch)
    starts.push(startOffset)
    return true
  }

  private write(): void {
    this.writes++
    replaceTextFile(this.disk, this.dir, FILE_NAME, epochCheckpointText(this.entries()))
  }

  private writeInBackground(): void {
    if (!this.syncs) {
      this.writes++
      replaceUnsynced(this.disk, this.dir, FILE_NAME, epochCheckpointText(this.entries()))
      return
    }
    const write = ++this.writes
    const isCurrent = (): boolean => write === this.writes
    replaceTextFile(this.disk, this.dir, FILE_NAME, epochCheckpointText(this.entries()), done, isCurrent)
  }
}

function done(): void {}

/** Index of the last element ≤ `value` of a rising array, or −1. Looks from the end: there are few, and late ones asked. */
function floor(rising: readonly number[], value: number): number {
  let i = rising.length - 1
  while (i >= 0 && rising[i]! > value) i--
  return i
}
