import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { FakeIo } from './fake-io.ts'

const TEXT = `
name: acks
duration: 10s
settle: 20s
cluster: { brokers: 3 }
topics: { orders: { partitions: 1, replication.factor: 3 } }
producers: { web: { topic: orders, rate: 100/s, config: { enable.idempotence: false } } }
matrix: { producers.web.config.acks: [0, 1, all] }
expect:
  - { where: { acks: 0 }, finds: no-acked-loss }
  - { where: { acks: [1, all] }, pass: no-acked-loss }
`

async function run(...args: string[]) {
  const io = new FakeIo()
  const file = io.file('acks.yaml', TEXT)
  const code = await main(['run', file, ...args], io)
  return { code, out: io.out, err: io.err }
}

describe('kafkasim run of a file with a matrix', () => {
  it('tells the rows as a table, and ends as the worst of them', async () => {
    const { code, out } = await run()
    // Nothing is acknowledged with acks=0, so that nothing acknowledged can be lost.
    expect(code).toBe(1)
    const lines = out.split('\n')
    expect(lines[0]).toBe('acks  3 rows')
    expect(lines[1]).toMatch(/^ {2}outcome {2}row +acked +lost +duplicated +reordered$/)
    expect(lines[2]).toMatch(/^ {2}FAIL +acks=0 +0 +0 +0 +0$/)
    expect(lines[3]).toBe('      finds: no-acked-loss: nothing was acknowledged')
    expect(lines[4]).toMatch(/^ {2}PASS +acks=1 +[89]\d\d +0 +0 +0$/)
    expect(out).toContain('\n  replay acks=0: npx kafkasim run acks.yaml --seed 1 --set producers.web.config.acks=0')
  })

  it('prints one verdict a row and seed as JSON, each with the settings that bring it back', async () => {
    const { out } = await run('--json', '--seed', '3..4')
    const verdicts = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(verdicts.map(({ scenario, seed }) => [scenario, seed])).toEqual(
      [3, 4, 3, 4, 3, 4].map((seed) => ['acks', seed]),
    )
    expect(verdicts[5]?.['reproduce']).toBe('npx kafkasim run acks.yaml --seed 4 --set producers.web.config.acks=all')
    const again = await run('--json', '--seed', '4', '--set', 'producers.web.config.acks=all')
    const { wallMs: _, ...rest } = JSON.parse(again.out) as Record<string, unknown>
    expect(verdicts[5]).toMatchObject(rest)
  })

  it('runs one row of that label, and tells its whole story', async () => {
    const { code, out } = await run('--row', 'acks=1')
    expect(code).toBe(0)
    expect(out).toContain('\nTimeline\n')
    expect(out).toContain('\nPASS  acks  seed 1')
  })

  it('knows the row of a release by a label without quotes, which a shell would take away', async () => {
    const io = new FakeIo()
    const file = io.file(
      'releases.yaml',
      TEXT.replace(/matrix: .*\nexpect:[^]*/, 'matrix: { kafka: ["3.9", "4.0"] }\n'),
    )
    for (const label of ['kafka=3.9', 'kafka="3.9"']) {
      io.out = ''
      expect(await main(['run', file, '--quiet', '--row', label, '--until', '1s'], io), io.err).toBe(0)
      expect(io.out).toContain('3.9')
    }
    expect(await main(['run', file, '--row', 'kafka=3.8'], io)).toBe(2)
    expect(io.err).toContain('releases.yaml has no row "kafka=3.8"; there are "kafka=3.9", "kafka=4.0"')
  })

  it('refuses a label that no row has, and a trace of several rows', async () => {
    expect(await run('--row', 'acks=2')).toMatchObject({
      code: 2,
      err: expect.stringContaining('there are "acks=0", "acks=1"'),
    })
    expect(await run('--trace', 't.jsonl')).toMatchObject({ code: 2, err: expect.stringContaining('--row') })
  })

  it('counts a find as met if one seed of the row has it', async () => {
    const { code, out } = await run('--seed', '1..2', '--quiet', '--set', 'producers.web.config.acks=[1, all]')
    expect(out).toContain('2 seeds')
    expect(code).toBe(0)
  })
})
