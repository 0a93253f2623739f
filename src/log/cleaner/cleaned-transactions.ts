// Which transactions the cleaner meets as it reads a log from its start: records of aborted ones may go, and a marker may
// once nothing of its transaction is left.

import { decodeControl } from '../../records/control-records.ts'
import { isTransactional, lastOffset, producerId } from '../../records/record-batch.ts'

/** A transaction that ended with an ABORT marker at `lastOffset`. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  readonly lastOffset: number
}

interface Ongoing {
  readonly transaction: AbortedTransaction
  /** A batch of it was met, so its marker must stay. */
  met: boolean
}

export class CleanedTransactions {
  /** Aborted transactions of which something is still there: what the new segment's index is to name. */
  readonly kept: AbortedTransaction[] = []
  private readonly committed = new Set<number>()
  private readonly aborted = new Map<number, Ongoing>()
  /** To come, by first offset; undefined until the first batch of a transaction is met. */
  private waiting: AbortedTransaction[] | undefined
  private readonly find: () => AbortedTransaction[]

  /** `find` gives the aborted transactions of the log; asked only if there are transactions at all. */
  constructor(find: () => AbortedTransaction[]) {
    this.find = find
  }

  /** A control batch comes next: may it go? */
  meetMarker(bytes: Uint8Array, at: number): boolean {
    this.beginUpTo(lastOffset(bytes, at))
    const marker = decodeControl(bytes, at)
    // Its record was removed before.
    if (marker === undefined) return true
    const id = producerId(bytes, at)
    if (marker.kind === 'abort') {
      const ongoing = this.aborted.get(id)
      this.aborted.delete(id)
      if (ongoing?.met !== true) return true
      this.kept.push(ongoing.transaction)
      return false
    }
    return marker.kind === 'commit' && !this.committed.delete(id)
  }

  /** A batch of data comes next: is it of an aborted transaction? */
  meetData(bytes: Uint8Array, at: number): boolean {
    if (!isTransactional(bytes, at)) return false
    this.beginUpTo(lastOffset(bytes, at))
    const id = producerId(bytes, at)
    const ongoing = this.aborted.get(id)
    if (ongoing === undefined) {
      this.committed.add(id)
      return false
    }
    ongoing.met = true
    return true
  }

  private beginUpTo(offset: number): void {
    this.waiting ??= this.find().toSorted((one, other) => one.firstOffset - other.firstOffset)
    const { waiting } = this
    for (let next = waiting[0]; next !== undefined && next.firstOffset <= offset; next = waiting[0]) {
      const transaction = next
      waiting.shift()
      if (!this.aborted.has(transaction.producerId)) {
        this.aborted.set(transaction.producerId, { transaction, met: false })
      }
    }
  }
}
