// What was read of one partition, by leader epoch: offsets that follow each other in one epoch are one range, so there are
// about as many as there were epochs. In offset order; what is read again is there already.

interface Range {
  first: number
  last: number
  epoch: number
  ordinal: number
}

export class ReadRanges {
  private readonly ranges: Range[] = []

  get size(): number {
    return this.ranges.length
  }

  /** First and last offset, leader epoch, and the event in which the range was last read on. */
  at(index: number): readonly [number, number, number, number] {
    const { first, last, epoch, ordinal } = this.ranges[index]!
    return [first, last, epoch, ordinal]
  }

  /** Index of the first range that reaches `offset` or beyond. */
  indexOf(offset: number): number {
    const { ranges } = this
    let index = ranges.length
    while (index > 0 && ranges[index - 1]!.last >= offset) index--
    return index
  }

  add(first: number, last: number, epoch: number, ordinal: number): void {
    const { ranges } = this
    let index = this.indexOf(first)
    const before = ranges[index - 1]
    if (before !== undefined && before.epoch === epoch && before.last + 1 === first) {
      before.last = last
      before.ordinal = ordinal
      index -= 1
    } else if (index === ranges.length || ranges[index]!.first > last + 1 || ranges[index]!.epoch !== epoch) {
      ranges.splice(index, 0, { first, last, epoch, ordinal })
    } else {
      const range = ranges[index]!
      range.first = Math.min(range.first, first)
      if (last > range.last) {
        range.last = last
        range.ordinal = ordinal
      }
    }
    this.mergeFrom(index)
  }

  /** What was read at `offset` and beyond turned out otherwise. */
  cutFrom(offset: number): void {
    const { ranges } = this
    while (ranges.length > 0 && ranges.at(-1)!.first >= offset) ranges.pop()
    const last = ranges.at(-1)
    if (last !== undefined && last.last >= offset) last.last = offset - 1
  }

  private mergeFrom(index: number): void {
    const { ranges } = this
    const range = ranges[index]!
    for (let next = ranges[index + 1]; next !== undefined && next.first <= range.last + 1; next = ranges[index + 1]) {
      if (next.epoch !== range.epoch) return
      range.last = Math.max(range.last, next.last)
      ranges.splice(index + 1, 1)
    }
  }
}
