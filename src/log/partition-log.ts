// The log of one replica of a partition, on its broker's disk: batches in segments, the offsets that divide it (start, high
// watermark, last stable, end), the leader epochs and the producer states that go with it. Appending only reaches the page
// cache. Compaction, index files and producer snapshots are left out.

import { assert } from '../../sim/assert.ts'
import type { Disk } from '../../sim/host.ts'
import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import { baseOffset, lastOffset, partitionLeaderEpoch, sizeInBytes } from '../records/record-batch.ts'
import { type AppendOrigin, type FollowerAppend, type LeaderAppend, NOTHING_APPENDED } from './append-result.ts'
import { FollowerAppendCheck } from './follower-append-check.ts'
import { LeaderAppendCheck } from './leader-append-check.ts'
import { LeaderCopy } from './leader-copy.ts'
import { type EpochEndOffset, LeaderEpochCache } from './leader-epoch-cache.ts'
import type { LogConfig } from './log-config.ts'
import { LogFlush } from './log-flush.ts'
import { deletableSegments, DELETION_REASONS } from './log-retention.ts'
import type { LogObserver } from './log-observer.ts'
import { emptyRead, type LogRead, readSegments } from './log-read.ts'
import { loadSegments, replayProducers } from './log-recovery.ts'
import type { OpenLogArgs } from './open-log.ts'
import { ProducerStateTable } from './producer-state-table.ts'
import { Segment } from './segment.ts'
import { mustRoll } from './segment-roll.ts'
import type { SegmentList } from './segment-list.ts'

export class PartitionLog {
  readonly dir: string
  /** `orders-0`. */
  readonly name: string
  readonly epochs: LeaderEpochCache
  readonly producers: ProducerStateTable
  /** Bytes that recovery cut off when the log was opened. */
  readonly lostBytes: number

  private readonly disk: Disk
  private readonly observer: LogObserver | undefined
  private readonly buggify: Buggify
  private readonly trimEpochsOnNoopTruncate: boolean
  private readonly afterTruncation: (() => void) | undefined
  readonly segments: SegmentList
  private readonly flusher: LogFlush
  private readonly followerCheck = new FollowerAppendCheck()
  private logConfig: LogConfig
  private leaderCheck: LeaderAppendCheck
  private readonly leaderCopy = new LeaderCopy()
  private start: number
  private end: number
  private committed: number
  private closed = false

  /**
   * Loads the log in `dir`, or makes an empty one; after an unclean stop recovers it from its bytes.
   * Throws StorageError when its epoch checkpoint is damaged.
   */
  static open(args: OpenLogArgs): PartitionLog {
    return new PartitionLog(args)
  }

  private constructor(args: OpenLogArgs) {
    this.dir = args.dir
    this.name = args.dir.slice(args.dir.lastIndexOf('/') + 1)
    this.disk = args.disk
    this.observer = args.observer
    this.buggify = args.buggify ?? NO_BUGGIFY
    this.trimEpochsOnNoopTruncate = args.trimEpochsOnNoopTruncate ?? true
    this.afterTruncation = args.afterTruncation
    this.logConfig = args.config
    this.leaderCheck = new LeaderAppendCheck(args.config)
    this.epochs = new LeaderEpochCache(args.disk, args.dir, this)
    this.producers = new ProducerStateTable(args.config.producerIdExpirationMs)
    const loaded = loadSegments(
      {
        disk: args.disk,
        dir: args.dir,
        indexIntervalBytes: args.config.indexIntervalBytes,
        recoveryPoint: args.recoveryPoint,
        logStartOffset: args.logStartOffsetCheckpoint ?? 0,
        cleanShutdown: args.cleanShutdown,
      },
      this.epochs,
    )
    this.segments = loaded.segments
    this.lostBytes = loaded.lostBytes
    this.start = loaded.logStartOffset
    this.end = loaded.logEndOffset
    this.flusher = new LogFlush(args.disk, args.dir, loaded.segments, loaded.recoveryPoint)
    if (loaded.hasProducers) replayProducers(this.segments, this.start, this.producers)
    this.committed = clamp(args.highWatermarkCheckpoint, this.start, this.end)
    this.producers.highWatermarkMovedTo(this.committed)
  }

  /** First offset that may be read; it may lie inside a batch. */
  get logStartOffset(): number {
    return this.start
  }

  /** Offset of the next record to be written. */
  get logEndOffset(): number {
    return this.end
  }

  /** Offsets below are committed, as far as this replica knows. */
  get highWatermark(): number {
    return this.committed
  }

