import { describe, expect, it } from 'vitest'
import { Streams } from '../../../sim/random/streams.ts'
import { KeyedPartitioner } from '../../../src/client/partitioners/keyed-partitioner.ts'
import { murmur2 } from '../../../src/client/partitioners/murmur2.ts'
import { RoundRobinPartitioner } from '../../../src/client/partitioners/round-robin-partitioner.ts'
import { type PartitionLoad, StickyPartitioner, weigh } from '../../../src/client/partitioners/sticky-partitioner.ts'
import { topic, utf8 } from './topics.ts'

const BATCH = 100
const sticky = (seed = 1, load?: PartitionLoad) => new StickyPartitioner(BATCH, new Streams(seed).stream('p'), load)

describe('murmur2 (P-11): the vectors of Kafka and librdkafka', () => {
  // prettier-ignore
  const VECTORS: readonly (readonly [key: string, hash: number, mod3: number, mod6: number, mod12: number])[] = [
    ['21', 0xc5f2f8ec, 0, 0, 0],
    ['foobar', 0xd0e47bbe, 0, 0, 6],
    ['a-little-bit-long-string', 0xc53b1da0, 2, 2, 8],
    ['a-little-bit-longer-string', 0xa768c9c3, 2, 5, 11],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', 0xfc7d49cd, 2, 5, 5],
    ['abc', 0x1c94221b, 0, 3, 3],
    ['', 0x106e08d9, 0, 3, 9],
    ['a', 0xa2d0b27c, 1, 4, 4],
    ['kafka', 0xd067cf64, 1, 4, 4],
    ['key-0', 0x01bdb5b9, 1, 1, 1],
    ['key-1', 0x0b8601b8, 0, 0, 0],
    ['user-42', 0x5700682c, 1, 4, 4],
  ]

  it.each(VECTORS)('of %j', (key, hash, mod3, mod6, mod12) => {
    expect(murmur2(utf8(key)) >>> 0).toBe(hash)
    const partitioner = new KeyedPartitioner(sticky(), false)
    const chosen = [3, 6, 12].map((count) => partitioner.decide(topic(count), utf8(key)))
    expect(chosen).toEqual([mod3, mod6, mod12])
  })

  it.each([
    ['giberish123456789', 0x8f552b0c, 257239820, 2],
    ['1234', 0x9fc97b14, 533297940, 0],
    ['34', 0x873930da, 121188570, 0],
  ])('of %j', (key, hash, positive, mod3) => {
    const signed = murmur2(utf8(key))
    expect([signed >>> 0, signed & 0x7fffffff, (signed & 0x7fffffff) % 3]).toEqual([hash, positive, mod3])
  })

  it('of records with a key is over all partitions, led or not', () => {
    const partitioner = new KeyedPartitioner(sticky(), false)
    const unled = topic(12, (index) => index !== 8)
    expect(partitioner.decide(unled, utf8('a-little-bit-long-string'))).toBe(8)
  })

  it('moves keys when partitions are added (P-13)', () => {
    const partitioner = new KeyedPartitioner(sticky(), false)
    expect(partitioner.decide(topic(6), utf8('foobar'))).toBe(0)
    expect(partitioner.decide(topic(12), utf8('foobar'))).toBe(6)
  })

  it('is not asked with partitioner.ignore.keys (P-10)', () => {
    expect(new KeyedPartitioner(sticky(), true).decide(topic(12), utf8('foobar'))).toBeUndefined()
    expect(new KeyedPartitioner(sticky(), false).decide(topic(12), null)).toBeUndefined()
  })
})

describe('records without a key stick to a partition (P-12)', () => {
  function changesAfter(bytes: number, allFull: boolean): boolean {
    const partitioner = sticky()
    // With a thousand partitions chance does not draw the same one again.
    const first = partitioner.choose(topic(1000))
    partitioner.appended(topic(1000), bytes, allFull)
    return partitioner.choose(topic(1000)) !== first
  }

  it('until batch.size bytes went there and the last batch is full', () => {
    expect(changesAfter(BATCH - 1, true)).toBe(false)
    expect(changesAfter(BATCH, true)).toBe(true)
  })

  it('or twice as many, even if that leaves an unfinished batch', () => {
    expect(changesAfter(2 * BATCH - 1, false)).toBe(false)
    expect(changesAfter(2 * BATCH, false)).toBe(true)
  })

  it('with a leader, if any has one', () => {
    const onlyTwo = topic(5, (index) => index === 2)
    for (let seed = 0; seed < 20; seed++) expect(sticky(seed).choose(onlyTwo)).toBe(2)
    const none = topic(5, () => false)
    expect([0, 1, 2, 3, 4]).toContain(sticky().choose(none))
  })
})

describe('the choice by load (P-12)', () => {
  const load = (lengths: readonly (number | undefined)[], stalled: readonly number[] = []): PartitionLoad => ({
    queued: ({ index }) => lengths[index],
    isStalled: ({ index }) => stalled.includes(index),
  })
  const weightsOf = (lengths: readonly (number | undefined)[], stalled: readonly number[] = [], led = [0, 1, 2]) =>
    weigh(
      topic(3, (index) => led.includes(index)),
      load(lengths, stalled),
    )?.map(({ partition, weight }) => `${partition.index}:${weight}`)

  it('gives each the longest queue plus one, less its own', () => {
    expect(weightsOf([0, 3, 1])).toEqual(['0:4', '1:1', '2:3'])
  })

  it('is left to chance until each partition has had a batch, and while all queues are alike', () => {
    expect(weightsOf([0, 3, undefined])).toBeUndefined()
    expect(weightsOf([2, 2, 2])).toBeUndefined()
    expect(weigh(topic(1), load([5]))).toBeUndefined()
  })

  it('leaves out who has no leader, also when the rest is alike', () => {
    expect(weightsOf([0, 9, 0], [], [0, 2])).toEqual(['0:1', '2:1'])
    expect(weightsOf([0, 0, 0], [], [])).toBeUndefined()
  })

  it('leaves out whose leader is stalled, where something waits (partitioner.availability.timeout.ms)', () => {
    expect(weightsOf([1, 3, 1], [1])).toEqual(['0:1', '2:1'])
    expect(weightsOf([0, 3, 1], [0])).toEqual(['0:4', '1:1', '2:3'])
  })

  it('draws by these weights', () => {
    const drawn = [0, 0, 0]
    for (let seed = 0; seed < 800; seed++) drawn[sticky(seed, load([0, 3, 1])).choose(topic(3))]! += 1
    expect(drawn[0]).toBeGreaterThan(340)
    expect(drawn[1]).toBeLessThan(150)
    expect(drawn[2]).toBeGreaterThan(240)
  })
})

describe('RoundRobinPartitioner (P-10)', () => {
  const decide = (partitioner: RoundRobinPartitioner, times: number, of = topic(3)) =>
    Array.from({ length: times }, () => partitioner.decide(of))

  it('goes around the partitions that have a leader, or all if none has', () => {
    expect(decide(new RoundRobinPartitioner(), 5)).toEqual([0, 1, 2, 0, 1])
    const partial = topic(3, (index) => index !== 1)
    expect(decide(new RoundRobinPartitioner(), 4, partial)).toEqual([0, 2, 0, 2])
    const none = topic(3, () => false)
    expect(decide(new RoundRobinPartitioner(), 4, none)).toEqual([0, 1, 2, 0])
  })
})
