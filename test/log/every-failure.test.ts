// The power fails, or the process is killed, at every operation of a disk that a roll, the checkpoints, a truncation, retention
// and recovery make, and at every operation of the recovery after recovery: what the next load makes of any state that may be
// left is one of the legal logs. What a swap leaves is in cleaner/swap-crashes.test.ts.

import { describe, expect, it } from 'vitest'
import type { Disk } from '../../sim/host.ts'
import { DEFAULT_LOG_CONFIG } from '../../src/log/log-config.ts'
import { LogDirectory } from '../../src/log/log-directory.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { CrashingDisk } from './cleaner/crashing-disk.ts'
import { append, contentOf, NOW_MS, sequenced } from './fixtures.ts'
import { expectGoodIndexes } from './good-indexes.ts'
import { MemoryDisk } from './memory-disk.ts'

const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'
const BATCH_BYTES = sequenced(7, 0, 0).length
const CONFIG = {
  ...DEFAULT_LOG_CONFIG,
  segmentBytes: 3 * BATCH_BYTES,
  indexIntervalBytes: BATCH_BYTES - 1,
  retentionBytes: 3 * BATCH_BYTES,
}
const LAST_SEGMENT = 'data/t-0/00000000000000000006.log'

interface Loaded {
  readonly directory: LogDirectory
  readonly log: PartitionLog
}

function load(disk: Disk): Loaded {
  const directory = LogDirectory.open({ disk, dir: 'data', configOf: () => CONFIG, wallMs: () => NOW_MS })
  const log = directory.get('t', 0)
  if (log === undefined) throw new Error('the log is gone')
  return { directory, log }
}

function write(log: PartitionLog, batches: number): void {
  for (let i = 0; i < batches; i++) append(log, sequenced(7, 0, log.logEndOffset, 1, {}, NOW_MS + log.logEndOffset), 0)
  log.maybeIncrementHighWatermark(log.logEndOffset)
}

/** Eight batches in three segments; all but the last two are synced. */
function threeSegments(): { disk: MemoryDisk } & Loaded {
  const disk = new MemoryDisk()
  const directory = LogDirectory.open({ disk, dir: 'data', configOf: () => CONFIG, wallMs: () => NOW_MS })
  const log = directory.create('t', 0, TOPIC_ID, CONFIG)
  write(log, 6)
  log.flush()
  directory.checkpointRecoveryPoints()
  write(log, 2)
  expect(log.segmentCount).toBe(3)
  return { disk, directory, log }
}

function stopped(): MemoryDisk {
  const { disk, directory } = threeSegments()
  for (const step of directory.shutdownSteps(1)) step()
  return disk
}

function pathsOf(disk: Disk, dir: string): string[] {
  return disk.list(dir).flatMap((name) => {
    const below = pathsOf(disk, `${dir}/${name}`)
    return below.length > 0 ? below : [`${dir}/${name}`]
  })
}

/** Lets `act` fail at every operation of the disk, and loads each state that may be left; so many times over. */
function failEverywhere(
  files: MemoryDisk,
  act: (disk: Disk) => void,
  check: (log: PartitionLog) => void,
  times = 1,
  mayHaveHoles = false,
): number {
  const disk = CrashingDisk.with(files, pathsOf(files, 'data'))
  const begin = disk.operations
  act(disk)
  let states = 0
  for (let count = begin; count <= disk.operations; count++) {
    for (const left of disk.afterFailure(count)) {
      states += 1
      if (times > 1) states += failEverywhere(left.copy(), load, check, times - 1, mayHaveHoles)
      const { log } = load(left)
      expectWhole(log, mayHaveHoles)
      check(log)
    }
  }
  return states
}

