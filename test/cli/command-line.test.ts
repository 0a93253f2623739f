import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Typed } from '../../src/cli/command.ts'
import { main } from '../../src/cli/command-line.ts'
import { COMMANDS } from '../../src/cli/commands/all.ts'
import { fuzzRequest } from '../../src/cli/fuzz-request.ts'
import { runRequest } from '../../src/cli/run-request.ts'
import { FakeEngine } from './fake-engine.ts'
import { FakeIo } from './fake-io.ts'

/** Runs a command line; nothing here may get as far as a simulation. */
async function type(line: string, io = new FakeIo()): Promise<{ code: number; out: string; err: string }> {
  const code = await main(line.split(' ').filter(Boolean), io, () => Promise.resolve(new FakeEngine()))
  return { code, out: io.out, err: io.err }
}

describe('kafkasim', () => {
  it('helps as well when help is a word', async () => {
    expect(await type('help')).toEqual(await type('--help'))
    expect(await type('help fuzz')).toEqual(await type('fuzz --help'))
    expect(await type('fuzz -h')).toEqual(await type('fuzz --help'))
    expect((await type('--help')).out).toContain('kafkasim run scenarios/leader-crash.yaml --seed 42')
    expect((await type('help fuz')).err).toBe('kafkasim: there is no command "fuz"; did you mean "fuzz"?\n')
  })

  /** What examples come to, with what reads their flags. Nothing is run. */
  const EXAMPLES = COMMANDS.flatMap(({ name, examples }) => examples.map(({ line }) => ({ name, line })))
  it.each(EXAMPLES)('understands its example: $line', async ({ line }) => {
    const read = { run: runRequest, fuzz: fuzzRequest }
    const [program, ...argv] = line.replace(/ [|>] .*$/, '').split(' ')
    const io = new FakeIo()
    const run = (name: string) => (typed: Typed) => {
      if (name === 'run' || name === 'fuzz') read[name](typed.operands, typed.args)
      return Promise.resolve(0 as const)
    }
    const commands = COMMANDS.map((command) => ({ ...command, run: run(command.name) }))
    const code = await main(argv, io, () => Promise.reject(new Error('not to be loaded')), commands)
    expect({ program, code, err: io.err }).toEqual({ program: 'kafkasim', code: 0, err: '' })
  })

  it.each(COMMANDS)('shows what $name is by examples, in a line each', ({ name, summary, examples }) => {
    expect(examples.length).toBeGreaterThan(0)
    expect(examples.some(({ line }) => line.startsWith(`kafkasim ${name}`))).toBe(true)
    for (const text of [summary, ...examples.map(({ says }) => says)]) expect(text).not.toMatch(/\.$|\n/)
  })

  it('says its version', async () => {
    const { code, out } = await type('--version')
    expect(code).toBe(0)
    expect(out).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
  })

  it('loads no engine to complain or help', async () => {
    for (const line of ['--help', 'run --help', '--version', 'run', 'run x --sed 1', 'list faultz']) {
      const io = new FakeIo()
      let loaded = false
      const load = () => {
        loaded = true
        return Promise.resolve(new FakeEngine())
      }
      await main(line.split(' '), io, load)
      expect(loaded, line).toBe(false)
    }
  })

  const complaints: readonly (readonly [string, string])[] = [
    ['', 'kafkasim: name a command'],
    ['rum x', 'there is no command "rum"; did you mean "run"?'],
    ['zzz', `there is no command "zzz"; there are ${COMMANDS.map(({ name }) => name).join(', ')}`],
    ['--verify', 'there is no option --verify without a command; run and fuzz can be told so'],
    ['--color', 'name a command; kafkasim help lists them'],
    ['hepl', 'there is no command "hepl"; did you mean "help"?'],
    ['fu', 'there is no command "fu"; did you mean "fuzz"?'],
    ['rum x --sed 1', 'there is no command "rum"; did you mean "run"?'],
    ['a.yaml', 'there is no command "a.yaml"; to run a file: kafkasim run a.yaml'],
    ['run', 'run needs a scenario file'],
    ['run a --sed 3', 'there is no option --sed; did you mean --seed?'],
    ['run a --quite --jsn', 'there is no option --jsn; did you mean --json?'],
    ['run a --seeds 3', 'there is no option --seeds; did you mean --seed?'],
    ['run a -s 3', 'there is no option -s; did you mean --seed?'],
    ['run a -seed 3', 'there is no option -seed; did you mean --seed?'],
    ['run a -seed=3', 'there is no option -seed; did you mean --seed?'],
    ['run a --ver', 'there is no option --ver; did you mean --verify?'],
    ['run a --silent', 'there is no option --silent; did you mean --quiet?'],
    ['fuzz --workers 2', 'there is no option --workers; did you mean --jobs?'],
    ['fuzz --iterations 2', 'there is no option --iterations; did you mean --runs?'],
    ['run a --runs 3', 'there is no option --runs for run; fuzz can be told so'],
    ['--verify', 'there is no option --verify without a command; run and fuzz can be told so'],
    ['run a --constructor', 'there is no option --constructor; kafkasim help run lists those there are'],
    ['run a --to-string', 'there is no option --to-string; kafkasim help run'],
    ['run a --toString', 'there is no option --toString; kafkasim help run'],
    ['constructor', 'there is no command "constructor"; there are run, fuzz'],
    ['run a --qqqqqqqq', 'there is no option --qqqqqqqq; kafkasim help run lists those there are\n'],
    ['run a --no-json', 'there is no option --no-json'],
    ['run a --seed', '--seed needs a value'],
    ['run a --seed=', '--seed needs a value'],
    ['run a --seed 1 --seed 2', '--seed is given 2 times: 1, 2'],
    ['run a --seed -1', '--seed -1: expected an integer'],
    ['run a --seed 1.5', '--seed 1.5: expected an integer'],
    ['run a --seed 1e3', '--seed 1e3: expected an integer'],
    ['run a --seed 9007199254740992', 'a seed is at most 9007199254740991'],
    ['run a --seed 5..3', 'the range is empty; did you mean 3..5?'],
    ['run a --seed 1..', '--seed 1..: expected an integer'],
    ['run a --until soon', '--until soon: expected a time'],
    ['run a --until 0s', '--until 0s: expected a time'],
    ['run a --set acks', '--set acks: expected path=value'],
    ['run a --set =1', '--set =1: expected path=value'],
    ['run a b --trace t', '--trace writes what happened in one run'],
    ['run a --seed 1..2 --trace t', '--trace writes what happened in one run'],
    ['list faultz', 'list has no "faultz"; did you mean "faults"?'],
    ['list faults switches', 'list takes one word, not "faults switches"'],
  ]
  for (const [line, complaint] of complaints) {
    it(`refuses "${line}" with exit code 2, and no stack`, async () => {
      const { code, out, err } = await type(line)
      expect(code).toBe(2)
      expect(err).toContain(complaint)
      expect(err).not.toMatch(/\n\s+at /)
      expect(out).toBe('')
    })
  }
})

