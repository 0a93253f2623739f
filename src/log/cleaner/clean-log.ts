// One round of cleaning one log: reads the dirty part into the offset map, then writes all segments up to there
// anew, group by group, and swaps each group's new segment in. In steps, one buffer of I/O each, so that the broker's
// other work goes on in between; the log may be appended to meanwhile, and must not be cut.

import {
  baseOffset,
  BatchWalk,
  isControl,
  isTransactional,
  lastOffset,
  maxTimestamp,
  NO_TIMESTAMP,
  producerId,
  sizeInBytes,
  wholeBatchesEnd,
} from '../../records/record-batch.ts'
import { decodeControl } from '../../records/control-records.ts'
import { RecordCursor } from '../../records/record-cursor.ts'
import type { LogCompaction } from '../log-compaction.ts'
import type { ProducerStateTable } from '../producer-state-table.ts'
import { FileBatchScan, SCAN_WINDOW_BYTES } from '../file-batch-scan.ts'
import { MAX_RELATIVE_OFFSET, type Segment } from '../segment.ts'
import type { SegmentList } from '../segment-list.ts'
import { BatchFilter, type CleaningRound, type LastRecord } from './batch-filter.ts'
import type { ByteSink } from './byte-sink.ts'
import { type DirtyLog, type LogToClean, segmentsBetween } from './cleanable-offsets.ts'
import { type AbortedTransaction, CleanedTransactions } from './cleaned-transactions.ts'
import { groupSegments } from './group-segments.ts'
import type { OffsetMap } from './offset-map.ts'
import { UncleanableLogError } from './uncleanable-log-error.ts'

/** A log that can be cleaned; `PartitionLog` fits. */
export interface CleanableLog extends DirtyLog {
  readonly producers: ProducerStateTable
  readonly compaction: Pick<LogCompaction, 'begin' | 'swapIn' | 'discard'>
}

/** What a cleaner thread works with, round after round. */
export interface CleanerTools {
  readonly map: OffsetMap
  /** How full the map may get: `log.cleaner.io.buffer.load.factor`. */
  readonly loadFactor: number
  /** Of one read: a thread's share of `log.cleaner.io.buffer.size`, halved between reads and writes. */
  readonly ioBufferBytes: number
  readonly sink: ByteSink
}

export interface CleanerStats {
  /** Where the next round begins. */
  nextDirtyOffset: number
  bytesRead: number
  bytesWritten: number
  recordsRead: number
  recordsKept: number
  tombstonesGone: number
}

/**
 * Yields the bytes of I/O of each step; returns what the round came to. Ended early by `return()`, it leaves nothing behind.
 * Throws UncleanableLogError if the log's bytes make no sense.
 */
export function* cleanLog(
  { log, firstDirtyOffset, firstUncleanableOffset }: LogToClean<CleanableLog>,
  nowMs: number,
  tools: CleanerTools,
): Generator<number, CleanerStats> {
  const { map } = tools
  const stats: CleanerStats = {
    nextDirtyOffset: 0,
    bytesRead: 0,
    bytesWritten: 0,
    recordsRead: 0,
    recordsKept: 0,
    tombstonesGone: 0,
  }
  yield* fillMap(log, firstDirtyOffset, firstUncleanableOffset, tools)
  if (map.latestOffset >= firstUncleanableOffset) {
    throw new UncleanableLogError(
      `offset ${map.latestOffset} in the part to be cleaned, which ends at ${firstUncleanableOffset}`,
    )
  }
  stats.nextDirtyOffset = map.latestOffset + 1
  const segments = segmentsBetween(log.segments, 0, stats.nextDirtyOffset)
  const transactions = new CleanedTransactions(() => abortedTransactions(log.segments))
  const round: CleaningRound = {
    nowMs,
    deleteRetentionMs: log.config.deleteRetentionMs,
    map,
    transactions,
    firstUncleanableOffset,
  }
  const limits = {
    segmentBytes: log.config.segmentBytes,
    segmentIndexBytes: log.config.segmentIndexBytes,
    endOffset: firstUncleanableOffset,
  }
  for (const group of groupSegments(segments, limits)) {
    yield* cleanGroup(log, group, firstDirtyOffset, round, tools, stats)
  }
  return stats
}

/** Puts the keys of `[from, to)` into the map, until that is as full as it may get. */
function* fillMap(log: CleanableLog, from: number, to: number, tools: CleanerTools): Generator<number, void> {
  const { map } = tools
  map.clear()
  const dirty = segmentsBetween(log.segments, from, to)
  const transactions = new CleanedTransactions(() => abortedTransactions(log.segments))
  const most = Math.floor(map.slots * tools.loadFactor)
  const cursor = new RecordCursor()
  for (let i = 0; i < dirty.length; i++) {
    const segment = dirty[i]!
    for (let position = segment.positionOf(from); position < segment.sizeBytes;) {
      const bytes = readBatches(segment, position, tools.ioBufferBytes)
      const walk = new BatchWalk(bytes, 0, bytes.length)
      while (walk.next()) {
        const at = walk.position
        const last = lastOffset(bytes, at)
        if (isControl(bytes, at)) transactions.meetMarker(bytes, at)
        else if (!transactions.meetData(bytes, at) && !mapBatch(bytes, at, from, most, map, cursor)) {
          yield bytes.length
          return
        }
        if (last >= from) map.latestOffset = last
      }
      position += bytes.length
      yield bytes.length
    }
    // Also over a gap: up to where the next segment begins.
    map.latestOffset = (dirty[i + 1]?.baseOffset ?? to) - 1
  }
}

