import { describe, expect, it } from 'vitest'
import { CHUNK_BYTES } from '../../../sim/disk/file-content.ts'
import { COLD_READ_US, Rig, SYNC_US, always, ascii } from './rig.ts'

describe('how long the disk takes', () => {
  it('a blocking sync moves the end of the job, and with it what the job sends', () => {
    const rig = new Rig()
    const departures: number[] = []
    const job = rig.jobAt(50, () => {
      rig.endpoint.charge(10)
      const file = rig.disk.open('log')
      file.append(ascii('abc'))
      file.sync()
      rig.endpoint.charge(5)
      rig.endpoint.postpone({ depart: (atUs) => departures.push(atUs) })
    })
    expect(job.endUs).toBe(50 + 10 + SYNC_US + 5)
    expect(departures).toEqual([job.endUs])
  })

  it('a sync with a continuation lets the job go on; the continuation runs at completion', () => {
    const rig = new Rig()
    const ran: number[] = []
    const job = rig.jobAt(50, () => rig.disk.open('log').sync(() => ran.push(rig.loop.nowUs)))
    expect(job.endUs).toBe(50)
    rig.loop.run(50 + SYNC_US - 1)
    expect(ran).toEqual([])
    rig.loop.run(50 + SYNC_US)
    expect(ran).toEqual([50 + SYNC_US])
  })

  it('the continuation of a dead incarnation never runs, though its sync takes effect', () => {
    const rig = new Rig()
    let ran = false
    rig.jobAt(50, () => {
      const file = rig.disk.open('log')
      file.append(ascii('abc'))
      file.sync(() => (ran = true))
    })
    rig.at(60, () => rig.crash())
    rig.at(50 + SYNC_US, () => rig.simDisk.powerLoss('all-unflushed'))
    rig.loop.run(1_000_000)
    expect(ran).toBe(false)
    expect(rig.text('log')).toBe('abc')
  })

  it('syncs queue on one device', () => {
    const rig = new Rig()
    const ends = [0, 0, 200].map((atUs, i) => rig.jobAt(atUs, () => rig.disk.open(`log-${i}`).sync()).endUs)
    expect(ends).toEqual([SYNC_US, 2 * SYNC_US, 3 * SYNC_US])
  })

  it('a sync transfers what the file has grown by since the sync before', () => {
    const rig = new Rig({ writeBytesPerUs: 10 })
    const write = (atUs: number) =>
      rig.jobAt(atUs, () => {
        const file = rig.disk.open('log')
        file.append(new Uint8Array(5000))
        file.sync()
      })
    expect(write(0).endUs).toBe(SYNC_US + 500)
    expect(write(10_000).endUs).toBe(10_000 + SYNC_US + 500)
  })

  it('appends charge the copy, and small ones are not rounded away', () => {
    const rig = new Rig({ cacheBytesPerUs: 1000 })
    const job = rig.jobAt(0, () => {
      const file = rig.disk.open('log')
      for (let i = 0; i < 25; i++) file.append(new Uint8Array(100))
    })
    expect(job.endUs).toBe(2)
  })

  it('reading is free until the power has gone; then the first read of each chunk waits for the device', () => {
    const rig = new Rig({ coldReadBytesPerUs: 1024 })
    rig.jobAt(0, () => {
      const file = rig.disk.open('log')
      file.append(new Uint8Array(CHUNK_BYTES))
      file.sync()
      file.read(0, CHUNK_BYTES)
    })
    rig.at(10_000, () => rig.crash())
    expect(rig.jobAt(20_000, () => rig.disk.open('log').read(0, 10)).endUs).toBe(20_000)
    rig.at(30_000, () => rig.simDisk.powerLoss())
    rig.boot()
    const transferUs = CHUNK_BYTES / 1024
    expect(rig.jobAt(40_000, () => rig.disk.open('log').read(0, 10)).endUs).toBe(40_000 + COLD_READ_US + transferUs)
    expect(rig.jobAt(50_000, () => rig.disk.open('log').read(20, 10)).endUs).toBe(50_000)
  })

  it('slow factors multiply, and heal one by one and only once', () => {
    const rig = new Rig()
    const sync = (atUs: number) => rig.jobAt(atUs, () => rig.disk.open('log').sync()).endUs! - atUs
    const heal3 = rig.simDisk.slow(3)
    const heal2 = rig.simDisk.slow(2)
    expect(sync(0)).toBe(6 * SYNC_US)
    heal3()
    heal3()
    expect(sync(100_000)).toBe(2 * SYNC_US)
    heal2()
    expect(sync(200_000)).toBe(SYNC_US)
  })

  it('outside a job a blocking sync waits for nothing, but takes effect late', () => {
    const rig = new Rig()
    rig.at(0, () => {
      const file = rig.disk.open('log')
      file.append(ascii('abc'))
      file.sync()
    })
    rig.at(SYNC_US - 1, () => rig.simDisk.powerLoss('all-unflushed'))
    expect(rig.text('log')).toBe(undefined)
  })
})

