import { describe, expect, it } from 'vitest'
import type { Rng } from '../../../sim/random/rng.ts'
import { Streams } from '../../../sim/random/streams.ts'

const words = (rng: Rng, count: number): number[] => Array.from({ length: count }, () => rng.u32())

describe('streams', () => {
  it('draw the same in every version of this package, until one says otherwise', () => {
    expect(words(new Streams(42).stream('link/a>b'), 4)).toEqual([72371609, 231848221, 1079070338, 2705670525])
  })

  it('are a function of the seed and their name', () => {
    const first = (seed: number, name: string): string => words(new Streams(seed).stream(name), 3).join()
    expect(first(1, 'disk/a')).toBe(first(1, 'disk/a'))
    const all = [first(1, 'disk/a'), first(1, 'disk/b'), first(2, 'disk/a'), first(11, 'disk/a'), first(1, '1/disk/a')]
    expect(new Set(all).size).toBe(all.length)
  })

  it('leave each other as they were, whoever else is opened or draws', () => {
    const alone = words(new Streams(5).stream('b'), 10)
    const streams = new Streams(5)
    const noisy = streams.stream('a')
    noisy.u32()
    const crowded = streams.stream('b')
    const drawn = alone.map(() => {
      noisy.shuffled([1, 2, 3])
      streams.reuse('c').u32()
      return crowded.u32()
    })
    expect(drawn).toEqual(alone)
  })

  it('with equally long names are not tied to each other across seeds', () => {
    const differences = new Set<number>()
    for (let seed = 10; seed < 74; seed++) {
      const streams = new Streams(seed)
      differences.add((streams.stream('link/1>2').u32() ^ streams.stream('link/1>3').u32()) >>> 0)
    }
    expect(differences.size).toBe(64)
  })

  it('agree in each bit of their first draw about half of the time, over seeds', () => {
    const agreements = Array.from({ length: 32 }, () => 0)
    for (let seed = 0; seed < 1000; seed++) {
      const streams = new Streams(seed)
      const same = ~(streams.stream('a').u32() ^ streams.stream('b').u32())
      for (let bit = 0; bit < 32; bit++) agreements[bit] = (agreements[bit] ?? 0) + ((same >>> bit) & 1)
    }
    for (const count of agreements) expect(Math.abs(count - 500)).toBeLessThan(80)
  })

  it('are opened once, or knowingly shared', () => {
    const streams = new Streams(1)
    const rng = streams.stream('disk/a')
    expect(() => streams.stream('disk/a')).toThrow("the stream 'disk/a' is opened twice")
    expect(streams.reuse('disk/a')).toBe(rng)
    expect(streams.reuse('disk/b')).toBe(streams.reuse('disk/b'))
  })

  it('need a seed that every machine reads alike', () => {
    for (const seed of [-1, 0.5, 2 ** 53, NaN]) expect(() => new Streams(seed)).toThrow('seed')
    expect(() => new Streams(2 ** 53 - 1)).not.toThrow()
  })
})
