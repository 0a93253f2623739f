// When records are due, and which keys they get.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { KeyChooser, type Keys } from '../../src/workload/key-chooser.ts'
import { type LoadShape, type Phase, scheduleOf } from '../../src/workload/load-shape.ts'

type OpenLoop = Exclude<LoadShape, { kind: 'closed' }>

/** The ms at which the first records are due, as a producer finds out that sleeps until the next. */
function times(load: OpenLoop, untilMs: number): number[] {
  const schedule = scheduleOf(load)
  const sentAt: number[] = []
  for (let nowMs = 0; nowMs <= untilMs;) {
    const due = schedule.dueBy(nowMs)
    while (sentAt.length < due) sentAt.push(nowMs)
    nowMs = Math.max(schedule.dueAt(sentAt.length), nowMs + 1)
  }
  return sentAt
}

describe('an open loop', () => {
  it('sends at a steady rate, from the start', () => {
    expect(times({ kind: 'steady', ratePerSecond: 4 }, 1000)).toEqual([0, 250, 500, 750, 1000])
  })

  it('changes its rate from phase to phase, and may be silent for one', () => {
    const phases = [
      { forMs: 1000, ratePerSecond: 2 },
      { forMs: 3000, ratePerSecond: 0 },
      { forMs: Infinity, ratePerSecond: 10 },
    ]
    expect(times({ kind: 'phases', phases, repeats: false }, 4200)).toEqual([0, 500, 4000, 4100, 4200])
  })

  it('begins silent, and ends silent', () => {
    const phases = [
      { forMs: 1000, ratePerSecond: 0 },
      { forMs: 500, ratePerSecond: 4 },
      { forMs: Infinity, ratePerSecond: 0 },
    ]
    expect(times({ kind: 'phases', phases, repeats: false }, 100_000)).toEqual([1000, 1250])
  })

  it('has bursts again and again', () => {
    const phases = [
      { forMs: 1500, ratePerSecond: 2 },
      { forMs: 500, ratePerSecond: 6 },
    ]
    const twice = [0, 500, 1000, 1500, 1667, 1834].flatMap((ms) => [ms, ms + 2000]).toSorted((a, b) => a - b)
    expect(times({ kind: 'phases', phases, repeats: true }, 3999)).toEqual(twice)
  })

  it('sends as many as its rates come to, in order, whatever they are', () => {
    const phase: fc.Arbitrary<Phase> = fc.record({
      forMs: fc.integer({ min: 1, max: 5000 }),
      ratePerSecond: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 500 })),
    })
    const loads = fc.tuple(fc.array(phase, { minLength: 1, maxLength: 5 }), fc.boolean())
    fc.assert(
      fc.property(loads, ([phases, repeats]) => {
        const cycleMs = phases.reduce((sum, { forMs }) => sum + forMs, 0)
        const perCycle = phases.reduce((sum, { forMs, ratePerSecond }) => sum + (forMs * ratePerSecond) / 1000, 0)
        const cycles = repeats ? 3 : 1
        const sent = times({ kind: 'phases', phases, repeats }, cycles * cycleMs - 1)
        expect(Math.abs(sent.length - cycles * perCycle)).toBeLessThanOrEqual(1)
        expect(sent).toEqual(sent.toSorted((a, b) => a - b))
      }),
      { numRuns: 50 },
    )
  })
})

/** Of 20,000 records, how often each key comes. */
function counts(keys: Keys): Map<string, number> {
  const chooser = new KeyChooser(keys, new Streams(1).stream('keys'))
  const found = new Map<string, number>()
  for (let i = 0; i < 20_000; i++) {
    const key = new TextDecoder().decode(chooser.next() ?? undefined)
    found.set(key, (found.get(key) ?? 0) + 1)
  }
  return found
}

describe('keys', () => {
  it('are none, or all alike', () => {
    expect(counts({ count: 0, skew: 'even' })).toEqual(new Map([['', 20_000]]))
    const even = [...counts({ count: 10, skew: 'even' }).values()]
    expect(even).toHaveLength(10)
    expect(Math.min(...even)).toBeGreaterThan(1800)
  })

  it('are hot, a few of them, and share the rest evenly', () => {
    const found = counts({ count: 12, skew: { hot: 2, share: 0.6 } })
    expect([found.get('k0'), found.get('k1')].every((count) => Math.abs((count ?? 0) - 6000) < 300)).toBe(true)
    const cold = [...found].filter(([key]) => key !== 'k0' && key !== 'k1').map(([, count]) => count)
    expect(cold).toHaveLength(10)
    expect(cold.every((count) => Math.abs(count - 800) < 120)).toBe(true)
  })

  it('come as Zipf has it: the n-th once where the first comes n times', () => {
    const found = counts({ count: 100, skew: 'zipf' })
    const first = found.get('k0') ?? 0
    expect(first).toBeGreaterThan(3600)
    for (const n of [2, 4, 8]) expect(Math.abs((found.get(`k${n - 1}`) ?? 0) * n - first) / first).toBeLessThan(0.15)
  })
})
