// The log of one replica of a partition, on its broker's disk: batches in segments, the offsets that divide it (start, high
// watermark, last stable, end), the leader epochs and the producer states that go with it. Appending only reaches the page
// cache. What compaction does to it is in log-compaction.ts.

import { assert } from '../../sim/assert.ts'
import { NO_BUGGIFY } from '../buggify/buggify.ts'
import { baseOffset, partitionLeaderEpoch, sizeInBytes } from '../records/record-batch.ts'
import { type FollowerAppend, type LeaderAppend, NOTHING_APPENDED } from './append-result.ts'
import { FollowerAppendCheck } from './follower-append-check.ts'
import { LeaderAppender, type LeaderOrigin } from './leader-append.ts'
import { type EpochEndOffset, LeaderEpochCache } from './leader-epoch-cache.ts'
import { LogCompaction, type SegmentSwap } from './log-compaction.ts'
import type { LogConfig } from './log-config.ts'
import { LogFlush } from './log-flush.ts'
import type { LogObserver } from './log-observer.ts'
import { LogOffsets } from './log-offsets.ts'
import { emptyRead, type LogRead, readSegments } from './log-read.ts'
import { loadSegments } from './log-recovery.ts'
import { deletableSegments, DELETION_REASONS, type DeletionReason } from './log-retention.ts'
import { LogWriter } from './log-writer.ts'
import type { LogBehaviour, OpenLogArgs } from './open-log.ts'
import { ProducerHistory } from './producer-history.ts'
import type { ProducerStateTable } from './producer-state-table.ts'
import { SegmentHome } from './segment-home.ts'
import type { SegmentList } from './segment-list.ts'

export class PartitionLog {
  readonly dir: string
  /** `orders-0`. */
  readonly name: string
  readonly epochs: LeaderEpochCache
  readonly producers: ProducerStateTable
  /** Bytes that recovery cut off when the log was opened. */
  readonly lostBytes: number

  readonly segments: SegmentList
  /** For the cleaner. */
  readonly compaction: LogCompaction
  private readonly home: SegmentHome
  private readonly offsets: LogOffsets
  private readonly history: ProducerHistory
  private readonly flusher: LogFlush
  private readonly writer: LogWriter
  private readonly observer: LogObserver | undefined
  private readonly trimEpochsOnNoopTruncate: boolean
  private readonly behaviour: Partial<LogBehaviour>
  private readonly afterTruncation: OpenLogArgs['afterTruncation']
  private readonly removeLater: (files: readonly string[]) => void
  private readonly followerCheck = new FollowerAppendCheck()
  private readonly leaderAppender: LeaderAppender
  private closed = false

  /**
   * Loads the log in `dir`, or makes an empty one; after an unclean stop recovers it from its bytes.
   * Throws StorageError when its epoch checkpoint is damaged.
   */
  static open(args: OpenLogArgs): PartitionLog {
    return new PartitionLog(args)
  }

  private constructor(args: OpenLogArgs) {
    const { disk, dir, config, cleanShutdown, wallMs = () => 0, behaviour = {} } = args
    this.dir = dir
    this.name = dir.slice(dir.lastIndexOf('/') + 1)
    this.observer = args.observer
    this.trimEpochsOnNoopTruncate = args.trimEpochsOnNoopTruncate ?? true
    this.behaviour = behaviour
    this.afterTruncation = args.afterTruncation
    this.removeLater = (files) => args.retired?.(files, this.home.config.fileDeleteDelayMs)
    this.home = new SegmentHome(args)
    this.epochs = new LeaderEpochCache(disk, dir, this, behaviour.syncEpochCheckpoint)
    const loaded = loadSegments({
      home: this.home,
      recoveryPoint: args.recoveryPoint,
      logStartOffset: args.logStartOffsetCheckpoint ?? 0,
      cleanShutdown,
      epochs: this.epochs,
      newProducers: () => new ProducerHistory(disk, dir, config, wallMs, behaviour.snapshotDeleteByName),
      recovering: args.recovering,
      retired: this.removeLater,
    })
    const { segments, logStartOffset, logEndOffset } = loaded
    this.segments = segments
    this.lostBytes = loaded.lostBytes
    this.history = loaded.producers
    this.producers = this.history.table
    this.flusher = new LogFlush(disk, dir, segments, loaded.recoveryPoint, wallMs)
    this.offsets = new LogOffsets(this, args.observer, logStartOffset, logEndOffset, args.highWatermarkCheckpoint)
    this.writer = new LogWriter(segments, this.offsets, this.history, this.flusher, args.buggify ?? NO_BUGGIFY)
    this.leaderAppender = new LeaderAppender(config, this.epochs, this.producers, this.offsets, this.writer)
    this.producers.highWatermarkMovedTo(this.offsets.committed)
    this.compaction = new LogCompaction(segments, this.history, this.removeLater, () =>
      this.observer?.segmentsReplaced(this),
    )
  }

  /** First offset that may be read; it may lie inside a batch. */
  get logStartOffset(): number {
    return this.offsets.start
  }

  /** Offset of the next record to be written. */
  get logEndOffset(): number {
    return this.offsets.end
  }

