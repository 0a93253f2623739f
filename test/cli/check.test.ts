import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { FakeIo } from './fake-io.ts'

const GOOD = 'duration: 30s\ncluster: { brokers: 3 }\ntopics: { orders: { replication.factor: 3 } }\n'
const ODD = `${GOOD}producers: { web: { topic: orders, config: { acks: 1 } } }\n`
const BAD = ODD.replace('30s', '30').replace('orders: {', 'orders: { partitons: 2,')

/** Nothing may be loaded but what reads scenarios. */
const noEngine = (): Promise<never> => Promise.reject(new Error('the simulator was loaded'))

async function check(io: FakeIo, ...args: string[]): Promise<number> {
  return main(['check', ...args], io, noEngine)
}

describe('kafkasim check', () => {
  it('has nothing to complain of in a good file', async () => {
    const io = new FakeIo()
    expect(await check(io, io.file('a.yaml', GOOD))).toBe(0)
    expect([io.out, io.err]).toEqual(['1 file: nothing to complain of\n', ''])
  })

  it('tells all findings of all files, where to read on, and how many there are', async () => {
    const io = new FakeIo()
    expect(await check(io, io.file('a.yaml', BAD), io.file('b.yaml', ODD))).toBe(2)
    expect(io.out)
      .toBe(`a.yaml:1:11 error KS106 duration: expected a duration such as 500ms, 30s or 1h30m, found the number 30
   1 | duration: 30
     |           ^^ a unit is missing
a.yaml:3:21 error KS101 unknown key "partitons" in topics.orders
   3 | topics: { orders: { partitons: 2, replication.factor: 3 } }
     |                     ^^^^^^^^^ did you mean "partitions"?
a.yaml:4:52 warn KS114 acks: 1 turns idempotence off (it needs acks: all)
   4 | producers: { web: { topic: orders, config: { acks: 1 } } }
     |                                                    ^
More: kafkasim explain KS106 (or KS101, KS114)
b.yaml:4:52 warn KS114 acks: 1 turns idempotence off (it needs acks: all)
   4 | producers: { web: { topic: orders, config: { acks: 1 } } }
     |                                                    ^
More: kafkasim explain KS114
2 files: 2 errors, 2 warnings
`)
    expect(io.err).toBe('')
  })

  it('takes folders for the scenario files in them and below', async () => {
    const io = new FakeIo()
    mkdirSync(join(io.cwd, 'suite/deep'), { recursive: true })
    writeFileSync(join(io.cwd, 'suite/one.yaml'), GOOD)
    writeFileSync(join(io.cwd, 'suite/deep/two.yml'), BAD)
    writeFileSync(join(io.cwd, 'suite/notes.txt'), 'no scenario')
    expect(await check(io, 'suite')).toBe(2)
    expect(io.out).toContain('suite/deep/two.yml:1:11 error KS106')
    expect(io.out).toContain('2 files: 2 errors, 1 warning\n')
    mkdirSync(join(io.cwd, 'empty'))
    expect(await check(io, 'empty')).toBe(2)
    expect(io.err).toBe('kafkasim: empty: no scenario file (*.yaml) in this folder\n')
  })

  it('goes on with the next file when one cannot be read', async () => {
    const io = new FakeIo()
    expect(await check(io, 'no.yaml', io.file('b.yaml', ODD))).toBe(2)
    expect(io.err).toContain('kafkasim: no.yaml: no such file')
    expect(io.out).toContain('2 files: 1 error, 1 warning\n')
  })

  it('changes settings first, and says which override is wrong', async () => {
    const io = new FakeIo()
    const file = io.file('a.yaml', BAD)
    expect(await check(io, file, '--set', 'duration=30s', '--set', 'settle=soon')).toBe(2)
    expect(io.out).toContain('--set:2:8 error KS106 settle: expected a duration')
    expect(io.out).not.toContain('a.yaml:1:')
  })
})

