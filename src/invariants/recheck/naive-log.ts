// A log as the naive re-check reads it: all its batches, in a list. What was below the high watermark when it was read last
// is kept, as long as the batch at that border is still the same; everything else is read again each time. What compaction
// did, and might, is undone.

import { baseOffset, crc, lastOffset, partitionLeaderEpoch, sizeInBytes } from '../../records/record-batch.ts'
import type { ObservedLog } from '../cluster-view.ts'
import type { CommittedLedger } from '../committed-ledger.ts'
import type { CompactedForms } from '../compaction/compacted-forms.ts'
import { BatchList } from './batch-list.ts'

const READ_BYTES = 1 << 20

/** What the checker knows of the compaction of a partition; undefined: there was none. */
export type Compaction = { readonly forms: CompactedForms; readonly ledger: CommittedLedger } | undefined

export class NaiveLog {
  readonly log: ObservedLog
  readonly batches = new BatchList()
  /** Index of the first batch that was not known before this reading. */
  freshFrom = 0
  private knownTo = 0
  private readonly border = new BatchList()
  private readonly compaction: () => Compaction

  constructor(log: ObservedLog, compaction: () => Compaction) {
    this.log = log
    this.compaction = compaction
  }

  read(): void {
    const compaction = this.compaction()
    const { log, batches, border } = this
    batches.cutTo(batches.indexOf(this.knownTo))
    if (batches.size > 0) {
      border.cutTo(0)
      readOnce(log, batches.base(batches.size - 1), 1, border, compaction)
      if (!batches.isSame(batches.size - 1, border, 0)) batches.cutTo(0)
    }
    let below = 0
    while (below < batches.size && batches.last(below) < log.logStartOffset) below++
    batches.dropFirst(below)
    this.freshFrom = batches.size
    let next = batches.size === 0 ? log.logStartOffset : batches.last(batches.size - 1) + 1
    while (next >= 0 && next < log.logEndOffset) next = readOnce(log, next, READ_BYTES, batches, compaction)
    this.knownTo = log.highWatermark
  }
}

/** Reads batches from `offset` on into `into`; returns where to read on, −1 if there is nothing. */
function readOnce(
  log: ObservedLog,
  offset: number,
  sizeBytes: number,
  into: BatchList,
  compaction: Compaction,
): number {
  if (offset >= log.logEndOffset) return -1
  const { bytes, nextOffset } = log.read(offset, sizeBytes, log.logEndOffset, true)
  if (bytes.length === 0) {
    // The log was cut in a hole that compaction had made.
    fillHole(offset, log.logEndOffset, into, compaction)
    return -1
  }
  let expected = offset
  for (let at = 0; at < bytes.length; at += sizeInBytes(bytes, at)) {
    const base = baseOffset(bytes, at)
    const epoch = partitionLeaderEpoch(bytes, at)
    const checksum = crc(bytes, at)
    if (base > expected) fillHole(expected, base, into, compaction)
    expected = lastOffset(bytes, at) + 1
    into.push(base, expected - 1, epoch, compaction?.forms.original(base, epoch, checksum) ?? checksum)
  }
  return nextOffset
}

function fillHole(from: number, to: number, into: BatchList, compaction: Compaction): void {
  compaction?.forms.fill(compaction.ledger, from, to, (index) => {
    const { base, last, epoch, checksum } = compaction.ledger.at(index)
    into.push(base, last, epoch, checksum, true)
  })
}
