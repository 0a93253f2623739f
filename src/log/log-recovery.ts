// Loading the segments of a partition from its directory, and recovery after an unclean stop (R-25, R-27, S-15): what lies
// at or beyond the recovery point is read batch by batch, its indexes are built anew, and the log is cut at the first bad
// batch. Damage below the recovery point is not looked for, in indexes neither, and, since gaps are legal,
// nor are whole batches that are missing at the end of a segment: as in Kafka, a log can come out of a power loss with a
// hole between two segments.

import type { Disk } from '../../sim/host.ts'
import { baseOffset, lastOffset, maxTimestamp, partitionLeaderEpoch, validateBatch } from '../records/record-batch.ts'
import { SCAN_WINDOW_BYTES } from './file-batch-scan.ts'
import { INDEX_SUFFIX, LOG_SUFFIX, offsetFileName, offsetInFileName, SEGMENT_FILE_SUFFIXES } from './file-names.ts'
import { settleLeftoverFiles } from './leftover-files.ts'
import type { LeaderEpochCache } from './leader-epoch-cache.ts'
import type { ProducerHistory } from './producer-history.ts'
import { MAX_RELATIVE_OFFSET, Segment } from './segment.ts'
import type { SegmentHome } from './segment-home.ts'
import { SegmentList } from './segment-list.ts'

export interface LoadArgs {
  readonly home: SegmentHome
  readonly recoveryPoint: number
  readonly logStartOffset: number
  readonly cleanShutdown: boolean
  readonly epochs: LeaderEpochCache
  /** A new one: each recovered segment is read by states of its own, which leave snapshots. */
  readonly newProducers: () => ProducerHistory
  readonly recovering: ((bytes: number) => void) | undefined
  /** Files of segments that were dropped: to be removed later. */
  readonly retired: (files: readonly string[]) => void
}

export interface LoadedSegments {
  readonly segments: SegmentList
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly recoveryPoint: number
  /** Bytes cut off or dropped by recovery. */
  readonly lostBytes: number
  /** The state of the log's producers. */
  readonly producers: ProducerHistory
}

/** Loads what is there; an empty directory gives one empty segment. Recovered batches also feed the epoch cache. */
export function loadSegments(args: LoadArgs): LoadedSegments {
  const { home, epochs, cleanShutdown, recoveryPoint } = args
  settleLeftoverFiles(home)
  const segments = new SegmentList(home)
  let lostBytes = openSegments(args, segments)
  const from = cleanShutdown ? segments.size : Math.max(0, segments.floorIndex(recoveryPoint))
  for (let i = from; i < segments.size; i++) {
    const cutBytes = recoverSegment(args, segments, segments.at(i))
    lostBytes += cutBytes
    if (cutBytes > 0) lostBytes += dropSegments(args, segments, i + 1)
  }
  if (segments.size > 0) lostBytes += segments.active.cutPartialBatch()
  return { ...settle(args, segments, epochs), lostBytes }
}

/** Opens all segments. One without an index is recovered at once; an index without a segment is removed. */
function openSegments(args: LoadArgs, segments: SegmentList): number {
  const { disk, dir } = args.home
  let lostBytes = 0
  for (const name of disk.list(dir)) {
    const base = offsetInFileName(name, LOG_SUFFIX)
    if (base === undefined) {
      removeOrphanedIndex(disk, dir, name)
      continue
    }
    const hasIndex = disk.exists(`${dir}/${offsetFileName(base, INDEX_SUFFIX)}`)
    const segment = new Segment(args.home, base)
    if (!hasIndex) lostBytes += recoverSegment(args, segments, segment)
    segments.add(segment)
  }
  return lostBytes
}

function removeOrphanedIndex(disk: Disk, dir: string, name: string): void {
  for (const suffix of SEGMENT_FILE_SUFFIXES) {
    const base = offsetInFileName(name, suffix)
    if (base !== undefined && !disk.exists(`${dir}/${offsetFileName(base, LOG_SUFFIX)}`)) disk.remove(`${dir}/${name}`)
  }
}