describe('warnings', () => {
  const codeOf = async (...args: string[]): Promise<readonly [number, string]> => {
    const io = new FakeIo()
    const code = await check(io, io.file('a.yaml', ODD), io.file('b.yaml', ODD), ...args)
    return [code, io.out.trimEnd().split('\n').at(-1) ?? '']
  }

  it('are allowed, unless --strict or --max-warnings says otherwise', async () => {
    expect(await codeOf()).toEqual([0, '2 files: 0 errors, 2 warnings'])
    expect(await codeOf('--max-warnings', '2')).toEqual([0, '2 files: 0 errors, 2 warnings'])
    expect(await codeOf('--max-warnings', '1')).toEqual([2, '2 files: 0 errors, 2 warnings; at most 1 is allowed'])
    expect(await codeOf('--strict')).toEqual([2, '2 files: 0 errors, 2 warnings; at most 0 are allowed'])
  })

  it('are counted and not shown with --quiet', async () => {
    const io = new FakeIo()
    expect(await check(io, io.file('a.yaml', ODD), '--quiet', '--strict')).toBe(2)
    expect(io.out).toBe('1 file: 0 errors, 1 warning; at most 0 are allowed\n')
  })
})

describe('--format', () => {
  it('json: one object a finding, with its range, and nothing else on stdout', async () => {
    const io = new FakeIo()
    expect(await check(io, io.file('a.yaml', ODD), '--format', 'json')).toBe(0)
    expect(
      io.out
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      {
        file: 'a.yaml',
        line: 4,
        column: 52,
        endLine: 4,
        endColumn: 53,
        severity: 'warn',
        code: 'KS114',
        title: 'Kafka changes another config silently because of this one',
        message: 'acks: 1 turns idempotence off (it needs acks: all)',
        suggestion: null,
        docs: 'docs/diagnostics.md#ks114',
      },
    ])
    const short = new FakeIo()
    await check(short, short.file('a.yaml', ODD), '--json')
    expect(short.out).toBe(io.out)
  })

  it('github: annotations, escaped as GitHub wants them', async () => {
    const io = new FakeIo()
    expect(await check(io, io.file('a,b.yaml', BAD.replace('partitons', '"50%:"')), '--format', 'github')).toBe(2)
    expect(io.out.split('\n')).toEqual([
      '::error file=a%2Cb.yaml,line=1,col=11,endColumn=13,title=KS106::duration: expected a duration such as 500ms, 30s or 1h30m, found the number 30; a unit is missing',
      '::error file=a%2Cb.yaml,line=3,col=21,endColumn=27,title=KS101::unknown key "50%25:" in topics.orders; known keys are partitions, replication.factor, replicas, config',
      '::warning file=a%2Cb.yaml,line=4,col=52,endColumn=53,title=KS114::acks: 1 turns idempotence off (it needs acks: all)',
      '1 file: 2 errors, 1 warning',
      '',
    ])
  })

  it('is understood by run and fuzz, too', async () => {
    for (const command of ['run', 'fuzz']) {
      const io = new FakeIo()
      expect(await main([command, io.file('a.yaml', BAD), '--format', 'github'], io)).toBe(2)
      expect(io.err, command).toContain('::error file=a.yaml,line=1,col=11,endColumn=13,title=KS106::')
      expect(io.out, command).toBe('')
      const wrong = new FakeIo()
      expect(await main([command, wrong.file('a.yaml', BAD), '--format', 'jsn'], wrong)).toBe(2)
      expect(wrong.err, command).toBe('kafkasim: --format jsn: no such format; did you mean json?\n')
    }
  })
})

describe('what is typed wrongly', () => {
  const told = async (...args: string[]): Promise<string> => {
    const io = new FakeIo()
    expect(await check(io, ...args)).toBe(2)
    expect(io.out).toBe('')
    return io.err
  }

  it('is told', async () => {
    expect(await told()).toBe('kafkasim: check needs a scenario file, or a folder of them\n')
    expect(await told('a.yaml', '--max-warnings', 'few')).toBe(
      'kafkasim: --max-warnings few: expected a number such as 0\n',
    )
    expect(await told('a.yaml', '--strict', '--max-warnings', '3')).toBe(
      'kafkasim: --strict allows no warnings, --max-warnings 3 allows 3: give one of them\n',
    )
    expect(await told('a.yaml', '--format', 'sarif')).toBe(
      'kafkasim: --format sarif: no such format; there are text, json, github\n',
    )
    expect(await told('a.yaml', '--stric')).toContain('did you mean --strict?')
  })
})
