// Strict mode: what is sent belongs to the receiver, so nobody may change it on the way. Structures are frozen when they
// are sent; bytes cannot be, so their checksum is taken then and compared at delivery.

import { assert } from '../assert.ts'
import type { Frame } from '../host.ts'

export class FrameSeals {
  /** Checksums of the bytes in frames under way, by frame and time sent: one frame may travel twice. */
  private readonly sums = new Map<Frame, number[]>()

  seal(frame: Frame): void {
    if (frame.body === null) return
    const sum = sealed(frame.body, 0)
    const sums = this.sums.get(frame)
    if (sums === undefined) this.sums.set(frame, [sum])
    else sums.push(sum)
  }

  /** Asserts that the frame arrives as it was sent. */
  check(frame: Frame): void {
    const sums = this.sums.get(frame)
    const sum = sums?.shift()
    if (sums?.length === 0) this.sums.delete(frame)
    if (sum === undefined) return
    assert(sum === sealed(frame.body, 0), `the bytes of a ${frame.kind} frame were changed on their way`)
  }
}

/** Freezes what can be frozen, and folds all bytes inside into a checksum. */
function sealed(value: unknown, sum: number): number {
  if (typeof value !== 'object' || value === null) return sum
  if (value instanceof Uint8Array) {
    let folded = Math.imul(sum ^ value.length, 0x01000193)
    for (let i = 0; i < value.length; i++) folded = Math.imul(folded ^ (value[i] ?? 0), 0x01000193)
    return folded
  }
  Object.freeze(value)
  let folded = sum
  for (const part of Object.values(value)) folded = sealed(part, folded)
  return folded
}
