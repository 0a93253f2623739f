import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { baseOffset, BatchWalk, lastOffset } from '../../src/records/record-batch.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { LOG_SUFFIX, offsetFileName, offsetInFileName } from '../../src/log/file-names.ts'
import { append, appendMany, batchOf, contentOf, DIR, openLog } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

function batchesOf(bytes: Uint8Array): [number, number][] {
  const found: [number, number][] = []
  const walk = new BatchWalk(bytes, 0, bytes.length)
  while (walk.next()) found.push([baseOffset(bytes, walk.position), lastOffset(bytes, walk.position)])
  return found
}

describe('reading', () => {
  it('gives the whole batch that holds the offset, and the ones after it', () => {
    const log = openLog()
    append(log, batchOf(['a', 'b', 'c']))
    append(log, batchOf(['d', 'e']))
    const read = log.read(1, 1 << 20, 5, true)
    expect(batchesOf(read.bytes)).toEqual([
      [0, 2],
      [3, 4],
    ])
    expect(read).toMatchObject({ fromOffset: 1, nextOffset: 5, outOfRange: false })
  })

  it('gives nothing at the end, and is out of range beyond it or before the start', () => {
    const log = openLog()
    appendMany(log, 2)
    expect(log.read(2, 100, 2, true)).toMatchObject({ nextOffset: 2, outOfRange: false })
    expect(log.read(2, 100, 2, true).bytes.length).toBe(0)
    expect(log.read(3, 100, 2, true).outOfRange).toBe(true)
    expect(log.read(-1, 100, 2, true).outOfRange).toBe(true)
  })

  it('stays below the upper offset: a batch that reaches it is not given', () => {
    const log = openLog()
    append(log, batchOf(['a', 'b']))
    append(log, batchOf(['c', 'd']))
    expect(batchesOf(log.read(0, 1000, 3, true).bytes)).toEqual([[0, 1]])
    expect(log.read(0, 1000, 1, true).bytes.length).toBe(0)
  })

  it('gives a first batch above the limit only if asked to (R-56)', () => {
    const log = openLog()
    append(log, batchOf(['a'.repeat(500)]))
    append(log, batchOf(['b']))
    expect(batchesOf(log.read(0, 10, 2, true).bytes)).toEqual([[0, 0]])
    expect(log.read(0, 10, 2, false)).toMatchObject({ nextOffset: 0 })
  })
})

describe('segments (R-3, R-4)', () => {
  it('are named by the offset they start at, in 20 digits (S-2)', () => {
    expect(offsetFileName(42, LOG_SUFFIX)).toBe('00000000000000000042.log')
    expect(offsetInFileName('00000000000000000042.log', LOG_SUFFIX)).toBe(42)
    for (const other of ['42.log', '00000000000000000042.index', '0000000000000000004x.log', 'x', '.log']) {
      expect(offsetInFileName(other, LOG_SUFFIX), other).toBeUndefined()
    }
  })

  it('a new one begins when the append would take the old one beyond segment.bytes', () => {
    const disk = new MemoryDisk()
    const bytes = batchOf(['0123456789'])
    const log = openLog(disk, { config: { segmentBytes: 2 * bytes.length } })
    for (let i = 0; i < 5; i++) append(log, bytes)
    expect(disk.list(DIR).filter((name) => name.endsWith('.log'))).toEqual([
      '00000000000000000000.log',
      '00000000000000000002.log',
      '00000000000000000004.log',
    ])
    expect([log.segmentCount, log.sizeBytes]).toEqual([3, 5 * bytes.length])
    expect(contentOf(log).map(([offset]) => offset)).toEqual([0, 1, 2, 3, 4])
  })

  it('truncation removes the files of those behind', () => {
    const disk = new MemoryDisk()
    const bytes = batchOf(['0123456789'])
    const log = openLog(disk, { config: { segmentBytes: 2 * bytes.length } })
    for (let i = 0; i < 5; i++) append(log, bytes)
    log.truncateTo(2)
    expect(disk.list(DIR).filter((name) => name.endsWith('.log'))).toEqual([
      '00000000000000000000.log',
      '00000000000000000002.log',
    ])
    expect(disk.bytes(`${DIR}/00000000000000000002.log`).length).toBe(0)
    expect(append(log, bytes).firstOffset).toBe(2)
  })
})

describe('against a plain list of batches', () => {
  /** What `read` must give, from what was appended. */
  function expected(
    batches: readonly { first: number; last: number; size: number; segment: number }[],
    from: number,
    maxBytes: number,
    upTo: number,
    minOne: boolean,
  ): [number, number][] {
    const start = batches.findIndex((b) => b.last >= from)
    const given: [number, number][] = []
    let size = 0
    for (const b of start < 0 ? [] : batches.slice(start)) {
      size += b.size
      if (b.last >= upTo || b.segment !== batches[start]!.segment) break
      if (size > maxBytes && !(minOne && given.length === 0)) break
      given.push([b.first, b.last])
    }
    return given
  }

  it('every read of every log gives just the batches it should', () => {
    const batch = fc.record({ count: fc.integer({ min: 1, max: 4 }), size: fc.nat(300) })
    const query = fc.record({ from: fc.nat(), maxBytes: fc.nat(3000), upTo: fc.nat(), minOne: fc.boolean() })
    fc.assert(
      fc.property(
        fc.array(batch, { minLength: 1, maxLength: 40 }),
        fc.array(query, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1400, max: 6000 }),
        fc.integer({ min: 0, max: 700 }),
        fc.boolean(),
        (batches, queries, segmentBytes, indexIntervalBytes, reopen) => {
          const disk = new MemoryDisk()
          const config = { segmentBytes, indexIntervalBytes }
          let log: PartitionLog = openLog(disk, { config })
          const model = batches.map(({ count, size }) => {
            const bytes = batchOf(Array.from({ length: count }, () => 'x'.repeat(size)))
            const { firstOffset, lastOffset: last } = append(log, bytes)
            return { first: firstOffset, last, size: bytes.length, segment: log.segmentCount }
          })
          if (reopen) log = openLog(disk, { config })
          const end = log.logEndOffset
          for (const q of queries) {
            const [from, upTo] = [q.from % (end + 1), q.upTo % (end + 1)]
            const read = log.read(from, q.maxBytes, upTo, q.minOne)
            const given = from >= upTo ? [] : expected(model, from, q.maxBytes, upTo, q.minOne)
            expect(batchesOf(read.bytes)).toEqual(given)
            expect(read.nextOffset).toBe(given.length === 0 ? from : given.at(-1)![1] + 1)
          }
        },
      ),
    )
  })

  it('the cost of a read does not depend on how long the log is', () => {
    class CountingDisk extends MemoryDisk {
      bytesRead = 0
      override open(path: string): ReturnType<MemoryDisk['open']> {
        const file = super.open(path)
        const read = file.read.bind(file)
        file.read = (position, length) => {
          this.bytesRead += length
          return read(position, length)
        }
        return file
      }
    }
    const costOf = (batches: number): number => {
      const disk = new CountingDisk()
      const log = openLog(disk, { config: { segmentBytes: 50_000 } })
      appendMany(log, batches)
      disk.bytesRead = 0
      log.read(Math.floor(batches / 2), 500, batches - 3, true)
      return disk.bytesRead
    }
    expect(costOf(3000)).toBeLessThan(20_000)
    expect(costOf(300)).toBeLessThan(20_000)
  })
})