/** Reads the segment's batches up to the first bad one, and cuts it there. Returns how many bytes go. */
function recoverSegment(args: LoadArgs, segments: SegmentList, segment: Segment): number {
  const { epochs } = args
  const producers = args.newProducers()
  producers.rebuild(segments, args.logStartOffset, segment.baseOffset, false)
  args.recovering?.(segment.sizeBytes)
  segment.beginRecovery()
  const scan = segment.scanFrom(0, SCAN_WINDOW_BYTES, true)
  let end = 0
  while (scan.next() && isGood(segment, scan.bytes, scan.at, scan.sizeBytes)) {
    const { bytes, at } = scan
    const last = lastOffset(bytes, at)
    segment.note(scan.position, scan.sizeBytes, last, maxTimestamp(bytes, at), last)
    producers.table.note(bytes, at)
    const epoch = partitionLeaderEpoch(bytes, at)
    if (epoch > epochs.latestEpoch) epochs.assign(epoch, baseOffset(bytes, at))
    end = scan.following
  }
  const lostBytes = segment.endRecovery(end)
  // So that the next segment to be recovered, or the load itself, need not read this one again.
  producers.takeDurably(segment.nextOffset)
  return lostBytes
}

function isGood(segment: Segment, bytes: Uint8Array, at: number, sizeBytes: number): boolean {
  if (validateBatch(bytes, at, at + sizeBytes) !== undefined) return false
  // The base offset lies outside the checksum: that it rises has to be seen to.
  const last = lastOffset(bytes, at)
  if (baseOffset(bytes, at) < segment.nextOffset || last < segment.nextOffset) return false
  return last - segment.baseOffset <= MAX_RELATIVE_OFFSET
}

/** Drops the segments from `index` on. Returns how many bytes they had. */
function dropSegments(args: LoadArgs, segments: SegmentList, index: number): number {
  const producers = args.newProducers()
  let lostBytes = 0
  const snapshots: string[] = []
  for (let i = index; i < segments.size; i++) {
    lostBytes += segments.at(i).sizeBytes
    const snapshot = producers.snapshots.retire(segments.baseOffsetAt(i))
    if (snapshot !== undefined) snapshots.push(snapshot)
  }
  const files = segments.retire(index, segments.size)
  if (files.length > 0) args.retired([...files, ...snapshots])
  return lostBytes
}

/** Brings start, end, recovery point and producer state in line with what was loaded. */
function settle(args: LoadArgs, segments: SegmentList, epochs: LeaderEpochCache): Omit<LoadedSegments, 'lostBytes'> {
  const { cleanShutdown } = args
  if (segments.size > 0 && segments.active.nextOffset < args.logStartOffset) {
    // All that was left lies below the log start: begin anew there.
    dropSegments(args, segments, 0)
    epochs.clear()
    args.newProducers().restartAt(args.logStartOffset)
  }
  if (segments.size === 0) segments.begin(args.logStartOffset)
  segments.active.becomeActive()
  const logEndOffset = segments.active.nextOffset
  const logStartOffset = Math.max(args.logStartOffset, segments.first.baseOffset)
  epochs.truncateFromEnd(logEndOffset)
  epochs.truncateFromStart(logStartOffset)
  const producers = args.newProducers()
  producers.snapshots.removeStrays(new Set(segments.baseOffsets()), segments.active.baseOffset)
  producers.rebuild(segments, logStartOffset, logEndOffset, cleanShutdown)
  // Recovery does not advance the recovery point: what it found good is still not synced.
  const recoveryPoint = cleanShutdown ? logEndOffset : Math.min(args.recoveryPoint, logEndOffset)
  return { segments, logStartOffset, logEndOffset, recoveryPoint, producers }
}
