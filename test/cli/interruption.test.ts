// Ctrl-C and SIGTERM: what was found until then is told by every reporter, files are finished, and the exit code says that
// not everything was done. The second signal ends the process, for nobody listens any more.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { fuzz } from '../../src/cli/fuzz.ts'
import { FuzzProgress } from '../../src/cli/fuzz-progress.ts'
import { fuzzRequest } from '../../src/cli/fuzz-request.ts'
import { nodeIo } from '../../src/cli/node-io.ts'
import { byText, FakeEngine } from './fake-engine.ts'
import { Campaign } from '../../src/fuzz/campaign.ts'
import { FakeIo } from './fake-io.ts'

const ROOT = resolve(import.meta.dirname, '../..')

afterEach(() => void vi.restoreAllMocks())

/** In the nth run of the engine somebody presses Ctrl-C. */
function interruptedIn(nth: number, io: FakeIo, signal: 'SIGINT' | 'SIGTERM' = 'SIGINT'): FakeEngine {
  return new FakeEngine((run) => {
    if (run.nth === nth) io.interrupt(signal)
    return byText(run)
  })
}

/** Not in the last slice, but on the way. */
function interruptedWithin(nth: number, io: FakeIo): FakeEngine {
  const engine = new FakeEngine()
  const { slices } = engine
  engine.slices = function* (scenario, options) {
    const run = slices.call(engine, scenario, {
      ...options,
      onProgress: (nowUs) => void (engine.runs.length === nth && nowUs === 50_000 && io.interrupt('SIGINT')),
    })
    return yield* run
  }
  return engine
}

async function run(io: FakeIo, engine: FakeEngine, ...args: string[]): Promise<number> {
  return main(['run', ...args], io, () => Promise.resolve(engine))
}

describe('kafkasim run, interrupted', () => {
  it('tells what the seeds before it came to, and of how many; the run it was in counts for nothing', async () => {
    const io = new FakeIo()
    const engine = interruptedWithin(4, io)
    expect(await run(io, engine, io.file('a.yaml', 'fine'), '--seed', '1..500')).toBe(130)
    expect(engine.runs).toHaveLength(4)
    expect(io.out).toMatch(
      /\nPASS {5}leader-crash {2}3 seeds: 3 pass\n\n3 runs of 500, interrupted by SIGINT: 3 as expected {2}/,
    )
    expect(io.err).toMatch(/^kafkasim: interrupted by SIGINT; [^\n]*\n$/)
  })

  it('ends with 143 if it was SIGTERM, whatever was found', async () => {
    const io = new FakeIo()
    const code = await run(io, interruptedIn(2, io, 'SIGTERM'), io.file('a.yaml', 'fail'), '--seed', '1..9', '--quiet')
    expect(code).toBe(143)
    expect(io.out).toContain('interrupted by SIGTERM')
    expect(io.out).toMatch(/^FAIL /m)
  })

  it('prints as JSON the runs that ended, and no half of a line', async () => {
    const io = new FakeIo()
    expect(await run(io, interruptedWithin(3, io), io.file('a.yaml', 'fine'), '--seed', '1..9', '--json')).toBe(130)
    const seeds = io.out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { seed: number }).seed)
    expect(seeds).toEqual([1, 2])
  })

  it('says so in the files of reporters, which are whole', async () => {
    const io = new FakeIo()
    const args = ['--seed', '1..9', '--reporter', 'quiet,junit=r.xml,github']
    expect(await run(io, interruptedWithin(3, io), io.file('a.yaml', 'fine'), ...args)).toBe(130)
    const xml = readFileSync(join(io.cwd, 'r.xml'), 'utf8')
    expect(xml).toMatch(/<testsuites name="kafkasim" tests="3" failures="0" errors="1"/)
    expect(xml).toContain('interrupted by SIGINT after 2 of 9 runs')
    expect(xml.trimEnd().endsWith('</testsuites>')).toBe(true)
    expect(io.out).toMatch(/^::error .*interrupted by SIGINT after 2 of 9 runs/m)
  })

  it('does not call missing what seeds might have found that were left out', async () => {
    const io = new FakeIo()
    const args = [io.file('a.yaml', 'finds 7'), '--seed', '1..9', '--reporter', 'default,junit=r.xml']
    expect(await run(io, interruptedWithin(3, io), ...args)).toBe(130)
    expect(io.out).not.toContain('no seed found it')
    expect(readFileSync(join(io.cwd, 'r.xml'), 'utf8')).not.toContain('found with none')
    // With all of them it would have.
    const whole = new FakeIo()
    expect(await run(whole, new FakeEngine(), whole.file('a.yaml', 'finds 7'), '--seed', '1..3')).toBe(1)
    expect(whole.out).toContain('no seed found it')
  })

  it('runs nothing of the files and rows that are left, and keeps the trace that there is', async () => {
    const io = new FakeIo()
    const engine = interruptedIn(1, io)
    expect(await run(io, engine, io.file('a.yaml', 'fine'), io.file('b.yaml', 'fine'))).toBe(130)
    expect(engine.runs).toHaveLength(1)
    const alone = new FakeIo()
    expect(await run(alone, interruptedIn(1, alone), alone.file('a.yaml', 'fine'), '--trace', 't.jsonl')).toBe(130)
    expect(readFileSync(join(alone.cwd, 't.jsonl'), 'utf8')).toMatch(/^\{"at":1\.5,.*\}\n$/)
  })

  it('listens no longer than it runs', async () => {
    const io = new FakeIo()
    await run(io, new FakeEngine(), io.file('a.yaml', 'fine'))
    expect(io.interrupt('SIGINT')).toBe(false)
  })
})

