import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from '../../src/records/crc32c.ts'
import { naiveCrc32c } from './naive-decoder.ts'
import { ascii } from './vectors.ts'

describe('CRC-32C', () => {
  it('gives the check value of the Castagnoli polynomial (W-41)', () => {
    expect(crc32c(ascii('123456789'))).toBe(0xe3069283)
  })

  it('of nothing is 0', () => {
    expect(crc32c(new Uint8Array(0))).toBe(0)
  })

  it('equals the bit-by-bit definition for any range of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), fc.nat(20), (bytes, from, cut) => {
        const to = Math.max(from, bytes.length - cut)
        expect(crc32c(bytes, Math.min(from, bytes.length), Math.min(to, bytes.length))).toBe(
          naiveCrc32c(bytes.subarray(from, to)),
        )
      }),
    )
  })
})
