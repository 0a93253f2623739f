import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBatch, decodeBatches } from '../../src/records/batch-reader.ts'
import { patchMaxTimestamp } from '../../src/records/record-batch.ts'
import { RecordCursor } from '../../src/records/record-cursor.ts'
import { build, encodedBatch, recordContents } from './arbitraries.ts'
import { BASE_MS, fromHex, V2 } from './vectors.ts'

describe('walking the records of a batch', () => {
  it('stops with a problem at any damage, and never throws or reads past the batch', () => {
    fc.assert(
      fc.property(encodedBatch(), fc.nat(), fc.nat(255), (bytes, atSeed, value) => {
        const damaged = Uint8Array.from([...bytes, ...bytes])
        damaged[57 + (atSeed % (bytes.length - 57))] = value
        const cursor = new RecordCursor()
        cursor.reset(damaged, 0)
        let count = 0
        while (cursor.next()) {
          expect(cursor.valueAt + Math.max(0, cursor.valueLength)).toBeLessThanOrEqual(bytes.length)
          count++
        }
        expect(count).toBeLessThanOrEqual(bytes.length)
      }),
    )
  })

  it('finds bytes left over after the last record, and a record cut short', () => {
    const fewer = fromHex(V2)
    fewer[60] = 2
    expect(decodeBatch(fewer, 0)).toMatch(/left over/)
    const more = fromHex(V2)
    more[60] = 4
    expect(decodeBatch(more, 0)).toMatch(/bad varint/)
  })

  it('gives every record the append time when the batch has that timestamp type (W-44)', () => {
    const bytes = fromHex(V2)
    patchMaxTimestamp(bytes, 0, BASE_MS + 9999, true)
    const decoded = decodeBatch(bytes, 0)
    if (typeof decoded === 'string') throw new Error(decoded)
    expect(new Set(decoded.map((r) => r.timestampMs))).toEqual(new Set([BASE_MS + 9999]))
  })

  it('reads batches back to back, leaving out one that is cut', () => {
    fc.assert(
      fc.property(recordContents(), recordContents(), (a, b) => {
        const [first, second] = [build(a), build(b)]
        const all = Uint8Array.from([...first, ...second])
        const whole = decodeBatches(all)
        const cut = decodeBatches(all.subarray(0, all.length - 1))
        expect(whole.length).toBe(a.length + b.length)
        expect(cut.length).toBe(a.length)
      }),
    )
  })
})