  /** Offsets below are committed, as far as this replica knows. */
  get highWatermark(): number {
    return this.offsets.committed
  }

  /** Where read_committed readers stop. */
  get lastStableOffset(): number {
    const unstable = this.producers.transactions.firstUnstableOffset
    if (unstable < 0 || unstable >= this.offsets.committed) return this.offsets.committed
    return unstable < this.offsets.start ? this.offsets.start : unstable
  }

  /** Offsets below are synced. */
  get recoveryPoint(): number {
    return this.flusher.recoveryPoint
  }

  /** Base offset of the first segment. */
  get firstSegmentOffset(): number {
    return this.segments.first.baseOffset
  }

  get segmentCount(): number {
    return this.segments.size
  }

  /** Bytes of all segments. */
  get sizeBytes(): number {
    return this.segments.sizeBytes
  }

  get truncations(): number {
    return this.offsets.truncations
  }

  /** What compaction did last. */
  get lastSwap(): SegmentSwap | undefined {
    return this.compaction.lastSwap
  }

  get config(): LogConfig {
    return this.home.config
  }

  /**
   * Settings changed while the log is open. Segments that are there keep the sizes and intervals of their indexes; the
   * expiration of producers stays as it was.
   */
  updateConfig(config: LogConfig): void {
    this.home.config = config
    this.leaderAppender.updateConfig(config)
  }

  /** Appends what a leader received: one batch, of a Raft leader any number. */
  appendAsLeader(bytes: Uint8Array, leaderEpoch: number, nowMs: number, origin: LeaderOrigin): LeaderAppend {
    this.assertOpen()
    const result = this.leaderAppender.append(bytes, leaderEpoch, nowMs, origin)
    if (result.kind === 'appended') this.observer?.appended(this, result.firstOffset, result.lastOffset, leaderEpoch)
    return result
  }

  /**
   * Appends fetched batches verbatim, leaving out one that is cut off at the end. Checks their checksums and that
   * offsets rise; sequences are not checked.
   */
  appendAsFollower(bytes: Uint8Array): FollowerAppend {
    this.assertOpen()
    const check = this.followerCheck
    const problem = check.check(bytes)
    if (problem !== undefined) return problem
    if (check.end === 0) return NOTHING_APPENDED
    const { firstOffset, lastOffset: last } = check
    const unfit = check.unfitFor(this)
    if (unfit === 'starts-inside') this.truncateFullyAndStartAt(firstOffset)
    else if (unfit !== undefined) return unfit
    for (let position = 0; position < check.end; position += sizeInBytes(bytes, position)) {
      const epoch = partitionLeaderEpoch(bytes, position)
      if (epoch >= 0) this.epochs.assign(epoch, baseOffset(bytes, position))
    }
    this.writer.write(bytes, check.end, last, check.maxTimestampMs, check.maxTimestampOffset)
    this.observer?.appended(this, firstOffset, last, check.lastLeaderEpoch)
    return { kind: 'appended', firstOffset, lastOffset: last, logAppendTimeMs: -1 }
  }

  /** A leader adopts an epoch that is new to it, at its present end. Durable when this returns. */
  assignLeaderEpoch(epoch: number): void {
    this.epochs.assign(epoch, this.offsets.end)
  }

  /**
   * Whole batches from the one that holds `fromOffset`, below `upToOffset` (high watermark, last stable offset or log
   * end), at most `maxBytes`; with `minOneBatch` the first one even if it is larger. What is returned is a view, from one
   * segment. The cost does not grow with the log.
   */
  read(fromOffset: number, maxBytes: number, upToOffset: number, minOneBatch: boolean): LogRead {
    if (fromOffset < this.offsets.start || fromOffset > this.offsets.end) return emptyRead(fromOffset, true)
    if (fromOffset >= upToOffset || fromOffset === this.offsets.end) return emptyRead(fromOffset, false)
    return readSegments(this.segments, fromOffset, maxBytes, upToOffset, minOneBatch)
  }

  /** Where `epoch` ends in this log; undefined if that cannot be said. */
  endOffsetFor(epoch: number): EpochEndOffset | undefined {
    return this.epochs.endOffsetFor(epoch)
  }

  /**
   * Drops everything that reaches `offset` or beyond; the log then ends at `offset`. Says whether data went. Even
   * if none does, an epoch that was to start at the end is forgotten (R-13, KAFKA-10706).
   */
  truncateTo(offset: number): boolean {
    this.assertOpen()
    assert(offset >= 0, `truncation to ${offset}`)
    if (offset >= this.offsets.end) {
      if (this.trimEpochsOnNoopTruncate) this.epochs.truncateFromEnd(this.offsets.end)
      return false
    }
    if (offset < this.segments.first.baseOffset) {
      this.truncateFullyAndStartAt(offset)
      return true
    }
    const belowActive = offset < this.segments.active.baseOffset
    this.retire(this.segments.floorIndex(offset) + 1, this.segments.size)
    this.segments.active.truncateTo(offset)
    this.epochs.truncateFromEnd(offset)
    const newStart = Math.min(offset, this.logStartOffset)
    this.history.rebuild(this.segments, newStart, offset, false)
    this.settleTruncation(newStart, Math.min(this.highWatermark, offset), offset, belowActive)
    return true
  }

