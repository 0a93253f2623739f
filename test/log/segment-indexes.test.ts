// The index files of a segment: their bytes (S-4, S-5), their room while the segment is active (S-6), what they make of a roll
// and how they are built again (R-25, S-15).

import { describe, expect, it } from 'vitest'
import { World } from '../../sim/index.ts'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../src/log/log-config.ts'
import { OffsetIndex } from '../../src/log/offset-index.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { Segment } from '../../src/log/segment.ts'
import { SegmentHome } from '../../src/log/segment-home.ts'
import { TimeIndex } from '../../src/log/time-index.ts'
import { append, appendMany, batchOf, contentOf, DIR, NOW_MS, openLog } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

const INDEX = `${DIR}/00000000000000000000.index`
const TIME_INDEX = `${DIR}/00000000000000000000.timeindex`
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function logOn(disk: MemoryDisk, config: Partial<LogConfig>): PartitionLog {
  return openLog(disk, { config })
}

/** `[offset, position]` of every entry. */
function offsetEntries(index: OffsetIndex): [number, number][] {
  return Array.from({ length: index.size }, (_, i) => [index.offset(i), index.position(i)])
}

function timeEntries(index: TimeIndex): [number, number][] {
  return Array.from({ length: index.size }, (_, i) => [index.timestampMs(i), index.offset(i)])
}

describe('entries', () => {
  it('have the bytes of the samples', () => {
    const disk = new MemoryDisk()
    const offsets = new OffsetIndex(disk, INDEX, 42)
    offsets.append(49, 0, new Uint8Array(8))
    offsets.append(61, 4233, new Uint8Array(8))
    expect(hex(disk.bytes(INDEX))).toBe('00000007000000000000001300001089')
    const times = new TimeIndex(disk, TIME_INDEX, 42)
    times.maybeAppend(1_700_000_000_000, 49, new Uint8Array(12))
    times.maybeAppend(1_700_000_000_250, 61, new Uint8Array(12))
    expect(hex(disk.bytes(TIME_INDEX))).toBe('0000018bcfe56800000000070000018bcfe568fa00000013')
  })

  it('are found by offset, by position and by time', () => {
    const disk = new MemoryDisk()
    const index = new OffsetIndex(disk, INDEX, 0)
    const times = new TimeIndex(disk, TIME_INDEX, 0)
    for (const [offset, position] of [
      [5, 100],
      [9, 250],
      [30, 900],
    ] as const) {
      index.append(offset, position, new Uint8Array(8))
      times.maybeAppend(offset * 10, offset, new Uint8Array(12))
    }
    expect([4, 5, 8, 9, 29, 30, 99].map((offset) => index.floorByOffset(offset))).toEqual([-1, 0, 0, 1, 1, 2, 2])
    expect([99, 100, 899, 900].map((position) => index.floorByPosition(position))).toEqual([-1, 0, 1, 2])
    expect([49, 50, 299, 300].map((ms) => times.floorByTimestamp(ms))).toEqual([-1, 0, 1, 2])
    index.truncateTo(9)
    times.truncateTo(9)
    expect([index.size, index.floorByOffset(99), times.size, times.lastTimestampMs]).toEqual([1, 0, 1, 50])
  })

  it('are made once more than index.interval.bytes lie behind the last one, never for the first append', () => {
    const disk = new MemoryDisk()
    const bytes = batchOf(['x'.repeat(100)]).length
    const log = logOn(disk, { indexIntervalBytes: 2 * bytes })
    for (let i = 0; i < 8; i++) append(log, batchOf(['x'.repeat(100)], {}, NOW_MS + Math.min(i, 4)))
    const { offsetIndex, timeIndex } = log.segments.active
    expect(offsetEntries(offsetIndex)).toEqual([
      [3, 3 * bytes],
      [6, 6 * bytes],
    ])
    // Only if the timestamp rose since, with the batch that holds it.
    expect(timeEntries(timeIndex)).toEqual([
      [NOW_MS + 3, 3],
      [NOW_MS + 4, 4],
    ])
  })

  function followers(indexEachBatch: boolean): [PartitionLog, PartitionLog, number] {
    const leader = logOn(new MemoryDisk(), { indexIntervalBytes: 1000 })
    appendMany(leader, 60)
    const follower = openLog(new MemoryDisk(), { config: { indexIntervalBytes: 1000 }, indexEachBatch })
    const half = leader.read(0, 2000, 60, true)
    follower.appendAsFollower(half.bytes)
    follower.appendAsFollower(leader.read(half.nextOffset, 1 << 20, 60, true).bytes)
    return [leader, follower, half.bytes.length]
  }

  it('of a follower are those of its leader, however many batches it appends at once', () => {
    const [leader, follower] = followers(true)
    expect(offsetEntries(leader.segments.active.offsetIndex)).toHaveLength(4)
    const entries = offsetEntries(follower.segments.active.offsetIndex)
    expect(entries).toEqual(offsetEntries(leader.segments.active.offsetIndex))
  })

  it('were once one for a chunk of many batches, which names the offset that the chunk ends with (KAFKA-806)', () => {
    const [, follower, secondAt] = followers(false)
    expect(offsetEntries(follower.segments.active.offsetIndex)).toEqual([[59, secondAt]])
  })
})

