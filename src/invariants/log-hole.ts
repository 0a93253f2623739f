// A hole in one log: offsets that no batch of it has. Compaction is left out, so a log has none but what a power loss may
// leave between two segments: of the earlier one whole batches are missing at the end, so that recovery sees
// nothing amiss there and goes on to the next. Recognised by its bytes: what is left of that segment is all good batches,
// to the last byte, and ends where the hole begins. Had recovery cut anything, it would have dropped what follows.

import { sizeInBytes } from '../records/record-batch.ts'
import type { ObservedLog } from './cluster-view.ts'

/** Offsets `[from, to)` are in no batch, and the log goes on. */
export interface LogHole {
  readonly from: number
  readonly to: number
}

/** What a power loss left of a segment that it took bytes of. */
export interface SegmentRest {
  /** First offset of the segment, by its name. */
  readonly baseOffset: number
  readonly sizeBytes: number
}

const READ_BYTES = 1 << 20

/** Is this hole in `log` what was lost at the end of one of these segments? */
export function isLostTail(log: ObservedLog, hole: LogHole, rests: readonly SegmentRest[]): boolean {
  return rests.some(({ baseOffset, sizeBytes }) => {
    if (baseOffset > hole.from) return false
    // What lies below the log start cannot be read, and may have been all of it.
    const start = Math.max(baseOffset, log.logStartOffset)
    const readable = bytesBetween(log, start, hole.from)
    return start === baseOffset ? readable === sizeBytes : readable <= sizeBytes
  })
}

function bytesBetween(log: ObservedLog, from: number, to: number): number {
  let sum = 0
  for (let next = from; next < to;) {
    const { bytes, nextOffset } = log.read(next, READ_BYTES, to, true)
    if (bytes.length === 0) return sum
    for (let at = 0; at < bytes.length; at += sizeInBytes(bytes, at)) sum += sizeInBytes(bytes, at)
    next = nextOffset
  }
  return sum
}
