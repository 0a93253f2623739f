import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { ExponentialBackoff } from '../../src/network/exponential-backoff.ts'

describe('exponential back-off (P-6)', () => {
  it('is 100, 200, 400, 800, 1000 ms without jitter, and stays there', () => {
    const backoff = new ExponentialBackoff(100, 1000, new Streams(1).stream('x'), 0)
    expect([0, 1, 2, 3, 4, 5, 50].map((n) => backoff.delayMs(n))).toEqual([100, 200, 400, 800, 1000, 1000, 1000])
  })

  it('is within ±20 % of that, and never above the maximum', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(20), (seed, failures) => {
        const delayMs = new ExponentialBackoff(100, 1000, new Streams(seed).stream('x')).delayMs(failures)
        const plain = Math.min(1000, 100 * 2 ** failures)
        expect(delayMs).toBeGreaterThanOrEqual(Math.floor(plain * 0.8))
        expect(delayMs).toBeLessThanOrEqual(Math.min(1000, plain * 1.2))
      }),
    )
  })

  it('is constant, and draws nothing, when the maximum leaves no room to grow', () => {
    const rng = new Streams(1).stream('x')
    expect(new ExponentialBackoff(50, 50, rng).delayMs(7)).toBe(50)
    expect(new ExponentialBackoff(50, 20, rng).delayMs(7)).toBe(20)
    expect(rng.u32()).toBe(new Streams(1).stream('x').u32())
  })
})
