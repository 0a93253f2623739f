import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'
import { passingRun } from '../reports/run-result-fixture.ts'
import { byText, FakeEngine, type FakeRun, withVerdict } from './fake-engine.ts'
import { FakeIo } from './fake-io.ts'

async function run(io: FakeIo, engine: FakeEngine, ...args: string[]): Promise<number> {
  return main(['run', ...args], io, () => Promise.resolve(engine))
}

describe('kafkasim run', () => {
  it('tells the story of a single run on stdout, with the line that replays it', async () => {
    const io = new FakeIo()
    expect(await run(io, new FakeEngine(), io.file('a.yaml', 'fine'), '--seed', '7')).toBe(0)
    expect(io.out).toContain('\nTimeline\n')
    expect(io.out).toContain('\nPASS  leader-crash  seed 7')
    expect(io.out).toContain('replay: npx kafkasim run a.yaml --seed 7\n')
    expect(io.err).toBe('')
  })

  it('takes the seed of the command line, else of the scenario, else 1', async () => {
    const io = new FakeIo()
    const engine = new FakeEngine()
    const [own, none] = [io.file('own.yaml', 'seed 99'), io.file('none.yaml', 'fine')]
    await run(io, engine, own)
    await run(io, engine, none)
    await run(io, engine, own, '--seed', '9007199254740991')
    expect(engine.runs.map(({ seed }) => seed)).toEqual([99, 1, 9007199254740991])
  })

  it('repeats in the replay line all that changes the run, safe for a shell', async () => {
    const io = new FakeIo()
    const engine = new FakeEngine()
    const file = io.file("it's here.yaml", 'fine')
    await run(io, engine, file, '--set', 'a.b=c d', '--quiet', '--set', 'x=1', '--until', '30s')
    expect(io.out).toContain(
      `replay: npx kafkasim run 'it'\\''s here.yaml' --seed 1 --set 'a.b=c d' --set x=1 --until 30s\n`,
    )
    expect(engine.settings[0]).toEqual(['a.b=c d', 'x=1'])
    expect(engine.runs[0]?.untilUs).toBe(30_000_000)
  })

  it('--quiet: three lines', async () => {
    const io = new FakeIo()
    await run(io, new FakeEngine(), io.file('a.yaml', 'fine'), '--quiet')
    expect(io.out.trimEnd().split('\n')).toHaveLength(3)
  })

  it('takes a file whose name begins with a dash, behind --', async () => {
    const io = new FakeIo()
    expect(await run(io, new FakeEngine(), '--quiet', '--', io.file('-a.yaml', 'fine'))).toBe(0)
    expect(io.out).toContain('replay: npx kafkasim run ./-a.yaml --seed 1\n')
  })

  it('shows warnings on stderr and runs nevertheless', async () => {
    const io = new FakeIo()
    expect(await run(io, new FakeEngine(), io.file('a.yaml', 'odd'), '--json')).toBe(0)
    expect(io.err).toBe('a.yaml:1:1 warn KS300 it is odd\n')
    expect(io.out.trimEnd().split('\n')).toHaveLength(1)
  })

  it('exits with 1 if a run fails or is stuck', async () => {
    for (const text of ['fail', 'stuck']) {
      const io = new FakeIo()
      expect(await run(io, new FakeEngine(), io.file('a.yaml', text))).toBe(1)
      expect(io.out).toContain(`\n${text.toUpperCase()}  `)
    }
  })
})

describe('a folder', () => {
  it('stands for the scenario files in it and below, as for check', async () => {
    const io = new FakeIo()
    mkdirSync(join(io.cwd, 'suite/deep'), { recursive: true })
    io.file('suite/b.yaml', 'fine')
    io.file('suite/deep/a.yml', 'fail')
    io.file('suite/notes.txt', 'no scenario')
    expect(await run(io, new FakeEngine(), 'suite', '--seed', '7')).toBe(1)
    expect(io.out).toContain('replay: npx kafkasim run suite/deep/a.yml --seed 7\n')
    expect(io.out).toContain('2 runs')
    expect(io.err).toBe('')
  })

  it('without a scenario is told with all else that is wrong, and nothing is run', async () => {
    const io = new FakeIo()
    mkdirSync(join(io.cwd, 'empty'))
    expect(await run(io, new FakeEngine(), 'empty', io.file('a.yaml', 'fine'), 'none.txt')).toBe(2)
    expect(io.out).toBe('')
    expect(io.err).toBe('kafkasim: empty: no scenario file (*.yaml) in this folder\nkafkasim: none.txt: no such file\n')
  })

  it('of several files has no single trace, and one file of it is not overwritten by a report', async () => {
    const io = new FakeIo()
    mkdirSync(join(io.cwd, 'suite'))
    const [first] = ['suite/a.yaml', 'suite/b.yaml'].map((name) => io.file(name, 'fine'))
    expect(await run(io, new FakeEngine(), 'suite', '--trace', 'x.jsonl')).toBe(2)
    expect(io.err).toContain('--trace writes what happened in one run: give one file and one seed')
    expect(await run(io, new FakeEngine(), 'suite', '--reporter', `json=${first}`)).toBe(2)
    expect(readFileSync(join(io.cwd, 'suite/a.yaml'), 'utf8')).toBe('fine')
  })
})

