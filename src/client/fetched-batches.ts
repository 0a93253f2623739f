// Reads the bytes a consumer fetched: batch by batch, checking each, skipping what lies before the position and what no
// application sees.

import { type DecodedRecord, decodeBatch } from '../records/batch-reader.ts'
import { BatchWalk, isControl, lastOffset, partitionLeaderEpoch, validateBatch } from '../records/record-batch.ts'

/** Records of one batch, those before the position left out. */
export interface ConsumedBatch {
  readonly leaderEpoch: number
  readonly records: readonly DecodedRecord[]
}

/**
 * Hands over batches in order, each with the offset after it; one without records moves the position all the same. False
 * if it met bytes that cannot be read: what came before them was handed over, and nothing after.
 */
export function readFetchedBatches(
  bytes: Uint8Array,
  position: number,
  checkCrcs: boolean,
  onBatch: (nextOffset: number, batch: ConsumedBatch) => void,
): boolean {
  const walk = new BatchWalk(bytes, 0, bytes.length)
  let isFirst = true
  let from = position
  while (walk.next()) {
    isFirst = false
    const at = walk.position
    if (checkCrcs && validateBatch(bytes, at, bytes.length) !== undefined) return false
    const next = lastOffset(bytes, at) + 1
    if (next <= from) continue
    // Control records take offsets but are never handed out (C-24).
    const records = isControl(bytes, at) ? [] : decodeBatch(bytes, at)
    if (typeof records === 'string') return false
    const wanted = records.filter((record) => record.offset >= from)
    onBatch(next, { leaderEpoch: partitionLeaderEpoch(bytes, at), records: wanted })
    from = next
  }
  // Brokers send at least one whole batch.
  return !isFirst
}
