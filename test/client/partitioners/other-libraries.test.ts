import { describe, expect, it } from 'vitest'
import { Streams } from '../../../sim/random/streams.ts'
import { crc32 } from '../../../src/client/partitioners/crc32.ts'
import { KafkaJsPartitioner } from '../../../src/client/partitioners/kafkajs-partitioner.ts'
import { LibrdkafkaPartitioner } from '../../../src/client/partitioners/librdkafka-partitioner.ts'
import { topic, utf8 } from './topics.ts'

const rng = (seed = 1) => new Streams(seed).stream('p')

describe('librdkafka: consistent_random', () => {
  it('hashes with the CRC-32 of zlib', () => {
    expect(crc32(utf8('123456789'))).toBe(0xcbf43926)
    expect(crc32(utf8(''))).toBe(0)
  })

  it.each([
    ['23456', 0xb1b451d7, 3],
    ['this is another string with more length to it perhaps', 0xb0150df7, 7],
    ['hejsan', 0xd077037e, 6],
  ])('places %j by it', (key, hash, mod10) => {
    expect(crc32(utf8(key))).toBe(hash)
    expect(new LibrdkafkaPartitioner(rng()).decide(topic(10), utf8(key), 0)).toBe(mod10)
  })

  it('keeps records without a key, or with an empty one, together for 10 ms', () => {
    const partitioner = new LibrdkafkaPartitioner(rng())
    const at = (ms: number, key: Uint8Array | null = null) => partitioner.decide(topic(1000), key, ms)
    const first = at(0)
    expect([at(5), at(10), at(10, utf8(''))]).toEqual([first, first, first])
    expect(at(11)).not.toBe(first)
  })

  it('draws again when the partition has no leader, from all of them', () => {
    const partitioner = new LibrdkafkaPartitioner(rng())
    const none = topic(1000, () => false)
    const drawn = new Set([0, 0, 0].map((ms) => partitioner.decide(none, null, ms)))
    expect(drawn.size).toBe(3)
  })
})

describe('kafkajs', () => {
  it('places keys as the Java client does', () => {
    const partitioner = new KafkaJsPartitioner(rng())
    expect(partitioner.decide(topic(12), utf8('foobar'))).toBe(6)
    expect(partitioner.decide(topic(12), utf8(''))).toBe(9)
  })

  it('goes around the partitions that have a leader without a key, from anywhere', () => {
    const partitioner = new KafkaJsPartitioner(rng())
    const partial = topic(4, (index) => index !== 1)
    const chosen = Array.from({ length: 6 }, () => partitioner.decide(partial, null))
    expect(new Set(chosen.slice(0, 3))).toEqual(new Set([0, 2, 3]))
    expect(chosen.slice(3)).toEqual(chosen.slice(0, 3))
    const starts = new Set(
      [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => new KafkaJsPartitioner(rng(seed)).decide(topic(4), null)),
    )
    expect(starts.size).toBeGreaterThan(1)
  })
})