describe('the room of an index', () => {
  it('is segment.index.bytes, in whole entries, while the segment is active, and cut off on a roll and on a close', () => {
    const disk = new MemoryDisk()
    const bytes = batchOf(['v0']).length
    const config = { segmentBytes: 4 * bytes, indexIntervalBytes: 1, segmentIndexBytes: 1000 }
    const log = logOn(disk, config)
    appendMany(log, 3)
    expect([disk.allocatedBytes(INDEX), disk.allocatedBytes(TIME_INDEX)]).toEqual([1000, 996])
    appendMany(log, 2)
    expect([disk.allocatedBytes(INDEX), disk.allocatedBytes(TIME_INDEX)]).toEqual([0, 0])
    const active = `${DIR}/00000000000000000004.index`
    expect(disk.allocatedBytes(active)).toBe(1000)
    log.close()
    expect(disk.allocatedBytes(active)).toBe(0)
    openLog(disk, { config, cleanShutdown: true })
    expect(disk.allocatedBytes(active)).toBe(1000)
  })

  it('a full index ends its segment; of the time index one entry is kept back for that moment', () => {
    const disk = new MemoryDisk()
    const log = logOn(disk, { indexIntervalBytes: 1, segmentIndexBytes: 24 })
    // Room for two entries of time, so for one until the roll; the second append makes it.
    for (let i = 0; i < 6; i++) append(log, batchOf(['v'], {}, NOW_MS + i))
    expect(log.segments.baseOffsets()).toEqual([0, 2, 4])
    expect(timeEntries(log.segments.first.timeIndex)).toEqual([[NOW_MS + 1, 1]])
    expect(contentOf(log)).toHaveLength(6)
  })

  it('is looked at but for once a segment even when there is none for a single entry', () => {
    const log = logOn(new MemoryDisk(), { segmentIndexBytes: 4 })
    appendMany(log, 3)
    expect(log.segments.baseOffsets()).toEqual([0, 1, 2])
  })
})

