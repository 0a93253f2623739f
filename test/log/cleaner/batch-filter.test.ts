// What the cleaner keeps of a batch (R-32, R-33, KIP-534).

import { describe, expect, it } from 'vitest'
import { BatchFilter, type LastRecord } from '../../../src/log/cleaner/batch-filter.ts'
import { ByteSink } from '../../../src/log/cleaner/byte-sink.ts'
import { type AbortedTransaction, CleanedTransactions } from '../../../src/log/cleaner/cleaned-transactions.ts'
import { OffsetMap } from '../../../src/log/cleaner/offset-map.ts'
import { type BatchIdentity, PLAIN_BATCH } from '../../../src/records/batch-builder.ts'
import { CODECS } from '../../../src/records/compression/codec.ts'
import { compressBatch } from '../../../src/records/compression/compressed-batch.ts'
import { encodeEndTransaction } from '../../../src/records/control-records.ts'
import * as batch from '../../../src/records/record-batch.ts'
import { bytesOf, keyed, NOW_MS, seen, type SeenBatch } from './batches.ts'

const RETENTION_MS = 1000

interface Round {
  readonly latest: Readonly<Record<string, number>>
  readonly latestOffset?: number
  readonly nowMs?: number
  readonly endsAt?: number
  readonly producers?: ReadonlyMap<number, LastRecord>
  readonly aborted?: readonly AbortedTransaction[]
}

/** The bytes that are left of these batches. */
function clean(batches: readonly Uint8Array[], round: Round): Uint8Array {
  const map = new OffsetMap(1 << 16)
  for (const [key, offset] of Object.entries(round.latest)) map.put(bytesOf(key), 0, key.length, offset)
  map.latestOffset = round.latestOffset ?? 1_000_000
  const transactions = new CleanedTransactions(() => [...(round.aborted ?? [])])
  const filter = new BatchFilter(
    {
      nowMs: round.nowMs ?? NOW_MS,
      deleteRetentionMs: RETENTION_MS,
      map,
      transactions,
      firstUncleanableOffset: round.endsAt ?? 1_000_000,
    },
    round.producers ?? new Map(),
  )
  const sink = new ByteSink(0)
  for (const bytes of batches) filter.filter(bytes, 0, sink)
  return sink.bytes.slice(0, sink.length)
}

function left(batches: readonly Uint8Array[], round: Round): SeenBatch[] {
  return seen(clean(batches, round))
}

function marker(kind: 'abort' | 'commit', producerId: number, baseOffset: number): Uint8Array {
  const place = { baseOffset, leaderEpoch: 3, timestampMs: NOW_MS }
  return encodeEndTransaction({ kind, coordinatorEpoch: 0 }, producerId, 5, place)
}

function at(baseOffset: number, identity: Partial<BatchIdentity> = {}): BatchIdentity {
  return { ...PLAIN_BATCH, leaderEpoch: 3, ...identity, baseOffset }
}

describe('of records with keys', () => {
  it('the last of each key is kept at its offset; those without a key go', () => {
    const [one, ...rest] = left([keyed(['a=1', 'b=1', 'a=2', '=x'], at(10))], { latest: { a: 12, b: 30 } })
    expect(rest).toEqual([])
    expect(one).toMatchObject({ base: 10, last: 13, records: ['12:a=2'], horizonMs: -1 })
  })

  it('a batch that keeps all is copied byte for byte', () => {
    const bytes = keyed(['a=1', 'b=1'], at(10))
    expect(clean([bytes], { latest: { a: 10, b: 11 } })).toEqual(bytes)
  })

  it('what lies beyond the map is kept whatever its key, and without one', () => {
    const [one] = left([keyed(['a=1', 'a=2', 'a=3', '=x'], at(10))], { latest: { a: 11 }, latestOffset: 11 })
    expect(one!.records).toEqual(['11:a=2', '12:a=3', '13:='.replace('=', '=x')])
  })

  it('a key that the map does not know, from below the dirty part, is kept', () => {
    expect(left([keyed(['old=1'], at(0))], { latest: {} })[0]!.records).toEqual(['0:old=1'])
  })

  it('times, sequences, leader epoch and the last offset stay; the first kept record gives the base time', () => {
    const identity = at(10, { producerId: 9, producerEpoch: 2, baseSequence: 40 })
    const cleaned = clean([keyed(['a=1', 'b=1', 'c=1', 'b=2'], identity)], { latest: { a: 99, b: 11, c: 12 } })
    const [one] = seen(cleaned)
    expect(one!.records).toEqual(['11:b=1', '12:c=1', '13:b=2'])
    expect(one!.timestampsMs).toEqual([NOW_MS + 1, NOW_MS + 2, NOW_MS + 3])
    expect(batch.baseTimestamp(cleaned, 0)).toBe(NOW_MS + 1)
    expect(batch.maxTimestamp(cleaned, 0)).toBe(NOW_MS + 3)
    expect([batch.producerId(cleaned, 0), batch.producerEpoch(cleaned, 0)]).toEqual([9, 2])
    expect([batch.baseSequence(cleaned, 0), batch.lastSequence(cleaned, 0)]).toEqual([40, 43])
    expect(batch.partitionLeaderEpoch(cleaned, 0)).toBe(3)
  })

  it('the largest time is that of what is kept', () => {
    const cleaned = clean([keyed(['a=1', 'b=1', 'c=1'], at(0))], { latest: { a: 0, b: 1, c: 9 } })
    expect(batch.maxTimestamp(cleaned, 0)).toBe(NOW_MS + 1)
  })

  it('a batch of which nothing is left goes', () => {
    expect(left([keyed(['a=1'], at(0)), keyed(['a=2'], at(1))], { latest: { a: 1 } })).toHaveLength(1)
  })

  it('a batch by append time stays one', () => {
    const bytes = keyed(['a=1', 'b=1'], at(0))
    batch.patchMaxTimestamp(bytes, 0, NOW_MS + 77, true)
    const cleaned = clean([bytes], { latest: { a: 5, b: 1 } })
    expect(batch.isLogAppendTime(cleaned, 0)).toBe(true)
    expect(seen(cleaned)[0]!.timestampsMs).toEqual([NOW_MS + 77])
  })
})

