// A log as the naive re-check reads it: all its batches, in a list. What was below the high watermark when it was read last
// is kept, as long as the batch at that border is still the same; everything else is read again each time.

import { baseOffset, crc, lastOffset, partitionLeaderEpoch, sizeInBytes } from '../../records/record-batch.ts'
import type { ObservedLog } from '../cluster-view.ts'

export interface NaiveBatch {
  readonly base: number
  readonly last: number
  readonly epoch: number
  readonly checksum: number
}

export class NaiveLog {
  readonly log: ObservedLog
  batches: NaiveBatch[] = []
  /** Index of the first batch that was not known before this reading. */
  freshFrom = 0
  private knownTo = 0

  constructor(log: ObservedLog) {
    this.log = log
  }

  read(): void {
    const { log, batches } = this
    while (batches.length > 0 && batches.at(-1)!.last >= this.knownTo) batches.pop()
    const border = batches.at(-1)
    if (border !== undefined && !isSame(border, batchesFrom(log, border.base, 1)[0])) batches.length = 0
    while (batches.length > 0 && batches[0]!.last < log.logStartOffset) batches.shift()
    this.freshFrom = batches.length
    const next = batches.length === 0 ? log.logStartOffset : batches.at(-1)!.last + 1
    for (const batch of batchesFrom(log, next, 1 << 20)) batches.push(batch)
    this.knownTo = log.highWatermark
  }
}

export function isSame(a: NaiveBatch, b: NaiveBatch | undefined): boolean {
  return b !== undefined && a.base === b.base && a.last === b.last && a.epoch === b.epoch && a.checksum === b.checksum
}

/** All batches from `offset` on; with a small size the first alone. */
function batchesFrom(log: ObservedLog, offset: number, sizeBytes: number): NaiveBatch[] {
  const batches: NaiveBatch[] = []
  for (let next = offset; next < log.logEndOffset;) {
    const { bytes, nextOffset } = log.read(next, sizeBytes, log.logEndOffset, true)
    if (bytes.length === 0) break
    for (let at = 0; at < bytes.length; at += sizeInBytes(bytes, at)) {
      batches.push({
        base: baseOffset(bytes, at),
        last: lastOffset(bytes, at),
        epoch: partitionLeaderEpoch(bytes, at),
        checksum: crc(bytes, at),
      })
    }
    if (sizeBytes === 1) break
    next = nextOffset
  }
  return batches
}
