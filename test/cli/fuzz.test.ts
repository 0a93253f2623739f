import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { fuzz } from '../../src/cli/fuzz.ts'
import { fuzzRequest } from '../../src/cli/fuzz-request.ts'
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
    expect(text).toMatch(/^# Found by kafkasim \d.*: kafkasim fuzz alone\.yaml --runs 6\n/)
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
