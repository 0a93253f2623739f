// One log directory of a broker (S-1): the logs of its replicas, the checkpoints that cover them all, and the marker that
// says whether it was left in order. Stray and future logs are left out.

import { assert } from '../../sim/assert.ts'
import type { Disk } from '../../sim/host.ts'
import type { Rng } from '../../sim/random/rng.ts'
import type { CheckpointFile } from '../trace/log-event.ts'
import type { Buggify } from '../buggify/buggify.ts'
import {
  isDamaged,
  type OffsetEntry,
  offsetCheckpointText,
  readOffsetCheckpoint,
  replaceTextFile,
} from './checkpoint-file.ts'
import { CleanerCheckpoint } from './cleaner/cleaner-checkpoint.ts'
import {
  hasCleanShutdownMarker,
  readTopicId,
  takeCleanShutdownMarker,
  writeCleanShutdownMarker,
  writeTopicId,
} from './directory-files.ts'
import type { LogConfig } from './log-config.ts'
import type { LogObserver } from './log-observer.ts'
import type { OpenLogArgs } from './open-log.ts'
import { PartitionLog } from './partition-log.ts'
import { parsePartitionName, partitionName } from './partition-name.ts'
import { StorageError } from './storage-error.ts'

const HIGH_WATERMARKS = 'replication-offset-checkpoint'
const RECOVERY_POINTS = 'recovery-point-offset-checkpoint'
const LOG_START_OFFSETS = 'log-start-offset-checkpoint'

export interface OpenDirectoryArgs {
  readonly disk: Disk
  /** E.g. `data`. */
  readonly dir: string
  /** The settings to open a log with that was found. */
  readonly configOf: (topic: string, partition: number) => LogConfig
  readonly observer?: LogObserver | undefined
  readonly buggify?: Buggify | undefined
  readonly wallMs?: (() => number) | undefined
  /** A stream of its own for each replica. */
  readonly jitterOf?: ((name: string) => Rng) | undefined
  readonly recovering?: OpenLogArgs['recovering']
  readonly retired?: OpenLogArgs['retired']
  /** False brings KAFKA-10706 back (RB-19). */
  readonly trimEpochsOnNoopTruncate?: boolean
  readonly behaviour?: OpenLogArgs['behaviour']
  readonly indexEachBatch?: boolean
}

/** A replica that has its log here. */
export interface HostedLog {
  readonly topic: string
  readonly partition: number
  readonly topicId: string | undefined
  readonly log: PartitionLog
}

export class LogDirectory {
  readonly dir: string
  /** The marker of a clean shutdown was there, so nothing was recovered. */
  readonly cleanShutdown: boolean
  /** How far each log was cleaned. */
  readonly cleaned: CleanerCheckpoint
  /** Told when closed segments of a log were cut off, or the log goes: whoever works on them stops. */
  onCut: (log: PartitionLog) => void = () => {}
  /** Told when a segment of some log was closed: there may be something to clean. */
  onRolled: () => void = () => {}
  private readonly disk: Disk
  private readonly args: OpenDirectoryArgs
  private readonly replicas = new Map<string, HostedLog>()
  /** How often each checkpoint was written: a background write that was overtaken is given up. */
  private readonly writes = new Map<string, number>()

  /** Takes the marker away, then loads and recovers every replica. Throws StorageError if files are damaged. */
  static open(args: OpenDirectoryArgs): LogDirectory {
    return new LogDirectory(args)
  }

