import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { fuzz } from '../../src/cli/fuzz.ts'
import { fuzzRequest } from '../../src/cli/fuzz-request.ts'
import { parse } from 'yaml'
import { loadScenario } from '../../src/simulate.ts'
import { FakeIo } from './fake-io.ts'

/** acks=1 and a leader that dies before its followers have fetched (RB-21): found with nearly every seed. */
const BROKEN = `
name: alone
duration: 6s
settle: 8s
cluster: { brokers: 2, config: { broker.session.timeout.ms: 1000, broker.heartbeat.interval.ms: 200 } }
topics: { orders: { partitions: 1, replication.factor: 2, config: { min.insync.replicas: 1 } } }
producers: { web: { topic: orders, rate: 20/s, config: { acks: 1, enable.idempotence: false, linger.ms: 0 } } }
network: { replication: { latency: 20ms..80ms } }
faults:
  - { at: 2500ms, kill: leader(orders-0), for: 2s }
  - { at: 3s, pause: controller, for: 10ms }
expect: [no-acked-loss]
`

/** A file that leaves its faults to a nemesis; a leader that dies loses what only it had. */
const WITH_NEMESIS = BROKEN.replace(
  /faults:[^]*expect/,
  'nemesis: { faults: { kill: 1 }, interval: 500ms..900ms, from: 1s, heal-before-end: 2s }\nexpect',
)

/** Some are killed until just before the end, and there is no time to come back. */
const STUCK = `
name: late
duration: 8s
settle: 10ms
cluster: { brokers: 3, config: { broker.session.timeout.ms: 1000, broker.heartbeat.interval.ms: 200 } }
topics: { orders: { partitions: 1, replication.factor: 3, config: { min.insync.replicas: 1 } } }
producers: { web: { topic: orders, rate: 20/s, config: { acks: all } } }
nemesis: { faults: { kill: { for: 10s, targets: [broker:1, broker:2] } }, max-concurrent: 3, interval: 1s, from: 3s, heal-before-end: 10ms }
`

interface Summary {
  readonly type: 'summary'
  readonly runs: number
  readonly findings: number
  readonly outcomes: { readonly [outcome: string]: number }
}
interface Found {
  readonly type: 'finding'
  readonly signature: string
  readonly kind: string
  readonly id: string
  readonly count: number
  readonly firstIndex: number
  readonly file: string
  readonly faults: number
  readonly shrunk: boolean
}

function told(io: FakeIo): { findings: Found[]; summary: Summary } {
  const lines = io.out
    .trim()
    .split('\n')
    .map((line): Found | Summary => JSON.parse(line))
  const summary = lines.at(-1)
  if (summary?.type !== 'summary') throw new Error(io.out + io.err)
  return { findings: lines.filter((line) => line.type === 'finding'), summary }
}

/** What comes of a failure file, run alone and elsewhere. */
async function replayed(text: string): Promise<{ readonly code: number; readonly outcome: string }> {
  const io = new FakeIo()
  const code = await main(['run', io.file('copy.yaml', text), '--json'], io)
  const { outcome }: { outcome: string } = JSON.parse(io.out)
  return { code, outcome }
}