describe('several runs', () => {
  it('of several files: a line each, totals, and the exit code of the worst', async () => {
    const io = new FakeIo()
    const files = [io.file('a.yaml', 'fine'), io.file('b.yaml', 'fail'), io.file('c.yaml', 'fine')]
    expect(await run(io, new FakeEngine(), ...files)).toBe(1)
    expect(io.out.split('\n').map((line) => line.slice(0, 7).trim())).toEqual([
      'PASS',
      'FAIL',
      '',
      'PASS',
      '',
      '3 runs:',
      '',
    ])
  })

  it('of a range of seeds: each seed, both ends included', async () => {
    const io = new FakeIo()
    const engine = new FakeEngine()
    expect(await run(io, engine, io.file('a.yaml', 'fine'), '--seed', '3..5')).toBe(0)
    expect(engine.runs.map(({ seed }) => seed)).toEqual([3, 4, 5])
    expect(io.out).toContain('PASS     leader-crash  3 seeds: 3 pass\n')
  })

  it('that seek something pass if one seed finds it, and fail if none does', async () => {
    const io = new FakeIo()
    const file = io.file('a.yaml', 'finds 4')
    expect(await run(io, new FakeEngine(), file, '--seed', '3..5')).toBe(0)
    expect(io.out).toContain('FIND     leader-crash  3 seeds: 1 find, 2 not found\n')
    expect(await run(io, new FakeEngine(), file, '--seed', '5..8')).toBe(1)
    expect(await run(io, new FakeEngine(), file, '--seed', '3')).toBe(1)
  })

  it('--quiet: one verdict for each range', async () => {
    const io = new FakeIo()
    await run(io, new FakeEngine(), io.file('a.yaml', 'finds 4'), '--seed', '3..5', '--quiet')
    expect(io.out).toBe(
      'FIND     leader-crash  3 seeds: 1 find, 2 not found\n' +
        '         ✔ finds: no-acked-loss  found with 1 seed, first with 4\n' +
        '         replay: npx kafkasim run a.yaml --seed 4\n',
    )
  })
})

describe('--json', () => {
  it('prints one line of JSON for each run and nothing else', async () => {
    const io = new FakeIo({ isTTY: true, columns: 80 })
    expect(await run(io, new FakeEngine(), io.file('a.yaml', 'fine'), '--seed', '1..3', '--json')).toBe(0)
    const lines = io.out.trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { seed: number }).seed)).toEqual([1, 2, 3])
    expect(lines[0]).toContain('"reproduce":"npx kafkasim run a.yaml --seed 1"')
    expect(lines[0]).toMatch(/,"wallMs":\d+\.\d{3}}$/)
  })
})

describe('a defect', () => {
  it('exits with 3, says how to bring it back, and ends everything', async () => {
    const io = new FakeIo()
    const engine = new FakeEngine()
    const files = [io.file('a.yaml', 'crash'), io.file('b.yaml', 'fine')]
    expect(await run(io, engine, ...files, '--seed', '5..9', '--set', 'x=1')).toBe(3)
    expect(engine.runs).toHaveLength(1)
    expect(io.out).toBe('')
    expect(io.err).toContain('a defect in kafkasim itself: Error: high watermark above the log end\n')
    expect(io.err).toContain('replay: npx kafkasim run a.yaml --seed 5 --set x=1\n')
    expect(io.err).toContain('Node 20.0.0, test\n')
  })
})

