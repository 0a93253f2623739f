// Whether the two indexes of a segment agree with its batches (S-4, S-5). Before 4.1 an entry may stand for several batches
// that were appended together: the position is then where the first begins, the offset the last of the last (KAFKA-806).

import { OFFSET_ENTRY_BYTES } from '../../log/offset-index.ts'
import { TIME_ENTRY_BYTES } from '../../log/time-index.ts'
import { readInt32, readInt64 } from '../../records/fixed-ints.ts'
import { baseOffset, BatchWalk, lastOffset, maxTimestamp, NO_TIMESTAMP } from '../../records/record-batch.ts'

/** `log` are whole, good batches; `base` is where the segment begins. */
export function indexesAgree(log: Uint8Array, base: number, offsets: Uint8Array, times: Uint8Array): boolean {
  return offsetsAgree(log, base, offsets) && timesAgree(log, base, times)
}

/** Entries rise, and each position is the start of a batch that does not end behind the offset, which is in the log. */
function offsetsAgree(log: Uint8Array, base: number, index: Uint8Array): boolean {
  const walk = new BatchWalk(log, 0, log.length)
  let previous = base - 1
  for (let at = 0; at < index.length; at += OFFSET_ENTRY_BYTES) {
    const offset = base + readInt32(index, at)
    const position = readInt32(index, at + 4)
    if (offset <= previous) return false
    let isStart = false
    while (!isStart && walk.next() && walk.position <= position) isStart = walk.position === position
    if (!isStart || baseOffset(log, position) <= previous || lastOffset(log, position) > offset) return false
    previous = offset
  }
  const end = endOf(log)
  return index.length === 0 || (end !== undefined && previous <= end)
}

/** Entries rise, each names a batch by its largest timestamp, and the last one is the largest of all. */
function timesAgree(log: Uint8Array, base: number, index: Uint8Array): boolean {
  const walk = new BatchWalk(log, 0, log.length)
  let previousMs = NO_TIMESTAMP
  for (let at = 0; at < index.length; at += TIME_ENTRY_BYTES) {
    const timestampMs = readInt64(index, at)
    const offset = base + readInt32(index, at + 8)
    if (timestampMs <= previousMs) return false
    previousMs = timestampMs
    let holds = false
    while (!holds && walk.next()) holds = lastOffset(log, walk.position) >= offset
    if (!holds || baseOffset(log, walk.position) > offset || maxTimestamp(log, walk.position) !== timestampMs) {
      return false
    }
  }
  return previousMs === largestOf(log)
}

function endOf(log: Uint8Array): number | undefined {
  let end: number | undefined
  for (const walk = new BatchWalk(log, 0, log.length); walk.next();) end = lastOffset(log, walk.position)
  return end
}

function largestOf(log: Uint8Array): number {
  let largestMs = NO_TIMESTAMP
  for (const walk = new BatchWalk(log, 0, log.length); walk.next();) {
    largestMs = Math.max(largestMs, maxTimestamp(log, walk.position))
  }
  return largestMs
}