  private constructor(args: OpenDirectoryArgs) {
    const { disk, dir } = args
    this.disk = disk
    this.dir = dir
    this.args = args
    // Kept until all is loaded it would say of the next start, too, that nothing needs to be recovered (RB-24).
    const keepsMarker = args.behaviour?.deleteMarkerBeforeLoad === false
    this.cleanShutdown = keepsMarker ? hasCleanShutdownMarker(disk, dir) : takeCleanShutdownMarker(disk, dir)
    this.cleaned = new CleanerCheckpoint(disk, dir, (file, entries) => this.written(file, entries))
    const checkpoints = {
      highWatermarks: readEntries(disk, `${dir}/${HIGH_WATERMARKS}`),
      recoveryPoints: readEntries(disk, `${dir}/${RECOVERY_POINTS}`, true),
      logStartOffsets: readEntries(disk, `${dir}/${LOG_START_OFFSETS}`, true),
    }
    for (const name of disk.list(dir)) {
      const parsed = parsePartitionName(name)
      if (parsed === undefined || disk.list(`${dir}/${name}`).length === 0) continue
      const config = args.configOf(parsed.topic, parsed.partition)
      this.load(parsed.topic, parsed.partition, config, readTopicId(disk, `${dir}/${name}`), checkpoints)
    }
    if (keepsMarker) takeCleanShutdownMarker(disk, dir)
  }

  /** The logs, in the order of their names as found, then as created. */
  *logs(): IterableIterator<PartitionLog> {
    for (const replica of this.replicas.values()) yield replica.log
  }

  get logCount(): number {
    return this.replicas.size
  }

  hosted(): IterableIterator<HostedLog> {
    return this.replicas.values()
  }

  get(topic: string, partition: number): PartitionLog | undefined {
    return this.replicas.get(partitionName(topic, partition))?.log
  }

  /** The topic id a replica was made for; undefined if there is no such replica or it has none. */
  topicId(topic: string, partition: number): string | undefined {
    return this.replicas.get(partitionName(topic, partition))?.topicId
  }

  /** A log that was found without a topic id, as before Kafka 2.8, gets one. Durable when this returns. */
  adoptTopicId(topic: string, partition: number, topicId: string): void {
    const name = partitionName(topic, partition)
    const replica = this.replicas.get(name)
    assert(replica !== undefined && replica.topicId === undefined, `log ${name} has a topic id already`)
    writeTopicId(this.disk, `${this.dir}/${name}`, topicId)
    this.replicas.set(name, { ...replica, topicId })
  }

  /** A new, empty log. Its topic id is durable before any data is written. */
  create(topic: string, partition: number, topicId: string, config: LogConfig): PartitionLog {
    const name = partitionName(topic, partition)
    assert(!this.replicas.has(name), `log ${name} exists already`)
    writeTopicId(this.disk, `${this.dir}/${name}`, topicId)
    return this.load(topic, partition, config, topicId, undefined)
  }

  /**
   * Closes a log and deletes its files, at once. No error if there is none. Its high watermark stays in the file until that is
   * written the next time, as in Kafka.
   */
  delete(topic: string, partition: number): void {
    const name = partitionName(topic, partition)
    const replica = this.replicas.get(name)
    if (replica === undefined) return
    this.onCut(replica.log)
    this.replicas.delete(name)
    replica.log.abandon()
    const dir = `${this.dir}/${name}`
    for (const file of this.disk.list(dir)) this.disk.remove(`${dir}/${file}`)
    this.checkpointRecoveryPoints()
    this.checkpointLogStartOffsets()
    this.cleaned.remove(topic, partition)
  }

  /**
   * Writes the high watermarks of all logs, also of those whose leader is unknown (R-29, KAFKA-1647). Here and below:
   * durable when the call returns; with `then`, when that runs, which it does not if a later write overtook this one.
   * Logs whose names do not count are left out, a mistake of old (RB-28).
   */
  checkpointHighWatermarks(then?: () => void, counts: (name: string) => boolean = () => true): void {
    this.checkpoint(HIGH_WATERMARKS, (log) => (counts(log.name) ? log.highWatermark : -1), then)
  }

  checkpointRecoveryPoints(then?: () => void): void {
    this.checkpoint(RECOVERY_POINTS, (log) => log.recoveryPoint, then)
  }

  /** Only logs whose start is not that of their first segment need an entry. */
  checkpointLogStartOffsets(then?: () => void): void {
    const startOf = (log: PartitionLog): number =>
      log.logStartOffset > log.firstSegmentOffset ? log.logStartOffset : -1
    this.checkpoint(LOG_START_OFFSETS, startOf, then)
  }