describe('--verify', () => {
  it('runs twice, and says so when both did the same', async () => {
    const io = new FakeIo()
    const engine = new FakeEngine()
    expect(await run(io, engine, io.file('a.yaml', 'fine'), '--verify')).toBe(0)
    expect(engine.runs).toHaveLength(2)
    expect(io.out).toContain('trace 0123456789abcdef twice\n')
  })

  /** Every other run has another hash, and does something else in its third event. */
  const unsteady = ({ options, nth }: FakeRun): RunResult => {
    const odd = nth % 2 === 1
    for (const ordinal of [1, 2, 3]) {
      const kind = odd || ordinal < 3 ? 'fetch' : 'append'
      const event = { ordinal, atUs: ordinal * 500_000, node: 'broker-1', kind, cause: ordinal - 1 }
      options.onEvent?.(event, (odd || ordinal < 3 ? 'aaaaaaaaaaaaaaa' : 'bbbbbbbbbbbbbbb') + ordinal)
    }
    return withVerdict(passingRun(), { traceHash: odd ? 'aaaaaaaaaaaaaaa3' : 'bbbbbbbbbbbbbbb3' })
  }

  it('exits with 4 and names the first event that differs', async () => {
    const io = new FakeIo()
    expect(await run(io, new FakeEngine(unsteady), io.file('a.yaml', 'fine'), '--verify')).toBe(4)
    expect(io.out).toBe('')
    expect(io.err).toContain(
      'two runs of leader-crash with seed 42 differ: traces aaaaaaaaaaaaaaa3 and bbbbbbbbbbbbbbb3',
    )
    expect(io.err).toContain('first run   event 3 at 1.500s (1500000 µs): broker-1 fetch, caused by event 2\n')
    expect(io.err).toContain('second run  event 3 at 1.500s (1500000 µs): broker-1 append, caused by event 2\n')
  })

  it('says so if the difference does not come again', async () => {
    const once = (it: FakeRun): RunResult => withVerdict(byText(it), { traceHash: it.nth === 1 ? 'a' : 'b' })
    const io = new FakeIo()
    expect(await run(io, new FakeEngine(once), io.file('a.yaml', 'fine'), '--verify')).toBe(4)
    expect(io.err).toContain('it does not happen every time')
  })

  it('is not satisfied with equal hashes if the verdicts differ', async () => {
    const moody = (it: FakeRun): RunResult => withVerdict(byText(it), { events: it.nth })
    const io = new FakeIo()
    expect(await run(io, new FakeEngine(moody), io.file('a.yaml', 'fine'), '--verify')).toBe(4)
    expect(io.err).toContain('the same events, and different verdicts')
  })
})

describe('--trace', () => {
  it('writes one JSON object a line', async () => {
    const io = new FakeIo()
    expect(await run(io, new FakeEngine(), io.file('a.yaml', 'fine'), '--trace', 'out.jsonl')).toBe(0)
    const text = readFileSync(join(io.cwd, 'out.jsonl'), 'utf8')
    expect(text).toBe('{"at":1.5,"node":"broker-1","ordinal":7,"type":"role-changed","broker":1}\n')
  })

  it('is refused where nothing can be written', async () => {
    const io = new FakeIo()
    const engine = new FakeEngine()
    expect(await run(io, engine, io.file('a.yaml', 'fine'), '--trace', 'no/such/folder.jsonl')).toBe(2)
    expect(io.err).toMatch(/^kafkasim: --trace no\/such\/folder.jsonl: cannot be written: .*\n$/)
    expect(engine.runs).toEqual([])
  })

  it('never overwrites the scenario, under whatever name', async () => {
    const io = new FakeIo()
    const file = io.file('a.yaml', 'fine')
    symlinkSync(file, join(io.cwd, 'link.jsonl'))
    for (const name of ['a.yaml', './a.yaml', 'link.jsonl']) {
      expect(await run(io, new FakeEngine(), file, '--trace', name)).toBe(2)
    }
    expect(readFileSync(join(io.cwd, file), 'utf8')).toBe('fine')
  })
})

describe('colour and progress', () => {
  const shown = async (io: FakeIo): Promise<boolean> => {
    await run(io, new FakeEngine(), io.file('a.yaml', 'fine'))
    return io.out.includes('\u001b[')
  }

  it('colour goes to a terminal only, unless it is asked for or refused', async () => {
    expect(await shown(new FakeIo({ isTTY: true }))).toBe(true)
    expect(await shown(new FakeIo())).toBe(false)
    const cases: readonly (readonly [boolean, Record<string, string>, boolean])[] = [
      [true, { NO_COLOR: '1' }, false],
      [true, { NO_COLOR: '' }, true],
      [true, { TERM: 'dumb' }, false],
      [false, { FORCE_COLOR: '1' }, true],
      [true, { FORCE_COLOR: '0' }, false],
      [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ]
    for (const [isTTY, env, expected] of cases) {
      const io = new FakeIo({ isTTY })
      Object.assign(io.env, env)
      expect(await shown(io), JSON.stringify(env)).toBe(expected)
    }
  })

  it('progress is one line on a terminal’s stderr, gone when the run is over', async () => {
    const io = new FakeIo({ isTTY: true, columns: 80 })
    await run(io, new FakeEngine(), io.file('a.yaml', 'fine'))
    const lines = io.err.split('\r\u001b[K')
    expect(lines.length).toBeGreaterThan(3)
    expect([lines[0], lines.at(-1)]).toEqual(['', ''])
    for (const line of lines.slice(1, -1)) expect(line).toMatch(/^a\.yaml {2}seed 1 {2}\d+ % .{10,60}$/)
    const piped = new FakeIo()
    await run(piped, new FakeEngine(), piped.file('a.yaml', 'fine'))
    expect(piped.err).toBe('')
  })
})
