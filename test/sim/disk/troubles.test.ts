// Disks that fail operations, run full, lie about syncs, rot.

import { describe, expect, it } from 'vitest'
import { DiskError } from '../../../sim/disk/disk-error.ts'
import { Streams } from '../../../sim/random/streams.ts'
import { ascii, Rig, SYNC_US } from './rig.ts'

const FIRST = { operation: undefined, nth: 1, count: Infinity, probability: 1, rng: undefined, onHit: undefined }

/** What the operation throws, done as a job at `atUs`. */
function failure(rig: Rig, atUs: number, fn: () => void): string | undefined {
  let problem: string | undefined
  rig.jobAt(atUs, () => {
    try {
      fn()
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      problem = `${error.problem} ${error.operation} ${error.path}`
    }
  })
  return problem
}

describe('I/O errors', () => {
  it('hit reads, writes or syncs, and leave the file as it was', () => {
    const rig = new Rig()
    rig.jobAt(0, () => rig.disk.open('log').append(ascii('abc')))
    const operations = {
      read: () => rig.disk.open('log').read(0, 1),
      write: () => rig.disk.open('log').append(ascii('d')),
      sync: () => rig.disk.open('log').sync(),
    }
    let atUs = 10_000
    for (const failing of ['read', 'write', 'sync'] as const) {
      const heal = rig.simDisk.fail({ ...FIRST, operation: failing })
      for (const [name, operation] of Object.entries(operations)) {
        const expected = name === failing ? `io-error ${name} log` : undefined
        expect(failure(rig, (atUs += 10_000), operation)).toBe(expected)
      }
      heal()
    }
    expect(rig.text('log')).toBe('abcdd')
    expect(failure(rig, (atUs += 10_000), operations.read)).toBeUndefined()
  })

  it('hit the nth operation and so many after it', () => {
    const rig = new Rig()
    rig.simDisk.fail({ ...FIRST, operation: 'write', nth: 3, count: 2 })
    const failed = [1, 2, 3, 4, 5, 6].map((i) => failure(rig, i, () => rig.disk.open('log').append(ascii('x'))))
    // The first write is the creation of the file.
    expect(failed.map((each) => each !== undefined)).toEqual([false, true, true, false, false, false])
  })

  it('hit by chance, drawn from the stream of the fault', () => {
    const rig = new Rig()
    let hits = 0
    const stream = new Streams(3).stream('fault/disk-error-1')
    rig.simDisk.fail({ ...FIRST, operation: 'write', probability: 0.3, rng: () => stream, onHit: () => hits++ })
    for (let i = 1; i <= 200; i++) failure(rig, i, () => rig.disk.open('log').append(ascii('x')))
    expect(hits).toBeGreaterThan(40)
    expect(hits).toBeLessThan(80)
  })

  it('meet no observer', () => {
    const rig = new Rig()
    rig.jobAt(0, () => rig.disk.open('log').append(ascii('abc')))
    let hits = 0
    rig.simDisk.fail({ ...FIRST, onHit: () => hits++ })
    expect(rig.disk.open('log').read(0, 3)).toEqual(ascii('abc'))
    expect(hits).toBe(0)
  })
})

describe('a guarded directory', () => {
  it('is given up at its first failure: its guard is told once, all else there fails, other directories go on', () => {
    const rig = new Rig()
    const told: string[] = []
    rig.disk.onFailure('data', (error) => told.push(error.message))
    rig.jobAt(0, () => rig.disk.open('data/log').append(ascii('abc')))
    rig.simDisk.fail({ ...FIRST, operation: 'write', count: 1 })
    expect(failure(rig, 1, () => rig.disk.open('data/log').append(ascii('d')))).toBe('io-error write data/log')
    expect(failure(rig, 2, () => rig.disk.open('data/log').read(0, 1))).toBe('io-error read data/log')
    expect(failure(rig, 3, () => rig.disk.open('other').append(ascii('d')))).toBeUndefined()
    expect(told).toEqual(['Input/output error (write of data/log)'])
    expect(rig.simDisk.isGivenUp).toBe(true)
    rig.crash()
    expect(rig.simDisk.isGivenUp).toBe(false)
    expect(failure(rig, 4, () => rig.disk.open('data/log').append(ascii('d')))).toBeUndefined()
  })

  it('hears of a failed sync in the background when that ends, and its continuation never runs', () => {
    const rig = new Rig()
    const told: number[] = []
    let continued = false
    rig.disk.onFailure('data', () => told.push(rig.loop.nowUs))
    rig.simDisk.fail({ ...FIRST, operation: 'sync' })
    rig.jobAt(10, () => rig.disk.open('data/log').sync(() => (continued = true)))
    rig.loop.run(100_000)
    expect(told).toEqual([10 + SYNC_US])
    expect(continued).toBe(false)
  })

  it('is told nothing of the syncs that were under way when it failed', () => {
    const rig = new Rig()
    let continued = false
    rig.disk.onFailure('data', () => {})
    rig.jobAt(10, () => rig.disk.open('data/log').sync(() => (continued = true)))
    rig.simDisk.fail({ ...FIRST, operation: 'write' })
    failure(rig, 20, () => rig.disk.open('data/log').append(ascii('x')))
    rig.loop.run(100_000)
    expect(continued).toBe(false)
  })
})

