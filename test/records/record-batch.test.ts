import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as batch from '../../src/records/record-batch.ts'
import { naiveDecode } from './naive-decoder.ts'
import { encodedBatch } from './arbitraries.ts'
import { fromHex, toHex, V1, V1_STORED, V2, V3, V4, V5 } from './vectors.ts'

const VECTORS = { V1, V1_STORED, V2, V3, V4, V5 }

describe('the header of a record batch (W-40)', () => {
  for (const [name, hex] of Object.entries(VECTORS)) {
    it(`reads every field of ${name} as the independent decoder does, at any position`, () => {
      const bytes = fromHex(`ffffff${hex}`)
      const expected = naiveDecode(fromHex(hex))
      expect({
        baseOffset: BigInt(batch.baseOffset(bytes, 3)),
        batchLength: batch.batchLength(bytes, 3),
        partitionLeaderEpoch: batch.partitionLeaderEpoch(bytes, 3),
        magic: batch.magic(bytes, 3),
        crc: batch.crc(bytes, 3),
        attributes: batch.attributes(bytes, 3),
        lastOffsetDelta: batch.lastOffsetDelta(bytes, 3),
        baseTimestamp: BigInt(batch.baseTimestamp(bytes, 3)),
        maxTimestamp: BigInt(batch.maxTimestamp(bytes, 3)),
        producerId: BigInt(batch.producerId(bytes, 3)),
        producerEpoch: batch.producerEpoch(bytes, 3),
        baseSequence: batch.baseSequence(bytes, 3),
        recordsCount: batch.recordsCount(bytes, 3),
      }).toEqual({
        baseOffset: expected.baseOffset,
        batchLength: expected.batchLength,
        partitionLeaderEpoch: expected.partitionLeaderEpoch,
        magic: expected.magic,
        crc: expected.crc,
        attributes: expected.attributes,
        lastOffsetDelta: expected.lastOffsetDelta,
        baseTimestamp: expected.baseTimestamp,
        maxTimestamp: expected.maxTimestamp,
        producerId: expected.producerId,
        producerEpoch: expected.producerEpoch,
        baseSequence: expected.baseSequence,
        recordsCount: expected.recordsCount,
      })
      expect(batch.sizeInBytes(bytes, 3)).toBe(hex.length / 2)
      expect(batch.validateBatch(bytes, 3, bytes.length)).toBeUndefined()
    })
  }

  it('tells codec, transactional and control bits apart (W-42)', () => {
    const facts = (hex: string): unknown[] => {
      const bytes = fromHex(hex)
      return [batch.codec(bytes, 0), batch.isTransactional(bytes, 0), batch.isControl(bytes, 0)]
    }
    expect(facts(V1)).toEqual([0, false, false])
    expect(facts(V2)).toEqual([0, true, false])
    expect(facts(V3)).toEqual([1, false, false])
    expect(facts(V4)).toEqual([0, true, true])
    expect(facts(V5)).toEqual([0, false, true])
  })

  it('last offset counts from the base offset, also when records are gone (W-44)', () => {
    const compacted = fromHex(V2)
    compacted[60] = 1
    expect(batch.lastOffset(compacted, 0)).toBe(2)
  })

  it('sequences wrap from 2147483647 to 0 (W-44)', () => {
    expect(batch.addToSequence(2147483646, 1)).toBe(2147483647)
    expect(batch.addToSequence(2147483647, 1)).toBe(0)
    expect(batch.addToSequence(2147483645, 5)).toBe(2)
    expect(batch.lastSequence(fromHex(V2), 0)).toBe(9)
    expect(batch.lastSequence(fromHex(V4), 0)).toBe(-1)
  })
})