describe('a rolled segment', () => {
  it('has its largest timestamp as the last entry of its time index (R-6)', () => {
    const disk = new MemoryDisk()
    const bytes = batchOf(['v0']).length
    const log = logOn(disk, { segmentBytes: 3 * bytes })
    for (const ms of [5, 9, 7, 1]) append(log, batchOf(['v0'], {}, NOW_MS + ms))
    expect(timeEntries(log.segments.first.timeIndex)).toEqual([[NOW_MS + 9, 1]])
    // Which is what a loaded segment goes by.
    log.close()
    const again = openLog(disk, { cleanShutdown: true })
    expect([again.segments.first.maxTimestampMs, again.segments.first.maxTimestampOffset]).toEqual([NOW_MS + 9, 1])
  })

  it('is rolled earlier by a draw below segment.jitter.ms, a new one for each segment', () => {
    const jitters = new Set<number>()
    const world = new World({ seed: 7 })
    world.addProcess('broker-1', {
      boot: (host) => {
        const config = { ...DEFAULT_LOG_CONFIG, segmentMs: 1000, segmentJitterMs: 200 }
        const jitter = () => host.random.stream('roll-jitter/x-0')
        const home = new SegmentHome({ disk: host.disk, dir: 'data/x-0', config, jitter })
        for (let base = 0; base < 40; base++) jitters.add(new Segment(home, base).rollJitterMs)
      },
    })
    world.process('broker-1').start()
    expect(jitters.size).toBeGreaterThan(20)
    expect(Math.min(...jitters)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...jitters)).toBeLessThan(200)
  })

  it('with jitter is rolled that much before segment.ms', () => {
    const disk = new MemoryDisk()
    const below = (bound: number) => bound - 1
    const jitter = () => ({ below }) as unknown as ReturnType<NonNullable<Parameters<typeof openLog>[1]>['jitter'] & {}>
    const log = openLog(disk, { config: { segmentMs: 1000, segmentJitterMs: 101 }, jitter })
    append(log, batchOf(['a'], {}, NOW_MS))
    append(log, batchOf(['b'], {}, NOW_MS + 900))
    expect(log.segmentCount).toBe(1)
    append(log, batchOf(['c'], {}, NOW_MS + 901))
    expect(log.segmentCount).toBe(2)
  })
})

describe('indexes of a loaded log', () => {
  const config = { indexIntervalBytes: 100, segmentBytes: 1000 }

  function stopped(): MemoryDisk {
    const disk = new MemoryDisk()
    const log = logOn(disk, config)
    for (let i = 0; i < 40; i++) append(log, batchOf([`v${i}`], {}, NOW_MS + i))
    log.flush()
    log.close()
    return disk
  }

  it('are the same after recovery, byte for byte', () => {
    const disk = stopped()
    const before = disk.list(DIR).map((name) => [name, hex(disk.bytes(`${DIR}/${name}`))])
    openLog(disk, { config }).close()
    expect(disk.list(DIR).map((name) => [name, hex(disk.bytes(`${DIR}/${name}`))])).toEqual(before)
  })

  it('of an unclean stop are built anew from the recovery point on, whatever they held', () => {
    const disk = stopped()
    const good = disk.bytes(INDEX)
    disk.put(INDEX, new Uint8Array(80))
    disk.put(TIME_INDEX, new Uint8Array(5))
    openLog(disk, { config })
    expect(hex(disk.bytes(INDEX))).toBe(hex(good))
  })

  it('are not looked at below the recovery point, nor after a clean stop (R-26); zeros only make lookups slower', () => {
    const disk = stopped()
    disk.put(INDEX, new Uint8Array(80))
    const log = openLog(disk, { config, cleanShutdown: true })
    expect(disk.bytes(INDEX)).toEqual(new Uint8Array(80))
    expect(contentOf(log)).toHaveLength(40)
    expect(log.read(5, 10, 40, true).nextOffset).toBe(6)
  })

  it('may end in zeros after a loss of power: every offset is read all the same', () => {
    const disk = stopped()
    const good = disk.bytes(INDEX).slice()
    expect(good.length).toBeGreaterThan(16)
    const sound = openLog(disk.copy(), { config, cleanShutdown: true })
    // Fewer would leave half a position, which leads anywhere, in Kafka too.
    for (const zeros of [4, 8]) {
      disk.put(INDEX, good.slice().fill(0, good.length - zeros))
      const log = openLog(disk, { config, cleanShutdown: true })
      for (let offset = 0; offset < 40; offset++) {
        for (const upTo of [offset + 1, 40])
          expect(log.read(offset, 1, upTo, true).nextOffset).toBe(sound.read(offset, 1, upTo, true).nextOffset)
      }
    }
  })

  it('that are missing are built anew, also after a clean stop', () => {
    const disk = stopped()
    const good = disk.bytes(INDEX)
    disk.remove(INDEX)
    openLog(disk, { config, cleanShutdown: true })
    expect(hex(disk.bytes(INDEX))).toBe(hex(good))
  })

  it('without a log are removed', () => {
    const disk = stopped()
    const orphan = `${DIR}/00000000000000000077.timeindex`
    disk.put(orphan, 'x')
    openLog(disk, { config, cleanShutdown: true })
    expect(disk.exists(orphan)).toBe(false)
  })

  it('are cut with their log', () => {
    const disk = stopped()
    const log = openLog(disk, { config, cleanShutdown: true })
    const segment = log.segments.at(1)
    const cut = segment.baseOffset + 5
    log.truncateTo(cut)
    for (const [offset] of offsetEntries(segment.offsetIndex)) expect(offset).toBeLessThan(cut)
    for (const [, offset] of timeEntries(segment.timeIndex)) expect(offset).toBeLessThan(cut)
    expect([segment.maxTimestampMs, segment.maxTimestampOffset]).toEqual([NOW_MS + cut - 1, cut - 1])
  })
})

