import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LeaderEpochCache } from '../../src/log/leader-epoch-cache.ts'
import { append, appendMany, batchOf, DIR, EPOCH_FILE, openLog } from './fixtures.ts'
import { MemoryDisk } from './memory-disk.ts'

function cacheOf(entries: [number, number][], logEndOffset = 100, disk = new MemoryDisk()): LeaderEpochCache {
  const cache = new LeaderEpochCache(disk, DIR, { logEndOffset })
  for (const [epoch, start] of entries) cache.assign(epoch, start)
  return cache
}

function pairs(cache: LeaderEpochCache): [number, number][] {
  return cache.entries().map((entry) => [entry.epoch, entry.startOffset])
}

describe('assigning an epoch (R-10)', () => {
  it('is ignored if it is the latest and starts no later already', () => {
    const cache = cacheOf([[2, 5]])
    expect(cache.assign(2, 5)).toBe(false)
    expect(cache.assign(2, 9)).toBe(false)
    expect(pairs(cache)).toEqual([[2, 5]])
  })

  it('first drops the tail that has a higher or equal epoch, or starts at or after it', () => {
    expect(
      pairs(
        cacheOf([
          [1, 0],
          [2, 5],
          [4, 9],
          [3, 7],
        ]),
      ),
    ).toEqual([
      [1, 0],
      [2, 5],
      [3, 7],
    ])
    expect(
      pairs(
        cacheOf([
          [1, 0],
          [2, 5],
          [3, 5],
        ]),
      ),
    ).toEqual([
      [1, 0],
      [3, 5],
    ])
    expect(
      pairs(
        cacheOf([
          [1, 0],
          [2, 5],
          [2, 3],
        ]),
      ),
    ).toEqual([
      [1, 0],
      [2, 3],
    ])
  })

  it('is done by a leader at its end, though it writes nothing (R-11, KAFKA-7415)', () => {
    const log = openLog()
    appendMany(log, 3, 1)
    log.assignLeaderEpoch(4)
    expect(pairs(log.epochs)).toEqual([
      [1, 0],
      [4, 3],
    ])
    expect(log.endOffsetFor(4)).toEqual({ epoch: 4, endOffset: 3 })
  })

  it('comes with every append (R-11)', () => {
    const log = openLog()
    append(log, batchOf(['a', 'b']), 1)
    append(log, batchOf(['c']), 1)
    append(log, batchOf(['d']), 7)
    expect(pairs(log.epochs)).toEqual([
      [1, 0],
      [7, 3],
    ])
  })
})

