// What compaction made of the batches of one partition: which other bytes a batch may have, which batches may be
// missing, and which records may be. With that a compacted log is read as the log it was: each batch as it was written,
// and in the place of a hole the batches that compaction took out. So every other invariant asks of it what it asks of any
// log. Only what was found legal when it happened is here (segment-swaps.ts).

import type { CommittedLedger } from '../committed-ledger.ts'

interface Form {
  /** As the batch was written. */
  readonly checksum: number
  /** Of what compaction left of it, on any replica. */
  readonly others: Set<number>
  /** Some replica has it no more. */
  gone: boolean
}

export class CompactedForms {
  private readonly forms = new Map<number, Map<number, Form>>()
  private readonly removed = new Set<number>()

  /** The checksum that the batch had when it was written; `checksum` itself if compaction is not known to have made it. */
  original(base: number, epoch: number, checksum: number): number {
    const form = this.forms.get(base)?.get(epoch)
    return form !== undefined && form.others.has(checksum | 0) ? form.checksum : checksum
  }

  /** Compaction took the record at `offset` out of some log, and might. */
  isRemoved(offset: number): boolean {
    return this.removed.has(offset)
  }

  /** Compaction took the whole batch out of some log. */
  isGone(base: number, epoch: number): boolean {
    return this.forms.get(base)?.get(epoch)?.gone === true
  }

  recordRemoved(offset: number): void {
    this.removed.add(offset)
  }

  /** What a batch with this checksum, written or left by an earlier round, was replaced by. */
  batchReplaced(base: number, epoch: number, before: number, after: number | undefined): void {
    let byEpoch = this.forms.get(base)
    if (byEpoch === undefined) {
      byEpoch = new Map()
      this.forms.set(base, byEpoch)
    }
    let form = byEpoch.get(epoch)
    if (form === undefined) {
      form = { checksum: before | 0, others: new Set(), gone: false }
      byEpoch.set(epoch, form)
    }
    if (after === undefined) form.gone = true
    else if ((after | 0) !== form.checksum) form.others.add(after | 0)
  }

  /** The committed batches in the hole `[from, to)` that compaction may have made: calls `put` for each, in order. */
  fill(ledger: CommittedLedger, from: number, to: number, put: (index: number) => void): void {
    for (let i = ledger.indexOf(from); i < ledger.size && ledger.lastOffset(i) < to; i++) {
      const base = ledger.baseOffset(i)
      if (base >= from && this.isGone(base, ledger.leaderEpoch(i))) put(i)
    }
  }
}
