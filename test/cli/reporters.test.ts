// Reporters by name, several at once, each to a file of its own; and `--bail`.

import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { reportersOf } from '../../src/cli/reporters.ts'
import { readXml } from '../reports/read-xml.ts'
import { FakeEngine } from './fake-engine.ts'
import { FakeIo } from './fake-io.ts'

async function run(io: FakeIo, ...args: string[]): Promise<number> {
  return main(['run', ...args], io, () => Promise.resolve(new FakeEngine()))
}

const read = (io: FakeIo, file: string): string => readFileSync(join(io.cwd, file), 'utf8')

describe('--reporter', () => {
  it('is read as a list, and given several times', () => {
    expect(reportersOf({ reporter: ['github,junit=a=b.xml', 'default'] })).toEqual([
      { name: 'github', file: undefined },
      { name: 'junit', file: 'a=b.xml' },
      { name: 'default', file: undefined },
    ])
  })

  it('is default without a word; --json and --quiet are short for theirs', () => {
    expect(reportersOf({})).toEqual([{ name: 'default', file: undefined }])
    expect(reportersOf({ json: true, reporter: 'junit=x' }).map(({ name }) => name)).toEqual(['json', 'junit'])
    expect(reportersOf({ quiet: true, reporter: 'quiet' })).toEqual([{ name: 'quiet', file: undefined }])
  })

  it.each([
    ['jnit', 'there is no reporter "jnit"; did you mean "junit"?'],
    ['html', 'there is no reporter "html"; there are default, quiet, json, junit, github'],
    ['junit=', '--reporter junit=: the file has no name'],
    ['default,', 'there is no reporter ""; there are default, quiet, json, junit, github'],
    [
      'json,junit',
      'reporters json and junit would both write to standard output; give one a file: --reporter json,junit=FILE',
    ],
    [
      'github,json',
      'reporters json and github would both write to standard output; give one a file: --reporter github,json=FILE',
    ],
    ['junit=x,json=x', 'reporters junit and json would both write to x'],
  ])('refuses %s', async (list, complaint) => {
    const io = new FakeIo()
    expect(await run(io, io.file('a.yaml', 'fine'), '--reporter', list)).toBe(2)
    expect(io.err).toContain(`kafkasim: ${complaint}`)
    expect(io.out).toBe('')
  })

  it('writes each report where it belongs, and makes folders', async () => {
    const io = new FakeIo()
    const file = io.file('a.yaml', 'fail')
    expect(await run(io, file, '--seed', '3..4', '--reporter', 'quiet,junit=out/r.xml,json=out/r.jsonl')).toBe(1)
    expect(io.out).toMatch(/^FAIL {5}\S+ {2}2 seeds: 2 fail\n/)
    const root = readXml(read(io, 'out/r.xml'))
    expect(root.attributes).toMatchObject({ tests: '2', failures: '2', errors: '0' })
    const lines = read(io, 'out/r.jsonl').trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { seed: number }).seed)).toEqual([3, 4])
  })

  it('points GitHub at the lines of a file, from the root of the repository', async () => {
    const io = new FakeIo()
    mkdirSync(join(io.cwd, 'sub'))
    io.env['GITHUB_WORKSPACE'] = join(io.cwd, '..')
    io.env['GITHUB_STEP_SUMMARY'] = 'summary.md'
    io.file('summary.md', 'before\n')
    const file = io.file('sub/a.yaml', '# fail\nexpect:\n  - no-acked-loss\n')
    expect(await run(io, file, '--seed', '3', '--reporter', 'github')).toBe(1)
    const folder = io.cwd.slice(io.cwd.lastIndexOf('/') + 1)
    expect(io.out).toContain(`::error file=${folder}/sub/a.yaml,line=3,col=5,title=no-acked-loss::`)
    expect(io.out).toContain(`Replay: npx kafkasim run sub/a.yaml --seed 3\n`)
    expect(io.out).toMatch(/\nkafkasim: 1 case, 0 as expected\n$/)
    expect(read(io, 'summary.md')).toMatch(/^before\n### ❌ kafkasim: 0 of 1 case as expected\n/)
  })

  it('tells of a defect, too', async () => {
    const io = new FakeIo()
    expect(await run(io, io.file('a.yaml', 'crash'), '--reporter', 'junit=r.xml')).toBe(3)
    expect(readXml(read(io, 'r.xml')).attributes).toMatchObject({ tests: '1', errors: '1', failures: '0' })
  })

  it('says that no seed found what was sought', async () => {
    const io = new FakeIo()
    expect(await run(io, io.file('a.yaml', 'finds 9'), '--seed', '1..3', '--reporter', 'junit')).toBe(1)
    expect(readXml(io.out).attributes).toMatchObject({ tests: '4', failures: '1' })
    const found = new FakeIo()
    expect(await run(found, found.file('a.yaml', 'finds 2'), '--seed', '1..3', '--reporter', 'junit')).toBe(0)
    expect(readXml(found.out).attributes).toMatchObject({ tests: '3', failures: '0' })
  })

  it('does not overwrite the scenario, nor run what it could not report', async () => {
    const io = new FakeIo()
    const file = io.file('a.yaml', 'fine')
    symlinkSync(join(io.cwd, file), join(io.cwd, 'link.xml'))
    for (const name of ['a.yaml', './a.yaml', 'link.xml']) {
      expect(await run(io, file, '--reporter', `junit=${name}`)).toBe(2)
    }
    expect(read(io, file)).toBe('fine')
    expect(await run(io, file, '--reporter', `junit=${file}/r.xml`)).toBe(2)
    expect(io.err).toMatch(/kafkasim: a\.yaml\/r\.xml: cannot be written: .*\n$/)
    expect(io.out).toBe('')
  })

  it('leaves no colour and no width of the terminal in a file', async () => {
    const io = new FakeIo({ isTTY: true, columns: 60 })
    await run(io, io.file('a.yaml', 'fine'), '--reporter', 'default=r.txt', '--seed', '1')
    expect(read(io, 'r.txt')).toContain('\nTimeline\n')
    expect(read(io, 'r.txt')).not.toContain('\u001b')
    expect(io.out).toBe('')
  })
})