describe('where an epoch ends (R-12)', () => {
  const cache = cacheOf([
    [2, 10],
    [4, 20],
    [7, 30],
  ])
  it('is undefined for no epoch and for an epoch to come', () => {
    expect([cache.endOffsetFor(-1), cache.endOffsetFor(8), cacheOf([]).endOffsetFor(0)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
  it('is the log end for the latest', () => expect(cache.endOffsetFor(7)).toEqual({ epoch: 7, endOffset: 100 }))
  it('is the first start for one before the first', () =>
    expect(cache.endOffsetFor(1)).toEqual({ epoch: 1, endOffset: 10 }))
  it('is the start of the next for the largest known that is not above it', () => {
    expect(cache.endOffsetFor(2)).toEqual({ epoch: 2, endOffset: 20 })
    expect(cache.endOffsetFor(3)).toEqual({ epoch: 2, endOffset: 20 })
    expect(cache.endOffsetFor(6)).toEqual({ epoch: 4, endOffset: 30 })
  })
  it('and each offset belongs to the last epoch that starts at or before it', () => {
    expect([9, 10, 19, 20, 99].map((offset) => cache.epochForOffset(offset))).toEqual([undefined, 2, 2, 4, 7])
  })
})

describe('truncation of the cache (R-13)', () => {
  it('from the end drops entries that start at or after the offset', () => {
    const cache = cacheOf([
      [2, 10],
      [4, 20],
      [7, 30],
    ])
    cache.truncateFromEnd(31)
    expect(pairs(cache).length).toBe(3)
    cache.truncateFromEnd(20)
    expect(pairs(cache)).toEqual([[2, 10]])
  })

  it('from the start drops entries that start at or before it, and puts the last of them there', () => {
    const cache = cacheOf([
      [2, 10],
      [4, 20],
      [7, 30],
    ])
    cache.truncateFromStart(9)
    expect(pairs(cache)).toEqual([
      [2, 10],
      [4, 20],
      [7, 30],
    ])
    cache.truncateFromStart(25)
    expect(pairs(cache)).toEqual([
      [4, 25],
      [7, 30],
    ])
    cache.truncateFromStart(30)
    expect(pairs(cache)).toEqual([[7, 30]])
  })

  it('an epoch that was to start at the end goes even when no data does (KAFKA-10706)', () => {
    const log = openLog()
    appendMany(log, 10, 1)
    log.assignLeaderEpoch(2)
    expect(log.truncateTo(10)).toBe(false)
    expect(pairs(log.epochs)).toEqual([[1, 0]])
  })

  it('and stays without `trimEpochsOnNoopTruncate`, so that the leader is asked about it for ever (RB-19)', () => {
    const log = openLog(undefined, { trimEpochsOnNoopTruncate: false })
    appendMany(log, 10, 1)
    log.assignLeaderEpoch(2)
    log.truncateTo(10)
    expect(log.epochs.latestEpoch).toBe(2)
    log.truncateTo(9)
    expect(log.epochs.latestEpoch).toBe(1)
  })
})

describe('the file (R-14, S-9)', () => {
  it('is synced and renamed before assign returns', () => {
    const disk = new MemoryDisk()
    disk.holdSyncs = true
    cacheOf(
      [
        [1, 0],
        [3, 12],
      ],
      100,
      disk,
    )
    expect(disk.text(EPOCH_FILE)).toBe('0\n2\n1 0\n3 12\n')
    expect(disk.synced.slice(-2)).toEqual([EPOCH_FILE.concat('.tmp'), `${DIR}/`])
    expect(disk.exists(`${EPOCH_FILE}.tmp`)).toBe(false)
    expect(pairs(new LeaderEpochCache(disk, DIR, { logEndOffset: 9 }))).toEqual([
      [1, 0],
      [3, 12],
    ])
  })

  it('follows a truncation in the background: until then it holds too many entries', () => {
    const disk = new MemoryDisk()
    disk.holdSyncs = true
    const cache = cacheOf(
      [
        [1, 0],
        [3, 12],
      ],
      100,
      disk,
    )
    cache.truncateFromEnd(12)
    expect(disk.text(EPOCH_FILE)).toBe('0\n2\n1 0\n3 12\n')
    disk.finishSyncs()
    expect(disk.text(EPOCH_FILE)).toBe('0\n1\n1 0\n')
  })

  it('never goes back to an older state when a background write is overtaken', () => {
    const disk = new MemoryDisk()
    disk.holdSyncs = true
    const cache = cacheOf(
      [
        [1, 0],
        [3, 12],
      ],
      100,
      disk,
    )
    cache.truncateFromEnd(12)
    cache.assign(5, 20)
    disk.finishSyncs()
    expect(disk.text(EPOCH_FILE)).toBe('0\n2\n1 0\n5 20\n')
  })

  it('if damaged, keeps the log from opening', () => {
    const disk = new MemoryDisk()
    disk.put(EPOCH_FILE, '0\n2\n1 0\n')
    expect(() => openLog(disk)).toThrow(/2 entries announced, 1 found/)
  })
})

describe('against a naive model', () => {
  type Model = Map<number, number>
  const sorted = (model: Model): [number, number][] => [...model].toSorted((a, b) => a[0] - b[0])

  function assign(model: Model, epoch: number, start: number): void {
    const latest = sorted(model).at(-1)
    if (latest !== undefined && latest[0] === epoch && latest[1] <= start) return
    for (const [e, s] of sorted(model).toReversed()) {
      if (e < epoch && s < start) break
      model.delete(e)
    }
    model.set(epoch, start)
  }

  function endOf(model: Model, epoch: number, logEnd: number): unknown {
    const entries = sorted(model)
    if (epoch < 0 || entries.length === 0 || epoch > entries.at(-1)![0]) return undefined
    if (epoch === entries.at(-1)![0]) return { epoch, endOffset: logEnd }
    const below = entries.filter(([e]) => e <= epoch).at(-1)
    const above = entries.find(([e]) => e > epoch)!
    return { epoch: below?.[0] ?? epoch, endOffset: above[1] }
  }

  it('any series of assignments and truncations gives the same answers, also when read back', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('assign' as const), epoch: fc.nat(8), offset: fc.nat(30) }),
      fc.record({ do: fc.constant('end' as const), epoch: fc.constant(0), offset: fc.nat(30) }),
      fc.record({ do: fc.constant('start' as const), epoch: fc.constant(0), offset: fc.nat(30) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const disk = new MemoryDisk()
        const cache = cacheOf([], 50, disk)
        const model: Model = new Map()
        for (const { do: what, epoch, offset } of steps) {
          if (what === 'assign') {
            cache.assign(epoch, offset)
            assign(model, epoch, offset)
          } else if (what === 'end') {
            cache.truncateFromEnd(offset)
            for (const [e, s] of model) if (s >= offset) model.delete(e)
          } else {
            cache.truncateFromStart(offset)
            const dropped = sorted(model).filter(([, s]) => s <= offset)
            for (const [e] of dropped) model.delete(e)
            if (dropped.length > 0) model.set(dropped.at(-1)![0], offset)
          }
          expect(pairs(cache)).toEqual(sorted(model))
          for (let e = -1; e < 10; e++) expect(cache.endOffsetFor(e)).toEqual(endOf(model, e, 50))
        }
        expect(pairs(new LeaderEpochCache(disk, DIR, { logEndOffset: 50 }))).toEqual(sorted(model))
      }),
    )
  })
})
