import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { FetchSessionCache } from '../../src/broker/fetch-session-cache.ts'
import { SessionPartitions } from '../../src/broker/session-partitions.ts'
import { ask } from './fixture.ts'

/** One slot in each of the eight shards. */
const EIGHT = 8
const EVICTION_MS = 120_000

function partitions(count: number): SessionPartitions {
  const all = new SessionPartitions()
  for (let partition = 0; partition < count; partition++) all.ask('id', 'orders', 'id', ask(0, { partition }))
  return all
}

class Rig {
  readonly cache = new FetchSessionCache(EIGHT, new Streams(1).stream('fetch-sessions'))
  nowMs = 0

  open(size: number, privileged = false) {
    return this.cache.open(privileged, partitions(size), true, this.nowMs)
  }

  /** All slots taken; the sessions by shard. */
  fill(size: number, privileged = false) {
    return Array.from({ length: EIGHT }, () => this.open(size, privileged)!)
  }

  holds(session: { readonly id: number } | undefined): boolean {
    return session !== undefined && this.cache.get(session.id) === session
  }
}

describe('the fetch sessions of a broker (R-67)', () => {
  it('have ids above 0, each shard’s from a range of its own, and all different', () => {
    const ids = new Rig().fill(1).map(({ id }) => id)
    expect(new Set(ids).size).toBe(EIGHT)
    const range = Math.floor(2_147_483_647 / EIGHT)
    expect(ids.map((id) => Math.floor(id / range))).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(Math.min(...ids)).toBeGreaterThan(0)
  })

  it('share the slots: with fewer than eight there is none (KAFKA-9401)', () => {
    const cache = new FetchSessionCache(EIGHT - 1, new Streams(1).stream('fetch-sessions'))
    expect(cache.open(true, partitions(1), true, 0)).toBeUndefined()
  })

  it('are not opened when there is no room, and a broker’s first ones stay', () => {
    const rig = new Rig()
    const [first] = rig.fill(1)
    expect(rig.open(5)).toBeUndefined()
    expect(rig.holds(first)).toBe(true)
    expect(rig.cache.size).toBe(EIGHT)
  })

  it('give way to any once unused for more than 120 s', () => {
    const rig = new Rig()
    const [first, second] = rig.fill(5, true)
    rig.nowMs = EVICTION_MS
    expect(rig.open(1)).toBeUndefined()
    rig.nowMs += 1
    expect(rig.holds(rig.open(1))).toBe(true)
    expect([rig.holds(first), rig.holds(second)]).toEqual([true, false])
  })

  it('give way to a follower’s, if they are a consumer’s', () => {
    const rig = new Rig()
    const [first] = rig.fill(5)
    expect(rig.holds(rig.open(1, true))).toBe(true)
    expect(rig.holds(first)).toBe(false)
  })

  it('of followers give way to nobody while they are young', () => {
    const rig = new Rig()
    const [first] = rig.fill(1, true)
    expect(rig.open(9, true)).toBeUndefined()
    expect(rig.open(9)).toBeUndefined()
    expect(rig.holds(first)).toBe(true)
  })

  it('give way to larger ones when they are old, though in use; never to equals', () => {
    for (const [size, givesWay] of [
      [2, false],
      [3, true],
    ] as const) {
      const rig = new Rig()
      const [first] = rig.fill(2)
      rig.nowMs = EVICTION_MS + 1
      first!.touch(rig.nowMs)
      expect(rig.open(size) !== undefined).toBe(givesWay)
      expect(rig.holds(first)).toBe(!givesWay)
    }
  })

  it('are old only from the first use on after they are: as in Kafka', () => {
    const rig = new Rig()
    const [first] = rig.fill(1)
    rig.nowMs = EVICTION_MS
    first!.touch(rig.nowMs)
    rig.nowMs += EVICTION_MS
    expect(rig.open(9)).toBeUndefined()
    expect(rig.holds(first)).toBe(true)
  })

  it('give way by worth: consumers before followers, then fewer partitions first', () => {
    const rig = new Rig()
    const cache = new FetchSessionCache(3 * EIGHT, new Streams(2).stream('fetch-sessions'))
    const sizes = [
      [1, true],
      [4, false],
      [3, false],
    ] as const
    // Every eighth is in one shard.
    const inFirstShard = sizes.map(([size, privileged]) => {
      const session = cache.open(privileged, partitions(size), true, 0)!
      for (let i = 1; i < EIGHT; i++) cache.open(privileged, partitions(size), true, 0)
      return session
    })
    expect(cache.open(true, partitions(1), true, rig.nowMs)).toBeDefined()
    expect(inFirstShard.map(({ id }) => cache.get(id) !== undefined)).toEqual([true, true, false])
  })
})
