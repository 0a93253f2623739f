// Every entity draws from streams of its own, named after it: take one fault, producer or consumer out of a scenario, and
// all others draw what they drew before, as far as they draw at all.

import { afterEach, describe, expect, it, vi } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { Xor128Rng } from '../../sim/random/xor128.ts'
import { engine } from '../../src/cli/engine.ts'
import type { RunOptions } from '../../src/scenario/runner.ts'
import { loadStorm, STORM, without } from './storm.ts'

const SEED = 5

afterEach(() => vi.restoreAllMocks())

/** Runs a scenario and writes down all words that were drawn from each stream, in their order. */
function drawsOf(text: string, options: Partial<RunOptions> = {}): Map<string, number[]> {
  const draws = new Map<string, number[]>()
  const ofStream = new WeakMap<object, number[]>()
  const { reuse } = Streams.prototype
  const { u32 } = Xor128Rng.prototype
  vi.spyOn(Streams.prototype, 'reuse').mockImplementation(function (this: Streams, name) {
    const rng = reuse.call(this, name)
    const words = draws.get(name) ?? []
    draws.set(name, words)
    ofStream.set(rng, words)
    return rng
  })
  vi.spyOn(Xor128Rng.prototype, 'u32').mockImplementation(function (this: Xor128Rng) {
    const word = u32.call(this)
    ofStream.get(this)?.push(word)
    return word
  })
  engine.run(loadStorm(text), { seed: SEED, ...options })
  vi.restoreAllMocks()
  return draws
}

/** Streams of both runs that drew something in both, and those of them whose draws are not the same as far as they go. */
function compare(before: Map<string, number[]>, after: Map<string, number[]>) {
  const common = [...before.keys()].filter(
    (name) => (before.get(name)?.length ?? 0) * (after.get(name)?.length ?? 0) > 0,
  )
  const differing = common.filter((name) => {
    const [one, other] = [before.get(name) ?? [], after.get(name) ?? []]
    const length = Math.min(one.length, other.length)
    return one.slice(0, length).join() !== other.slice(0, length).join()
  })
  return { common, differing }
}

const all = drawsOf(STORM)

describe('removing one entity leaves the draws of all others as they were', () => {
  it('with streams for every kind of entity', () => {
    const names = [...all.keys()]
    const kinds = [
      /^link\/broker-1>broker-2$/,
      /^disk\/broker-1$/,
      /^fault\/slow$/,
      /^draw\/faults\.crash\.at$/,
      /^producer-web\[1\]#1\//,
      /^consumer-audit\[0\]#1\//,
      /^broker-\d#2\//,
    ]
    for (const kind of kinds) expect(names.some((name) => kind.test(name))).toBe(true)
  })

  it.each(['crash', 'any', 'freeze', 'jam', 'far', 'app', 'audit', 'spare'])('without %s', (removed) => {
    const rest = drawsOf(without(removed))
    const { common, differing } = compare(all, rest)
    expect(differing).toEqual([])
    expect(common.length).toBeGreaterThan(30)
    // Nobody draws from new streams, but for lives and links that there were none of before.
    const strangers = [...rest.keys()].filter((name) => !all.has(name) && !/#\d+\/|^link\//.test(name))
    expect(strangers).toEqual([])
  })

  it('without one instance of a producer', () => {
    const { differing, common } = compare(all, drawsOf(STORM.replace('orders, count: 2', 'orders, count: 1')))
    expect(differing).toEqual([])
    expect(common.some((name) => name.startsWith('producer-web[0]#1/'))).toBe(true)
    expect(common.filter((name) => name.includes('web[1]'))).toEqual([])
  })

  it('and would tell if it did not', () => {
    const renamed = drawsOf(STORM, { seed: SEED + 1 })
    const { common, differing } = compare(all, renamed)
    expect(differing).toEqual(common)
  })
})

describe('a fault that is not there', () => {
  it('changes nothing before it would have happened', () => {
    const upTo = (text: string, untilUs: number) => engine.run(loadStorm(text), { seed: SEED, untilUs }).verdict
    const [before, after] = [11_999_999, 12_500_000]
    expect(upTo(without('freeze'), before)).toEqual(upTo(STORM, before))
    expect(upTo(without('freeze'), after).traceHash).not.toBe(upTo(STORM, after).traceHash)
  })

  it('leaves to the others whom they hit, and when', () => {
    const targets = (text: string): Map<string, string> => {
      const hit = new Map<string, string>()
      const onTrace: RunOptions['onTrace'] = ({ atUs, event }) => {
        if (!('fault' in event && 'verb' in event && 'targets' in event)) return
        const name = String(event.fault)
        if (!hit.has(name)) hit.set(name, `${atUs} ${String(event.targets)}`)
      }
      engine.run(loadStorm(text), { seed: SEED, onTrace })
      return hit
    }
    const drawn = ['crash', 'any', 'slow', 'cut']
    const withAll = targets(STORM)
    expect(new Set(drawn.map((id) => withAll.get(id)?.split(' ')[1])).size).toBeGreaterThan(1)
    for (const removed of drawn) {
      const rest = targets(without(removed))
      expect(rest.has(removed)).toBe(false)
      // Whom `crash` hits is not drawn: it is whoever leads.
      for (const id of drawn) if (id !== removed) expect(rest.get(id)).toBe(withAll.get(id))
    }
  })
})