describe('kafkasim fuzz', () => {
  it('finds the same with one worker and with two', async () => {
    const outputs: unknown[] = []
    for (const jobs of ['1', '2']) {
      const io = new FakeIo()
      const file = io.file('alone.yaml', BROKEN)
      const args = ['fuzz', file, '--runs', '8', '--jobs', jobs, '--json', '--shrink', '0']
      expect({ code: await main(args, io), err: io.err }).toEqual({ code: 1, err: '' })
      const { findings, summary } = told(io)
      const { jobs: _jobs, wallMs: _wallMs, busyMs: _busyMs, ...same } = summary as unknown as Record<string, unknown>
      outputs.push({ findings, same })
    }
    expect(outputs[1]).toEqual(outputs[0])
  })

  it('writes what it finds as a scenario that finds it again', async () => {
    const io = new FakeIo()
    const file = io.file('alone.yaml', BROKEN)
    expect(await main(['fuzz', file, '--runs', '6', '--jobs', '1', '--json', '--out', 'found'], io)).toBe(1)
    const { findings, summary } = told(io)
    expect(summary).toMatchObject({ runs: 6, findings: findings.length })
    const loss = findings.find(({ id }) => id === 'no-acked-loss')
    expect(loss).toMatchObject({ kind: 'expectation', signature: 'expected no-acked-loss' })
    expect(readdirSync(join(io.cwd, 'found'))).toHaveLength(findings.length)
    const text = readFileSync(join(io.cwd, loss?.file ?? ''), 'utf8')
    expect(text).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/node_modules\/kafkasim\/scenarios\/scenario\.schema\.json\n#\n# Found by kafkasim \d.*: kafkasim fuzz alone\.yaml --runs 6\n/,
    )
    expect(text).toContain(`# Replay: npx kafkasim run ${loss?.file}`)
    expect(text).toMatch(/^seed: \d+$/m)
    const again = new FakeIo()
    const copy = again.file('copy.yaml', text)
    expect({ code: await main(['run', copy, '--json'], again), err: again.err }).toEqual({ code: 0, err: '' })
    expect(JSON.parse(again.out)).toMatchObject({
      outcome: 'find',
      expectations: [{ text: 'finds: no-acked-loss', met: true }],
    })
  })

  it('loses one case to a worker that crashes or hangs, says which, and goes on', async () => {
    const io = new FakeIo()
    const request = fuzzRequest([], { runs: '9', jobs: '1', json: true, out: 'lost' })
    const script = new URL('./planted-worker.ts', import.meta.url)
    expect(await fuzz({ ...request, caseLimitMs: 1500 }, io, script)).toBe(3)
    const { findings, summary } = told(io)
    expect(summary).toMatchObject({ runs: 9, outcomes: { pass: 6, crashed: 2, hung: 1 } })
    expect(findings.map(({ kind, signature, firstIndex }) => ({ kind, signature, firstIndex }))).toEqual([
      { kind: 'crashed', signature: 'crashed: the worker ended with 7', firstIndex: 3 },
      { kind: 'hung', signature: 'hung: it did not end in time', firstIndex: 5 },
      { kind: 'crashed', signature: 'crashed: planted in case 6', firstIndex: 6 },
    ])
    for (const { file } of findings) expect(readFileSync(join(io.cwd, file), 'utf8')).toContain('\nseed: ')
  })

  it('runs every case twice with --verify', async () => {
    const io = new FakeIo()
    expect(await main(['fuzz', '--runs', '3', '--jobs', '1', '--verify', '--json', '--shrink', '0'], io)).toBeLessThan(
      2,
    )
    expect(told(io).summary).toMatchObject({ runs: 3, differing: [] })
  })

  it('prints as JSON what docs/fuzzing.md tells of, and nothing else', async () => {
    const io = new FakeIo()
    const request = fuzzRequest([], { runs: '4', jobs: '1', json: true, out: 'lost' })
    await fuzz(request, io, new URL('./planted-worker.ts', import.meta.url))
    const { findings, summary } = told(io)
    const docs = readFileSync(new URL('../../docs/fuzzing.md', import.meta.url), 'utf8')
    const [, ofFindings = '', ofSummary = ''] = docs.split('| key | |')
    const named = (table: string): string[] =>
      [...(table.split('\n\n')[0] ?? '').matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = '']) =>
        [...cell.matchAll(/`(\w+)`/g)].map(([, key = '']) => key),
      )
    expect(findings).toHaveLength(1)
    expect(named(ofFindings).toSorted()).toEqual(Object.keys(findings[0] ?? {}).toSorted())
    expect(named(ofSummary).toSorted()).toEqual(Object.keys(summary).toSorted())
  })

  it('writes out what a nemesis chose, without what the finding does not need', async () => {
    const io = new FakeIo()
    const file = io.file('left.yaml', WITH_NEMESIS)
    await main(['fuzz', file, '--runs', '4', '--jobs', '1', '--json', '--shrink', '12'], io)
    const loss = told(io).findings.find(({ id }) => id === 'no-acked-loss')
    const text = readFileSync(join(io.cwd, loss?.file ?? ''), 'utf8')
    const { faults, nemesis } = parse(text) as { faults: { id: string; at: string; kill: string }[]; nemesis?: unknown }
    expect(nemesis).toBeUndefined()
    expect(loss?.shrunk).toBe(true)
    expect(faults.length).toBe(loss?.faults)
    for (const { id, kill } of faults) expect([id.startsWith('nemesis-'), kill]).toEqual([true, expect.any(String)])
    expect((await replayed(text)).outcome).toBe('find')
  })

  it('writes a run that got stuck so that it gets stuck again', async () => {
    const io = new FakeIo()
    const file = io.file('late.yaml', STUCK)
    await main(['fuzz', file, '--runs', '2', '--jobs', '1', '--json', '--shrink', '12'], io)
    const stuck = told(io).findings.find(({ kind }) => kind === 'stuck')
    expect(stuck).toMatchObject({ id: 'stuck', shrunk: true })
    const text = readFileSync(join(io.cwd, stuck?.file ?? ''), 'utf8')
    expect(text).toContain('# Nothing can be expected of it: it ends as stuck while this is still so.')
    expect(await replayed(text)).toMatchObject({ code: 1, outcome: 'stuck' })
  })

  it('keeps a finding as it was drawn if the worker that makes it smaller crashes or hangs', async () => {
    const io = new FakeIo()
    const request = fuzzRequest([], { runs: '2', seed: '2', jobs: '1', json: true, out: 'kept' })
    const script = new URL('./planted-worker.ts', import.meta.url)
    expect(await fuzz({ ...request, caseLimitMs: 300 }, io, script)).toBe(1)
    const { findings } = told(io)
    expect(findings.map(({ id, shrunk, faults }) => [id, shrunk, faults > 0])).toEqual([
      ['planted-0', false, true],
      ['planted-1', false, true],
    ])
    for (const { file } of findings) expect(loadScenario(readFileSync(join(io.cwd, file), 'utf8')).ok).toBe(true)
  })

  it('ends with 4 if a case differs from itself', async () => {
    const io = new FakeIo()
    const request = fuzzRequest([], { runs: '4', jobs: '1', verify: true })
    expect(await fuzz(request, io, new URL('./planted-worker.ts', import.meta.url))).toBe(4)
    expect(io.out).toMatch(/^DIFFERS {2}seed 1, 4 runs: 4 pass\n/)
    expect(io.out).toContain('case 2 ')
  })

  it.each([
    [['--runs', '0'], '--runs 0: expected a whole number of at least 1'],
    [['--time', '60'], '--time 60: expected a time such as 60s or 5m'],
    [['--seed', '1..5'], '--seed 1..5: expected an integer such as 42'],
    [['--set', 'switches.maximalISR=false'], '--set:1:'],
    [['a.yaml', 'b.yaml'], 'fuzz takes one file at most, not 2'],
  ])('refuses %j', async (args, complaint) => {
    const io = new FakeIo()
    expect(await main(['fuzz', ...args], io)).toBe(2)
    expect(io.err).toContain(complaint)
    expect(io.out).toBe('')
  })
})
