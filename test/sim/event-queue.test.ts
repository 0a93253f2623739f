import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventQueue } from '../../sim/event-queue.ts'

interface Entry {
  readonly time: number
  readonly seq: number
  readonly slot: number
}

/** The same queue as a sorted array. */
class NaiveQueue {
  entries: Entry[] = []

  push(entry: Entry): void {
    this.entries.push(entry)
    this.entries.sort((x, y) => x.time - y.time || x.seq - y.seq)
  }

  remove(slot: number): void {
    this.entries = this.entries.filter((entry) => entry.slot !== slot)
  }
}

const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: fc.constant('push' as const), time: fc.nat(20), front: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('pop' as const) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('remove' as const), which: fc.nat() }) },
)

describe('the event queue', () => {
  it('pops by time, then by sequence number, whatever is pushed and removed in between', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 300, size: 'max' }), (operations) => {
        const queue = new EventQueue()
        const naive = new NaiveQueue()
        let used = 0
        for (const step of operations) {
          if (step.op === 'push') {
            used++
            const entry = { time: step.time, seq: step.front ? -used : used, slot: used }
            queue.push(entry.time, entry.seq, entry.slot)
            naive.push(entry)
          } else if (step.op === 'pop') {
            if (naive.entries.length > 0) expect(queue.pop()).toBe(naive.entries.shift()?.slot)
          } else if (naive.entries.length > 0) {
            const slot = naive.entries[step.which % naive.entries.length]?.slot ?? -1
            queue.remove(slot)
            naive.remove(slot)
            expect(queue.has(slot)).toBe(false)
          }
          expect(queue.size).toBe(naive.entries.length)
          expect(queue.firstTime).toBe(naive.entries[0]?.time ?? Infinity)
          expect(naive.entries.every(({ slot }) => queue.has(slot))).toBe(true)
        }
        const rest = naive.entries.map(() => queue.pop())
        expect(rest).toEqual(naive.entries.map((entry) => entry.slot))
      }),
      { numRuns: 100 },
    )
  })

  it('keeps the order of thousands of entries, and of slots far apart', () => {
    const queue = new EventQueue()
    const times: number[] = []
    for (let i = 0; i < 5000; i++) {
      const time = (i * 7919) % 5003
      times.push(time)
      queue.push(time, i, i * 3)
    }
    const popped = times.map(() => {
      const time = queue.firstTime
      queue.pop()
      return time
    })
    expect(popped).toEqual(times.toSorted((x, y) => x - y))
  })

  it('refuses what would corrupt it', () => {
    const queue = new EventQueue()
    queue.push(1, 1, 7)
    expect(() => queue.push(2, 2, 7)).toThrow('slot 7 is queued twice')
    expect(() => queue.remove(8)).toThrow('slot 8 is not queued')
    expect(() => queue.remove(8000)).toThrow('slot 8000 is not queued')
  })
})
