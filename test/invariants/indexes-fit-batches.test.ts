// what the indexes of a segment say of its batches is so, however the segment came to be; and whoever looks again from
// the beginning finds the same.

import { describe, expect, it } from 'vitest'
import { INVARIANTS, InvariantChecker, Recheck } from '../../src/invariants/index.ts'
import { writeCleanShutdownMarker } from '../../src/log/directory-files.ts'
import { OffsetIndex } from '../../src/log/offset-index.ts'
import { TimeIndex } from '../../src/log/time-index.ts'
import { replace } from '../support/replace.ts'
import { KEY, type MiniCluster, settled } from './mini-cluster.ts'

const LOG = { segmentBytes: 600, indexIntervalBytes: 100 }

function written(batches = 30): MiniCluster {
  const cluster = settled({ log: LOG })
  for (let i = 0; i < batches; i++) {
    cluster.produce(1, 1 + (i % 2))
    cluster.sync(2, 3)
  }
  return cluster
}

function rechecked(ids: readonly string[], cluster: MiniCluster): MiniCluster {
  const checker = new InvariantChecker(
    INVARIANTS.filter(({ id }) => ids.includes(id)),
    cluster.view,
    cluster.loop,
    cluster.bus,
  )
  new Recheck(cluster.view, cluster.loop, cluster.bus, () => checker.violations, 'every', 1)
  return cluster
}

const { append } = OffsetIndex.prototype
const { maybeAppend } = TimeIndex.prototype

/** From now on, every index is written like this. */
const BREAKS: Readonly<Record<string, () => void>> = {
  'an offset entry that names a byte within a batch': () =>
    replace(OffsetIndex.prototype, 'append', function (this: OffsetIndex, last, position, entry) {
      append.call(this, last, position + 1, entry)
    }),
  'an offset entry that names an earlier offset': () =>
    replace(OffsetIndex.prototype, 'append', function (this: OffsetIndex, last, position, entry) {
      append.call(this, last - 1, position, entry)
    }),
  'an offset entry that names a later offset': () =>
    replace(OffsetIndex.prototype, 'append', function (this: OffsetIndex, last, position, entry) {
      append.call(this, last + 1000, position, entry)
    }),
  'a time entry with another time': () =>
    replace(TimeIndex.prototype, 'maybeAppend', function (this: TimeIndex, timestampMs, offset, entry) {
      if (timestampMs > this.lastTimestampMs) maybeAppend.call(this, timestampMs + 1, offset, entry)
    }),
  'a time entry beyond the end': () =>
    replace(TimeIndex.prototype, 'maybeAppend', function (this: TimeIndex, timestampMs, offset, entry) {
      maybeAppend.call(this, timestampMs, offset + 1000, entry)
    }),
}

describe('R-7 indexes-fit-batches', () => {
  it('holds through rolls, truncations, retention and restarts', () => {
    const cluster = written()
    expect(cluster.at(2).log.segmentCount).toBeGreaterThan(3)
    const closed = cluster.at(2).log.segments.baseOffsetAt(1)
    cluster.step(() => cluster.at(2).truncateTo(closed + 2))
    cluster.sync(2)
    cluster.step(() => void cluster.at(3).log.maybeIncrementLogStartOffset(closed))
    cluster.step(() => void cluster.at(3).log.deleteOldSegments(0))
    for (const id of [2, 3]) {
      cluster.crash(id)
      cluster.start(id)
      cluster.learn(id)
    }
    cluster.produce(1, 3)
    cluster.sync(2, 3)
    // What was cut was committed: others have something to say of that.
    expect(cluster.found.filter((id) => id.endsWith('-fit-batches'))).toEqual([])
  })

  it.each(Object.entries(BREAKS))('finds %s, and so does who looks again', (_, breakIt) => {
    const write = (cluster: MiniCluster): string[] => {
      for (let i = 0; i < 12; i++) cluster.produce(1)
      return cluster.found
    }
    const cluster = written(4)
    const again = rechecked(['epochs-fit-batches'], written(4))
    breakIt()
    expect(write(cluster)).toEqual(['indexes-fit-batches'])
    expect(cluster.checker.violations[0]?.message).toMatch(/^on broker 1 the (offset|time) index of segment \d+ says/)
    expect(() => write(again)).toThrow(`indexes-fit-batches is violated on ${KEY}, and only the re-check found it`)
  })

  it('lets a start find the active segment without its last time, which a stop in order adds and does not sync', () => {
    const cluster = written()
    const nextRolls = () => cluster.at(3).log.segments.active.sizeBytes + cluster.batch().length > LOG.segmentBytes
    while (!nextRolls()) {
      cluster.produce(1)
      cluster.sync(3)
    }
    const { baseOffset } = cluster.at(3).log.segments.active
    const disk = cluster.snapshot(3)
    writeCleanShutdownMarker(disk, 'data', 103)
    disk.open(`data/${KEY}/${String(baseOffset).padStart(20, '0')}.timeindex`).truncate(0)
    cluster.losePower(3, disk)
    cluster.start(3)
    cluster.learn(3)
    expect(cluster.at(3).log.segments.active.timeIndex.size).toBe(0)
    cluster.produce(1)
    cluster.sync(3)
    expect(cluster.at(3).log.segments.active.baseOffset).toBeGreaterThan(baseOffset)
    expect(cluster.found).toEqual([])
  })

  it('finds a closed segment whose time index lacks its largest timestamp', () => {
    const cluster = written()
    const { log } = cluster.at(1)
    const { active } = log.segments
    Object.defineProperty(active, 'becomeInactive', { value: () => active.timeIndex.truncateTo(active.baseOffset) })
    for (let i = 0; log.segments.active === active && i < 30; i++) cluster.produce(1)
    expect(cluster.found).toEqual(['indexes-fit-batches'])
  })
})
