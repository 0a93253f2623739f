// Looks one batch up in a log: the slow way, for when something is known to be wrong.

import { baseOffset, BatchWalk, crc, lastOffset, partitionLeaderEpoch } from '../records/record-batch.ts'
import type { ObservedLog } from './cluster-view.ts'
import type { CompactedForms } from './compaction/compacted-forms.ts'

export interface BatchIdentity {
  readonly base: number
  readonly last: number
  readonly epoch: number
  readonly checksum: number
}

/** The batch that holds `offset`, or the first one behind it; undefined if the log has none there. */
export function batchAt(log: ObservedLog, offset: number): BatchIdentity | undefined {
  if (offset < log.logStartOffset || offset >= log.logEndOffset) return undefined
  const { bytes } = log.read(offset, 1, log.logEndOffset, true)
  const walk = new BatchWalk(bytes, 0, bytes.length)
  if (!walk.next()) return undefined
  const at = walk.position
  const base = baseOffset(bytes, at)
  return { base, last: lastOffset(bytes, at), epoch: partitionLeaderEpoch(bytes, at), checksum: crc(bytes, at) }
}

/**
 * The first offset of `[from, to)` at which two logs do not hold the same batch; −1 if they agree. What compaction did to
 * one and not to the other is no difference.
 */
export function firstDifference(
  one: ObservedLog,
  other: ObservedLog,
  from: number,
  to: number,
  forms?: CompactedForms,
): number {
  let offset = Math.max(from, one.logStartOffset, other.logStartOffset)
  while (offset < to) {
    const a = batchAt(one, offset)
    const b = batchAt(other, offset)
    if (a === undefined && b === undefined) return -1
    const first = b === undefined || (a !== undefined && a.base < b.base) ? a : b
    const inBoth = a !== undefined && b !== undefined && a.base === b.base
    if (first === undefined) return offset
    if (inBoth ? !isSame(a, b, forms) : forms?.isGone(first.base, first.epoch) !== true) return offset
    offset = first.last + 1
  }
  return -1
}

/** Are they one batch? Compaction may have left less of one than of the other. */
export function isSame(a: BatchIdentity, b: BatchIdentity, forms?: CompactedForms): boolean {
  if (a.base !== b.base || a.last !== b.last || a.epoch !== b.epoch) return false
  if (forms === undefined) return a.checksum === b.checksum
  return (forms.original(a.base, a.epoch, a.checksum) | 0) === (forms.original(b.base, b.epoch, b.checksum) | 0)
}
