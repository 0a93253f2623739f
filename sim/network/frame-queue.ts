// A queue of frames, each with a time and the event that sent it: a ring buffer in parallel arrays, so that a frame passing through allocates
// nothing.

import { assert } from '../assert.ts'
import type { Frame, Micros } from '../host.ts'

const INITIAL_CAPACITY = 4

export class FrameQueue {
  private frames: (Frame | undefined)[] = new Array<Frame | undefined>(INITIAL_CAPACITY).fill(undefined)
  private times = new Float64Array(INITIAL_CAPACITY)
  private causes = new Float64Array(INITIAL_CAPACITY)
  private mask = INITIAL_CAPACITY - 1
  private head = 0
  private count = 0

  get length(): number {
    return this.count
  }

  push(frame: Frame, timeUs: Micros, cause: number): void {
    if (this.count > this.mask) this.widen()
    const at = (this.head + this.count) & this.mask
    this.frames[at] = frame
    this.times[at] = timeUs
    this.causes[at] = cause
    this.count++
  }

  /** Time of the frame with this index; the head's is 0. Infinity beyond the end. */
  timeAt(index: number): Micros {
    return index < this.count ? (this.times[(this.head + index) & this.mask] ?? Infinity) : Infinity
  }

  setTime(index: number, timeUs: Micros): void {
    this.times[(this.head + index) & this.mask] = timeUs
  }

  frameAt(index: number): Frame {
    const frame = index < this.count ? this.frames[(this.head + index) & this.mask] : undefined
    if (frame === undefined) assert(false, 'a frame queue is read beyond its end')
    return frame
  }

  /** Ordinal of the event that sent the frame with this index. */
  causeAt(index: number): number {
    return this.causes[(this.head + index) & this.mask] ?? 0
  }

  shift(): Frame {
    const frame = this.frameAt(0)
    this.frames[this.head] = undefined
    this.head = (this.head + 1) & this.mask
    this.count--
    return frame
  }

  /** Drops all frames from this index on. */
  truncate(length: number): void {
    while (this.count > length) {
      this.count--
      this.frames[(this.head + this.count) & this.mask] = undefined
    }
  }

  private widen(): void {
    const { frames, times, causes, mask, head, count } = this
    const capacity = count * 2
    this.frames = new Array<Frame | undefined>(capacity).fill(undefined)
    this.times = new Float64Array(capacity)
    this.causes = new Float64Array(capacity)
    for (let i = 0; i < count; i++) {
      this.frames[i] = frames[(head + i) & mask]
      this.times[i] = times[(head + i) & mask] ?? 0
      this.causes[i] = causes[(head + i) & mask] ?? 0
    }
    this.mask = capacity - 1
    this.head = 0
  }
}