  /**
   * A stop in order: checkpoints high watermarks, syncs and closes all logs, writes the other checkpoints, and last the
   * marker. Each step is for a job of its own, which waits for the disk: whoever dies in one has not done the next.
   */
  shutdownSteps(brokerEpoch: number): readonly (() => void)[] {
    const closing = [...this.logs()].map((log) => () => {
      log.flush()
      log.close()
    })
    return [
      () => this.checkpointHighWatermarks(),
      ...closing,
      () => {
        this.checkpointRecoveryPoints()
        this.checkpointLogStartOffsets()
      },
      () => writeCleanShutdownMarker(this.disk, this.dir, brokerEpoch),
    ]
  }

  private load(
    topic: string,
    partition: number,
    config: LogConfig,
    topicId: string | undefined,
    checkpoints: Checkpoints | undefined,
  ): PartitionLog {
    const name = partitionName(topic, partition)
    const {
      observer,
      buggify,
      trimEpochsOnNoopTruncate,
      behaviour,
      indexEachBatch,
      wallMs,
      jitterOf,
      recovering,
      retired,
    } = this.args
    const log = PartitionLog.open({
      disk: this.disk,
      dir: `${this.dir}/${name}`,
      config,
      recoveryPoint: checkpoints?.recoveryPoints.get(name) ?? 0,
      highWatermarkCheckpoint: checkpoints?.highWatermarks.get(name) ?? 0,
      logStartOffsetCheckpoint: checkpoints?.logStartOffsets.get(name) ?? 0,
      cleanShutdown: this.cleanShutdown,
      observer,
      buggify,
      wallMs,
      jitter: jitterOf === undefined ? undefined : () => jitterOf(name),
      recovering,
      retired,
      trimEpochsOnNoopTruncate,
      behaviour,
      indexEachBatch,
      rolled: () => this.onRolled(),
      afterTruncation: (cut, closedSegments) => {
        if (closedSegments) this.cleaningIsVoid(topic, partition, cut)
        this.checkpointRecoveryPoints()
      },
    })
    this.replicas.set(name, { topic, partition, topicId, log })
    return log
  }

  /** What is written from the active segment on is dirty again (KAFKA-3330). */
  private cleaningIsVoid(topic: string, partition: number, log: PartitionLog): void {
    this.onCut(log)
    if (log.config.compacted) this.cleaned.truncate(topic, partition, log.segments.active.baseOffset)
  }

  /** `valueOf` may say −1: no entry. */
  private checkpoint(fileName: CheckpointFile, valueOf: (log: PartitionLog) => number, then?: () => void): void {
    const entries: OffsetEntry[] = []
    for (const { topic, partition, log } of this.replicas.values()) {
      const offset = valueOf(log)
      if (offset >= 0) entries.push({ topic, partition, offset })
    }
    const write = (this.writes.get(fileName) ?? 0) + 1
    this.writes.set(fileName, write)
    const isCurrent = (): boolean => this.writes.get(fileName) === write
    const done = then === undefined ? undefined : () => (this.written(fileName, entries), then())
    replaceTextFile(this.disk, this.dir, fileName, offsetCheckpointText(entries), done, isCurrent)
    if (then === undefined) this.written(fileName, entries)
  }

  private written(fileName: CheckpointFile, entries: readonly OffsetEntry[]): void {
    this.args.observer?.checkpointWritten(this.dir, fileName, entries)
  }
}

interface Checkpoints {
  readonly highWatermarks: ReadonlyMap<string, number>
  readonly recoveryPoints: ReadonlyMap<string, number>
  readonly logStartOffsets: ReadonlyMap<string, number>
}

/**
 * By name. Throws StorageError if the file is damaged. Without some, a log can be loaded, only more slowly; Kafka then goes on as
 * if there were none, but in the end gives the directory up all the same, unless it was a number that made no sense.
 */
function readEntries(disk: Disk, path: string, canBeDoneWithout = false): ReadonlyMap<string, number> {
  const read = readOffsetCheckpoint(disk, path)
  if (!isDamaged(read)) return new Map(read.map((entry) => [partitionName(entry.topic, entry.partition), entry.offset]))
  if (canBeDoneWithout && read.badNumber) return new Map()
  throw new StorageError(`${read.path}: ${read.problem}`)
}
