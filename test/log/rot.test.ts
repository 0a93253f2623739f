// Bits that change of themselves, 10,000 times: what rotted never reaches an application and is never appended by a follower
// and recovery cuts at the first bad batch, losing all behind it. But the first fields of a batch lie outside
// its checksum, and whoever looks for an offset goes by fields that he does not check. In Kafka, too, rot in a base offset or
// leader epoch goes unnoticed unless offsets go back; and where length, magic or last offset rot, the batch is not found, and
// what comes after it is: a reader is led past it, which looks like a gap of compaction.

import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { readFetchedBatches } from '../../src/client/fetched-batches.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { append, batchOf, DIR, NOW_MS, openLog, recordsOf } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

const VALUES = ['a-0', 'b-1', 'c-22', 'd-3', 'e-44', 'f-5', 'g-6', 'h-77']
const CORRUPTIONS = 10_000
const INDEXED = { indexIntervalBytes: 100 }
/** Base offset, and leader epoch: where they lie in a batch. */
const UNNOTICED = [
  [0, 8],
  [12, 16],
] as const
/** By these batches are found: base offset, length, leader epoch, magic; and the delta of the last offset. */
const FOUND_BY = [
  [0, 17],
  [23, 27],
] as const

interface Place {
  readonly path: string
  readonly position: number
  readonly bit: number
  /** Which batch, and where in it. */
  readonly batch: number
  readonly within: number
}

/** A log of one record a batch, in three segments. */
function pristine() {
  const disk = new MemoryDisk()
  const sizes = VALUES.map((value) => batchOf([value]).length)
  const segmentBytes = (sizes[0] ?? 0) * 3 + 4
  const log = openLog(disk, { config: { segmentBytes } })
  for (const value of VALUES) append(log, batchOf([value]))
  const segments = disk.list(DIR).filter((name) => name.endsWith('.log'))
  const batches = segments.flatMap((name) => {
    const base = Number(name.slice(0, 20))
    let position = 0
    return sizes.slice(base, nextBase(segments, base)).map((sizeBytes, i) => {
      const batch = { path: `${DIR}/${name}`, position, sizeBytes, index: base + i }
      position += sizeBytes
      return batch
    })
  })
  return { disk, log, batches, segmentBytes }
}

function nextBase(segments: readonly string[], base: number): number {
  return Math.min(VALUES.length, ...segments.map((name) => Number(name.slice(0, 20))).filter((each) => each > base))
}

function isIn(ranges: readonly (readonly [number, number])[], { within }: Place): boolean {
  return ranges.some(([from, to]) => from <= within && within < to)
}

function flip(disk: MemoryDisk, { path, position, bit }: Place): void {
  const bytes = disk.bytes(path).slice()
  bytes[position] = (bytes[position] ?? 0) ^ (1 << bit)
  disk.put(path, bytes)
}

/** What a reader from the start is handed, and what a follower has after it copied as long as it got on. */
function read(log: PartitionLog, disk: MemoryDisk) {
  const handed: [number, string][] = []
  const follower = openLog(disk, { dir: 'data/copy-0' })
  let position = 0
  let isStopped = false
  for (let round = 0; round < 2 * VALUES.length && !isStopped; round++) {
    const { bytes } = log.read(position, 1 << 20, log.logEndOffset, true)
    const before = position
    const isGood = readFetchedBatches(bytes, position, true, (next, { records }) => {
      for (const { offset, value } of records) handed.push([offset, new TextDecoder().decode(value ?? undefined)])
      position = next
    })
    isStopped = !isGood || position === before
  }
  let copiedTo = -1
  while (copiedTo < follower.logEndOffset) {
    copiedTo = follower.logEndOffset
    const { bytes } = log.read(copiedTo, 1 << 20, log.logEndOffset, true)
    const outcome = follower.appendAsFollower(bytes)
    if (outcome.kind !== 'appended') break
  }
  const copied = follower.read(0, 1 << 20, follower.logEndOffset, true).bytes
  return { handed, copied: copied.length === 0 ? [] : recordsOf(copied).map(([, value]) => value) }
}

