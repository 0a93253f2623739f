// The log directories of a broker (`log.dirs`), each with its own logs, checkpoints and marker. One that fails takes its logs
// with it and stays away until the broker is started again; the others go on. A new log goes where there are fewest.

import { assert } from '../../sim/assert.ts'
import type { LogConfig } from './log-config.ts'
import type { LogDirectory } from './log-directory.ts'
import type { PartitionLog } from './partition-log.ts'
import { isStorageError } from './storage-error.ts'

export class LogDirectories {
  /** As configured, whether they still work or not. */
  readonly dirs: readonly string[]
  private readonly online = new Map<string, LogDirectory>()
  /** Told of a directory whose files make no sense; failed operations are told by the disk itself. */
  private readonly onFailure: (dir: string, error: Error) => void

  constructor(dirs: readonly string[], onFailure: (dir: string, error: Error) => void) {
    this.dirs = dirs
    this.onFailure = onFailure
  }

  /** Loads one; if that fails it is not there. */
  load(dir: string, open: () => LogDirectory): LogDirectory | undefined {
    try {
      const directory = open()
      this.online.set(dir, directory)
      return directory
    } catch (error) {
      if (!isStorageError(error)) throw error
      this.onFailure(dir, error)
      return undefined
    }
  }

  /** Those that work, in the order in which they are configured. */
  get onlineDirs(): readonly string[] {
    return this.dirs.filter((dir) => this.online.has(dir))
  }

  /** It has failed: returns the logs that went with it. */
  takeOffline(dir: string): PartitionLog[] {
    const directory = this.online.get(dir)
    if (directory === undefined) return []
    this.online.delete(dir)
    const logs = [...directory.logs()]
    for (const log of logs) {
      directory.onCut(log)
      log.abandon()
    }
    return logs
  }

  /** Those that work, in the order in which they were loaded. */
  directories(): IterableIterator<LogDirectory> {
    return this.online.values()
  }

  /** The logs of all, one directory after the other. */
  *logs(): IterableIterator<PartitionLog> {
    for (const directory of this.online.values()) yield* directory.logs()
  }

  get(topic: string, partition: number): PartitionLog | undefined {
    return this.directoryOf(topic, partition)?.get(topic, partition)
  }

  /** The directory that has a log of this name. */
  dirOf(topic: string, partition: number): string | undefined {
    return this.directoryOf(topic, partition)?.dir
  }

  /** A log that was found without a topic id, as before Kafka 2.8, gets one. */
  adoptTopicId(topic: string, partition: number, topicId: string): void {
    this.directoryOf(topic, partition)?.adoptTopicId(topic, partition, topicId)
  }

  topicId(topic: string, partition: number): string | undefined {
    return this.directoryOf(topic, partition)?.topicId(topic, partition)
  }

  /** A new log in `dir`, if that works and one is named, else where there are fewest (S-1). Fails with its directory. */
  create(topic: string, partition: number, topicId: string, config: LogConfig, dir?: string): PartitionLog {
    const directory = (dir === undefined ? undefined : this.online.get(dir)) ?? this.emptiest()
    assert(directory !== undefined, 'a log is created when no directory is left')
    try {
      return directory.create(topic, partition, topicId, config)
    } catch (error) {
      if (error instanceof Error && isStorageError(error)) this.onFailure(directory.dir, error)
      throw error
    }
  }

  delete(topic: string, partition: number): void {
    this.directoryOf(topic, partition)?.delete(topic, partition)
  }

  checkpointHighWatermarks(counts?: (name: string) => boolean): void {
    this.each((directory) => directory.checkpointHighWatermarks(undefined, counts))
  }

  checkpointRecoveryPoints(): void {
    this.each((directory) => directory.checkpointRecoveryPoints())
  }

  checkpointLogStartOffsets(): void {
    this.each((directory) => directory.checkpointLogStartOffsets())
  }

  /** What each directory's stop takes, step by step: see `LogDirectory.shutdownSteps`. A failed one is left as it is. */
  shutdownSteps(brokerEpoch: number): readonly (readonly (() => void)[])[] {
    return [...this.online].map(([dir, directory]) =>
      directory.shutdownSteps(brokerEpoch).map((step) => () => {
        if (this.online.has(dir)) this.orOffline(step)
      }),
    )
  }

  /** One that fails does not keep the others. */
  private each(fn: (directory: LogDirectory) => void): void {
    for (const directory of this.online.values()) this.orOffline(() => fn(directory))
  }

  /** The disk has told of what fails. */
  private orOffline(fn: () => void): void {
    try {
      fn()
    } catch (error) {
      if (!isStorageError(error)) throw error
    }
  }

  private directoryOf(topic: string, partition: number): LogDirectory | undefined {
    for (const directory of this.online.values()) {
      if (directory.get(topic, partition) !== undefined) return directory
    }
    return undefined
  }

  /** Of several the first as configured. */
  private emptiest(): LogDirectory | undefined {
    let found: LogDirectory | undefined
    for (const dir of this.dirs) {
      const directory = this.online.get(dir)
      if (directory !== undefined && (found === undefined || directory.logCount < found.logCount)) found = directory
    }
    return found
  }
}
