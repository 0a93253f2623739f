// Events of one instant in a random order: another order than as scheduled, and yet the same for the same seed.

import { describe, expect, it, vi } from 'vitest'
import type * as Sim from '../../sim/index.ts'
import { runStorm } from './storm.ts'

let order: 'fifo' | 'shuffle' = 'shuffle'

vi.mock('../../sim/index.ts', async (original) => {
  const sim = await original<typeof Sim>()
  class OrderedWorld extends sim.World {
    constructor(options: Sim.WorldOptions) {
      super({ ...options, order })
    }
  }
  return { ...sim, World: OrderedWorld }
})

function stormIn(wanted: 'fifo' | 'shuffle', seed: number) {
  order = wanted
  return runStorm({ seed }).verdict
}

describe('a whole cluster with events of one instant shuffled', () => {
  it('does the same for the same seed', () => {
    expect(stormIn('shuffle', 5)).toEqual(stormIn('shuffle', 5))
  })

  it('does something else than in the order of scheduling, or with another seed', () => {
    const hashes = [stormIn('fifo', 5), stormIn('shuffle', 5), stormIn('shuffle', 6)].map(({ traceHash }) => traceHash)
    expect(new Set(hashes).size).toBe(3)
  })

  it('keeps every promise of the replication protocol, whatever the order', () => {
    for (const seed of [1, 2, 3]) expect(stormIn('shuffle', seed)).toMatchObject({ violations: [], notFired: [] })
  })
})
