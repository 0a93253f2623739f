// The segments of a log in offset order; the last one is active. There is always at least one once the log is open.

import { assert } from '../../sim/assert.ts'
import type { Disk } from '../../sim/host.ts'
import type { Segment } from './segment.ts'

/** Of files that are to be removed, and are if they are still there when the log is loaded. */
export const DELETED_SUFFIX = '.deleted'

export class SegmentList {
  private readonly disk: Disk
  private readonly segments: Segment[] = []

  constructor(disk: Disk) {
    this.disk = disk
  }

  get size(): number {
    return this.segments.length
  }

  /** Bytes of all. */
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

  /** Adds a segment behind the others. */
  add(segment: Segment): void {
    assert(this.size === 0 || segment.baseOffset > this.active.baseOffset, 'segments must be added in offset order')
    this.segments.push(segment)
  }

  /** Index of the last segment with base offset ≤ `offset`, or −1. */
  floorIndex(offset: number): number {
    let low = 0
    let high = this.segments.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.segments[middle]!.baseOffset <= offset) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /**
   * Deletes the segments from `index` on, with their files, at once. (Kafka gives them another name first, as
   * `retire` does; views already handed out stay readable either way.)
   */
  removeFrom(index: number): void {
    for (let i = this.segments.length - 1; i >= index; i--) this.disk.remove(this.segments[i]!.file.path)
    this.segments.length = index < this.segments.length ? index : this.segments.length
  }

  /** Takes the oldest `count` segments out. Their files get another name, which is returned: to be removed later. */
  retire(count: number): string[] {
    assert(count < this.size, 'a log keeps a segment')
    return this.segments.splice(0, count).map(({ file: { path } }) => {
      const retired = `${path}${DELETED_SUFFIX}`
      this.disk.rename(path, retired)
      return retired
    })
  }
}