function expectWhole(log: PartitionLog, mayHaveHoles: boolean): void {
  const content = contentOf(log)
  // Whatever is missing ends where a segment begins; and nothing is, but where a test says so.
  const bases = new Set(log.segments.baseOffsets())
  for (const [i, [offset]] of content.entries()) {
    const expected = (content[i - 1]?.[0] ?? log.logStartOffset - 1) + 1
    if (offset !== expected)
      expect(mayHaveHoles && bases.has(offset), `${offset} comes after ${expected - 1}`).toBe(true)
  }
  for (const [offset, value] of content) expect(value).toBe(`p7s${offset}`)
  expect(log.logStartOffset).toBeLessThanOrEqual(log.highWatermark)
  expect(log.highWatermark).toBeLessThanOrEqual(log.logEndOffset)
  expect(log.recoveryPoint).toBeLessThanOrEqual(log.logEndOffset)
  if (content.at(-1)?.[0] === log.logEndOffset - 1)
    expect(log.producers.get(7)?.lastSequence).toBe(log.logEndOffset - 1)
  expectGoodIndexes(log)
}

const sorted = (offsets: ReadonlySet<number>): number[] => [...offsets].toSorted((one, other) => one - other)

const endsOf = (ends: Set<number>) => (log: PartitionLog) => void ends.add(log.logEndOffset)

describe('at every operation of', () => {
  it('a roll, and the sync that follows it', () => {
    const ends = new Set<number>()
    const states = failEverywhere(
      stopped(),
      (disk) => write(load(disk).log, 2),
      (log) => {
        // What was there, synced, stays.
        expect(log.logEndOffset).toBeGreaterThanOrEqual(8)
        ends.add(log.logEndOffset)
      },
    )
    expect(states).toBeGreaterThan(20)
    expect(sorted(ends)).toEqual([8, 9, 10])
  })

  it('the checkpoints', () => {
    const starts = new Set<number>()
    const states = failEverywhere(
      stopped(),
      (disk) => {
        const { directory, log } = load(disk)
        log.maybeIncrementLogStartOffset(2)
        directory.checkpointHighWatermarks()
        directory.checkpointRecoveryPoints()
        directory.checkpointLogStartOffsets()
      },
      (log) => {
        starts.add(log.logStartOffset)
        expect(log.logEndOffset).toBe(8)
      },
    )
    expect(states).toBeGreaterThan(10)
    expect(sorted(starts)).toEqual([0, 2])
  })

  it('a truncation, which writes the recovery points anew', () => {
    const ends = new Set<number>()
    failEverywhere(stopped(), (disk) => load(disk).log.truncateTo(4), endsOf(ends))
    // At 6 the last segment was gone, and the one before not cut yet.
    expect(sorted(ends)).toEqual([4, 6, 8])
  })

  it('retention, and the removal of the files', () => {
    const starts = new Set<number>()
    failEverywhere(
      stopped(),
      (disk) => {
        const { log } = load(disk)
        expect(log.deleteOldSegments(NOW_MS)).toBe(1)
        for (const path of pathsOf(disk, 'data')) if (path.endsWith('.deleted')) disk.remove(path)
        disk.syncDir('data')
      },
      (log) => {
        starts.add(log.logStartOffset)
        expect(log.logEndOffset).toBe(8)
      },
    )
    expect(sorted(starts)).toEqual([0, 3])
  })

  it('recovery, and of the recovery after it', () => {
    const { disk } = threeSegments()
    // Torn within its last batch.
    disk.put(LAST_SEGMENT, disk.bytes(LAST_SEGMENT).slice(0, -5))
    const ends = new Set<number>()
    const states = failEverywhere(disk, load, endsOf(ends), 2)
    expect(states).toBeGreaterThan(50)
    expect([...ends]).toEqual([7])
  })

  it('recovery that drops segments behind a bad batch', () => {
    const { disk } = threeSegments()
    disk.put('data/recovery-point-offset-checkpoint', '0\n1\nt 0 0\n')
    disk.rot('data/t-0/00000000000000000003.log', BATCH_BYTES + 70)
    const ends = new Set<number>()
    // The cut is made first. Who dies before the segments behind are renamed finds a log with a hole the next time, in
    // which no batch is bad: so does Kafka.
    failEverywhere(disk, load, endsOf(ends), 1, true)
    expect(sorted(ends)).toEqual([4, 8])
  })
})
