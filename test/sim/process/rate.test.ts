import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_DRIFT_PPM, advancedUs, elapsedForUs, rateOf } from '../../../sim/process/rate.ts'

const drift = fc.integer({ min: -MAX_DRIFT_PPM, max: MAX_DRIFT_PPM })
/** Up to a century. */
const span = fc.oneof(fc.nat(10_000_000), fc.integer({ min: 0, max: 3_155_760_000_000_000 }))

describe('the rate of a drifting clock', () => {
  it('advances by elapsed × (10^6 + ppm) / 10^6, rounded down, exactly', () => {
    fc.assert(
      fc.property(span, drift, (elapsedUs, ppm) => {
        const exact = (BigInt(elapsedUs) * BigInt(1_000_000 + ppm)) / 1_000_000n
        expect(BigInt(advancedUs(elapsedUs, rateOf(ppm)))).toBe(exact)
      }),
    )
  })

  it('is inverted exactly: no earlier microsecond would do', () => {
    fc.assert(
      fc.property(span, drift, (needUs, ppm) => {
        const rate = rateOf(ppm)
        const elapsedUs = elapsedForUs(needUs, rate)
        expect(advancedUs(elapsedUs, rate)).toBeGreaterThanOrEqual(needUs)
        if (elapsedUs > 0) expect(advancedUs(elapsedUs - 1, rate)).toBeLessThan(needUs)
      }),
    )
  })

  it('takes no fraction of a ppm and no clock that nearly stands still', () => {
    expect(() => rateOf(0.5)).toThrow(/drift of 0.5/)
    expect(() => rateOf(-MAX_DRIFT_PPM - 1)).toThrow(/drift/)
  })
})