describe(`${CORRUPTIONS} bits that change of themselves`, () => {
  const rng = new Streams(20261126).stream('rot')
  const { disk, log, batches, segmentBytes } = pristine()
  const draw = (): Place => {
    const batch = rng.pick(batches)
    const within = rng.below(batch.sizeBytes)
    return { path: batch.path, position: batch.position + within, bit: rng.below(8), batch: batch.index, within }
  }
  const places = Array.from({ length: CORRUPTIONS }, draw)

  it('reach no application, and no follower', () => {
    for (const place of places) {
      flip(disk, place)
      const { handed, copied } = read(log, new MemoryDisk())
      flip(disk, place)
      // Every record is one that was written, none twice; what is checked ends before the bad batch.
      const values = handed.map(([, value]) => value)
      for (const value of [...values, ...copied])
        if (!VALUES.includes(value)) throw new Error(`${value}: ${show(place)}`)
      if (isIn(FOUND_BY, place)) continue
      const good = VALUES.slice(0, place.batch)
      if (String(values) !== String(good) || handed.some(([offset], i) => offset !== i)) {
        throw new Error(`a reader was handed ${String(values)}: ${show(place)}`)
      }
      // One bad batch spoils all that was fetched with it.
      if (copied.some((value, i) => value !== good[i])) {
        throw new Error(`a follower has ${String(copied)}: ${show(place)}`)
      }
    }
    expect(places.filter((place) => !isIn(FOUND_BY, place)).length).toBeGreaterThan(CORRUPTIONS / 2)
  })

  it('are where recovery cuts, and all behind them is lost', () => {
    for (const place of places) {
      if (isIn(UNNOTICED, place)) continue
      const copy = disk.copy()
      flip(copy, place)
      const recovered = openLog(copy, { config: { segmentBytes } })
      if (recovered.logEndOffset !== place.batch) throw new Error(`ends at ${recovered.logEndOffset}: ${show(place)}`)
    }
  })

  it('are not noticed in a base offset that still rises, or in a leader epoch: nothing in Kafka covers these', () => {
    const [, , third] = batches
    if (third === undefined) throw new Error('no third batch')
    // Offset 2 becomes 10.
    const offset = { path: third.path, position: third.position + 7, bit: 3, batch: 2, within: 7 }
    flip(disk, offset)
    const { handed } = read(log, new MemoryDisk())
    flip(disk, offset)
    expect(handed.slice(0, 3)).toEqual([
      [0, 'a-0'],
      [1, 'b-1'],
      [10, 'c-22'],
    ])
  })
})

it('a bit of a length that changes leads a reader past the rest of the segment, as in Kafka', () => {
  const { disk, log, batches } = pristine()
  const [, second] = batches
  if (second === undefined) throw new Error('no second batch')
  flip(disk, { path: second.path, position: second.position + 9, bit: 0, batch: 1, within: 9 })
  expect(read(log, new MemoryDisk()).handed.map(([offset]) => offset)).toEqual([0, 3, 4, 5, 6, 7])
})

function show({ batch, within, bit }: Place): string {
  return `bit ${bit} of byte ${within} of batch ${batch}`
}

describe('a rotten index', () => {
  /** Nine batches of two records in one segment, with index entries, closed in order. */
  function closedLog() {
    const disk = new MemoryDisk()
    const log = openLog(disk, { config: INDEXED })
    for (let i = 0; i < 9; i++) append(log, batchOf([`a-${i}`, `b-${i}`], {}, NOW_MS + i))
    log.flush()
    log.close()
    const index = disk.list(DIR).find((name) => name.endsWith('.index')) ?? ''
    return { disk, path: `${DIR}/${index}` }
  }

  it('does not move the end of the log, whichever bit it is, nor what is left when that is cut', () => {
    const { disk: pristineDisk, path: index } = closedLog()
    const bits = pristineDisk.bytes(index).length * 8
    expect(bits).toBeGreaterThan(128)
    for (let bit = 0; bit < bits; bit++) {
      const { disk, path } = closedLog()
      flip(disk, { path, position: bit >> 3, bit: bit & 7, batch: 0, within: 0 })
      const log = openLog(disk, {
        config: INDEXED,
        cleanShutdown: true,
        recoveryPoint: 18,
        highWatermarkCheckpoint: 18,
      })
      expect([log.logEndOffset, log.lostBytes], `bit ${bit}`).toEqual([18, 0])
      for (let offset = 0; offset < 18; offset += 5) log.read(offset, 300, 18, true)
      log.truncateTo(13)
      append(log, batchOf(['c', 'd', 'e']))
      const { file } = log.segments.active
      expect(
        recordsOf(file.read(0, file.sizeBytes))
          .map(([offset]) => offset)
          .slice(-4),
      ).toEqual([11, 13, 14, 15])
    }
  })

  it('in time, and of times that no clock has, does not end anything', () => {
    const { disk, path } = closedLog()
    const logPath = path.replace('.index', '.log')
    // The highest bits of the largest timestamp of the last batch.
    const last = disk.bytes(logPath).length - batchOf(['a-8', 'b-8']).length
    flip(disk, { path: logPath, position: last + 35, bit: 6, batch: 8, within: 35 })
    const log = openLog(disk, { config: INDEXED, cleanShutdown: true, recoveryPoint: 18, highWatermarkCheckpoint: 18 })
    append(log, batchOf(['c']))
    log.truncateTo(18)
    log.close()
    expect(log.segments.active.maxTimestampMs).toBeGreaterThan(NOW_MS)
  })
})
