import { describe, expect, it } from 'vitest'
import type { LogCompression } from '../../src/log/log-config.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { BatchBuilder } from '../../src/records/batch-builder.ts'
import { decodeBatches } from '../../src/records/batch-reader.ts'
import { CODECS } from '../../src/records/compression/codec.ts'
import { compressBatch } from '../../src/records/compression/compressed-batch.ts'
import { codec, maxTimestamp } from '../../src/records/record-batch.ts'
import { NOW_MS, openLog } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

const GZIP = { codec: CODECS.gzip, level: 6 }
const ZSTD = { codec: CODECS.zstd, level: 3 }

function plainBatch(records = 20): Uint8Array {
  const builder = new BatchBuilder()
  for (let i = 0; i < records; i++) builder.append(1000 + i, null, new TextEncoder().encode(`record ${i} like others`))
  return builder.build()
}

const logWith = (compression: LogCompression, config = {}) =>
  openLog(new MemoryDisk(), { config: { compression, ...config } })

function appendTo(log: PartitionLog, bytes: Uint8Array): string | number {
  const result = log.appendAsLeader(bytes, 3, NOW_MS, 'client')
  return result.kind === 'rejected' ? result.error : result.lastOffset
}

/** The log's only batch. */
function stored(log: PartitionLog): Uint8Array {
  return log.read(0, 1e6, log.logEndOffset, true).bytes
}

describe("a topic's compression.type", () => {
  it('producer: batches stay as they came', () => {
    for (const bytes of [plainBatch(), compressBatch(plainBatch(), 0, GZIP)]) {
      const log = logWith('producer')
      appendTo(log, bytes)
      expect([codec(stored(log), 0), stored(log).length]).toEqual([codec(bytes, 0), bytes.length])
    }
  })

  it.each([
    ['a plain batch to zstd', plainBatch(), ZSTD, 4],
    ['gzip to zstd', compressBatch(plainBatch(), 0, GZIP), ZSTD, 4],
    ['gzip to gzip, whatever the level', compressBatch(plainBatch(), 0, { ...GZIP, level: 1 }), GZIP, 1],
    ['gzip to none', compressBatch(plainBatch(), 0, GZIP), 'uncompressed', 0],
  ] as const)('writes %s, with the same records', (_, bytes, compression, id) => {
    const log = logWith(compression)
    expect(appendTo(log, bytes)).toBe(19)
    expect(codec(stored(log), 0)).toBe(id)
    expect(decodeBatches(stored(log))).toEqual(decodeBatches(plainBatch()))
    expect(maxTimestamp(stored(log), 0)).toBe(1019)
  })

  it('counts the size of what is written, too (R-5)', () => {
    const packed = compressBatch(plainBatch(), 0, ZSTD)
    expect(appendTo(logWith('uncompressed', { maxMessageBytes: packed.length + 10 }), packed)).toBe(
      Errors.MESSAGE_TOO_LARGE,
    )
    expect(appendTo(logWith('producer', { maxMessageBytes: packed.length }), packed)).toBe(19)
  })
})

describe('a compressed batch of a client', () => {
  it('is looked into as any other (W-46)', () => {
    const builder = new BatchBuilder()
    builder.append(NOW_MS + 60_000, null, new TextEncoder().encode('early'))
    const early = compressBatch(builder.build(), 0, GZIP)
    expect(appendTo(logWith('producer', { timestampAfterMaxMs: 1000 }), early)).toBe(Errors.INVALID_TIMESTAMP)
    expect(appendTo(logWith('producer', { compacted: true }), early)).toBe(Errors.INVALID_RECORD)
  })

  it('with records that cannot be read is refused', () => {
    const packed = compressBatch(plainBatch(), 0, GZIP)
    const damaged = compressBatch(plainBatch(), 0, {
      codec: { ...GZIP.codec, compress: () => packed.slice(61, 90) },
      level: 6,
    })
    expect(appendTo(logWith('producer'), damaged)).toBe(Errors.INVALID_RECORD)
  })
})
