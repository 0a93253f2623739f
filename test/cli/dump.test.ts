// `kafkasim dump`: a broker's disk as files, and a partition in the words of Kafka's dump tool.

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { FakeIo } from './fake-io.ts'

const SCENARIO = `
name: tiny
duration: 3s
cluster: { brokers: 2 }
topics: { orders: { partitions: 2, replication.factor: 2, config: { segment.bytes: 4000 } } }
producers: { web: { topic: orders, rate: 60/s } }
faults:
  - { at: 2500ms, kill: "broker:2" }
`

async function dump(io: FakeIo, ...args: string[]): Promise<number> {
  io.file('tiny.yaml', SCENARIO)
  return main(['dump', 'tiny.yaml', ...args], io)
}

describe('kafkasim dump --out', () => {
  it('writes a data directory as Kafka has it, and says how to read it', async () => {
    const io = new FakeIo()
    expect({ code: await dump(io, '--at', '2s', '--out', 'data'), err: io.err }).toEqual({ code: 0, err: '' })
    const files = readdirSync(join(io.cwd, 'data/orders-0')).sort()
    expect(files.filter((name) => name.startsWith('0'.repeat(20)))).toEqual([
      '00000000000000000000.index',
      '00000000000000000000.log',
      '00000000000000000000.timeindex',
    ])
    expect(files).toEqual(expect.arrayContaining(['leader-epoch-checkpoint', 'partition.metadata']))
    const second = files.find((name) => name.endsWith('.snapshot'))!.replace('.snapshot', '')
    expect(files).toContain(`${second}.log`)
    const size = (name: string) => statSync(join(io.cwd, 'data/orders-0', name)).size
    // The active segment's index has its room, the closed one's has not.
    const last = files.findLast((name) => name.endsWith('.index'))!
    expect([size(last), size('00000000000000000000.index')]).toEqual([10_485_760, 0])
    // Written when the broker started, and not again yet.
    expect(readFileSync(join(io.cwd, 'data/replication-offset-checkpoint'), 'utf8')).toBe('0\n0\n')
    expect(io.out).toMatch(/^Wrote broker 1 of tiny\.yaml, seed 1, at 2\.000 s: \d+ files, \d+ bytes, into data\n/)
    expect(io.out).toContain('kafka-dump-log.sh --files data/orders-0/00000000000000000000.log')
  })

  it('writes the same bytes again for the same seed, and what a broker that is down has left', async () => {
    const io = new FakeIo()
    expect(await dump(io, '--at', '3s', '--broker', '2', '--out', 'one')).toBe(0)
    expect(await dump(io, '--at', '3s', '--broker', '2', '--out', 'two')).toBe(0)
    expect(io.out).toContain('broker 2 of tiny.yaml, seed 1, at 3.000 s (it is down)')
    const log = 'orders-1/00000000000000000000.log'
    const [one, two] = ['one', 'two'].map((dir) => readFileSync(join(io.cwd, dir, log)))
    expect(one!.length).toBeGreaterThan(1000)
    expect(one).toEqual(two)
  })

  it('touches no folder that has something in it, and finds that out before it runs', async () => {
    const io = new FakeIo()
    mkdirSync(join(io.cwd, 'full'))
    writeFileSync(join(io.cwd, 'full/x'), '')
    expect(await dump(io, '--out', 'full')).toBe(2)
    expect(await dump(io, '--out', 'tiny.yaml')).toBe(2)
    expect(io.err).toContain('--out full: is not empty, and nothing was written')
    expect(io.err).toContain('--out tiny.yaml: is a file, not a folder')
    expect(await dump(io, '--out', 'tiny.yaml/data')).toBe(2)
    expect(io.err).toContain('--out tiny.yaml/data: cannot be written: ENOTDIR')
  })
})

describe('kafkasim dump --print', () => {
  it("prints a partition's batches and indexes", async () => {
    const io = new FakeIo()
    expect({ code: await dump(io, '--at', '1s', '--print', 'orders-0'), err: io.err }).toEqual({ code: 0, err: '' })
    const [heading, ...lines] = io.out.split('\n')
    expect(heading).toBe('# broker 1 of tiny.yaml, seed 1, at 1.000 s')
    expect(lines).toContain('Dumping data/orders-0/00000000000000000000.log')
    expect(lines).toContain('Log starting offset: 0')
    expect(io.out).toMatch(/\nbaseOffset: 0 lastOffset: \d+ count: \d+ baseSequence: 0 .* isvalid: true\n/)
    expect(io.out).toMatch(/\nDumping data\/orders-0\/leader-epoch-checkpoint\n0\n1\n0 0\n/)
    expect(io.out).not.toContain('payload:')
  })

  it('prints the records with --records', async () => {
    const io = new FakeIo()
    expect(await dump(io, '--at', '1s', '--print', 'orders-0', '--records')).toBe(0)
    expect(io.out).toMatch(/\n\| offset: 0 CreateTime: \d+ keySize: .* payload: web\[0\]#\d/)
  })

  it('tells which partitions there are', async () => {
    const io = new FakeIo()
    expect(await dump(io, '--print', 'order-0')).toBe(2)
    expect(await dump(io, '--print', 'payments-7')).toBe(2)
    expect(io.err).toContain('has no such partition; did you mean "orders-0"?')
    expect(io.err).toContain('has no such partition; there are orders-0, orders-1')
  })
})

describe('kafkasim dump, asked wrongly,', () => {
  it.each([
    [[], 'dump where to? --out DIR writes the files, --print PARTITION prints those of a partition'],
    [['--out', 'x', '--print', 'orders-0'], '--out and --print do not go together'],
    [['--records', '--out', 'x'], '--records goes with --print'],
    [['--print', 'data/orders-0'], '--print data/orders-0: expected a partition such as orders-0'],
    [['--print', 'orders-0', '--at', 'noon'], '--at noon: expected a time such as 30s, 500ms or 1h30m'],
    [['--print', 'orders-0', '--broker', 'one'], '--broker one: expected a whole number of at least 0'],
    [['--print', 'orders-0', '--broker', '9'], '--broker 9: there is no such broker; there are 1, 2'],
    [['other.yaml', '--print', 'orders-0'], 'dump takes one file, not 2'],
  ])('%j: says so, and exits with 2', async (args, complaint) => {
    const io = new FakeIo()
    expect(await dump(io, ...args)).toBe(2)
    expect(io.err).toContain(complaint)
  })
})
