// A log in memory that tests append to, roll, cut, crash and clean, and what it holds.

import { ByteSink } from '../../../src/log/cleaner/byte-sink.ts'
import { dirtiest, logToClean, type LogToClean, offsetsToClean } from '../../../src/log/cleaner/cleanable-offsets.ts'
import { cleanLog, type CleanerStats } from '../../../src/log/cleaner/clean-log.ts'
import { OffsetMap } from '../../../src/log/cleaner/offset-map.ts'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../../src/log/log-config.ts'
import { PartitionLog } from '../../../src/log/partition-log.ts'
import type { Disk } from '../../../sim/host.ts'
import { DIR } from '../fixtures.ts'
import { MemoryDisk } from '../memory-disk.ts'
import { keyed, NOW_MS, seen, type SeenBatch } from './batches.ts'

export interface CleanOptions {
  /** Entries that the offset map may hold. */
  readonly mapEntries?: number
  readonly ioBufferBytes?: number
  readonly nowMs?: number
  readonly loadFactor?: number
  /** Also if nothing is dirty. */
  readonly anyway?: boolean
}

export const COMPACTED: LogConfig = {
  ...DEFAULT_LOG_CONFIG,
  compacted: true,
  deletes: false,
  segmentBytes: 400,
  indexIntervalBytes: 100,
  deleteRetentionMs: 1000,
  minCleanableDirtyRatio: 0,
}

export class CleanedLog {
  log: PartitionLog
  readonly disk: Disk
  /** As the cleaner checkpoint has it. */
  cleanedTo: number | undefined = undefined
  readonly retired: string[] = []
  private readonly config: LogConfig
  private epoch = 0

  constructor(config: Partial<LogConfig> = {}, disk: Disk = new MemoryDisk()) {
    this.config = { ...COMPACTED, ...config }
    this.disk = disk
    this.log = this.open(false)
  }

  /** Writes a batch and commits it; see `keyed`. */
  write(...records: readonly string[]): void {
    this.append(keyed(records))
    this.commit()
  }

  append(bytes: Uint8Array): void {
    const result = this.log.appendAsLeader(bytes, this.epoch, NOW_MS, 'client')
    if (result.kind === 'rejected') throw new Error(JSON.stringify(result))
  }

  /** A transaction marker, as a coordinator writes it, and commits. */
  mark(bytes: Uint8Array): void {
    const result = this.log.appendAsLeader(bytes, this.epoch, NOW_MS, 'coordinator')
    if (result.kind === 'rejected') throw new Error(JSON.stringify(result))
    this.commit()
  }

  commit(): void {
    this.log.maybeIncrementHighWatermark(this.log.logEndOffset)
  }

  /** The process ends, by a kill or in order, and starts again. */
  restart(clean = false): void {
    const { highWatermark, recoveryPoint } = this.log
    if (clean) {
      this.log.flush()
      this.log.close()
    }
    this.log = this.open(clean, recoveryPoint, highWatermark)
    this.epoch += 1
  }

  private open(cleanShutdown: boolean, recoveryPoint = 0, highWatermarkCheckpoint = 0): PartitionLog {
    return PartitionLog.open({
      disk: this.disk,
      dir: DIR,
      config: this.config,
      recoveryPoint,
      highWatermarkCheckpoint,
      cleanShutdown,
      wallMs: () => NOW_MS,
      retired: (files) => this.retired.push(...files),
      afterTruncation: (log, closedSegments) => {
        const { baseOffset } = log.segments.active
        if (closedSegments && (this.cleanedTo ?? 0) > baseOffset) this.cleanedTo = baseOffset
      },
    })
  }

  /** What the cleaner would clean now; undefined: it is not dirty enough. */
  target(nowMs = NOW_MS): LogToClean<PartitionLog> | undefined {
    return dirtiest([this.dirt(nowMs)])
  }

  private dirt(nowMs: number): LogToClean<PartitionLog> {
    return logToClean(this.log, offsetsToClean(this.log, this.cleanedTo, nowMs), nowMs)
  }

  /** A round, if there is something to clean. */
  clean(options: CleanOptions = {}): CleanerStats | undefined {
    const steps = this.steps(options)
    if (steps === undefined) return undefined
    for (;;) {
      const step = steps.next()
      if (step.done !== true) continue
      this.cleanedTo = step.value.nextDirtyOffset
      return step.value
    }
  }

  steps(options: CleanOptions = {}) {
    const { mapEntries = 1000, ioBufferBytes = 1 << 18, nowMs = NOW_MS, loadFactor = 1, anyway = false } = options
    const target = anyway ? this.dirt(nowMs) : this.target(nowMs)
    const tools = { map: new OffsetMap(mapEntries * 24), loadFactor, ioBufferBytes, sink: new ByteSink(0) }
    return target && cleanLog(target, nowMs, tools)
  }

  /** All batches, from the log start on. */
  batches(): SeenBatch[] {
    return batchesOf(this.log)
  }

  /** All records: `3:a=1`. */
  records(): string[] {
    return recordsOf(this.log)
  }
}

export function batchesOf(log: PartitionLog): SeenBatch[] {
  const all: SeenBatch[] = []
  for (let offset = log.logStartOffset; offset < log.logEndOffset;) {
    const { bytes, nextOffset } = log.read(offset, 1 << 20, log.logEndOffset, true)
    if (bytes.length === 0) break
    all.push(...seen(bytes))
    offset = nextOffset
  }
  return all
}

export function recordsOf(log: PartitionLog): string[] {
  return batchesOf(log)
    .flatMap(({ records }) => records)
    .filter((record) => offsetOf(record) >= log.logStartOffset)
}

export function offsetOf(record: string): number {
  return Number(record.slice(0, record.indexOf(':')))
}

/** `a` of `3:a=1` and of `3:a`. */
export function keyOf(record: string): string {
  return record.slice(record.indexOf(':') + 1).split('=', 1)[0]!
}

/** The last record of each key, in offset order: what a table of the topic holds, tombstones included. */
export function lastOfKeys(records: readonly string[]): string[] {
  const last = new Map<string, string>()
  for (const record of records) last.set(keyOf(record), record)
  return records.filter((record) => last.get(keyOf(record)) === record)
}
