import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BatchBuilder, batchSizeUpperBound, PLAIN_BATCH } from '../../src/records/batch-builder.ts'
import { decodeBatch } from '../../src/records/batch-reader.ts'
import { addToSequence, validateBatch } from '../../src/records/record-batch.ts'
import { batchIdentity, build, recordContents } from './arbitraries.ts'
import { naiveDecode } from './naive-decoder.ts'
import { ascii, BASE_MS, fromHex, toHex, V1, V2 } from './vectors.ts'

describe('building a batch', () => {
  it('gives the bytes kafkajs gives for one record (V1), but for the base sequence it writes without a producer', () => {
    const builder = new BatchBuilder()
    builder.append(BASE_MS, ascii('k'), ascii('v'))
    const kafkajs = { ...PLAIN_BATCH, leaderEpoch: 0, producerEpoch: 0, baseSequence: 0 }
    expect(toHex(builder.build(kafkajs))).toBe(V1)
  })

  it('gives the bytes kafkajs gives for a transactional batch with headers and nulls (V2)', () => {
    const builder = new BatchBuilder()
    builder.append(BASE_MS, ascii('a'), ascii('alpha'), [{ key: 'h1', value: ascii('x') }])
    builder.append(BASE_MS + 100, null, ascii('beta'))
    builder.append(BASE_MS + 250, ascii('c'), null, [
      { key: 'h', value: ascii('1') },
      { key: 'h', value: ascii('2') },
    ])
    const bytes = builder.build({
      ...PLAIN_BATCH,
      leaderEpoch: 0,
      producerId: 4000,
      producerEpoch: 3,
      baseSequence: 7,
      transactional: true,
    })
    expect(toHex(bytes)).toBe(V2)
  })

  it('is read back, by us and by the independent decoder, as what was put in', () => {
    fc.assert(
      fc.property(recordContents(), batchIdentity(), (records, identity) => {
        const bytes = build(records, identity)
        expect(validateBatch(bytes, 0, bytes.length)).toBeUndefined()
        const naive = naiveDecode(bytes)
        expect(naive.end).toBe(bytes.length)
        expect(naive.records.map((r) => ({ ...r, offset: Number(r.offset), timestamp: Number(r.timestamp) }))).toEqual(
          records.map((r, i) => ({
            offset: identity.baseOffset + i,
            timestamp: r.timestampMs,
            key: r.key,
            value: r.value,
            headers: r.headers,
          })),
        )
        expect(Number(naive.maxTimestamp)).toBe(Math.max(...records.map((r) => r.timestampMs)))
        expect(decodeBatch(bytes, 0)).toEqual(
          records.map((r, i) => ({
            ...r,
            offset: identity.baseOffset + i,
            sequence: addToSequence(identity.baseSequence, i),
          })),
        )
      }),
    )
  })

  it('knows its exact size at any time, and a bound for one record', () => {
    fc.assert(
      fc.property(recordContents(), (records) => {
        const builder = new BatchBuilder()
        for (const r of records) builder.append(r.timestampMs, r.key, r.value, r.headers)
        const size = builder.sizeBytes
        expect(builder.build().length).toBe(size)
        const first = records[0]!
        expect(build([first]).length).toBeLessThanOrEqual(batchSizeUpperBound(first.key, first.value, first.headers))
      }),
    )
  })

  it('takes the first record always, and a later one only if the batch stays within batch.size', () => {
    fc.assert(
      fc.property(recordContents(), fc.nat(600), (records, batchSizeBytes) => {
        const builder = new BatchBuilder()
        records.forEach((r, i) => {
          const room = builder.hasRoomFor(r.timestampMs, r.key, r.value, r.headers, batchSizeBytes)
          const full = builder.isFull(batchSizeBytes)
          builder.append(r.timestampMs, r.key, r.value, r.headers)
          expect(room).toBe(i === 0 || (!full && builder.sizeBytes <= batchSizeBytes))
        })
      }),
    )
  })

  it('is empty again after build, and what was built does not change', () => {
    const builder = new BatchBuilder()
    builder.append(BASE_MS, ascii('k'), ascii('v'))
    const first = builder.build()
    const copy = first.slice()
    builder.append(BASE_MS + 5, ascii('other'), ascii('thing'))
    const second = builder.build()
    expect(first).toEqual(copy)
    expect(naiveDecode(second).records.map((r) => [r.offset, r.timestamp])).toEqual([[0n, BigInt(BASE_MS + 5)]])
    expect(builder.recordsCount).toBe(0)
  })

  it('refuses to build an empty batch', () => {
    expect(() => new BatchBuilder().build()).toThrow('needs a record')
  })

  it('keeps the bytes outside the records of a foreign batch readable (V2 offsets and sequences, W-44)', () => {
    const decoded = decodeBatch(fromHex(V2), 0)
    if (typeof decoded === 'string') throw new Error(decoded)
    expect(decoded.map((r) => [r.offset, r.sequence, r.timestampMs - BASE_MS])).toEqual([
      [0, 7, 0],
      [1, 8, 100],
      [2, 9, 250],
    ])
  })
})