describe('a full disk', () => {
  it('takes what fits, fails the rest, and has room again where something was deleted', () => {
    const rig = new Rig()
    let hits = 0
    rig.jobAt(0, () => {
      rig.disk.open('old').append(ascii('12345'))
      rig.disk.open('log').append(ascii('abc'))
    })
    const heal = rig.simDisk.fill(2, () => hits++)
    expect(failure(rig, 1, () => rig.disk.open('log').append(ascii('d')))).toBeUndefined()
    expect(failure(rig, 2, () => rig.disk.open('log').append(ascii('efg')))).toBe('no-space write log')
    expect(rig.text('log')).toBe('abcde')
    rig.jobAt(3, () => rig.disk.remove('old'))
    expect(failure(rig, 4, () => rig.disk.open('log').append(ascii('fghij')))).toBeUndefined()
    expect(failure(rig, 5, () => rig.disk.open('log').append(ascii('k')))).toBe('no-space write log')
    expect(hits).toBe(2)
    heal()
    expect(failure(rig, 6, () => rig.disk.open('log').append(ascii('k')))).toBeUndefined()
  })
})

describe('a disk that lies about syncs', () => {
  it('ends them in time, and a power loss finds what they covered unsynced', () => {
    const rig = new Rig()
    rig.jobAt(0, () => {
      rig.disk.open('log').append(ascii('true'))
      rig.disk.open('log').sync()
    })
    const heal = rig.simDisk.lie()
    const { endUs } = rig.jobAt(10_000, () => {
      rig.disk.open('log').append(ascii(' lie'))
      rig.disk.open('log').sync()
    })
    expect(endUs).toBe(10_000 + SYNC_US)
    rig.at(20_000, () => rig.simDisk.powerLoss('all-unflushed'))
    expect(rig.text('log')).toBe('true')
    heal()
  })

  it('writes nothing back either; an honest sync later makes all of it durable', () => {
    const rig = new Rig({ writebackAgeUs: 1000 })
    const heal = rig.simDisk.lie()
    rig.jobAt(0, () => rig.disk.open('log').append(ascii('a')))
    rig.at(1_000_000, heal)
    rig.jobAt(1_000_001, () => {
      rig.disk.open('log').append(ascii('b'))
      rig.disk.open('log').sync()
    })
    rig.at(1_100_000, () => rig.simDisk.powerLoss('all-unflushed'))
    expect(rig.text('log')).toBe('ab')
    rig.boot()
    const lies = rig.simDisk.lie()
    rig.jobAt(1_200_000, () => rig.disk.open('log').append(ascii('c')))
    rig.at(3_000_000, () => rig.simDisk.powerLoss('all-unflushed'))
    expect(rig.text('log')).toBe('ab')
    lies()
  })
})

describe('bit rot', () => {
  it('changes one bit, and no view that was handed out', () => {
    const rig = new Rig()
    rig.jobAt(0, () => rig.disk.open('log').append(ascii('abc')))
    const before = rig.disk.open('log').read(0, 3)
    rig.simDisk.rot('log', 1, 1)
    expect(rig.text('log')).toBe('acc')
    expect(before).toEqual(ascii('abc'))
    rig.jobAt(1, () => rig.disk.open('log').append(ascii('d')))
    expect(rig.text('log')).toBe('accd')
  })
})

describe('a power loss that tears', () => {
  it('leaves of every file that had something in doubt a part, the last write of it torn', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const rig = new Rig({ tearProbability: 0, zeroedTailProbability: 0 }, seed)
      rig.jobAt(0, () => {
        rig.disk.open('log').sync()
        rig.disk.syncDir('')
        rig.disk.open('log').append(ascii('AAAA'))
        rig.disk.open('log').append(ascii('BBBB'))
      })
      rig.at(10_000, () => rig.simDisk.powerLoss('some', true))
      expect(rig.text('log')).toMatch(/^(A{1,3}|AAAAB{1,3})$/)
    }
  })
})
