import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatDuration,
  parseBandwidth,
  parseDuration,
  parseProbability,
  parseRate,
  parseSize,
  splitRange,
} from '../../../src/scenario/text/units.ts'

describe('durations', () => {
  it.each([
    ['500us', 500],
    ['500ms', 500_000],
    ['1.5s', 1_500_000],
    ['1.1s', 1_100_000],
    ['30s', 30_000_000],
    ['1h30m', 5_400_000_000],
    ['7d', 604_800_000_000],
    ['0s', 0],
  ])('%s is %d µs', (text, us) => {
    expect(parseDuration(text)).toBe(us)
  })

  it.each(['', '5', '5 s', '-5s', '30m1h', '1s1s', '5x', 's', '0.0000001s', '1e3s', '999999999d', '5ss', '１s'])(
    '"%s" is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )

  it('are written as they are read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 13 }), (us) => {
        expect(parseDuration(formatDuration(us))).toBe(us)
      }),
    )
  })
})

describe('sizes, rates, probabilities, ranges', () => {
  it('sizes tell 1000 from 1024', () => {
    expect([parseSize('64KiB'), parseSize('10MB'), parseSize('1.5KB'), parseSize('100B')]).toEqual([
      65536, 1e7, 1500, 100,
    ])
    expect([parseSize('64'), parseSize('64kb'), parseSize('1.0001KB')]).toEqual([undefined, undefined, undefined])
  })

  it('rates are per second', () => {
    expect([parseRate('200/s'), parseRate('30/m'), parseRate('0.5/s')]).toEqual([200, 0.5, 0.5])
    expect([parseRate('0/s'), parseRate('200'), parseRate('/s'), parseRate('-1/s')]).toEqual(Array(4).fill(undefined))
  })

  it('bandwidths are bytes per ms', () => {
    expect([parseBandwidth('10MB/s'), parseBandwidth('10MB'), parseBandwidth('0B/s')]).toEqual([
      10_000,
      undefined,
      undefined,
    ])
  })

  it('probabilities are percentages or fractions', () => {
    expect([parseProbability('2%'), parseProbability('0.5'), parseProbability('100%')]).toEqual([0.02, 0.5, 1])
    expect([parseProbability('101%'), parseProbability('1.5'), parseProbability('x')]).toEqual(Array(3).fill(undefined))
  })

  it('a range has two ends', () => {
    expect(splitRange('1ms..5ms')).toEqual(['1ms', '5ms'])
    expect([splitRange('..5'), splitRange('5..'), splitRange('5')]).toEqual(Array(3).fill(undefined))
  })
})
