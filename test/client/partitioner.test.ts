import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import type { TopicInfo } from '../../src/client/client-metadata.ts'
import { murmur2, Partitioner } from '../../src/client/partitioner.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)

function topic(partitions: number, withLeader: (index: number) => boolean = () => true): TopicInfo {
  const leader = { id: 1, host: 'broker-1', port: 9092 }
  return {
    name: 'orders',
    id: 'id',
    partitions: Array.from({ length: partitions }, (_, index) => ({
      topic: 'orders',
      topicId: 'id',
      index,
      key: `orders-${index}`,
      leader: withLeader(index) ? leader : undefined,
      leaderEpoch: 0,
      racks: new Set<string>(),
      onlineReplicas: [1],
    })),
  }
}

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
    const partitioner = new Partitioner(100, new Streams(1).stream('p'))
    const chosen = [3, 6, 12].map((count) => partitioner.choose(topic(count), utf8(key)))
    expect(chosen).toEqual([mod3, mod6, mod12])
  })

  it('of records with a key is over all partitions, led or not', () => {
    const partitioner = new Partitioner(100, new Streams(1).stream('p'))
    expect(
      partitioner.choose(
        topic(12, (index) => index !== 8),
        utf8('a-little-bit-long-string'),
      ),
    ).toBe(8)
  })
})

describe('records without a key stick to a partition (P-12)', () => {
  const BATCH = 100

  function changesAfter(bytes: number, lastBatchIsFull: boolean): boolean {
    const partitioner = new Partitioner(BATCH, new Streams(1).stream('p'))
    // With a thousand partitions chance does not draw the same one again.
    const first = partitioner.choose(topic(1000), null)
    partitioner.appended(topic(1000), bytes, lastBatchIsFull)
    return partitioner.choose(topic(1000), null) !== first
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
    for (let seed = 0; seed < 20; seed++) {
      expect(new Partitioner(BATCH, new Streams(seed).stream('p')).choose(onlyTwo, null)).toBe(2)
    }
    const none = new Partitioner(BATCH, new Streams(1).stream('p')).choose(
      topic(5, () => false),
      null,
    )
    expect([0, 1, 2, 3, 4]).toContain(none)
  })
})
