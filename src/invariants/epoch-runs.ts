// The leader epochs of a log's batches, as runs of batches of one epoch: few, however long the log. A run that compaction took
// batches from is remembered as it was read.

export interface EpochRun {
  readonly epoch: number
  /** Offsets of its batches: the first of the first one, and the last of the last one. */
  readonly first: number
  last: number
}

export class EpochRuns {
  private readonly runs: EpochRun[] = []
  private current: EpochRun | undefined = undefined

  get size(): number {
    return this.runs.length
  }

  at(index: number): EpochRun | undefined {
    return this.runs[index]
  }

  /** The next batch. */
  note(base: number, last: number, epoch: number): void {
    const { current } = this
    if (current !== undefined && current.epoch === epoch) current.last = last
    else this.runs.push((this.current = { epoch, first: base, last }))
  }

  /** Reading goes on at `offset`: what lies beyond will be noted again. */
  cutTo(offset: number): void {
    const { runs } = this
    while (runs.length > 0 && runs.at(-1)!.first >= offset) runs.pop()
    this.current = runs.at(-1)
    if (this.current !== undefined && this.current.last >= offset) this.current.last = offset - 1
  }
}
