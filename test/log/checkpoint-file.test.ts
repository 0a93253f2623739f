import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  epochCheckpointText,
  offsetCheckpointText,
  readEpochCheckpoint,
  readOffsetCheckpoint,
  replaceTextFile,
} from '../../src/log/checkpoint-file.ts'
import { MemoryDisk } from './memory-disk.ts'

const PATH = 'data/replication-offset-checkpoint'

function read(text: string): unknown {
  const disk = new MemoryDisk()
  disk.put(PATH, text)
  return readOffsetCheckpoint(disk, PATH)
}

describe('checkpoint files (S-9)', () => {
  it('have a version, a count and one entry per line', () => {
    expect(
      offsetCheckpointText([
        { topic: 'orders', partition: 0, offset: 42 },
        { topic: 'a.b-c_d', partition: 11, offset: 0 },
      ]),
    ).toBe('0\n2\norders 0 42\na.b-c_d 11 0\n')
    expect(epochCheckpointText([{ epoch: 3, startOffset: 17 }])).toBe('0\n1\n3 17\n')
    expect(offsetCheckpointText([])).toBe('0\n0\n')
  })

  it('are read back as they were written', () => {
    const entry = fc.record({
      topic: fc.stringMatching(/^[a-zA-Z0-9._-]{1,20}$/),
      partition: fc.nat(),
      offset: fc.maxSafeNat(),
    })
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        expect(read(offsetCheckpointText(entries))).toEqual(entries)
      }),
    )
  })

  it('absent, empty, or ended before the count mean no entries', () => {
    for (const text of ['', '0', '0\n']) expect(read(text)).toEqual([])
    expect(readOffsetCheckpoint(new MemoryDisk(), PATH)).toEqual([])
    expect(readEpochCheckpoint(new MemoryDisk(), PATH)).toEqual([])
  })

  const damaged: [string, RegExp][] = [
    ['1\n0\n', /unknown version '1'/],
    ['0\n\n', /bad entry count ''/],
    ['0\nx\n', /bad entry count 'x'/],
    ['0\n2\na 0 1\n', /2 entries announced, 1 found/],
    ['0\n1\na 0 1\nb 0 1\n', /1 entries announced, 2 found/],
    ['0\n1\na 0 1\n\n', /line 4 is malformed: ''/],
    ['0\n1\na 0\n', /line 3 is malformed: 'a 0'/],
    ['0\n1\na 0 -1\n', /line 3 is malformed/],
    ['0\n1\na 0 99999999999999999999\n', /line 3 is malformed/],
    ['\0\0\0\0', /unknown version/],
  ]
  for (const [text, problem] of damaged) {
    it(`damage is told, not thrown: ${JSON.stringify(text)}`, () => {
      const badNumber = / (-1|9{20})\n/.test(text)
      expect(read(text)).toEqual({ path: PATH, problem: expect.stringMatching(problem) as unknown, badNumber })
    })
  }
})

describe('replacing a file', () => {
  it('leaves the old one in place until the new one is synced', () => {
    const disk = new MemoryDisk()
    disk.put('data/f', 'old')
    disk.holdSyncs = true
    let done = false
    replaceTextFile(disk, 'data', 'f', 'new', () => (done = true))
    expect([disk.text('data/f'), done]).toEqual(['old', false])
    disk.finishSyncs()
    expect([disk.text('data/f'), done, disk.synced]).toEqual(['new', true, ['data/f.tmp', 'data/']])
  })

  it('leftovers of a write that a crash interrupted do not get into the next one', () => {
    const disk = new MemoryDisk()
    disk.put('data/f.tmp', 'a long half-written text')
    replaceTextFile(disk, 'data', 'f', 'new')
    expect([disk.text('data/f'), disk.exists('data/f.tmp')]).toEqual(['new', false])
  })
})
