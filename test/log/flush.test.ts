import { describe, expect, it } from 'vitest'
import { append, appendMany, batchOf, DIR, FIRST_SEGMENT, openLog } from './fixtures.ts'
import { offsetFileName } from '../../src/log/file-names.ts'
import { MemoryDisk } from './memory-disk.ts'

const bytes = batchOf(['0123456789'])
const twoPerSegment = { segmentBytes: 2 * bytes.length }

describe('syncing (R-19, R-20)', () => {
  it('an append syncs nothing', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    log.assignLeaderEpoch(0)
    disk.synced.length = 0
    appendMany(log, 10)
    expect([disk.synced, log.recoveryPoint]).toEqual([[], 0])
  })

  it('a flush syncs the data, the directory if a segment is new, and moves the recovery point', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    appendMany(log, 3)
    disk.synced.length = 0
    log.flush()
    expect([disk.synced, log.recoveryPoint]).toEqual([[FIRST_SEGMENT, `${DIR}/`], 3])
    appendMany(log, 1)
    disk.synced.length = 0
    log.flush()
    expect([disk.synced, log.recoveryPoint]).toEqual([[FIRST_SEGMENT], 4])
  })

  it('a flush with nothing to sync is done at once', () => {
    const log = openLog()
    let done = false
    log.flush(() => (done = true))
    expect(done).toBe(true)
  })

  it('in the background, the recovery point moves only when all is durable', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    appendMany(log, 3)
    disk.holdSyncs = true
    let done = false
    log.flush(() => (done = true))
    expect([done, log.recoveryPoint]).toEqual([false, 0])
    disk.finishSyncs()
    expect([done, log.recoveryPoint]).toEqual([true, 3])
  })

  it('flush.messages syncs as soon as that many records are not', () => {
    const log = openLog(new MemoryDisk(), { config: { flushMessages: 3 } })
    append(log, batchOf(['a', 'b']))
    expect(log.recoveryPoint).toBe(0)
    append(log, batchOf(['c']))
    expect(log.recoveryPoint).toBe(3)
  })

  it('rolling syncs the old segments in the background (R-6)', () => {
    const disk = new MemoryDisk()
    disk.holdSyncs = true
    const log = openLog(disk, { config: twoPerSegment })
    for (let i = 0; i < 3; i++) append(log, bytes)
    expect(log.recoveryPoint).toBe(0)
    disk.finishSyncs()
    expect(log.recoveryPoint).toBe(2)
  })

  it('a roll syncs nothing that an earlier one is still syncing, and ends after it', () => {
    const disk = new MemoryDisk()
    disk.holdSyncs = true
    const log = openLog(disk, { config: twoPerSegment })
    disk.synced.length = 0
    for (let i = 0; i < 9; i++) append(log, bytes)
    disk.finishSyncs()
    const logs = disk.synced.filter((path) => path.endsWith('.log'))
    expect(logs).toEqual([0, 2, 4, 6].map((base) => `${DIR}/${offsetFileName(base, '.log')}`))
    expect(log.recoveryPoint).toBe(8)
  })

  it('a flush of what is being synced asks for no sync, and is told when that is done', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    appendMany(log, 3)
    disk.holdSyncs = true
    disk.synced.length = 0
    const told: string[] = []
    log.flush(() => told.push('one'))
    log.flush(() => told.push('two'))
    expect(told).toEqual([])
    disk.finishSyncs()
    expect([told, disk.synced.length, log.recoveryPoint]).toEqual([['one', 'two'], 2, 3])
  })

  it('what is appended to a segment while that is synced is synced anew', () => {
    const disk = new MemoryDisk()
    const log = openLog(disk)
    appendMany(log, 3)
    disk.holdSyncs = true
    disk.synced.length = 0
    log.flush(() => {})
    appendMany(log, 1)
    log.flush(() => {})
    disk.finishSyncs()
    expect(disk.synced.filter((path) => path === FIRST_SEGMENT)).toEqual([FIRST_SEGMENT, FIRST_SEGMENT])
    expect(log.recoveryPoint).toBe(4)
  })
})

/** Cut from 5 records to 2 while it is synced. */
function cutDuringSync() {
  const disk = new MemoryDisk()
  disk.holdSyncs = true
  const log = openLog(disk)
  appendMany(log, 5)
  log.flush(() => {})
  log.truncateTo(2)
  return { disk, log }
}

describe('the recovery point and truncation (R-15)', () => {
  it('comes down with the end, and the directory is told to write it at once', () => {
    const told: number[] = []
    const log = openLog(new MemoryDisk(), { afterTruncation: () => told.push(log.recoveryPoint) })
    appendMany(log, 5)
    log.flush()
    log.truncateTo(3)
    log.truncateTo(3)
    log.truncateFullyAndStartAt(1)
    expect(told).toEqual([3, 1])
  })

  it('a sync that began before a truncation proves nothing about what was appended after it', () => {
    const { disk, log } = cutDuringSync()
    appendMany(log, 5, 1)
    disk.finishSyncs()
    expect(log.recoveryPoint).toBe(0)
  })

  it('and one that begins after it takes nothing from one before it', () => {
    const { disk, log } = cutDuringSync()
    disk.synced.length = 0
    log.flush(() => {})
    disk.finishSyncs()
    expect(disk.synced.filter((path) => path === FIRST_SEGMENT).length).toBe(2)
    expect(log.recoveryPoint).toBe(2)
  })
})

describe('a closed log', () => {
  it('takes no appends, and a sync under way changes it no more', () => {
    const disk = new MemoryDisk()
    disk.holdSyncs = true
    const log = openLog(disk)
    appendMany(log, 2)
    log.flush(() => {})
    log.close()
    disk.finishSyncs()
    expect(log.recoveryPoint).toBe(0)
    expect(() => appendMany(log, 1)).toThrow(/closed/)
  })
})