describe('a stalled disk', () => {
  it('holds the job, and what it sends, until released; then the sync takes its time', () => {
    const rig = new Rig()
    const heal = rig.simDisk.stall()
    const departures: number[] = []
    const job = rig.jobAt(10, () => {
      rig.disk.open('log').sync()
      rig.endpoint.postpone({ depart: (atUs) => departures.push(atUs) })
    })
    rig.loop.run(5_000_000)
    expect(job.endUs).toBe(undefined)
    rig.at(6_000_000, heal)
    rig.loop.run(7_000_000)
    expect(job.endUs).toBe(6_000_000 + SYNC_US)
    expect(departures).toEqual([6_000_000 + SYNC_US])
  })

  it('holds cold reads and continuations too, and releases all in the order they were issued', () => {
    const rig = new Rig()
    rig.jobAt(0, () => {
      const file = rig.disk.open('log')
      file.append(ascii('abc'))
      file.sync()
    })
    rig.at(2000, () => rig.simDisk.powerLoss())
    rig.boot()
    rig.at(3000, () => {})
    const heal = rig.simDisk.stall()
    const ran: number[] = []
    const read = rig.jobAt(4000, () => expect(rig.disk.open('log').read(0, 3)).toEqual(ascii('abc')))
    rig.jobAt(5000, () => rig.disk.syncDir('', () => ran.push(rig.loop.nowUs)))
    rig.loop.run(50_000)
    expect([read.endUs, ran]).toEqual([undefined, []])
    rig.at(60_000, heal)
    rig.loop.run(70_000)
    expect(read.endUs).toBe(60_000 + COLD_READ_US)
    expect(ran).toEqual([60_000 + COLD_READ_US + SYNC_US])
  })

  it('stays stalled until every one of overlapping stalls is healed', () => {
    const rig = new Rig()
    const [first, second] = [rig.simDisk.stall(), rig.simDisk.stall()]
    const job = rig.jobAt(10, () => rig.disk.open('log').sync())
    rig.at(100, first)
    rig.at(200, first)
    rig.loop.run(10_000)
    expect(job.endUs).toBe(undefined)
    rig.at(20_000, second)
    rig.loop.run(30_000)
    expect(job.endUs).toBe(20_000 + SYNC_US)
  })

  it('what a job does after the sync it is held by has not taken place when the power goes', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const rig = new Rig({}, seed)
      rig.simDisk.stall()
      rig.jobAt(10, () => {
        rig.disk.open('log').sync()
        rig.disk.open('checkpoint').append(ascii('after the sync'))
      })
      // Another job is not held.
      rig.jobAt(20, () => rig.disk.open('other'))
      rig.at(1000, () => rig.simDisk.powerLoss())
      expect(rig.simDisk.paths()).not.toContain('checkpoint')
    }
  })

  it('writes nothing back meanwhile', () => {
    const rig = new Rig({ writebackAgeUs: 1000 })
    rig.jobAt(0, () => rig.disk.open('log').append(ascii('old')))
    rig.at(900, () => rig.simDisk.stall())
    rig.at(50_000, () => rig.simDisk.powerLoss('all-unflushed'))
    expect(rig.simDisk.paths()).toEqual([])
  })

  it('ends for jobs of the same instant and event too', () => {
    const rig = new Rig()
    const ends: (number | undefined)[] = []
    rig.at(10, () => {
      const heal = rig.simDisk.stall()
      rig.endpoint.job(() => rig.disk.open('log').sync())
      heal()
      ends.push(rig.endpoint.job(() => rig.disk.open('log').sync()).endUs)
    })
    expect(ends).toEqual([10 + 2 * SYNC_US])
  })

  it('forgets what waited when the power goes', () => {
    const rig = new Rig()
    const heal = rig.simDisk.stall()
    const held = rig.jobAt(10, () => rig.disk.open('log').sync())
    rig.at(20, () => rig.simDisk.powerLoss())
    rig.boot()
    const next = rig.jobAt(30, () => rig.disk.open('log').sync())
    rig.at(40, heal)
    rig.loop.run(100_000)
    expect([held.endUs, next.endUs]).toEqual([undefined, 40 + SYNC_US])
  })

  it('what was issued before the stall keeps its time', () => {
    const rig = new Rig()
    const ran: number[] = []
    rig.jobAt(0, () => rig.disk.open('log').sync(() => ran.push(rig.loop.nowUs)))
    rig.at(10, () => rig.simDisk.stall())
    rig.loop.run(100_000)
    expect(ran).toEqual([SYNC_US])
  })
})

it('settings are checked', () => {
  expect(() => new Rig({ tearProbability: 2 })).toThrow(/tearProbability/)
  expect(() => new Rig({ coldReadBytesPerUs: 0 })).toThrow(/coldReadBytesPerUs/)
  expect(new Rig({ syncLatencyUs: always(7) }).simDisk.settings.writebackAgeUs).toBe(30_000_000)
})