  /** Drops everything and starts anew, empty, at `offset`: start, high watermark and end are there then. */
  truncateFullyAndStartAt(offset: number): void {
    this.assertOpen()
    assert(offset >= 0, `start at ${offset}`)
    this.removeLater(this.segments.retire(0, this.segments.size))
    this.segments.begin(offset)
    this.epochs.clear()
    this.history.restartAt(offset)
    const highWatermark = this.behaviour.raiseHwOnFullTruncate === false ? this.highWatermark : offset
    this.settleTruncation(offset, highWatermark, offset, true)
  }

  /** The leader's way: only upwards. Says whether it moved. */
  maybeIncrementHighWatermark(offset: number): boolean {
    if (offset > this.offsets.end)
      assert(false, `high watermark ${offset} above the end ${this.offsets.end} of ${this.name}`)
    if (offset <= this.offsets.committed) return false
    this.moveHighWatermark(offset)
    return true
  }

  /** The follower's way: adopts `offset`, kept within start and end; it may go down. Returns the new value. */
  updateHighWatermark(offset: number): number {
    this.moveHighWatermark(this.offsets.within(offset))
    return this.offsets.committed
  }

  /**
   * Raises the log start. Above the high watermark nothing changes: the caller answers OFFSET_OUT_OF_RANGE. Says
   * whether it moved.
   */
  maybeIncrementLogStartOffset(offset: number): boolean {
    const isCapped = this.behaviour.capRetentionAtHw !== false
    if (offset <= this.offsets.start || (isCapped && offset > this.offsets.committed)) return false
    this.epochs.truncateFromStart(offset)
    this.history.logStartMovedTo(offset)
    this.offsets.moveStart(offset)
    return true
  }

  /**
   * Drops the oldest segments that settings and the log start do not protect; if all may go, a new one is begun
   * first. Returns how many.
   */
  deleteOldSegments(nowMs: number): number {
    this.assertOpen()
    let deleted = 0
    for (const reason of DELETION_REASONS) deleted += this.deleteSegments(reason, nowMs)
    return deleted
  }

  /** Forgets idle producers; returns how many. Due every `producer.id.expiration.check.interval.ms`. */
  expireProducers(nowMs: number): number {
    return this.producers.expire(nowMs)
  }

  /**
   * Syncs all data; the recovery point follows. Without `then` the running job waits; with it the job goes on and `then`
   * runs when all is durable.
   */
  flush(then?: () => void): void {
    this.assertOpen()
    this.flusher.flushTo(this.offsets.end, then)
  }

  /** Syncs all data if `flush.ms` have passed since that was done last. The running job waits. */
  flushIfDue(nowMs: number): void {
    if (nowMs - this.flusher.lastFlushMs >= this.config.flushMs) this.flush()
  }

  /**
   * No more appends or truncations: leaves a producer snapshot of the end, and the indexes without the room they do not
   * need. Syncs nothing else: flush first. Idempotent.
   */
  close(): void {
    if (this.closed) return
    this.closed = true
    this.history.takeDurably(this.logEndOffset)
    for (let i = 0; i < this.segments.size; i++) this.segments.at(i).becomeInactive()
    this.flusher.close()
  }

  /** No more appends or truncations, and nothing is written: its directory has failed, or it is to be deleted. Idempotent. */
  abandon(): void {
    this.closed = true
    this.flusher.close()
  }

  private deleteSegments(reason: DeletionReason, nowMs: number): number {
    const count = deletableSegments(this, reason, nowMs, this.behaviour.capRetentionAtHw)
    if (count === 0) return 0
    if (count === this.segments.size) this.writer.roll()
    this.maybeIncrementLogStartOffset(this.segments.baseOffsetAt(count))
    this.retire(0, count)
    this.observer?.segmentsDeleted(this, count, reason)
    return count
  }

  private assertOpen(): void {
    if (this.closed) assert(false, `log ${this.name} is closed`)
  }

  /** Takes segments out of the log, and with each the producer snapshot of its name. */
  private retire(from: number, to: number): void {
    if (from >= to) return
    const { snapshots } = this.history
    const files: string[] = []
    for (let i = from; i < to; i++) {
      const snapshot = snapshots.retire(this.segments.baseOffsetAt(i))
      if (snapshot !== undefined) files.push(snapshot)
    }
    this.removeLater([...this.segments.retire(from, to), ...files])
  }

  /** The files are cut: moves all offsets, and only then tells the world. */
  private settleTruncation(start: number, highWatermark: number, end: number, belowActive: boolean): void {
    const tell = this.offsets.truncated(start, highWatermark, end)
    this.flusher.truncatedTo(end)
    this.producers.highWatermarkMovedTo(highWatermark)
    this.afterTruncation?.(this, belowActive)
    tell()
  }

  private moveHighWatermark(offset: number): void {
    if (offset === this.highWatermark) return
    this.producers.highWatermarkMovedTo(offset)
    this.offsets.moveHighWatermark(offset)
  }
}