describe('an empty batch is kept', () => {
  it('where it holds the last sequence of an active producer', () => {
    const bytes = keyed(['a=1', 'a=2'], at(10, { producerId: 9, producerEpoch: 2, baseSequence: 40 }))
    const producers = new Map([[9, { lastDataOffset: 11, epoch: 2 }]])
    const cleaned = clean([bytes], { latest: { a: 50 }, producers })
    expect(seen(cleaned)).toEqual([{ base: 10, last: 11, records: [], timestampsMs: [], horizonMs: -1 }])
    expect(cleaned).toHaveLength(batch.BATCH_HEADER_BYTES)
    expect([batch.lastSequence(cleaned, 0), batch.maxTimestamp(cleaned, 0)]).toEqual([41, NOW_MS + 1])
    expect(batch.baseTimestamp(cleaned, 0)).toBe(-1)
    // Cleaned again it is the same; once the producer is forgotten, or wrote again, it goes.
    expect(clean([cleaned], { latest: {}, producers })).toEqual(cleaned)
    expect(left([cleaned], { latest: {} })).toEqual([])
    expect(left([cleaned], { latest: {}, producers: new Map([[9, { lastDataOffset: 60, epoch: 2 }]]) })).toEqual([])
  })

  it('where it ends the round, so that the log does not get shorter', () => {
    expect(left([keyed(['a=1'], at(10))], { latest: { a: 50 }, endsAt: 11 })).toMatchObject([{ base: 10, records: [] }])
  })
})

describe('a tombstone', () => {
  const TOMBSTONE = keyed(['a', 'b=1'], at(10))
  const LATEST = { a: 10, b: 11 }

  it('is dated by the first pass that sees it: delete.retention.ms from now', () => {
    const [one] = left([TOMBSTONE], { latest: LATEST })
    expect(one).toMatchObject({ records: ['10:a', '11:b=1'], horizonMs: NOW_MS + RETENTION_MS })
    expect(one!.timestampsMs).toEqual([NOW_MS, NOW_MS + 1])
  })

  it('keeps its date over later passes, and goes with the first at or after it', () => {
    let bytes = clean([TOMBSTONE], { latest: LATEST })
    const dated = bytes
    for (const nowMs of [NOW_MS + 1, NOW_MS + RETENTION_MS - 1]) {
      bytes = clean([bytes], { latest: {}, nowMs })
      expect(bytes).toEqual(dated)
    }
    const [one] = left([bytes], { latest: {}, nowMs: NOW_MS + RETENTION_MS })
    expect(one).toMatchObject({ base: 10, last: 11, records: ['11:b=1'], horizonMs: NOW_MS + RETENTION_MS })
    expect(one!.timestampsMs).toEqual([NOW_MS + 1])
  })

  it('goes at once when a later record has its key', () => {
    expect(left([TOMBSTONE], { latest: { a: 20, b: 11 } })).toMatchObject([{ records: ['11:b=1'], horizonMs: -1 }])
  })

  it('beyond the map is dated, too', () => {
    const [one] = left([TOMBSTONE], { latest: {}, latestOffset: 5 })
    expect(one).toMatchObject({ records: ['10:a', '11:b=1'], horizonMs: NOW_MS + RETENTION_MS })
  })
})