describe('a file that is no scenario', () => {
  const refuse = async (io: FakeIo, file: string, why: string) => {
    const { code, out, err } = await type(`run ${file}`, io)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(why)
    expect(err).toContain(file)
    expect(err).not.toMatch(/\n\s+at /)
  }

  it('is missing, and a near one is named', async () => {
    const io = new FakeIo()
    await refuse(io, 'nothing-like-it.yaml', 'no such file')
    io.file('leader-crash.yaml', '')
    await refuse(io, 'leader-crsh.yaml', 'no such file; did you mean leader-crash.yaml?')
    await refuse(io, 'leader-crash', 'no such file; did you mean leader-crash.yaml?')
    await refuse(io, 'leader-crash.yaml/x', 'no such file')
  })

  it('is a folder without any', async () => {
    const io = new FakeIo()
    mkdirSync(join(io.cwd, 'some'))
    await refuse(io, 'some', 'no scenario file (*.yaml) in this folder')
  })

  it('is too large', async () => {
    const io = new FakeIo()
    await refuse(io, io.file('big.yaml', new Uint8Array(10_000_001)), 'too many for a scenario')
  })

  it('is not text', async () => {
    const io = new FakeIo()
    await refuse(io, io.file('binary.yaml', Uint8Array.of(0xff, 0xfe, 0)), 'not UTF-8 text')
  })

  it.skipIf(process.platform === 'win32')('is a FIFO, which must not be waited for, or a device', async () => {
    const io = new FakeIo()
    execFileSync('mkfifo', [join(io.cwd, 'pipe')])
    await refuse(io, 'pipe', 'not a regular file')
    await refuse(io, '/dev/null', 'not a regular file')
  })

  it('stops the others from being run, but not from being looked at', async () => {
    const io = new FakeIo()
    const engine = new FakeEngine()
    const files = [io.file('a.yaml', 'fine'), 'missing.yaml', io.file('c.yaml', 'bad')]
    expect(await main(['run', ...files], io, () => Promise.resolve(engine))).toBe(2)
    expect(engine.runs).toEqual([])
    expect(io.err).toBe('kafkasim: missing.yaml: no such file\nc.yaml:1:1 error KS001 it is bad\n')
  })
})
