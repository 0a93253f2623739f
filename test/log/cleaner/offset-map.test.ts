// The cleaner's map of keys.

import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { OffsetMap } from '../../../src/log/cleaner/offset-map.ts'
import { bytesOf } from './batches.ts'

describe('the offset map', () => {
  it('has room for one entry per 24 bytes of log.cleaner.dedupe.buffer.size', () => {
    expect(new OffsetMap(1000).slots).toBe(41)
    expect(() => {
      const map = new OffsetMap(48)
      for (const key of ['a', 'b', 'c']) map.put(bytesOf(key), 0, 1, 7)
    }).toThrow('full')
  })

  it('remembers the last offset of each key, as a map does, however many there are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.nat(5)), { maxLength: 60 }), (puts) => {
        const map = new OffsetMap(1 << 20)
        for (let round = 0; round < 2; round++) {
          const model = new Map<string, number>()
          map.clear()
          puts.forEach(([key, times], n) => {
            for (let i = 0; i <= times * 40; i++) {
              const bytes = bytesOf(`..${key}${i}`)
              map.put(bytes, 2, bytes.length - 2, n)
              model.set(`${key}${i}`, n)
            }
          })
          expect(map.size).toBe(model.size)
          for (const [key, offset] of model) {
            const bytes = bytesOf(key)
            expect(map.get(bytes, 0, bytes.length)).toBe(offset)
          }
          expect(map.get(bytesOf('absent'), 0, 6)).toBe(-1)
        }
      }),
      { numRuns: 20 },
    )
  })
})
