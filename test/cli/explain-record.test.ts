import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { FakeIo } from './fake-io.ts'

const SCENARIO = `
name: tiny
duration: 2s
cluster: { brokers: 3 }
topics: { orders: { partitions: 1, replication.factor: 3 } }
producers: { web: { topic: orders, rate: 20/s } }
matrix:
  include:
    - { label: all }
    - { label: one, producers.web.config: { acks: 1, enable.idempotence: false } }
`
const PLAIN = SCENARIO.slice(0, SCENARIO.indexOf('matrix:'))

async function explain(io: FakeIo, ...args: string[]): Promise<number> {
  io.file('rows.yaml', SCENARIO)
  io.file('plain.yaml', PLAIN)
  return main(['explain', ...args], io)
}

describe('kafkasim explain --record', () => {
  it('tells the story, and how to see the whole run', async () => {
    const io = new FakeIo()
    const code = await explain(io, '--record', 'web[0]#7', 'plain.yaml', '--seed', '3', '--set', 'cluster.brokers=4')
    expect({ code, err: io.err }).toEqual({ code: 0, err: '' })
    expect(io.out).toMatch(/^web\[0\]#7 {2}tiny {2}seed 3 {2}Kafka 4\.0\n\nSAFE {2}web\[0\]#7\n/)
    expect(io.out).toMatch(/\nreplay: npx kafkasim run plain\.yaml --seed 3 --set cluster\.brokers=4\n$/)
  })

  it('prints what is known as JSON, of one row of a matrix', async () => {
    const io = new FakeIo()
    expect(await explain(io, '--record', 'orders-0@7', 'rows.yaml', '--row', 'one', '--json')).toBe(0)
    expect(io.out).toMatch(/^\{.*\}\n$/)
    const story: unknown = JSON.parse(io.out)
    expect(Object.keys(story as object)).toEqual([
      'scenario',
      'seed',
      'kafka',
      'record',
      'accounts',
      'simulatedMs',
      'traceHash',
      'reproduce',
    ])
    expect(story).toMatchObject({
      scenario: 'tiny',
      seed: 1,
      record: 'orders-0@7',
      accounts: [{ record: 'web[0]#7', fate: 'safe', acks: 1, places: [{ partition: 'orders-0', offset: 7 }] }],
    })
    expect(io.out).toContain('--row one')
  })

  it('tells of a part of the run with --until', async () => {
    const io = new FakeIo()
    expect(await explain(io, '--record', 'web[0]#30', 'plain.yaml', '--until', '1s')).toBe(2)
    expect(io.err).toMatch(/^kafkasim: --record: web\[0\] sent 1\d records: /)
  })

  it.each([
    [[], /explain what\? .* --record orders-0@4711 FILE/],
    [['--record', 'orders-0@7'], /needs the scenario file/],
    [['--record', 'orders-0@7', 'plain.yaml', 'rows.yaml'], /takes one file, not 2/],
    [
      ['--record', 'orders', 'plain.yaml'],
      /--record orders: expected PARTITION@OFFSET such as orders-0@4711, or CLIENT#N/,
    ],
    [['--record', 'orders-0@7', 'rows.yaml'], /choose a row of rows\.yaml with --row; there are "all", "one"/],
    [['--record', 'orders-0@7', 'rows.yaml', '--row', 'two'], /rows\.yaml has no row "two"; there are "all", "one"/],
    [['--record', 'orders-0@7', 'plain.yaml', '--row', 'two'], /plain\.yaml has no row "two"; it has no matrix/],
    [['--record', 'orders-0@7', 'plian.yaml'], /plian\.yaml: no such file; did you mean plain\.yaml\?/],
    [['--record', 'orders-0@777', 'plain.yaml'], /nothing was ever written at orders-0@777: orders-0 ends at 3\d/],
    [['--record', 'orders-2@7', 'plain.yaml'], /there is no partition "orders-2"; did you mean "orders-0"\?/],
    [['--record', 'orders-0@7', 'plain.yaml', '--seed', '1..3'], /--seed 1\.\.3: expected an integer/],
    [['--record', 'orders-0@7', '--record', 'orders-0@8', 'plain.yaml'], /--record is given 2 times/],
    [['--recrod', 'orders-0@7', 'plain.yaml'], /there is no option --recrod; did you mean --record\?/],
  ])('%j ends with 2 and says what is wrong', async (args, message) => {
    const io = new FakeIo()
    expect(await explain(io, ...args)).toBe(2)
    expect(io.err).toMatch(message)
    expect(io.err).not.toMatch(/\n {4}at /)
    expect(io.out).toBe('')
  })

  it('a bad scenario is told as run tells it', async () => {
    const io = new FakeIo()
    const file = io.file('bad.yaml', PLAIN.replace('brokers: 3', 'brokrs: 3'))
    expect(await main(['explain', '--record', 'orders-0@7', file], io)).toBe(2)
    expect(io.err).toMatch(/^bad\.yaml:4:12 error KS101 .*"brokrs"/m)
  })
})