describe('kafkasim fuzz, interrupted', () => {
  const script = new URL('./planted-worker.ts', import.meta.url)

  /** What is called next, after this, is under way then. */
  function soon(act: () => void): void {
    setTimeout(act, 0)
  }

  it('tells what it found and how far it came by every reporter, and writes the findings', async () => {
    const io = new FakeIo()
    // Case 3 crashes; case 5 never ends.
    const { add } = Campaign.prototype
    const stillHeard: boolean[] = []
    vi.spyOn(Campaign.prototype, 'add').mockImplementation(function (this: Campaign, report) {
      add.call(this, report)
      if (report.index === 4) soon(() => stillHeard.push(io.interrupt('SIGINT'), io.interrupt('SIGINT')))
    })
    const reporter = 'default=d.txt,json=r.json,junit=r.xml,github=g.txt'
    const request = fuzzRequest([], { runs: '1000', jobs: '1', out: 'found', reporter })
    expect(await fuzz(request, io, script)).toBe(130)
    expect(stillHeard).toEqual([true, false])
    expect(io.err).toMatch(/^kafkasim: interrupted by SIGINT; [^\n]*\n$/)
    const read = (name: string): string => readFileSync(join(io.cwd, name), 'utf8')
    expect(read('d.txt')).toMatch(/^1 FINDING {2}seed 1, 5 runs, interrupted by SIGINT: 1 crashed, 4 pass\n/)
    const lines = read('r.json')
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(lines).toMatchObject([
      { type: 'finding', kind: 'crashed', firstIndex: 3, shrunk: false },
      { type: 'summary', runs: 5, findings: 1, interruptedBy: 'SIGINT' },
    ])
    expect(read('r.xml')).toMatch(
      /tests="3" failures="1" errors="1"[^]*interrupted by SIGINT after 5 cases[^]*<\/testsuites>\n$/,
    )
    expect(read('g.txt')).toMatch(
      /^::error .*interrupted by SIGINT after 5 cases[^]*\nkafkasim: 3 cases, 1 as expected\n$/m,
    )
    expect(readdirSync(join(io.cwd, 'found'))).toHaveLength(1)
  })

  it('gives up making findings smaller, and ends with 143 if it was SIGTERM', async () => {
    const io = new FakeIo()
    // With seed 2 both cases are found; to make the second smaller never ends.
    vi.spyOn(FuzzProgress.prototype, 'shrinking').mockImplementation(() => soon(() => io.interrupt('SIGTERM')))
    const request = fuzzRequest([], { runs: '2', seed: '2', jobs: '1', json: true, out: 'kept' })
    expect(await fuzz(request, io, script)).toBe(143)
    const lines = io.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; shrunk?: boolean })
    expect(lines.map(({ type, shrunk }) => [type, shrunk])).toEqual([
      ['finding', false],
      ['finding', false],
      ['summary', undefined],
    ])
    expect(readdirSync(join(io.cwd, 'kept'))).toHaveLength(2)
  })
})

describe('the real machine', () => {
  it('tells of the first signal, and leaves the second to do what it does to any program', () => {
    const before = { int: process.listeners('SIGINT'), term: process.listeners('SIGTERM') }
    const heard: string[] = []
    const stop = nodeIo().onStopSignal?.((signal) => heard.push(signal))
    const [mine] = process.listeners('SIGTERM').filter((listener) => !before.term.includes(listener))
    expect(process.listeners('SIGINT')).toHaveLength(before.int.length + 1)
    mine?.('SIGTERM')
    expect(heard).toEqual(['SIGTERM'])
    expect(process.listeners('SIGINT')).toEqual(before.int)
    expect(process.listeners('SIGTERM')).toEqual(before.term)
    stop?.()
  })

  it('interrupts a real run in the middle of it', async () => {
    const io = new FakeIo()
    const text = (duration: string): string =>
      `duration: ${duration}\ncluster: { brokers: 1 }\ntopics: { t: { partitions: 1, replication.factor: 1 } }\nproducers: { p: { topic: t, rate: 5/s } }\nexpect: [no-acked-loss]\n`
    const files = [io.file('short.yaml', text('1s')), io.file('days.yaml', text('9d'))]
    const args = ['--import', 'tsx', join(ROOT, 'src/cli/main.ts'), 'run', ...files.map((file) => join(io.cwd, file))]
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
    const told = { out: '', err: '' }
    child.stderr.on('data', (chunk: Buffer) => (told.err += chunk.toString()))
    child.stdout.on('data', (chunk: Buffer) => {
      if (told.out === '') child.kill('SIGINT')
      told.out += chunk.toString()
    })
    const [code] = (await once(child, 'close')) as [number | null]
    expect({ code, ...told }).toMatchObject({
      code: 130,
      err: expect.stringMatching(/^kafkasim: interrupted by SIGINT; /),
    })
    expect(told.out).toMatch(/^PASS .*\n\n1 run of 2, interrupted by SIGINT: 1 as expected/)
  })
})
