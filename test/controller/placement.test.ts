import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Rng } from '../../sim/index.ts'
import { Streams } from '../../sim/random/streams.ts'
import { type PlaceableBroker, placeReplicas } from '../../src/controller/placement.ts'
import { placeByRule } from './placement-model.ts'

const streamOf = (seed: number): Rng => new Streams(seed).stream('placement')

/** 1 to 9 brokers in up to 4 racks, some fenced, the first never. */
const clusters = fc
  .array(fc.record({ rack: fc.constantFrom('a', 'b', 'c', 'd'), fenced: fc.boolean() }), { minLength: 1, maxLength: 9 })
  .map((brokers) => brokers.map((b, i): PlaceableBroker => ({ id: i + 1, rack: b.rack, fenced: i > 0 && b.fenced })))

function place(brokers: readonly PlaceableBroker[], partitions: number, factor: number, seed = 1) {
  const result = placeReplicas(brokers, partitions, factor, streamOf(seed))
  if (!result.ok) throw new Error(result.reason)
  return result.replicas
}

describe('where replicas of new partitions go (R-108)', () => {
  it('is what the rule says, until the first shuffle', () => {
    fc.assert(
      fc.property(clusters, fc.nat(100), fc.nat(8), (brokers, seed, more) => {
        const factor = 1 + (more % brokers.length)
        const unfenced = brokers.filter((broker) => !broker.fenced).length
        const rng = streamOf(seed)
        const expected = placeByRule(brokers, unfenced, factor, (size) => rng.below(size))
        expect(place(brokers, unfenced, factor, seed)).toEqual(expected)
      }),
    )
  })

  it('gives each partition as many distinct brokers as asked for, the first of them unfenced', () => {
    fc.assert(
      fc.property(clusters, fc.nat(100), fc.nat(8), (brokers, seed, more) => {
        const factor = 1 + (more % brokers.length)
        for (const replicas of place(brokers, 20, factor, seed)) {
          expect(new Set(replicas).size).toBe(factor)
          expect(brokers.find(({ id }) => id === replicas[0])?.fenced).toBe(false)
        }
      }),
    )
  })

  it('spreads a partition over as many racks as possible', () => {
    fc.assert(
      fc.property(clusters, fc.nat(100), fc.nat(8), (brokers, seed, more) => {
        const factor = 1 + (more % brokers.length)
        const racks = new Set(brokers.map(({ rack }) => rack)).size
        for (const replicas of place(brokers, 20, factor, seed)) {
          const used = new Set(replicas.map((id) => brokers.find((broker) => broker.id === id)?.rack))
          expect(used.size).toBe(Math.min(racks, factor))
        }
      }),
    )
  })

  it('takes a fenced broker of a rack only after its unfenced ones', () => {
    const brokers = [1, 2, 3].map((id) => ({ id, rack: null, fenced: id === 2 }))
    for (const replicas of place(brokers, 30, 2)) expect(replicas).not.toContain(2)
    for (const replicas of place(brokers, 30, 3)) expect(replicas[2]).toBe(2)
  })

  it('gives every broker its share of leaders', () => {
    const brokers = [1, 2, 3].map((id) => ({ id, rack: null, fenced: false }))
    const leaders = place(brokers, 30, 3).map((replicas) => replicas[0])
    for (const id of [1, 2, 3]) expect(leaders.filter((leader) => leader === id)).toHaveLength(10)
  })

  it.each([
    ['more replicas than brokers', [false, false], 3, 'only 2 broker(s) are registered'],
    ['no replica', [false], 0, 'at least 1'],
    ['brokers that are all fenced', [true, true], 1, 'All brokers are currently fenced'],
  ])('refuses %s', (_, fenced, factor, reason) => {
    const brokers = fenced.map((f, i) => ({ id: i + 1, rack: null, fenced: f }))
    const result = placeReplicas(brokers, 1, factor, streamOf(1))
    expect(result.ok ? '' : result.reason).toContain(reason)
  })
})
