// Faults that overlap on one process, and what is told of them.

import { describe, expect, it } from 'vitest'
import { simulate } from '../../../src/simulate.ts'

const SECOND = 1_000_000

/** In which seconds broker 1 read its log, as it does when it starts, and which faults did not take hold. */
function story(faults: string): { recoveredIn: Set<number>; notFired: readonly string[] } {
  const recoveredIn = new Set<number>()
  const text = `
cluster: { brokers: 3 }
topics: { orders: { partitions: 1, replication.factor: 3 } }
producers: { web: { topic: orders, rate: 10/s } }
duration: 50s
faults: ${faults}`
  const { verdict } = simulate(text, {
    seed: 1,
    onTrace: ({ atUs, node, event }) => {
      if (event.type === 'log-recovered' && node === 'broker-1') recoveredIn.add(Math.floor(atUs / SECOND))
    },
  })
  return { recoveredIn, notFired: verdict.notFired }
}

describe('a broker that a kill and a power loss hold down', () => {
  const kill = '{ at: 10s, kill: "broker:1", for: 5s }'
  const powerLoss = '{ at: 12s, power-loss: "broker:1", for: 30s }'

  it('is up again when the later of the two is healed, and both have taken hold', () => {
    expect(story(`[${kill}, ${powerLoss}]`)).toEqual({ recoveredIn: new Set([42]), notFired: [] })
  })

  it('is up again when somebody starts it, and is left alone by what held it down', () => {
    const start = '{ at: 20s, start: "broker:1" }'
    expect(story(`[${kill}, ${powerLoss}, ${start}]`)).toEqual({ recoveredIn: new Set([20]), notFired: [] })
  })
})

describe('a power loss', () => {
  it('is told before what it lost', () => {
    const text = `
cluster: { brokers: 3, racks: [a, b] }
topics: { orders: { partitions: 1, replication.factor: 3 } }
producers: { web: { topic: orders, rate: 50/s } }
duration: 20s
faults: [{ at: 12s, power-loss: rack:a, lose: all-unflushed, for: 3s }]`
    const { timeline } = simulate(text, { seed: 1 })
    const at = timeline.filter(({ atUs }) => atUs === 12 * SECOND).map(({ kind, text: what }) => `${kind} ${what}`)
    expect(at).toEqual([
      'fault power-loss rack:a',
      expect.stringMatching(/^note broker-1 loses \d+ bytes/),
      expect.stringMatching(/^note broker-3 loses \d+ bytes/),
    ])
  })
})