  /** Where read_committed readers stop. */
  get lastStableOffset(): number {
    const unstable = this.producers.transactions.firstUnstableOffset
    if (unstable < 0 || unstable >= this.committed) return this.committed
    return unstable < this.start ? this.start : unstable
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

  get config(): LogConfig {
    return this.logConfig
  }

  /** Settings changed while the log is open. `index.interval.bytes` and the expiration stay as they were. */
  updateConfig(config: LogConfig): void {
    this.logConfig = config
    this.leaderCheck = new LeaderAppendCheck(config)
  }

  // -------------------------------------------------------------------------------------------------------- append

  /**
   * Appends what a leader received: one batch, of a Raft leader any number. Checks it as its origin demands (R-1, R-5,
   * R-46, W-46), copies it, and writes base offset, leader epoch and, where due, timestamps into the copy.
   */
  appendAsLeader(
    bytes: Uint8Array,
    leaderEpoch: number,
    nowMs: number,
    origin: Exclude<AppendOrigin, 'replication'>,
  ): LeaderAppend {
    this.assertOpen()
    const problem = this.leaderCheck.check(bytes, origin, nowMs)
    if (problem !== undefined) return problem
    // Before duplicates are looked for: a leader's epoch is noted even if it then appends nothing.
    this.epochs.assign(leaderEpoch, this.end)
    if (origin === 'client') {
      const duplicate = this.producers.findDuplicate(bytes, 0)
      if (duplicate !== undefined) {
        const { firstOffset, lastOffset: last, timestampMs } = duplicate
        return { kind: 'duplicate', firstOffset, lastOffset: last, logAppendTimeMs: timestampMs }
      }
    }
    const refused = this.producers.check(bytes, 0, origin === 'client')
    if (refused !== undefined) return refused

    const byAppendTime = this.logConfig.timestampType === 'LogAppendTime' && origin !== 'raft-leader'
    const largestMs = byAppendTime ? nowMs : this.leaderCheck.maxTimestampMs
    const settle = byAppendTime ? 'append-time' : origin === 'client' ? 'create-time' : 'as-is'
    const copy = this.leaderCopy
    const firstOffset = this.end
    copy.stamp(bytes, firstOffset, leaderEpoch, largestMs, settle)
    const last = copy.lastOffset
    this.write(copy.bytes, bytes.length, last, largestMs, copy.maxTimestampOffset)
    this.observer?.appended(this, firstOffset, last, leaderEpoch)
    return { kind: 'appended', firstOffset, lastOffset: last, logAppendTimeMs: byAppendTime ? nowMs : -1 }
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
    this.write(bytes, check.end, last, check.maxTimestampMs, check.maxTimestampOffset)
    this.observer?.appended(this, firstOffset, last, check.lastLeaderEpoch)
    return { kind: 'appended', firstOffset, lastOffset: last, logAppendTimeMs: -1 }
  }

  /** A leader adopts an epoch that is new to it, at its present end. Durable when this returns. */
  assignLeaderEpoch(epoch: number): void {
    this.epochs.assign(epoch, this.end)
  }

  // ---------------------------------------------------------------------------------------------------------- read

  /**
   * Whole batches from the one that holds `fromOffset`, below `upToOffset` (high watermark, last stable offset or log
   * end), at most `maxBytes`; with `minOneBatch` the first one even if it is larger. What is returned is a view, from one
   * segment. The cost does not grow with the log.
   */
  read(fromOffset: number, maxBytes: number, upToOffset: number, minOneBatch: boolean): LogRead {
    if (fromOffset < this.start || fromOffset > this.end) return emptyRead(fromOffset, true)
    if (fromOffset >= upToOffset || fromOffset === this.end) return emptyRead(fromOffset, false)
    return readSegments(this.segments, fromOffset, maxBytes, upToOffset, minOneBatch)
  }

  /** Where `epoch` ends in this log; undefined if that cannot be said. */
  endOffsetFor(epoch: number): EpochEndOffset | undefined {
    return this.epochs.endOffsetFor(epoch)
  }

  // ------------------------------------------------------------------------------------------------------ truncate

  /**
   * Drops everything that reaches `offset` or beyond; the log then ends at `offset`. Says whether data went. Even
   * if none does, an epoch that was to start at the end is forgotten (R-13, KAFKA-10706).
   */
  truncateTo(offset: number): boolean {
    this.assertOpen()
    assert(offset >= 0, `truncation to ${offset}`)
    if (offset >= this.end) {
      if (this.trimEpochsOnNoopTruncate) this.epochs.truncateFromEnd(this.end)
      return false
    }
    if (offset < this.segments.first.baseOffset) {
      this.truncateFullyAndStartAt(offset)
      return true
    }
    const oldEnd = this.end
    this.segments.removeFrom(this.segments.floorIndex(offset) + 1)
    this.segments.active.truncateTo(offset)
    this.epochs.truncateFromEnd(offset)
    const newStart = Math.min(offset, this.start)
    // Nothing remembered, nothing to rebuild: Kafka skips the replay then, too.
    const remembered = this.producers.size > 0
    this.producers.clear()
    if (remembered) replayProducers(this.segments, newStart, this.producers)
    this.settleTruncation(oldEnd, offset, newStart, Math.min(this.committed, offset))
    return true
  }

  /** Drops everything and starts anew, empty, at `offset`: start, high watermark and end are there then. */
  truncateFullyAndStartAt(offset: number): void {
    this.assertOpen()
    assert(offset >= 0, `start at ${offset}`)
    const oldEnd = this.end
    this.segments.removeFrom(0)
    this.segments.add(new Segment(this.disk, this.dir, offset, this.logConfig.indexIntervalBytes))
    this.epochs.clear()
    this.producers.clear()
    this.settleTruncation(oldEnd, offset, offset, offset)
  }

  // ------------------------------------------------------------------------------------------------------- offsets

  /** The leader's way: only upwards. Says whether it moved. */
  maybeIncrementHighWatermark(offset: number): boolean {
    if (offset > this.end) assert(false, `high watermark ${offset} above the end ${this.end} of ${this.name}`)
    if (offset <= this.committed) return false
    this.moveHighWatermark(offset)
    return true
  }

  /** The follower's way: adopts `offset`, kept within start and end; it may go down. Returns the new value. */
  updateHighWatermark(offset: number): number {
    this.moveHighWatermark(clamp(offset, this.start, this.end))
    return this.committed
  }

  /**
   * Raises the log start. Above the high watermark nothing changes: the caller answers OFFSET_OUT_OF_RANGE. Says
   * whether it moved.
   */
  maybeIncrementLogStartOffset(offset: number): boolean {
    if (offset <= this.start || offset > this.committed) return false
    const old = this.start
    this.start = offset
    this.epochs.truncateFromStart(offset)
    this.producers.logStartMovedTo(offset)
    this.observer?.logStartOffsetChanged(this, old, offset)
    return true
  }

  /**
   * Drops the oldest segments that settings and the log start do not protect; if all may go, a new one is begun
   * first. Returns the files that are left of them, to be removed after `file.delete.delay.ms`.
   */
  deleteOldSegments(nowMs: number): readonly string[] {
    this.assertOpen()
    return DELETION_REASONS.flatMap((reason) => {
      const count = deletableSegments(this, reason, nowMs)
      if (count === 0) return []
      if (count === this.segments.size) this.roll()
      this.maybeIncrementLogStartOffset(this.segments.at(count).baseOffset)
      const files = this.segments.retire(count)
      this.observer?.segmentsDeleted(this, count, reason)
      return files
    })
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
    this.flusher.flushTo(this.end, then)
  }

  /** No more appends or truncations. Syncs nothing: flush first. Idempotent. */
  close(): void {
    this.closed = true
    this.flusher.close()
  }

  private assertOpen(): void {
    if (this.closed) assert(false, `log ${this.name} is closed`)
  }

  /** Writes checked batches, offsets assigned, that end with offset `last`. */
  private write(bytes: Uint8Array, size: number, last: number, maxTimestampMs: number, maxTimestampAt: number): void {
    const active = this.segments.active
    const isFull = mustRoll(active, this.logConfig, size, last, maxTimestampMs)
    // An empty segment is where a new one would begin.
    if (isFull || (active.sizeBytes > 0 && this.buggify.now('early-segment-roll'))) this.roll()
    this.segments.active.append(bytes, 0, size, last, maxTimestampMs, maxTimestampAt)
    this.end = last + 1
    for (let position = 0; position < size; position += sizeInBytes(bytes, position)) {
      assert(lastOffset(bytes, position) <= last, 'batches out of order')
      this.producers.note(bytes, position)
    }
    if (this.end - this.recoveryPoint >= this.logConfig.flushMessages) this.flusher.flushTo(this.end)
    else if (this.buggify.now('early-flush')) this.flusher.flushTo(this.end, nothing)
  }

  /** Starts a new segment at the log end; the old ones are synced in the background. */
  private roll(): void {
    this.segments.add(new Segment(this.disk, this.dir, this.end, this.logConfig.indexIntervalBytes))
    this.flusher.flushTo(this.end, nothing)
  }

  /** The files are cut: moves all offsets, and only then tells the world. */
  private settleTruncation(oldEnd: number, end: number, start: number, highWatermark: number): void {
    const oldStart = this.start
    const oldHighWatermark = this.committed
    this.end = end
    this.start = start
    this.committed = highWatermark
    this.flusher.truncatedTo(end)
    this.producers.highWatermarkMovedTo(highWatermark)
    this.afterTruncation?.()
    const observer = this.observer
    if (observer === undefined) return
    observer.truncated(this, oldEnd, end)
    if (start !== oldStart) observer.logStartOffsetChanged(this, oldStart, start)
    if (highWatermark !== oldHighWatermark) observer.highWatermarkChanged(this, oldHighWatermark, highWatermark)
  }

  private moveHighWatermark(offset: number): void {
    const old = this.committed
    if (offset === old) return
    this.committed = offset
    this.producers.highWatermarkMovedTo(offset)
    this.observer?.highWatermarkChanged(this, old, offset)
  }
}

function nothing(): void {}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value
}
