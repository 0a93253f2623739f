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

  it('a sync goes on when its process dies; its continuation never runs', () => {
    for (const [lossUs, text] of [
      [50 + SYNC_US - 1, undefined],
      [50 + SYNC_US, 'abc'],
    ] as const) {
      const rig = new Rig()
      let ran = false
      rig.jobAt(50, () => {
        const file = rig.disk.open('log')
        file.append(ascii('abc'))
        file.sync(() => (ran = true))
      })
      rig.at(100, () => rig.crash())
      expect(rig.text('log')).toBe('abc')
      rig.at(lossUs, () => rig.simDisk.powerLoss('all-unflushed'))
      expect([ran, rig.text('log')]).toEqual([false, text])
    }
  })

  it('a file gets its name after its content is durable, also when the process dies in between', () => {
    for (const lossUs of [100, 50 + SYNC_US - 1, 50 + SYNC_US, 50 + 3 * SYNC_US]) {
      const rig = new Rig()
      rig.jobAt(50, () => {
        const file = rig.disk.open('new.tmp')
        file.append(ascii('whole'))
        file.sync()
        rig.disk.rename('new.tmp', 'new')
      })
      rig.at(90, () => rig.crash())
      // Whoever comes next sees the new name, and may make it durable.
      rig.jobAt(95, () => rig.disk.syncDir(''))
      rig.at(lossUs, () => rig.simDisk.powerLoss())
      expect([undefined, 'whole']).toContain(rig.text('new'))
    }
  })

  it('the living queue behind what the dead asked of the device, and transfer only what is new', () => {
    const rig = new Rig({ writeBytesPerUs: 10 })
    rig.jobAt(0, () => {
      const file = rig.disk.open('log')
      file.append(new Uint8Array(5000))
      file.sync()
      rig.disk.open('other').sync()
    })
    rig.at(100, () => rig.crash())
    expect(rig.jobAt(200, () => rig.disk.open('log').sync()).endUs).toBe(3 * SYNC_US + 500)
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
    // Whoever looks on between events waits for nothing, and leaves it cold for those who come in one.
    expect(rig.disk.open('log').read(0, 10)).toHaveLength(10)
    const transferUs = CHUNK_BYTES / 1024
    expect(rig.jobAt(40_000, () => rig.disk.open('log').read(0, 10)).endUs).toBe(40_000 + COLD_READ_US + transferUs)
    expect(rig.jobAt(50_000, () => rig.disk.open('log').read(20, 10)).endUs).toBe(50_000)
  })

  it('slow factors multiply, and heal one by one and only once', () => {
    const rig = new Rig()
    const sync = (atUs: number) => {
      const job = rig.jobAt(atUs, () => rig.disk.open('log').sync())
      rig.loop.run(atUs + 50_000)
      return job.endUs! - atUs
    }
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

describe('a slow disk', () => {
  /** Begins to sync at `atUs`. */
  const sync = (rig: Rig, atUs: number) => rig.jobAt(atUs, () => rig.disk.open('log').sync())

  it('holds the job, and what it sends, until its sync has ended', () => {
    const rig = new Rig()
    rig.simDisk.slow(10)
    const departures: number[] = []
    const job = rig.jobAt(10, () => {
      rig.disk.open('log').sync()
      rig.endpoint.postpone({ depart: (atUs) => departures.push(atUs) })
    })
    rig.loop.run(10 + 10 * SYNC_US - 1)
    expect([job.endUs, departures]).toEqual([undefined, []])
    rig.loop.run(50_000)
    expect([job.endUs, departures]).toEqual([10 + 10 * SYNC_US, [10 + 10 * SYNC_US]])
  })

  it('healed, does the rest of what it is doing, and all that queues behind it, at its old speed', () => {
    const rig = new Rig()
    const heal = rig.simDisk.slow(10)
    const ran: number[] = []
    const first = sync(rig, 0)
    const second = sync(rig, 100)
    rig.jobAt(200, () => rig.disk.syncDir('', () => ran.push(rig.loop.nowUs)))
    rig.at(5000, heal)
    // Half of the first is done.
    const third = sync(rig, 5100)
    rig.loop.run(50_000)
    expect([first.endUs, second.endUs, ran, third.endUs]).toEqual([5500, 6500, [7500], 8500])
  })

  it('is not slow a moment longer than the fault, however slow it was', () => {
    const rig = new Rig()
    const heal = rig.simDisk.slow(1e300)
    const jobs = [sync(rig, 0), sync(rig, 0)]
    rig.at(1_000_000, heal)
    rig.loop.run(2_000_000)
    expect(jobs.map((job) => job.endUs)).toEqual([1_000_000 + SYNC_US, 1_000_000 + 2 * SYNC_US])
  })

  it('changes speed, and rests, with what it has done counted', () => {
    const rig = new Rig()
    rig.simDisk.slow(2)
    const job = sync(rig, 0)
    rig.at(1000, () => rig.simDisk.slow(4))
    // 500 µs of work are left, 250 of them when it stalls.
    let unstall = () => {}
    rig.at(3000, () => (unstall = rig.simDisk.stall()))
    rig.at(10_000, () => unstall())
    rig.loop.run(50_000)
    expect(job.endUs).toBe(10_000 + 250 * 8)
  })

  it('finishes first what it was told of when it was sound, in the time that was told', () => {
    const rig = new Rig()
    const before = sync(rig, 0)
    rig.at(10, () => rig.simDisk.slow(3))
    const after = sync(rig, 20)
    rig.loop.run(50_000)
    expect([before.endUs, after.endUs]).toEqual([SYNC_US, SYNC_US + 3 * SYNC_US])
  })

  it('serves the requests of a dead process before those of the next', () => {
    const rig = new Rig()
    const heal = rig.simDisk.slow(100_000)
    const dead = [sync(rig, 0), sync(rig, 10)]
    rig.at(500_000, () => rig.crash())
    const slow = sync(rig, 600_000)
    rig.at(1_000_000, heal)
    rig.loop.run(500_000_000)
    expect(dead.map((job) => job.endUs)).toEqual([undefined, undefined])
    expect(slow.endUs).toBe(1_000_000 + 3 * SYNC_US - 10)
  })

  it('makes durable what a sync covers when that ends, while other syncs still wait', () => {
    for (const [lossUs, paths] of [
      [10_000 - 1, []],
      [10_000, ['a']],
      [20_000, ['a', 'b']],
    ] as const) {
      const rig = new Rig()
      rig.simDisk.slow(10)
      rig.jobAt(0, () => {
        rig.disk.open('a').sync()
        rig.disk.open('b').sync()
        rig.disk.open('c').sync()
      })
      rig.at(lossUs, () => rig.simDisk.powerLoss('all-unflushed'))
      expect(rig.simDisk.paths()).toEqual(paths)
    }
  })

  it('what a job does after the sync it is held by has not taken place when the power goes', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const rig = new Rig({}, seed)
      rig.simDisk.slow(10)
      rig.jobAt(10, () => {
        rig.disk.open('log').sync()
        rig.disk.open('checkpoint').append(ascii('after the sync'))
      })
      rig.at(10_000, () => rig.simDisk.powerLoss())
      expect(rig.simDisk.paths()).not.toContain('checkpoint')
    }
  })

  it('what a job did after the sync it was held by is in the cache when it dies, and takes place when that sync ends', () => {
    for (const [lossUs, text] of [
      [10 + 10 * SYNC_US + 999, undefined],
      [10 + 10 * SYNC_US + 1000, 'after the sync'],
    ] as const) {
      const rig = new Rig({ writebackAgeUs: 1000 })
      rig.simDisk.slow(10)
      rig.jobAt(10, () => {
        rig.disk.open('log').sync()
        rig.disk.open('checkpoint').append(ascii('after the sync'))
      })
      rig.at(101, () => rig.crash())
      expect(rig.text('checkpoint')).toBe('after the sync')
      rig.at(lossUs, () => rig.simDisk.powerLoss('all-unflushed'))
      expect(rig.text('checkpoint')).toBe(text)
    }
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
