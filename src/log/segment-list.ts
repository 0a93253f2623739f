// The segments of a log in offset order; the last one is active. There is always at least one once the log is open.

import { assert } from '../../sim/assert.ts'
import { DELETED_SUFFIX } from './file-names.ts'
import { Segment } from './segment.ts'
import type { SegmentHome } from './segment-home.ts'
import { TimeLookup } from './time-lookup.ts'

export class SegmentList {
  readonly home: SegmentHome
  readonly byTime: TimeLookup
  private readonly segments: Segment[] = []
  /** Their base offsets once more, to be searched without a look at each segment. */
  private bases = new Float64Array(4)

  constructor(home: SegmentHome) {
    this.home = home
    this.byTime = new TimeLookup(this)
  }

  get size(): number {
    return this.segments.length
  }

  /** Bytes of all batches. */
  get sizeBytes(): number {
    let size = 0
    for (const segment of this.segments) size += segment.sizeBytes
    return size
  }

  get first(): Segment {
    return this.at(0)
  }

  /** The one that is appended to. */
  get active(): Segment {
    return this.at(this.segments.length - 1)
  }

  at(index: number): Segment {
    const segment = this.segments[index]
    if (segment === undefined) assert(false, `no segment ${index} of ${this.segments.length}`)
    return segment
  }

  /** −1 if there is no such segment. */
  baseOffsetAt(index: number): number {
    return this.segments[index]?.baseOffset ?? -1
  }

  baseOffsets(): number[] {
    return this.segments.map(({ baseOffset }) => baseOffset)
  }

  /** Adds a segment behind the others. */
  add(segment: Segment): void {
    assert(this.size === 0 || segment.baseOffset > this.active.baseOffset, 'segments must be added in offset order')
    if (this.segments.push(segment) > this.bases.length) this.noteBases()
    else this.bases[this.segments.length - 1] = segment.baseOffset
  }

  /** Adds an empty segment, to be appended to. */
  begin(baseOffset: number): Segment {
    const segment = new Segment(this.home, baseOffset)
    assert(segment.sizeBytes === 0, `segment ${baseOffset} in ${this.home.dir} is begun, but not empty`)
    this.add(segment)
    segment.becomeActive()
    return segment
  }

  /** Index of the last segment with base offset ≤ `offset`, or −1. */
  floorIndex(offset: number): number {
    let low = 0
    let high = this.segments.length
    const { bases } = this
    while (low < high) {
      const middle = (low + high) >>> 1
      if (bases[middle]! <= offset) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /**
   * Takes the segments `[from, to)` out of the log. Their files, whose paths are returned, get the names of deleted ones
   * and are to be removed later; views already handed out stay readable.
   */
  retire(from: number, to: number): string[] {
    // What is cut at its end is active again, and will be closed with other timestamps.
    this.byTime.forgetFrom(from === 0 ? 0 : from - 1)
    const retired = this.segments.splice(from, to - from)
    this.noteBases()
    return retired.flatMap((segment) => segment.changeSuffix('', DELETED_SUFFIX))
  }

  /** Puts `segments` in the place of `[from, to)`; the files are the caller's business. */
  replace(from: number, to: number, segments: readonly Segment[]): void {
    this.byTime.forgetFrom(from)
    this.segments.splice(from, to - from, ...segments)
    this.noteBases()
    for (let i = 1; i < this.size; i++) {
      assert(this.baseOffsetAt(i - 1) < this.baseOffsetAt(i), 'segments must stay in offset order')
    }
  }

  private noteBases(): void {
    const { segments } = this
    if (segments.length > this.bases.length) this.bases = new Float64Array(segments.length * 2)
    for (let i = 0; i < segments.length; i++) this.bases[i] = this.baseOffsetAt(i)
  }
}
