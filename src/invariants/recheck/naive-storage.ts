// What a replica has beside its batches, held against them as plainly as can be: the entries of its indexes and its epoch
// cache. What has not changed in size since the last look is not looked at again.

import { FileBatchScan, SCAN_WINDOW_BYTES } from '../../log/file-batch-scan.ts'
import { baseOffset, lastOffset, maxTimestamp } from '../../records/record-batch.ts'
import type { ObservedLog, ObservedSegment } from '../cluster-view.ts'
import type { NaiveLog } from './naive-log.ts'

/** Of the batches of a segment, one after the other. */
interface Batches {
  readonly positions: number[]
  readonly bases: number[]
  readonly lasts: number[]
  readonly timesMs: number[]
}

/** Of a segment whose indexes were found in order. */
interface Sizes {
  readonly bytes: number
  readonly offsets: number
  readonly times: number
}

export class NaiveStorage {
  /** What was found in order, by what it was then. */
  private readonly indexes = new WeakMap<ObservedSegment, Sizes>()
  private readonly epochs = new WeakMap<ObservedLog, string>()

  /** Is there an entry of an index that is not so? */
  indexesMisfit({ segments }: ObservedLog): boolean {
    for (let i = 0; i < (segments?.size ?? 0); i++) {
      const segment = segments!.at(i)
      const sizes = { bytes: segment.sizeBytes, offsets: segment.offsetIndex.size, times: segment.timeIndex.size }
      const known = this.indexes.get(segment)
      if (known?.bytes === sizes.bytes && known.offsets === sizes.offsets && known.times === sizes.times) continue
      const batches = batchesOf(segment)
      if (offsetsMisfit(segment, batches) || timesMisfit(segment, batches)) return true
      this.indexes.set(segment, sizes)
    }
    return false
  }

  /**
   * Is there a batch of another epoch than the cache says? One that knows nothing, or not yet, says nothing. Nor is it asked of
   * what compaction took out: a follower that copies what is left notes an epoch at the first batch of it that it gets.
   */
  epochsMisfit({ log, batches, freshFrom }: NaiveLog): boolean {
    const { epochs } = log
    const entries = epochs?.entries() ?? []
    const [first] = entries
    if (epochs === undefined || first === undefined) return false
    const state = entries.map(({ epoch, startOffset }) => `${epoch}@${startOffset}`).join(' ')
    const from = this.epochs.get(log) === state ? freshFrom : 0
    for (let i = from; i < batches.size; i++) {
      const base = batches.base(i)
      if (batches.isGone(i) || base < log.logStartOffset || base < first.startOffset || batches.epoch(i) < 0) continue
      if (epochs.epochForOffset(base) !== batches.epoch(i)) return true
    }
    this.epochs.set(log, state)
    return false
  }
}

function batchesOf({ file, sizeBytes }: ObservedSegment): Batches {
  const batches: Batches = { positions: [], bases: [], lasts: [], timesMs: [] }
  for (const scan = new FileBatchScan(file, 0, sizeBytes, SCAN_WINDOW_BYTES, false); scan.next();) {
    batches.positions.push(scan.position)
    batches.bases.push(baseOffset(scan.bytes, scan.at))
    batches.lasts.push(lastOffset(scan.bytes, scan.at))
    batches.timesMs.push(maxTimestamp(scan.bytes, scan.at))
  }
  return batches
}

/** Each entry names where a batch begins, and where that one or a later one of the same append ends. */
function offsetsMisfit({ offsetIndex }: ObservedSegment, { positions, lasts }: Batches): boolean {
  let i = 0
  for (let n = 0; n < offsetIndex.size; n++) {
    const [position, offset] = [offsetIndex.position(n), offsetIndex.offset(n)]
    while (i < positions.length && positions[i]! < position) i++
    if (positions[i] !== position) return true
    while (i < lasts.length && lasts[i]! < offset) i++
    if (lasts[i] !== offset) return true
    i++
  }
  return false
}

/** Each entry has the timestamp of the batch with its offset, and they rise. */
function timesMisfit({ timeIndex }: ObservedSegment, { bases, lasts, timesMs }: Batches): boolean {
  let beforeMs = -1
  let i = 0
  for (let n = 0; n < timeIndex.size; n++) {
    const [timestampMs, offset] = [timeIndex.timestampMs(n), timeIndex.offset(n)]
    while (i < lasts.length && lasts[i]! < offset) i++
    const isThere = i < bases.length && bases[i]! <= offset
    if (!isThere || timesMs[i] !== timestampMs || timestampMs <= beforeMs) return true
    beforeMs = timestampMs
  }
  return false
}
