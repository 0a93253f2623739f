// What one consumer was handed of one partition, in order: from its start on; a restarted consumer is another one.

import { GrowingInts, GrowingNumbers } from './growing-numbers.ts'

export class Deliveries {
  readonly consumer: string
  readonly partition: string
  readonly offsets = new GrowingNumbers()
  /** Number of the producing client; −1 for records that are none of ours. */
  readonly producers = new GrowingInts()
  readonly ns = new GrowingInts()
  /** When it was handed over. */
  readonly timesUs = new GrowingNumbers()
  /** Where the position went forward without reading: by policy, so nothing there was skipped. */
  readonly jumps: { readonly from: number; readonly to: number }[] = []
  highest = -1
  /** Highest offset since the position last went back: it reads on from there, and what lies beyond it owes it nothing yet. */
  reach = -1
  /** Records at an offset that it had reached before, and the first of them. */
  backwards = 0
  firstBackwards: { readonly offset: number; readonly after: number } | undefined = undefined

  constructor(consumer: string, partition: string) {
    this.consumer = consumer
    this.partition = partition
  }

  get count(): number {
    return this.offsets.length
  }

  add(offset: number, producer: number, n: number, atUs: number): void {
    if (offset <= this.highest) {
      this.backwards += 1
      this.firstBackwards ??= { offset, after: this.highest }
    } else this.highest = offset
    this.reach = Math.max(this.reach, offset)
    this.offsets.push(offset)
    this.producers.push(producer)
    this.ns.push(n)
    this.timesUs.push(atUs)
  }

  /** Its position went forward or back, without reading. */
  moved(from: number, to: number): void {
    if (to > from) this.jumps.push({ from, to })
    else this.reach = Math.min(this.reach, to - 1)
  }

  countBetween(fromUs: number, untilUs: number): number {
    let count = 0
    for (let i = 0; i < this.count; i++) {
      const atUs = this.timesUs.at(i)
      if (fromUs <= atUs && atUs < untilUs) count += 1
    }
    return count
  }

  /** Did its position jump over this offset? */
  isJumped(offset: number): boolean {
    return this.jumps.some(({ from, to }) => from <= offset && offset < to)
  }
}
