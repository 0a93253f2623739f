// The sparse index of a segment: Kafka's offset index and time index in one, in memory. An entry is made for an
// append once more than `index.interval.bytes` were written since the last entry, never for a segment's first append.
// The files `.index` and `.timeindex` would hold the same entries (S-4, S-5); they are not written yet.

export class SegmentIndex {
  /** Of entry i: last offset of the append, and the position where the append starts. */
  private readonly offsets: number[] = []
  private readonly positions: number[] = []
  /** Of entry i: the largest timestamp up to and with that append, and the last offset of the batch that holds it. */
  private readonly timestampsMs: number[] = []
  private readonly timestampOffsets: number[] = []

  get size(): number {
    return this.offsets.length
  }

  add(lastOffset: number, position: number, maxTimestampMs: number, maxTimestampOffset: number): void {
    this.offsets.push(lastOffset)
    this.positions.push(position)
    this.timestampsMs.push(maxTimestampMs)
    this.timestampOffsets.push(maxTimestampOffset)
  }

  position(entry: number): number {
    return this.positions[entry]!
  }

  maxTimestampMs(entry: number): number {
    return this.timestampsMs[entry]!
  }

  maxTimestampOffset(entry: number): number {
    return this.timestampOffsets[entry]!
  }

  /** The last entry with offset ≤ `offset`, or −1. */
  floorByOffset(offset: number): number {
    return floorEntry(this.offsets, offset)
  }

  /** The last entry with position ≤ `position`, or −1. */
  floorByPosition(position: number): number {
    return floorEntry(this.positions, position)
  }

  /** Drops the entries with offset ≥ `offset`. */
  truncateTo(offset: number): void {
    const keep = floorEntry(this.offsets, offset - 1) + 1
    this.offsets.length = keep
    this.positions.length = keep
    this.timestampsMs.length = keep
    this.timestampOffsets.length = keep
  }
}

function floorEntry(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}
