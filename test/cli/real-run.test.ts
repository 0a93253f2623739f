import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { engine } from '../../src/cli/engine.ts'
import { difference } from '../../src/cli/verify.ts'
import type { RunOptions } from '../../src/scenario/runner.ts'
import { FakeIo } from './fake-io.ts'

const SCENARIO = `
name: tiny
kafka: "4.0"
duration: 2s
cluster: { brokers: 3 }
topics: { orders: { partitions: 1, replication.factor: 3, config: { min.insync.replicas: 2 } } }
producers: { web: { topic: orders, rate: 20/s } }
expect: [no-acked-loss]
`

async function kafkasim(io: FakeIo, ...args: string[]): Promise<number> {
  return main(['run', io.file('tiny.yaml', SCENARIO), ...args], io)
}

describe('kafkasim run, on the real simulator', () => {
  it('runs, twice the same, and says what clients saw', async () => {
    const io = new FakeIo()
    expect({ code: await kafkasim(io, '--verify', '--json', '--seed', '3'), err: io.err }).toEqual({ code: 0, err: '' })
    const verdict: unknown = JSON.parse(io.out)
    expect(verdict).toMatchObject({
      scenario: 'tiny',
      seed: 3,
      kafka: '4.0',
      outcome: 'pass',
      expectations: [{ text: 'no-acked-loss', met: true }],
      history: { failed: 0, unknown: 0, lost: 0 },
      reproduce: 'npx kafkasim run tiny.yaml --seed 3',
    })
  })

  it('prints the same JSON for the same seed, but for wallMs', async () => {
    const [first, second] = [new FakeIo(), new FakeIo()]
    await kafkasim(first, '--json')
    await kafkasim(second, '--json')
    const withoutWall = (json: string): string => json.replace(/,"wallMs":[\d.]+}/, '')
    expect(withoutWall(second.out)).toBe(withoutWall(first.out))
  })

  it('writes a trace whose lines begin with when, where, in which event, and what', async () => {
    const io = new FakeIo()
    expect(await kafkasim(io, '--trace', 'trace.jsonl', '--until', '1s')).toBe(0)
    const lines = readFileSync(join(io.cwd, 'trace.jsonl'), 'utf8').trimEnd().split('\n')
    const times = lines.map((line) => (JSON.parse(line) as { at: number }).at)
    expect(lines.length).toBeGreaterThan(50)
    for (const line of lines)
      expect(line).toMatch(/^\{"at":[\d.]+,"node":"[\w-]+(\[\d+\])?","ordinal":\d+,"type":"[a-z-]+"/)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  it('quotes a bad line with a caret, and exits with 2', async () => {
    const io = new FakeIo()
    expect(await main(['run', io.file('bad.yaml', SCENARIO.replace('brokers: 3', 'brokrs: 3'))], io)).toBe(2)
    expect(io.err).toMatch(
      /^bad\.yaml:5:12 error KS101 .*"brokrs".*\n.*cluster: \{ brokrs: 3 \}\n +\| +\^{6} did you mean "brokers"\?\n/m,
    )
    expect(io.out).toBe('')
  })

  it('names a setting that --set got wrong', async () => {
    const io = new FakeIo()
    expect(await kafkasim(io, '--set', 'cluster.brokrs=3')).toBe(2)
    expect(io.err).toContain('--set:1:9 error')
  })

  it('finds the event in which two different runs part', () => {
    const { scenario } = engine.load('tiny.yaml', SCENARIO, [])
    if (scenario === undefined) throw new Error('the scenario does not load')
    const options = { untilUs: 500_000 }
    let seed = 0
    const replay = (more: Partial<RunOptions>) => engine.run(scenario, { ...options, ...more, seed: ++seed })
    const lines = difference(
      engine.run(scenario, { ...options, seed: 1 }).verdict,
      engine.run(scenario, { ...options, seed: 2 }).verdict,
      replay,
    )
    expect(lines[0]).toMatch(/^traces [0-9a-f]{16} and [0-9a-f]{16}; the first event that differs:$/)
    expect(lines[1]).toMatch(/^ {2}first run {3}event \d+ at 0\.\d{3}s/)
    expect(lines[1]?.slice(13)).not.toBe(lines[2]?.slice(13))
  })
})
