import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Rig, SYNC_US, ascii } from './rig.ts'

/** What may be left of a file, over many seeds. */
function outcomes(run: (rig: Rig) => void, path: string, settings = {}): Set<string | undefined> {
  const seen = new Set<string | undefined>()
  for (let seed = 1; seed <= 60; seed++) {
    const rig = new Rig({ tearProbability: 0, ...settings }, seed)
    run(rig)
    seen.add(rig.text(path))
  }
  return seen
}

function appendAll(rig: Rig, path: string, parts: readonly string[]): void {
  const file = rig.disk.open(path)
  for (const part of parts) file.append(ascii(part))
}

describe('a crash of the process', () => {
  it('keeps the cache, synced or not', () => {
    const rig = new Rig()
    rig.jobAt(0, () => appendAll(rig, 'log', ['a', 'b']))
    rig.at(1, () => rig.crash())
    expect(rig.text('log')).toBe('ab')
  })
})

describe('a loss of power', () => {
  it('keeps what was synced when the sync has ended, and not a microsecond before', () => {
    const run = (lossUs: number) => (rig: Rig) => {
      rig.jobAt(0, () => {
        appendAll(rig, 'log', ['a', 'b'])
        rig.disk.open('log').sync()
      })
      rig.at(lossUs, () => rig.simDisk.powerLoss())
    }
    expect(outcomes(run(SYNC_US), 'log')).toEqual(new Set(['ab']))
    expect(outcomes(run(SYNC_US - 1), 'log')).toEqual(new Set([undefined, '', 'a', 'ab']))
  })

  it('keeps any number of the unsynced writes, first ones first', () => {
    const run = (rig: Rig) => {
      rig.jobAt(0, () => {
        appendAll(rig, 'log', ['sync'])
        rig.disk.open('log').sync()
        appendAll(rig, 'log', ['AA', 'BB', 'CC'])
      })
      rig.at(5000, () => rig.simDisk.powerLoss())
    }
    expect(outcomes(run, 'log')).toEqual(new Set(['sync', 'syncAA', 'syncAABB', 'syncAABBCC']))
  })

  it('with all-unflushed keeps none of them', () => {
    const run = (rig: Rig) => {
      rig.jobAt(0, () => {
        appendAll(rig, 'log', ['sync'])
        rig.disk.open('log').sync()
        appendAll(rig, 'log', ['AA', 'BB'])
      })
      rig.at(5000, () => rig.simDisk.powerLoss('all-unflushed'))
    }
    expect(outcomes(run, 'log', { tearProbability: 1 })).toEqual(new Set(['sync']))
  })

  it('may tear the last surviving write: its end missing, or zeros', () => {
    const run = (rig: Rig) => {
      rig.jobAt(0, () => {
        appendAll(rig, 'log', ['sync'])
        rig.disk.open('log').sync()
        appendAll(rig, 'log', ['ABC'])
      })
      rig.at(5000, () => rig.simDisk.powerLoss())
    }
    expect(outcomes(run, 'log', { tearProbability: 1 })).toEqual(
      new Set(['sync', 'syncA', 'syncAB', 'syncA\0\0', 'syncAB\0']),
    )
    expect(outcomes(run, 'log', { tearProbability: 1, zeroedTailProbability: 0 })).toEqual(
      new Set(['sync', 'syncA', 'syncAB']),
    )
  })

  it('undoes truncations too, and what was written over what they cut', () => {
    const run = (rig: Rig) => {
      rig.jobAt(0, () => {
        appendAll(rig, 'log', ['abcdef'])
        rig.disk.open('log').sync()
        rig.disk.open('log').truncate(2)
        appendAll(rig, 'log', ['XY'])
        rig.disk.open('log').truncate(3)
        appendAll(rig, 'log', ['Z'])
      })
      rig.at(5000, () => rig.simDisk.powerLoss())
    }
    expect(outcomes(run, 'log')).toEqual(new Set(['abcdef', 'ab', 'abXY', 'abX', 'abXZ']))
  })

  it('never undoes a truncation once the journal is durable that has it, whatever else of the file is lost', () => {
    const run = (commit: (rig: Rig) => void) => (rig: Rig) => {
      rig.jobAt(0, () => {
        appendAll(rig, 'log', ['abcdef'])
        rig.disk.open('log').sync()
        rig.disk.open('log').truncate(4)
        rig.disk.open('log').truncate(2)
        commit(rig)
        appendAll(rig, 'log', ['XY', 'Z'])
      })
      rig.at(5000, () => rig.simDisk.powerLoss())
    }
    const kept = new Set(['ab', 'abXY', 'abXYZ'])
    expect(
      outcomes(
        run((rig) => rig.disk.syncDir('')),
        'log',
      ),
    ).toEqual(kept)
    expect(
      outcomes(
        run((rig) => rig.disk.open('checkpoint.tmp').sync()),
        'log',
      ),
    ).toEqual(kept)
    // Of an older file's sync nothing is promised but that file.
    expect(
      outcomes(
        run(() => {}),
        'log',
      ),
    ).toEqual(new Set([...kept, 'abcd', 'abcdef']))
  })

  it('what a job does later than the loss, by its local time, never happened', () => {
    const run = (lossUs: number) => (rig: Rig) => {
      rig.jobAt(0, () => {
        appendAll(rig, 'log', ['a'])
        rig.disk.open('log').sync()
        appendAll(rig, 'log', ['b'])
        rig.endpoint.charge(500)
        appendAll(rig, 'log', ['c'])
      })
      rig.at(lossUs, () => rig.simDisk.powerLoss())
    }
    expect(outcomes(run(SYNC_US + 499), 'log')).toEqual(new Set(['a', 'ab']))
    expect(outcomes(run(SYNC_US + 500), 'log')).toEqual(new Set(['a', 'ab', 'abc']))
  })

  it('keeps what is older than the writeback age', () => {
    const run = (lossUs: number) => (rig: Rig) => {
      rig.jobAt(0, () => appendAll(rig, 'log', ['a']))
      rig.jobAt(10, () => appendAll(rig, 'log', ['b']))
      rig.at(lossUs, () => rig.simDisk.powerLoss('all-unflushed'))
    }
    const settings = { writebackAgeUs: 2000 }
    expect(outcomes(run(1999), 'log', settings)).toEqual(new Set([undefined]))
    expect(outcomes(run(2000), 'log', settings)).toEqual(new Set(['a']))
    expect(outcomes(run(2010), 'log', settings)).toEqual(new Set(['ab']))
  })

  it('loses files never synced and brings back removed ones, in the order of the journal', () => {
    const seen = new Set<string>()
    for (let seed = 1; seed <= 60; seed++) {
      const rig = new Rig({}, seed)
      rig.jobAt(0, () => {
        appendAll(rig, 'old', ['o'])
        rig.disk.open('old').sync()
        rig.disk.open('new')
        rig.disk.remove('old')
        rig.disk.rename('new', 'newer')
      })
      rig.at(5000, () => rig.simDisk.powerLoss())
      seen.add(rig.simDisk.paths().join(' '))
    }
    expect(seen).toEqual(new Set(['old', 'new old', 'new', 'newer']))
  })

  it('syncing a directory makes its entries durable; syncing a file only its own creation', () => {
    const run = (sync: (rig: Rig) => void) => {
      const rig = new Rig()
      rig.jobAt(0, () => {
        appendAll(rig, 'a', ['x'])
        rig.disk.rename('a', 'b')
        sync(rig)
      })
      rig.at(5000, () => rig.simDisk.powerLoss('all-unflushed'))
      return rig.simDisk.paths().map((path) => `${path}=${rig.text(path)}`)
    }
    expect(run((rig) => rig.disk.syncDir(''))).toEqual(['b='])
    expect(run((rig) => rig.disk.open('b').sync())).toEqual(['a=x'])
  })

  it('reports a file that went with its name as one that lost everything', () => {
    const rig = new Rig()
    rig.jobAt(0, () => appendAll(rig, 'new', ['abc', 'de']))
    rig.at(5000, () => {
      const lost = { path: 'new', sizeBefore: 5, sizeAfter: 0, lostChanges: 2, torn: 'no' }
      expect(rig.simDisk.powerLoss('all-unflushed')).toMatchObject({ files: [lost] })
      expect(rig.simDisk.paths()).toEqual([])
    })
    rig.loop.run(6000)
    expect.assertions(2)
  })

  it('reports what it took', () => {
    const rig = new Rig()
    rig.jobAt(0, () => {
      appendAll(rig, 'log', ['abc'])
      rig.disk.open('log').sync()
      appendAll(rig, 'log', ['de', 'f'])
      rig.disk.rename('log', 'moved')
    })
    rig.at(5000, () => {
      expect(rig.simDisk.powerLoss('all-unflushed')).toEqual({
        atUs: 5000,
        files: [{ path: 'log', sizeBefore: 6, sizeAfter: 3, lostChanges: 2, torn: 'no' }],
        lostDirectoryChanges: [{ kind: 'rename', from: 'log', to: 'moved' }],
      })
    })
    rig.boot()
    rig.at(6000, () => {
      expect(rig.simDisk.powerLoss()).toEqual({ atUs: 6000, files: [], lostDirectoryChanges: [] })
    })
  })

  it('law: an atomic replacement leaves the old or the new content, and the new one once the directory is synced', () => {
    const arbitrary = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      lossUs: fc.integer({ min: 10_000, max: 10_000 + 3 * SYNC_US }),
      parts: fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 4 }),
    })
    fc.assert(
      fc.property(arbitrary, ({ seed, lossUs, parts }) => {
        const rig = new Rig({ tearProbability: 1 }, seed)
        rig.jobAt(0, () => {
          appendAll(rig, 'checkpoint', ['OLD'])
          rig.disk.open('checkpoint').sync()
        })
        const job = rig.jobAt(10_000, () => {
          appendAll(rig, 'checkpoint.tmp', parts)
          rig.disk.open('checkpoint.tmp').sync()
          rig.disk.rename('checkpoint.tmp', 'checkpoint')
          rig.disk.syncDir('')
        })
        rig.at(lossUs, () => rig.simDisk.powerLoss())
        const allowed = lossUs >= job.endUs! ? [parts.join('')] : ['OLD', parts.join('')]
        expect(allowed).toContain(rig.text('checkpoint'))
        if (lossUs < job.endUs! - SYNC_US) expect(rig.text('checkpoint')).toBe('OLD')
      }),
      { numRuns: 200 },
    )
  })

  it('never changes views handed out before', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const rig = new Rig({ tearProbability: 1, zeroedTailProbability: 1 }, seed)
      const views: Uint8Array[] = []
      rig.jobAt(0, () => {
        appendAll(rig, 'log', ['abc'])
        rig.disk.open('log').sync()
        appendAll(rig, 'log', ['def'])
        views.push(rig.disk.open('log').read(0, 6))
      })
      rig.at(5000, () => rig.simDisk.powerLoss())
      rig.boot()
      rig.jobAt(6000, () => appendAll(rig, 'log', ['XYZ']))
      expect(views[0]).toEqual(ascii('abcdef'))
    }
  })
})

