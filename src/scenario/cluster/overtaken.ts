// Whether a batch that is refused as out of order can never be taken, though no broker is at fault (KU-8): batches behind it
// were written first, or so many after it that it is forgotten. Read from the log of the leader that refuses it.

import { KU_8 } from '../../invariants/known-upstream.ts'
import type { PartitionLog } from '../../log/partition-log.ts'
import {
  baseSequence,
  BatchWalk,
  isControl,
  lastSequence,
  producerEpoch,
  producerId,
} from '../../records/record-batch.ts'
import type { NumberedBatch } from '../../workload/producer-workload.ts'

/** Batches that a broker remembers of a producer. */
const REMEMBERED = 5
const READ_BYTES = 1 << 20

/** Why it waits for its delivery timeout; undefined: the log does not say so. */
export function whyOvertaken(batch: NumberedBatch, log: PartitionLog | undefined): string | undefined {
  // Of what is deleted nobody can tell what it was.
  if (log === undefined || log.logStartOffset > 0) return undefined
  let lowest = Infinity
  let highest = -1
  let after = -1
  for (const [first, last] of sequencesOf(log, batch)) {
    lowest = Math.min(lowest, first)
    highest = last
    if (after >= 0) after++
    if (first === batch.baseSequence && last === batch.lastSequence) after = 0
  }
  const what = `sequences ${batch.baseSequence}–${batch.lastSequence} of ${batch.key} are out of order for good`
  if (after >= REMEMBERED) return `${KU_8.id}: ${what}: they were written ${after} batches ago`
  if (after < 0 && batch.lastSequence < lowest && highest >= 0)
    return `${KU_8.id}: ${what}: the leader knew nothing of this producer and took ${lowest} first`
  return undefined
}

/** First and last sequence of each batch of its producer and epoch. */
function* sequencesOf(log: PartitionLog, batch: NumberedBatch): Generator<readonly [number, number]> {
  for (let offset = 0; offset < log.logEndOffset;) {
    const { bytes, nextOffset } = log.read(offset, READ_BYTES, log.logEndOffset, true)
    if (bytes.length === 0) return
    const walk = new BatchWalk(bytes, 0, bytes.length)
    while (walk.next()) {
      const at = walk.position
      if (isControl(bytes, at) || producerId(bytes, at) !== batch.producerId) continue
      if (producerEpoch(bytes, at) === batch.producerEpoch) yield [baseSequence(bytes, at), lastSequence(bytes, at)]
    }
    offset = nextOffset
  }
}
