// Which transactions of a partition are open, and which are complete but with a marker that is not committed yet: their
// first offsets bound the last stable offset.

/** A transaction whose marker is in the log, maybe above the high watermark. */
interface Unreplicated {
  readonly firstOffset: number
  readonly markerOffset: number
}

export class TransactionOffsets {
  /** First offset of the earliest transaction that is open or has its marker at or above the high watermark; else −1. */
  firstUnstableOffset = -1
  /** First offsets of open transactions: they are added in rising order, so the first is the least. */
  private readonly open = new Set<number>()
  private unreplicated: Unreplicated[] = []

  /** Some transaction is complete, and its marker not committed yet. */
  get hasUnreplicated(): boolean {
    return this.unreplicated.length > 0
  }

  begin(firstOffset: number): void {
    this.open.add(firstOffset)
    this.update()
  }

  end(firstOffset: number, markerOffset: number): void {
    this.open.delete(firstOffset)
    this.unreplicated.push({ firstOffset, markerOffset })
    this.update()
  }

  /** Everything below `offset` is committed, or gone from the log. */
  committedTo(offset: number): void {
    if (this.unreplicated.length === 0) return
    this.unreplicated = this.unreplicated.filter((transaction) => transaction.markerOffset >= offset)
    this.update()
  }

  clear(): void {
    this.open.clear()
    this.unreplicated = []
    this.firstUnstableOffset = -1
  }

  private update(): void {
    let first = Infinity
    for (const offset of this.open) {
      first = offset
      break
    }
    for (const transaction of this.unreplicated) if (transaction.firstOffset < first) first = transaction.firstOffset
    this.firstUnstableOffset = first === Infinity ? -1 : first
  }
}
