// Reads records of workloads in a log, with the batch each lies in: between two offsets, or at one.

import { BatchWalk, baseOffset, isControl, lastOffset, partitionLeaderEpoch } from '../../records/record-batch.ts'
import { RecordCursor } from '../../records/record-cursor.ts'
import type { ObservedLog } from '../../invariants/cluster-view.ts'
import { IdentityReader } from '../../workload/record-identity.ts'

export interface RecordInLog {
  readonly offset: number
  /** '' and −1 if no workload sent it. */
  readonly client: string
  readonly n: number
  readonly epoch: number
  readonly firstOffset: number
  readonly lastOffset: number
}

const READ_BYTES = 1 << 20

/** Of `[first, last]`, as far as the log holds them, in order of their offsets. */
export function* recordsIn(log: ObservedLog, first: number, last: number): Generator<RecordInLog> {
  const cursor = new RecordCursor()
  const identity = new IdentityReader()
  let from = Math.max(first, log.logStartOffset)
  while (from <= last && from < log.logEndOffset) {
    const { bytes, nextOffset } = log.read(from, READ_BYTES, log.logEndOffset, true)
    if (bytes.length === 0) return
    const walk = new BatchWalk(bytes, 0, bytes.length)
    while (walk.next()) {
      const at = walk.position
      if (baseOffset(bytes, at) > last) return
      if (isControl(bytes, at)) continue
      const batch = {
        epoch: partitionLeaderEpoch(bytes, at),
        firstOffset: baseOffset(bytes, at),
        lastOffset: lastOffset(bytes, at),
      }
      cursor.reset(bytes, at)
      while (cursor.next()) {
        const { offset, valueAt, valueLength } = cursor
        if (offset < from || offset > last) continue
        const isOurs = valueLength >= 0 && identity.read(cursor.bytes, valueAt, valueAt + valueLength)
        yield { offset, client: isOurs ? identity.client : '', n: isOurs ? identity.n : -1, ...batch }
      }
    }
    from = nextOffset
  }
}

export function recordAt(log: ObservedLog, offset: number): RecordInLog | undefined {
  for (const record of recordsIn(log, offset, offset)) return record
  return undefined
}