describe('of transactions', () => {
  const MINE = { producerId: 9, producerEpoch: 5, baseSequence: 0, transactional: true }

  it('records of an aborted one go, its marker stays until they are gone, then until its date', () => {
    const data = keyed(['a=1'], at(10, MINE))
    const abort = marker('abort', 9, 11)
    const aborted = [{ producerId: 9, firstOffset: 10, lastOffset: 11 }]
    const first = left([data, abort], { latest: { a: 3 }, aborted })
    expect(first).toMatchObject([{ base: 11, records: ['11'], horizonMs: -1 }])
    const second = clean([abort], { latest: {} })
    expect(seen(second)).toMatchObject([{ base: 11, records: ['11'], horizonMs: NOW_MS + RETENTION_MS }])
    expect(left([second], { latest: {}, nowMs: NOW_MS + RETENTION_MS - 1 })).toHaveLength(1)
    expect(left([second], { latest: {}, nowMs: NOW_MS + RETENTION_MS })).toEqual([])
  })

  it('a commit marker is dated only when nothing of its transaction was met', () => {
    const data = keyed(['a=1'], at(10, MINE))
    const [, kept] = left([data, marker('commit', 9, 11)], { latest: { a: 10 } })
    expect(kept).toMatchObject({ base: 11, horizonMs: -1 })
    const [dated] = left([marker('commit', 9, 11)], { latest: {} })
    expect(dated!.horizonMs).toBe(NOW_MS + RETENTION_MS)
  })

  it('a batch of an aborted one stays, empty, while it holds its producer’s last sequence', () => {
    const data = keyed(['a=1'], at(10, MINE))
    const producers = new Map([[9, { lastDataOffset: 10, epoch: 5 }]])
    const aborted = [{ producerId: 9, firstOffset: 10, lastOffset: 11 }]
    const [one, two] = left([data, marker('abort', 9, 11)], { latest: { a: 10 }, aborted, producers })
    expect(one).toMatchObject({ base: 10, records: [] })
    expect(two).toMatchObject({ base: 11, records: ['11'] })
  })

  it('the last marker of a producer of which nothing else is known stays, without its record after its date', () => {
    const producers = new Map([[9, { lastDataOffset: -1, epoch: 5 }]])
    const dated = clean([marker('commit', 9, 11)], { latest: {}, producers })
    const [one] = left([dated], { latest: {}, producers, nowMs: NOW_MS + RETENTION_MS })
    expect(one).toMatchObject({ base: 11, records: [] })
    expect(left([dated], { latest: {}, nowMs: NOW_MS + RETENTION_MS })).toEqual([])
  })
})

describe('a compressed batch', () => {
  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('by %s is compressed again', (name) => {
    const plain = keyed([`a=${'1'.repeat(200)}`, 'b', `c=${'3'.repeat(200)}`], at(10))
    const compressed = compressBatch(plain, 0, { codec: CODECS[name], level: name === 'zstd' ? 3 : -1 })
    const cleaned = clean([compressed], { latest: { a: 99, b: 11, c: 12 } })
    expect(batch.codec(cleaned, 0)).toBe(CODECS[name].id)
    expect(seen(cleaned)).toMatchObject([
      { base: 10, last: 12, records: ['11:b', `12:c=${'3'.repeat(200)}`], horizonMs: NOW_MS + RETENTION_MS },
    ])
    expect(seen(cleaned)[0]!.timestampsMs).toEqual([NOW_MS + 1, NOW_MS + 2])
    expect(clean([compressed], { latest: { a: 10, b: 11, c: 12 }, latestOffset: 5 }).length).toBeLessThan(plain.length)
  })

  it('of which nothing is left is empty and not compressed', () => {
    const compressed = compressBatch(keyed(['a=1'], at(10)), 0, { codec: CODECS.gzip, level: -1 })
    const cleaned = clean([compressed], { latest: { a: 99 }, endsAt: 11 })
    expect([batch.codec(cleaned, 0), cleaned.length]).toEqual([0, batch.BATCH_HEADER_BYTES])
  })
})

describe('bytes that make no sense', () => {
  it('are not cleaned', () => {
    const bytes = keyed(['a=1'], at(0))
    bytes[batch.BATCH_HEADER_BYTES] = 120
    expect(() => left([bytes], { latest: {} })).toThrow('runs past the end')
  })
})
