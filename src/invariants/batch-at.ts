// Looks one batch up in a log: the slow way, for when something is known to be wrong.

import { baseOffset, BatchWalk, crc, lastOffset, partitionLeaderEpoch } from '../records/record-batch.ts'
import type { ObservedLog } from './cluster-view.ts'

export interface BatchIdentity {
  readonly base: number
  readonly last: number
  readonly epoch: number
  readonly checksum: number
}

/** The batch that holds `offset`; undefined if the log has none there. */
export function batchAt(log: ObservedLog, offset: number): BatchIdentity | undefined {
  if (offset < log.logStartOffset || offset >= log.logEndOffset) return undefined
  const { bytes } = log.read(offset, 1, log.logEndOffset, true)
  const walk = new BatchWalk(bytes, 0, bytes.length)
  if (!walk.next()) return undefined
  const at = walk.position
  const base = baseOffset(bytes, at)
  return { base, last: lastOffset(bytes, at), epoch: partitionLeaderEpoch(bytes, at), checksum: crc(bytes, at) }
}

/** The first offset of `[from, to)` at which two logs do not hold the same batch; −1 if they agree. */
export function firstDifference(one: ObservedLog, other: ObservedLog, from: number, to: number): number {
  let offset = Math.max(from, one.logStartOffset, other.logStartOffset)
  while (offset < to) {
    const a = batchAt(one, offset)
    const b = batchAt(other, offset)
    if (a === undefined && b === undefined) return -1
    if (a === undefined || b === undefined || !isSame(a, b)) return offset
    offset = a.last + 1
  }
  return -1
}

export function isSame(a: BatchIdentity, b: BatchIdentity): boolean {
  return a.base === b.base && a.last === b.last && a.epoch === b.epoch && a.checksum === b.checksum
}