describe('a segment that goes', () => {
  it('takes all its files along, under the name of deleted ones, and its producer snapshot', () => {
    const disk = new MemoryDisk()
    const bytes = batchOf(['v0']).length
    const retired: string[] = []
    const log = openLog(disk, {
      config: { segmentBytes: 2 * bytes, fileDeleteDelayMs: 1234 },
      retired: (files, delayMs) => retired.push(`after ${delayMs}`, ...files),
    })
    appendMany(log, 5)
    log.truncateTo(3)
    expect(retired).toEqual([
      'after 1234',
      ...['log', 'index', 'timeindex', 'snapshot'].map((kind) => `${DIR}/00000000000000000004.${kind}.deleted`),
    ])
    for (const file of retired.slice(1)) expect(disk.exists(file)).toBe(true)
    expect(disk.list(DIR).filter((name) => /^0*4\.\w+$/.test(name))).toEqual([])
  })
})

describe('what an interrupted compaction left (S-14)', () => {
  const put = (disk: MemoryDisk, base: number, suffix: string, content: Uint8Array) =>
    disk.put(`${DIR}/${String(base).padStart(20, '0')}${suffix}`, content)

  it('is undone while it was not finished', () => {
    const disk = new MemoryDisk()
    appendMany(openLog(disk), 3)
    put(disk, 0, '.log.cleaned', batchOf(['half']))
    put(disk, 0, '.index.cleaned', new Uint8Array(8))
    put(disk, 5, '.log.swap', batchOf(['of a split that the first part shows unfinished']))
    expect(contentOf(openLog(disk))).toHaveLength(3)
    expect(disk.list(DIR).filter((name) => /cleaned|swap/.test(name))).toEqual([])
  })

  it('takes the place of what it replaces if it was finished', () => {
    const disk = new MemoryDisk()
    const bytes = batchOf(['v0']).length
    const config = { segmentBytes: 2 * bytes }
    const log = logOn(disk, config)
    appendMany(log, 6)
    // One segment for the first two, which lost all but the record at 1.
    put(disk, 0, '.log.swap', log.segments.at(0).file.read(bytes, bytes))
    expect(contentOf(logOn(disk, config)).map(([offset]) => offset)).toEqual([1, 2, 3, 4, 5])
    expect(disk.list(DIR).filter((name) => name.endsWith('.swap'))).toEqual([])
  })
})
