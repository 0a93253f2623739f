import { gunzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BatchBuilder } from '../../../src/records/batch-builder.ts'
import { decodeBatch, type DecodedRecord } from '../../../src/records/batch-reader.ts'
import { CODECS, codecById, compressionOf } from '../../../src/records/compression/codec.ts'
import { compressBatch, inflateBatch } from '../../../src/records/compression/compressed-batch.ts'
import { attributes, codec, validateBatch } from '../../../src/records/record-batch.ts'
import { KAFKA_BATCHES } from './kafka-batches.ts'

const NAMES = ['gzip', 'snappy', 'lz4', 'zstd'] as const
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const fromHex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const utf8 = (text: string) => new TextEncoder().encode(text)
const text = (bytes: Uint8Array | null) => new TextDecoder().decode(bytes ?? new Uint8Array(0))

/** Bytes with runs, repetitions and noise. */
const mixed = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.tuple(fc.nat(255), fc.nat(3000)).map(([byte, length]) => new Uint8Array(length).fill(byte)),
      fc.nat(400).map((n) => utf8(`{"user":${n},"item":"abc"}`.repeat(n % 20))),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])))

describe.each(NAMES)('%s', (name) => {
  const { compress, decompress } = CODECS[name]

  it('gives back what was compressed, of any size', () => {
    fc.assert(
      fc.property(mixed, (bytes) => {
        expect(hex(decompress(compress(bytes, 3)))).toBe(hex(bytes))
      }),
      { numRuns: 30 },
    )
  })

  it('gives back what takes several blocks, and makes it smaller', () => {
    const bytes = utf8('a line of some log, with a number 12345 in it\n'.repeat(5000))
    const compressed = compress(bytes, 3)
    expect(compressed.length).toBeLessThan(bytes.length / 4)
    expect(hex(decompress(compressed)) === hex(bytes)).toBe(true)
  })

  it("reads what Kafka's own libraries wrote (W-48)", () => {
    const batch = fromHex(KAFKA_BATCHES[name] ?? '')
    expect(validateBatch(batch, 0, batch.length)).toBeUndefined()
    const records = decodeBatch(batch, 0)
    expect(records).toHaveLength(20)
    const shown = (records as DecodedRecord[]).map(
      ({ offset, timestampMs, key, value }) => `${offset} ${timestampMs} ${text(key)} ${text(value)}`,
    )
    expect(shown[7]).toBe('7 1007 k1 value number 7 ..........')
    expect(shown[19]).toBe('19 1019 k1 value number 19 ..........')
  })

  it('throws at damaged bytes, and does not hang', () => {
    const good = compress(utf8('the quick brown fox '.repeat(40)), 3)
    expect(() => decompress(good.slice(0, good.length - 8))).toThrow()
    expect(() => decompress(Uint8Array.of(200, 201, 202))).toThrow()
  })
})

// Pinned: sizes are in traces, which are the same on every release of Node. Kafka 4.0.2 has read them.
describe('the bytes of one value', () => {
  const value = utf8(`web[0]#17 ${'.'.repeat(90)}`)

  it.each([
    ['gzip', '1f8b08000000000000032b4f4d8a368855363457d0a3190000351fd3ad64000000'],
    ['snappy', '82534e415050590000000001000000010000001364287765625b305d233137202efe0100620100'],
    ['lz4', '04224d1860408215000000bf7765625b305d233137202e010041502e2e2e2e2e00000000'],
    ['zstd', '28b52ffd20648d0000587765625b305d233137202e010036012f'],
  ] as const)('are always the same with %s', (name, expected) => {
    expect(hex(CODECS[name].compress(value, name === 'zstd' ? 3 : -1))).toBe(expected)
  })

  it('are an ordinary gzip, without a time of day', () => {
    expect(hex(gunzipSync(CODECS.gzip.compress(value, 9)))).toBe(hex(value))
  })

  it('are fewer the harder a codec tries', () => {
    const noise = Array.from(
      { length: 800 },
      (_, i) => `user ${(i * i) % 977} bought item ${(i * 31) % 57} in shop ${i % 7}`,
    )
    for (const [name, low, high] of [['gzip', 1, 9] as const, ['zstd', -5, 19] as const]) {
      const { compress } = CODECS[name]
      expect(compress(utf8(noise.join()), high).length).toBeLessThan(compress(utf8(noise.join()), low).length)
    }
  })
})

describe('a batch whose records are compressed (W-48)', () => {
  function plainBatch(): Uint8Array {
    const builder = new BatchBuilder()
    for (let i = 0; i < 30; i++) builder.append(1000 + i, null, utf8(`record ${i} of many that look alike`))
    return builder.build()
  }

  it.each(NAMES)('has its header as it was but for the codec, length and checksum: %s', (name) => {
    const plain = plainBatch()
    const packed = compressBatch(plain, 0, { codec: CODECS[name], level: 3 })
    expect(packed.length).toBeLessThan(plain.length)
    expect(validateBatch(packed, 0, packed.length)).toBeUndefined()
    expect([codec(packed, 0), attributes(packed, 0) & ~7]).toEqual([CODECS[name].id, 0])
    expect(decodeBatch(packed, 0)).toEqual(decodeBatch(plain, 0))
    expect(hex(inflateBatch(packed, 0) ?? new Uint8Array(0))).toBe(hex(plain))
  })

  it('is read wherever it lies', () => {
    const plain = plainBatch()
    const packed = compressBatch(plain, 0, { codec: CODECS.lz4, level: 9 })
    const behind = Uint8Array.from([...plain, ...packed])
    expect(decodeBatch(behind, plain.length)).toEqual(decodeBatch(plain, 0))
  })

  it('with damaged records is found bad, not thrown at', () => {
    const packed = compressBatch(plainBatch(), 0, { codec: CODECS.zstd, level: 3 })
    packed.fill(0, 61, 70)
    expect(decodeBatch(packed, 0)).toBe('compressed records are damaged')
    expect(inflateBatch(packed, 0)).toBeUndefined()
  })
})

describe('codecs by name and number (W-42)', () => {
  it('are four', () => {
    expect(NAMES.map((name) => CODECS[name].id)).toEqual([1, 2, 3, 4])
    expect(NAMES.every((name) => codecById(CODECS[name].id) === CODECS[name])).toBe(true)
    expect([codecById(0), codecById(5)]).toEqual([undefined, undefined])
  })

  it('none, uncompressed and producer are no codecs', () => {
    for (const word of ['none', 'uncompressed', 'producer']) expect(compressionOf(word, () => 1)).toBeUndefined()
    expect(compressionOf('zstd', () => 7)).toEqual({ codec: CODECS.zstd, level: 7 })
  })
})