describe('memory', () => {
  it('undo data is freed once durable, by syncs and by writeback', () => {
    const rig = new Rig({ writebackAgeUs: 100_000 })
    rig.jobAt(0, () => {
      for (const path of ['a', 'b', 'c']) {
        const file = rig.disk.open(path)
        file.append(new Uint8Array(100))
        file.truncate(50)
      }
      rig.disk.remove('c')
    })
    expect(rig.simDisk.undoCounts()).toEqual({ changes: 6, truncations: 3, directoryChanges: 7 })
    rig.jobAt(10, () => {
      rig.disk.open('a').sync()
      rig.disk.syncDir('')
    })
    const touch = (atUs: number) => rig.jobAt(atUs, () => rig.disk.open('a').truncate(50))
    for (let i = 0; i < 4; i++) touch(5000)
    expect(rig.simDisk.undoCounts()).toEqual({ changes: 4, truncations: 2, directoryChanges: 0 })
    for (let i = 0; i < 4; i++) touch(100_000)
    expect(rig.simDisk.undoCounts()).toEqual({ changes: 0, truncations: 0, directoryChanges: 0 })
  })

  it('the log of a file that is never synced holds no more than writeback has left', () => {
    const rig = new Rig({ writebackAgeUs: 1000 })
    const bytes = new Uint8Array(10)
    for (let atUs = 0; atUs < 20_000; atUs += 10) {
      rig.jobAt(atUs, () => rig.disk.open('log').append(bytes))
      expect(rig.simDisk.undoCounts().changes).toBeLessThanOrEqual(101)
    }
    expect(rig.simDisk.inspect('log')).toHaveLength(20_000)
  })
})