/** False if the map is full before all keys are in it. */
function mapBatch(
  bytes: Uint8Array,
  at: number,
  from: number,
  most: number,
  map: OffsetMap,
  cursor: RecordCursor,
): boolean {
  const base = baseOffset(bytes, at)
  cursor.reset(bytes, at)
  while (cursor.next()) {
    const offset = base + cursor.offsetDelta
    if (cursor.keyLength < 0 || offset < from) continue
    if (map.size >= most) return false
    map.put(cursor.bytes, cursor.keyAt, cursor.keyLength, offset)
  }
  if (cursor.problem !== '') throw new UncleanableLogError(`batch at offset ${base}: ${cursor.problem}`)
  return true
}

/** Writes what is kept of these segments into one, and swaps that in. */
function* cleanGroup(
  log: CleanableLog,
  group: readonly Segment[],
  firstDirtyOffset: number,
  round: CleaningRound,
  tools: CleanerTools,
  stats: CleanerStats,
): Generator<number, void> {
  const { sink } = tools
  const { compaction } = log
  const cleaned = compaction.begin(group[0]!.baseOffset)
  let isSwapped = false
  try {
    const filter = new BatchFilter(round, lastRecords(log.producers))
    for (const segment of group) {
      for (let position = 0; position < segment.sizeBytes;) {
        const bytes = readBatches(segment, position, tools.ioBufferBytes)
        sink.clear()
        const walk = new BatchWalk(bytes, 0, bytes.length)
        // A batch that outgrows the buffer, by its new times, ends the step.
        let read = 0
        while (sink.length <= tools.ioBufferBytes && walk.next()) {
          filter.filter(bytes, walk.position, sink)
          read += sizeInBytes(bytes, walk.position)
        }
        append(cleaned, sink)
        position += read
        stats.bytesRead += read
        stats.bytesWritten += sink.length
        yield read + sink.length
      }
    }
    stats.recordsRead += filter.recordsRead
    stats.recordsKept += filter.recordsKept
    stats.tombstonesGone += filter.tombstonesGone
    compaction.swapIn({ cleaned, replaced: group, roundMs: round.nowMs, firstDirtyOffset })
    isSwapped = true
  } finally {
    if (!isSwapped) compaction.discard(cleaned)
  }
}

/** Whole batches from `position` on, as many as fit the buffer, or one that does not. */
function readBatches(segment: Segment, position: number, bufferBytes: number): Uint8Array {
  const left = segment.sizeBytes - position
  const bytes = segment.file.read(position, Math.min(bufferBytes, left))
  const end = wholeBatchesEnd(bytes, 0, bytes.length)
  if (end > 0) return bytes.subarray(0, end)
  const scan = new FileBatchScan(segment.file, position, segment.sizeBytes, 0, true)
  if (!scan.next()) throw new UncleanableLogError(`${segment.file.path} has no whole batch at position ${position}`)
  return scan.bytes.subarray(scan.at, scan.at + scan.sizeBytes)
}

/** Throws UncleanableLogError where offsets have rotted, which lie outside the checksums: no segment can hold them. */
function append(cleaned: Segment, sink: ByteSink): void {
  if (sink.length === 0) return
  let last = cleaned.nextOffset - 1
  let largestMs = NO_TIMESTAMP
  let largestAt = -1
  const walk = new BatchWalk(sink.bytes, 0, sink.length)
  while (walk.next()) {
    const before = last
    last = lastOffset(sink.bytes, walk.position)
    if (last <= before || last - cleaned.baseOffset > MAX_RELATIVE_OFFSET) {
      throw new UncleanableLogError(`offset ${last} comes after ${before} in segment ${cleaned.baseOffset}`)
    }
    const timestampMs = maxTimestamp(sink.bytes, walk.position)
    if (timestampMs <= largestMs) continue
    largestMs = timestampMs
    largestAt = last
  }
  cleaned.append(sink.bytes, 0, sink.length, last, largestMs, largestAt)
}

function lastRecords(producers: ProducerStateTable): Map<number, LastRecord> {
  const last = new Map<number, LastRecord>()
  for (const { producerId: id, epoch, cachedBatches } of producers.states()) {
    last.set(id, { lastDataOffset: cachedBatches.at(-1)?.lastOffset ?? -1, epoch })
  }
  return last
}

/** Those of which the log holds a batch and the ABORT marker, found by reading headers. */
function abortedTransactions(segments: SegmentList): AbortedTransaction[] {
  const open = new Map<number, number>()
  const aborted: AbortedTransaction[] = []
  for (let i = 0; i < segments.size; i++) {
    const segment = segments.at(i)
    const scan = new FileBatchScan(segment.file, 0, segment.sizeBytes, SCAN_WINDOW_BYTES, true)
    while (scan.next()) {
      const { bytes, at } = scan
      if (!isTransactional(bytes, at)) continue
      const id = producerId(bytes, at)
      if (!isControl(bytes, at)) {
        if (!open.has(id)) open.set(id, baseOffset(bytes, at))
        continue
      }
      const firstOffset = open.get(id)
      if (firstOffset !== undefined && decodeControl(bytes, at)?.kind === 'abort') {
        aborted.push({ producerId: id, firstOffset, lastOffset: lastOffset(bytes, at) })
      }
      open.delete(id)
    }
  }
  return aborted
}
