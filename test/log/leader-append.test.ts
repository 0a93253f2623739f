import { describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { BatchBuilder, PLAIN_BATCH } from '../../src/records/batch-builder.ts'
import * as batch from '../../src/records/record-batch.ts'
import { writeInt32 } from '../../src/records/fixed-ints.ts'
import { fromHex, toHex, V1, V1_STORED, V3, V4 } from '../records/vectors.ts'
import {
  append,
  appended,
  batchOf,
  contentOf,
  errorOf,
  FIRST_SEGMENT,
  marker,
  NOW_MS,
  openLog,
  sequenced,
  text,
} from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

/** A batch with a field overwritten and its checksum made right again. */
function altered(bytes: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice()
  change(copy)
  writeInt32(copy, 17, batch.computeCrc(copy, 0))
  return copy
}

describe('a leader appends', () => {
  it('gives offsets from the log end on, and the batch last written the bytes Kafka would (R-1, S-3)', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    for (let i = 0; i < 42; i++) append(log, batchOf(['v']), 5)
    const before = log.sizeBytes
    expect(append(log, fromHex(V1), 5)).toMatchObject({ firstOffset: 42, lastOffset: 42, logAppendTimeMs: -1 })
    expect(toHex(disk.bytes(FIRST_SEGMENT).subarray(before))).toBe(V1_STORED)
    expect(log.logEndOffset).toBe(43)
  })

  it('leaves the bytes of the sender alone', () => {
    const bytes = batchOf(['a', 'b'])
    const copy = bytes.slice()
    const log = openLog()
    append(log, batchOf(['x']), 3)
    append(log, bytes, 3)
    expect(bytes).toEqual(copy)
    expect(contentOf(log)).toEqual([
      [0, 'x'],
      [1, 'a'],
      [2, 'b'],
    ])
  })

  it('does so also for a batch too large for the memory it keeps', () => {
    const log = openLog()
    const big = 'b'.repeat(200_000)
    append(log, batchOf([big]))
    append(log, batchOf(['small']))
    expect(contentOf(log)).toEqual([
      [0, big],
      [1, 'small'],
    ])
  })

  it('does not move the high watermark', () => {
    const log = openLog()
    append(log, batchOf(['a']))
    expect(log.highWatermark).toBe(0)
  })

  it('stores a compressed batch as it is', () => {
    const log = openLog()
    expect(append(log, fromHex(V3))).toMatchObject({ firstOffset: 0, lastOffset: 1 })
  })
})

describe('a leader refuses', () => {
  const good = batchOf(['a', 'b'])
  const cases: [string, Uint8Array, number][] = [
    ['no bytes at all', new Uint8Array(0), Errors.INVALID_RECORD],
    ['a base offset other than 0 (R-1)', batchOf(['a'], { baseOffset: 7 }), Errors.INVALID_RECORD],
    ['two batches (R-1)', Uint8Array.from([...good, ...good]), Errors.INVALID_RECORD],
    ['bad bits (R-5)', good.map((byte, i) => (i === 70 ? byte ^ 1 : byte)), Errors.CORRUPT_MESSAGE],
    ['a batch cut short', good.subarray(0, good.length - 1), Errors.CORRUPT_MESSAGE],
    ['another magic (W-46)', good.map((byte, i) => (i === 16 ? 1 : byte)), Errors.INVALID_RECORD],
    ['a control batch (W-46)', fromHex(V4).fill(0, 0, 8), Errors.INVALID_RECORD],
    ['a count that is not last delta + 1 (W-46)', altered(good, (b) => writeInt32(b, 57, 1)), Errors.INVALID_RECORD],
    [
      'fewer records than it says',
      altered(good, (b) => [writeInt32(b, 57, 3), writeInt32(b, 23, 2)]),
      Errors.INVALID_RECORD,
    ],
    ['offsets that are not 0, 1, 2 … (W-46)', altered(good, (b) => (b[61 + 3] = 2)), Errors.INVALID_RECORD],
    ['a producer id without sequence', altered(good, (b) => b.fill(0, 43, 51)), Errors.INVALID_RECORD],
    ['a codec nobody knows', altered(good, (b) => (b[22] = 5)), Errors.UNKNOWN_SERVER_ERROR],
    ['a base offset below 0 (R-1)', batchOf(['a'], { baseOffset: -1 }), Errors.INVALID_RECORD],
  ]
  for (const [what, bytes, code] of cases) {
    it(`${what}, and is as before`, () => {
      const log = openLog()
      append(log, batchOf(['first']))
      expect(errorOf(log.appendAsLeader(bytes, 0, NOW_MS, 'client'))).toBe(code)
      expect(contentOf(log)).toEqual([[0, 'first']])
    })
  }

  it('a batch above max.message.bytes, and takes one of just that size (R-5)', () => {
    const bytes = batchOf(['a'.repeat(100)])
    const taken = openLog(new MemoryDisk(), { config: { maxMessageBytes: bytes.length } })
    append(taken, bytes)
    const refused = openLog(new MemoryDisk(), { config: { maxMessageBytes: bytes.length - 1 } })
    expect(errorOf(refused.appendAsLeader(bytes, 0, NOW_MS, 'client'))).toBe(Errors.MESSAGE_TOO_LARGE)
  })

  it('a batch above segment.bytes (R-5)', () => {
    const log = openLog(new MemoryDisk(), { config: { segmentBytes: 100 } })
    const result = log.appendAsLeader(batchOf(['a'.repeat(100)]), 0, NOW_MS, 'client')
    expect(errorOf(result)).toBe(Errors.RECORD_LIST_TOO_LARGE)
  })

  it('a record without key if the topic is compacted (W-46)', () => {
    const builder = new BatchBuilder()
    builder.append(NOW_MS, null, text('v'))
    const bytes = builder.build(PLAIN_BATCH)
    append(openLog(), bytes)
    const compacted = openLog(new MemoryDisk(), { config: { compacted: true } })
    expect(errorOf(compacted.appendAsLeader(bytes, 0, NOW_MS, 'client'))).toBe(Errors.INVALID_RECORD)
  })

  it('timestamps outside the window, its bounds being inside (W-46)', () => {
    const config = { timestampBeforeMaxMs: 1000, timestampAfterMaxMs: 500 }
    const at = (ms: number): number | 'taken' => {
      const result = openLog(new MemoryDisk(), { config }).appendAsLeader(batchOf(['a'], {}, ms), 0, NOW_MS, 'client')
      return result.kind === 'rejected' ? result.error : 'taken'
    }
    expect([at(NOW_MS - 1001), at(NOW_MS - 1000)]).toEqual([Errors.INVALID_TIMESTAMP, 'taken'])
    expect([at(NOW_MS + 501), at(NOW_MS + 500), at(-1)]).toEqual([Errors.INVALID_TIMESTAMP, 'taken', 'taken'])
  })
})

