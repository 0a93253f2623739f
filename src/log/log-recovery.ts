// Loading the segments of a partition from its directory, and recovery after an unclean stop (R-25, R-27, S-15): what lies
// at or beyond the recovery point is read batch by batch, and the log is cut at the first bad one. Damage below the
// recovery point is not looked for, and, since gaps are legal, nor are whole batches that are missing at the
// end of a segment: as in Kafka, a log can come out of a power loss with a hole between two segments. Interrupted
// compactions (`.swap`) and index files are left out.

import type { Disk } from '../../sim/host.ts'
import { baseOffset, lastOffset, maxTimestamp, NO_PRODUCER_ID, partitionLeaderEpoch } from '../records/record-batch.ts'
import { producerId, validateBatch } from '../records/record-batch.ts'
import { FileBatchScan, SCAN_WINDOW_BYTES } from './file-batch-scan.ts'
import type { LeaderEpochCache } from './leader-epoch-cache.ts'
import type { ProducerStateTable } from './producer-state-table.ts'
import { Segment, segmentBaseOffset } from './segment.ts'
import { MAX_RELATIVE_OFFSET } from './segment-roll.ts'
import { DELETED_SUFFIX, SegmentList } from './segment-list.ts'

export interface LoadArgs {
  readonly disk: Disk
  readonly dir: string
  readonly indexIntervalBytes: number
  readonly recoveryPoint: number
  readonly logStartOffset: number
  readonly cleanShutdown: boolean
}

export interface LoadedSegments {
  readonly segments: SegmentList
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly recoveryPoint: number
  /** Some batch has a producer id, so there is producer state to rebuild. */
  readonly hasProducers: boolean
  /** Bytes cut off or deleted by recovery. */
  readonly lostBytes: number
}

/** Loads what is there; an empty directory gives one empty segment. Recovered batches also feed the epoch cache. */
export function loadSegments(args: LoadArgs, epochs: LeaderEpochCache): LoadedSegments {
  const { disk, dir } = args
  const found: number[] = []
  for (const name of disk.list(dir)) {
    if (name.endsWith(DELETED_SUFFIX) || name.endsWith('.cleaned') || name.endsWith('.tmp'))
      disk.remove(`${dir}/${name}`)
    const base = segmentBaseOffset(name)
    if (base !== undefined) found.push(base)
  }
  const segments = new SegmentList(disk)
  const firstUnflushed = args.cleanShutdown ? found.length : floorIndex(found, args.recoveryPoint)
  let hasProducers = false
  let lostBytes = 0
  for (let i = 0; i < found.length; i++) {
    const segment = new Segment(disk, dir, found[i]!, args.indexIntervalBytes)
    const recover = i >= firstUnflushed
    const end = loadSegment(segment, recover, epochs, () => (hasProducers = true))
    segments.add(segment)
    const cutBytes = segment.sizeBytes - end
    if (cutBytes === 0) continue
    // A partial batch at the end is cut also where no recovery is due, since appends must not go behind it.
    segment.file.truncate(end)
    lostBytes += cutBytes
    if (!recover) continue
    for (const base of found.slice(i + 1)) lostBytes += removeSegment(args, base)
    break
  }
  return { ...settle(args, segments, epochs), hasProducers, lostBytes }
}

/** Replays the batches at or above `fromOffset` into the (empty) table. */
export function replayProducers(segments: SegmentList, fromOffset: number, producers: ProducerStateTable): void {
  const floor = segments.floorIndex(fromOffset)
  for (let i = floor < 0 ? 0 : floor; i < segments.size; i++) {
    const segment = segments.at(i)
    const from = segment.positionOf(fromOffset)
    const scan = new FileBatchScan(segment.file, from, segment.sizeBytes, SCAN_WINDOW_BYTES, true)
    while (scan.next()) producers.note(scan.bytes, scan.at)
  }
}

/** Notes the segment's batches up to the first bad one, and says where that starts. */
function loadSegment(segment: Segment, recover: boolean, epochs: LeaderEpochCache, foundProducer: () => void): number {
  const scan = new FileBatchScan(segment.file, 0, segment.sizeBytes, SCAN_WINDOW_BYTES, recover)
  while (scan.next()) {
    const { bytes, at } = scan
    const last = lastOffset(bytes, at)
    if (recover && validateBatch(bytes, at, at + scan.sizeBytes) !== undefined) return scan.position
    // The base offset lies outside the checksum: that it rises has to be seen to, always.
    if (baseOffset(bytes, at) < segment.nextOffset || last < segment.nextOffset) return scan.position
    if (last - segment.baseOffset > MAX_RELATIVE_OFFSET) return scan.position
    segment.note(scan.position, scan.sizeBytes, last, maxTimestamp(bytes, at), last)
    if (producerId(bytes, at) !== NO_PRODUCER_ID) foundProducer()
    const epoch = partitionLeaderEpoch(bytes, at)
    if (recover && epoch > epochs.latestEpoch) epochs.assign(epoch, baseOffset(bytes, at))
  }
  return scan.following
}

/** Brings start, end and recovery point in line with what was loaded. */
function settle(
  args: LoadArgs,
  segments: SegmentList,
  epochs: LeaderEpochCache,
): Omit<LoadedSegments, 'hasProducers' | 'lostBytes'> {
  const { disk, dir, indexIntervalBytes, cleanShutdown } = args
  if (segments.size > 0 && segments.active.nextOffset < args.logStartOffset) {
    // All that was left lies below the log start: begin anew there.
    segments.removeFrom(0)
    epochs.clear()
  }
  if (segments.size === 0) segments.add(new Segment(disk, dir, args.logStartOffset, indexIntervalBytes))
  const logEndOffset = segments.active.nextOffset
  const logStartOffset = Math.max(args.logStartOffset, segments.first.baseOffset)
  epochs.truncateFromEnd(logEndOffset)
  epochs.truncateFromStart(logStartOffset)
  // Recovery does not advance the recovery point: what it found good is still not synced.
  const recoveryPoint = cleanShutdown ? logEndOffset : Math.min(args.recoveryPoint, logEndOffset)
  return { segments, logStartOffset, logEndOffset, recoveryPoint }
}

function removeSegment(args: LoadArgs, base: number): number {
  const { file } = new Segment(args.disk, args.dir, base, args.indexIntervalBytes)
  const sizeBytes = file.sizeBytes
  args.disk.remove(file.path)
  return sizeBytes
}

/** Index of the last base offset ≤ `offset`; 0 if there is none. */
function floorIndex(bases: readonly number[], offset: number): number {
  let i = bases.length - 1
  while (i > 0 && bases[i]! > offset) i--
  return i < 0 ? 0 : i
}
