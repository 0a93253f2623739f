// The file `cleaner-offset-checkpoint` of a log directory: up to which offset each log was cleaned. Written after
// every round, and pulled back when a log is cut below it (KAFKA-3330). Durable when a call returns.

import type { Disk } from '../../../sim/host.ts'
import {
  isDamaged,
  type OffsetEntry,
  offsetCheckpointText,
  readOffsetCheckpoint,
  replaceTextFile,
} from '../checkpoint-file.ts'
import { partitionName } from '../partition-name.ts'
import { StorageError } from '../storage-error.ts'

const FILE_NAME = 'cleaner-offset-checkpoint'

export class CleanerCheckpoint {
  private readonly disk: Disk
  private readonly dir: string
  private readonly entries = new Map<string, OffsetEntry>()
  private readonly written: (file: typeof FILE_NAME, entries: readonly OffsetEntry[]) => void

  /** Reads the file. Throws StorageError if it is damaged. */
  constructor(disk: Disk, dir: string, written: CleanerCheckpoint['written'] = () => {}) {
    this.written = written
    this.disk = disk
    this.dir = dir
    const entries = readOffsetCheckpoint(disk, `${dir}/${FILE_NAME}`)
    if (isDamaged(entries)) throw new StorageError(`${entries.path}: ${entries.problem}`)
    for (const entry of entries) this.entries.set(partitionName(entry.topic, entry.partition), entry)
  }

  /** Undefined for a log that was never cleaned. */
  offset(topic: string, partition: number): number | undefined {
    return this.entries.get(partitionName(topic, partition))?.offset
  }

  update(topic: string, partition: number, offset: number): void {
    this.entries.set(partitionName(topic, partition), { topic, partition, offset })
    this.write()
  }

  /** The log ends at `offset` now, or begins a segment there. */
  truncate(topic: string, partition: number, offset: number): void {
    if ((this.offset(topic, partition) ?? 0) > offset) this.update(topic, partition, offset)
  }

  remove(topic: string, partition: number): void {
    if (this.entries.delete(partitionName(topic, partition))) this.write()
  }

  private write(): void {
    const entries = [...this.entries.values()]
    replaceTextFile(this.disk, this.dir, FILE_NAME, offsetCheckpointText(entries))
    this.written(FILE_NAME, entries)
  }
}