describe('timestamps (W-45)', () => {
  it('a largest timestamp that is wrong is put right, with the checksum', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    append(
      log,
      altered(batchOf(['a']), (b) => b.fill(0, 35, 43)),
    )
    const stored = disk.bytes(FIRST_SEGMENT)
    expect(batch.maxTimestamp(stored, 0)).toBe(NOW_MS)
    expect(batch.validateBatch(stored, 0, stored.length)).toBeUndefined()
  })

  it('takes a batch that says its time is the append time, and makes it say otherwise, as Kafka does', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    const claiming = altered(batchOf(['a']), (b) => (b[22] = 8))
    appended(log.appendAsLeader(claiming, 0, NOW_MS, 'client'))
    const stored = log.read(0, 1000, 1, true).bytes
    expect([batch.isLogAppendTime(stored, 0), batch.validateBatch(stored, 0, stored.length)]).toEqual([
      false,
      undefined,
    ])
  })

  it('with LogAppendTime every record gets the time of the append', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk, { config: { timestampType: 'LogAppendTime' } })
    const result = log.appendAsLeader(batchOf(['a']), 0, NOW_MS + 77, 'client')
    expect(appended(result).logAppendTimeMs).toBe(NOW_MS + 77)
    const stored = disk.bytes(FIRST_SEGMENT)
    expect([batch.isLogAppendTime(stored, 0), batch.maxTimestamp(stored, 0)]).toEqual([true, NOW_MS + 77])
    expect(batch.validateBatch(stored, 0, stored.length)).toBeUndefined()
  })
})

describe('other origins', () => {
  it('a coordinator may write markers, but not with an old epoch', () => {
    const log = openLog()
    append(log, sequenced(7, 3, 0, 1, { transactional: true }))
    const old = log.appendAsLeader(marker('commit', 7, 2), 0, NOW_MS, 'coordinator')
    expect(errorOf(old)).toBe(Errors.INVALID_PRODUCER_EPOCH)
    expect(log.appendAsLeader(marker('commit', 7, 3), 0, NOW_MS, 'coordinator').kind).toBe('appended')
  })

  it('a coordinator of an old epoch is fenced', () => {
    const log = openLog()
    append(log, sequenced(7, 3, 0, 1, { transactional: true }))
    appended(log.appendAsLeader(marker('abort', 7, 3, 5), 0, NOW_MS, 'coordinator'))
    const old = log.appendAsLeader(marker('abort', 7, 3, 4), 0, NOW_MS, 'coordinator')
    expect(errorOf(old)).toBe(Errors.TRANSACTION_COORDINATOR_FENCED)
  })

  it('a Raft leader may append several batches at once', () => {
    const log = openLog()
    const two = Uint8Array.from([...batchOf(['a', 'b']), ...batchOf(['c'])])
    expect(appended(log.appendAsLeader(two, 9, NOW_MS, 'raft-leader'))).toMatchObject({ firstOffset: 0, lastOffset: 2 })
    expect(contentOf(log)).toEqual([
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ])
    expect(log.epochs.latestEpoch).toBe(9)
  })
})
