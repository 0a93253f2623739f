// Reading batches from a log by offset.

import type { SegmentList } from './segment-list.ts'

export interface LogRead {
  /** Whole batches back to back: a view that stays valid and must not be changed. Empty if there is nothing to give. */
  readonly bytes: Uint8Array
  /** The offset asked for; the first batch may start below it. */
  readonly fromOffset: number
  /** Offset after the last batch given; `fromOffset` if there is none. */
  readonly nextOffset: number
  /** `fromOffset` lies below the log start or above the log end: OFFSET_OUT_OF_RANGE. */
  readonly outOfRange: boolean
}

const NO_BYTES = new Uint8Array(0)

export function emptyRead(fromOffset: number, outOfRange: boolean): LogRead {
  return { bytes: NO_BYTES, fromOffset, nextOffset: fromOffset, outOfRange }
}

/** See `PartitionLog.read`; what is returned comes from one segment, as in Kafka. */
export function readSegments(
  segments: SegmentList,
  fromOffset: number,
  maxBytes: number,
  upToOffset: number,
  minOneBatch: boolean,
): LogRead {
  const floor = segments.floorIndex(fromOffset)
  for (let i = floor < 0 ? 0 : floor; i < segments.size; i++) {
    const segment = segments.at(i)
    const slice = segment.slice(fromOffset, maxBytes, upToOffset, minOneBatch)
    // Nothing at or after the offset: it lies in a gap at the end of this segment, so the next one has it.
    if (slice === undefined) continue
    if (slice.from === slice.to) break
    const bytes = segment.file.read(slice.from, slice.to - slice.from)
    // Whatever a damaged header says: who reads on must get on.
    const nextOffset = slice.nextOffset > fromOffset ? slice.nextOffset : fromOffset + 1
    return { bytes, fromOffset, nextOffset, outOfRange: false }
  }
  return emptyRead(fromOffset, false)
}