describe('patching a batch for append (R-1, W-41)', () => {
  it('turns V1 into the bytes a leader stores, checksum untouched', () => {
    const bytes = fromHex(V1)
    batch.patchForAppend(bytes, 0, 42, 5)
    expect(toHex(bytes)).toBe(V1_STORED)
  })

  it('leaves the checksum valid for any offset up to 2^53 and any epoch', () => {
    fc.assert(
      fc.property(
        encodedBatch(),
        fc.maxSafeNat().map((n) => Math.max(0, n - 2 ** 31)),
        fc.nat(2147483647),
        (bytes, offset, epoch) => {
          batch.patchForAppend(bytes, 0, offset, epoch)
          expect(batch.validateBatch(bytes, 0, bytes.length)).toBeUndefined()
          expect([batch.baseOffset(bytes, 0), batch.partitionLeaderEpoch(bytes, 0)]).toEqual([offset, epoch])
        },
      ),
    )
  })

  it('a new largest timestamp or producer rewrites the checksum (W-45)', () => {
    const bytes = fromHex(V2)
    batch.patchMaxTimestamp(bytes, 0, 1800000000000, true)
    batch.patchProducer(bytes, 0, 77, 4, 0)
    expect(batch.validateBatch(bytes, 0, bytes.length)).toBeUndefined()
    const decoded = naiveDecode(bytes)
    expect([decoded.maxTimestamp, decoded.attributes, decoded.producerId]).toEqual([1800000000000n, 0x18, 77n])
    expect([decoded.producerEpoch, decoded.baseSequence]).toEqual([4, 0])
  })
})

describe('validation', () => {
  it('detects any flipped bit from byte 21 on (W-41)', () => {
    const intact = fromHex(V2)
    for (let at = 21; at < intact.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bytes = intact.slice()
        bytes[at] = bytes[at]! ^ (1 << bit)
        expect(batch.validateBatch(bytes, 0, bytes.length), `byte ${at} bit ${bit}`).toBeDefined()
      }
    }
  })

  it('detects any flipped bit of the checksum itself', () => {
    for (let at = 17; at < 21; at++) {
      const bytes = fromHex(V1)
      bytes[at] = bytes[at]! ^ 0x10
      expect(batch.validateBatch(bytes, 0, bytes.length)).toBe('bad-crc')
    }
  })

  it('calls every cut of a batch incomplete', () => {
    const bytes = fromHex(V1)
    for (let end = 0; end < bytes.length; end++) expect(batch.validateBatch(bytes, 0, end), `${end}`).toBe('incomplete')
  })

  it('names a length below a header and a magic other than 2', () => {
    const short = fromHex(V1)
    short[11] = 48
    expect(batch.validateBatch(short, 0, short.length)).toBe('bad-length')
    const old = fromHex(V1)
    old[16] = 1
    expect(batch.validateBatch(old, 0, old.length)).toBe('bad-magic')
  })

  it('refuses numbers that no writer produces', () => {
    const bytes = fromHex(V1)
    bytes[0] = 0x7f
    expect(batch.validateBatch(bytes, 0, bytes.length)).toBe('bad-field')
  })

  it('takes any bytes at all without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        expect(['incomplete', 'bad-length', 'bad-magic', 'bad-field', 'bad-crc']).toContain(
          batch.validateBatch(bytes, 0, bytes.length),
        )
      }),
    )
  })
})

describe('walking the batches of a range', () => {
  it('visits every whole batch and stops where the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(encodedBatch(), { maxLength: 5 }), fc.nat(), (batches, cutSeed) => {
        const all = Uint8Array.from(batches.flatMap((bytes) => [...bytes]))
        const end = all.length - (all.length === 0 ? 0 : cutSeed % all.length)
        const expected: number[] = []
        let position = 0
        for (const bytes of batches) {
          if (position + bytes.length <= end) expected.push(position)
          position += bytes.length
        }
        const seen: number[] = []
        const walk = new batch.BatchWalk(all, 0, end)
        while (walk.next()) seen.push(walk.position)
        expect(seen).toEqual(expected)
        const last = expected.at(-1)
        expect(batch.wholeBatchesEnd(all, 0, end)).toBe(last === undefined ? 0 : last + batch.sizeInBytes(all, last))
      }),
    )
  })
})