describe('--bail', () => {
  it('stops after so many runs that went wrong', async () => {
    const io = new FakeIo()
    const [bad, good] = [io.file('a.yaml', 'fail'), io.file('b.yaml', 'fine')]
    expect(await run(io, bad, good, '--seed', '1..5', '--json', '--bail', '2')).toBe(1)
    expect(io.out.trimEnd().split('\n')).toHaveLength(2)
    expect(io.err).toBe('kafkasim: stopped after 2 failures (--bail)\n')
  })

  it('does not count what passed, nor a seed that another may make good', async () => {
    const io = new FakeIo()
    expect(await run(io, io.file('a.yaml', 'finds 4'), '--seed', '1..5', '--json', '--bail', '1')).toBe(0)
    expect(io.out.trimEnd().split('\n')).toHaveLength(5)
    expect(io.err).toBe('')
  })

  it('counts a file in which no seed found what was sought as one failure', async () => {
    const io = new FakeIo()
    const [none, good] = [io.file('a.yaml', 'finds 9'), io.file('b.yaml', 'fine')]
    expect(await run(io, none, good, '--seed', '1..3', '--json', '--bail', '1')).toBe(1)
    expect(io.out.trimEnd().split('\n')).toHaveLength(3)
  })

  it.each(['0', 'x.yaml', '-1'])('refuses %s', async (text) => {
    const io = new FakeIo()
    expect(await run(io, 'a', `--bail=${text}`)).toBe(2)
    expect(io.err).toContain(`--bail ${text}: expected a whole number of at least 1`)
  })
})

describe('--color', () => {
  it('colours a pipe, and --no-color does not colour a terminal', async () => {
    const io = new FakeIo()
    await run(io, io.file('a.yaml', 'fine'), '--quiet', '--color')
    expect(io.out).toContain('\u001b[')
    const terminal = new FakeIo({ isTTY: true })
    await run(terminal, terminal.file('a.yaml', 'fine'), '--quiet', '--no-color')
    expect(terminal.out).toContain('PASS')
    expect(terminal.out).not.toContain('\u001b[')
  })
})
