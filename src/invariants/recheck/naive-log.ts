// A log as the naive re-check reads it: all its batches, in a list. What was below the high watermark when it was read last
// is kept, as long as the batch at that border is still the same; everything else is read again each time.

import { baseOffset, crc, lastOffset, partitionLeaderEpoch, sizeInBytes } from '../../records/record-batch.ts'
import type { ObservedLog } from '../cluster-view.ts'
import { BatchList } from './batch-list.ts'

const READ_BYTES = 1 << 20

export class NaiveLog {
  readonly log: ObservedLog
  readonly batches = new BatchList()
  /** Index of the first batch that was not known before this reading. */
  freshFrom = 0
  private knownTo = 0
  private readonly border = new BatchList()

  constructor(log: ObservedLog) {
    this.log = log
  }

  read(): void {
    const { log, batches, border } = this
    batches.cutTo(batches.indexOf(this.knownTo))
    if (batches.size > 0) {
      border.cutTo(0)
      readOnce(log, batches.base(batches.size - 1), 1, border)
      if (!batches.isSame(batches.size - 1, border, 0)) batches.cutTo(0)
    }
    let below = 0
    while (below < batches.size && batches.last(below) < log.logStartOffset) below++
    batches.dropFirst(below)
    this.freshFrom = batches.size
    let next = batches.size === 0 ? log.logStartOffset : batches.last(batches.size - 1) + 1
    while (next >= 0 && next < log.logEndOffset) next = readOnce(log, next, READ_BYTES, batches)
    this.knownTo = log.highWatermark
  }
}

/** Reads batches from `offset` on into `into`; returns where to read on, −1 if there is nothing. */
function readOnce(log: ObservedLog, offset: number, sizeBytes: number, into: BatchList): number {
  if (offset >= log.logEndOffset) return -1
  const { bytes, nextOffset } = log.read(offset, sizeBytes, log.logEndOffset, true)
  if (bytes.length === 0) return -1
  for (let at = 0; at < bytes.length; at += sizeInBytes(bytes, at)) {
    into.push(baseOffset(bytes, at), lastOffset(bytes, at), partitionLeaderEpoch(bytes, at), crc(bytes, at))
  }
  return nextOffset
}
