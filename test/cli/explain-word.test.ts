import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/command-line.ts'
import { EXPECTATION_PAGES } from '../../src/cli/explain/words/expectation-pages.ts'
import { ALL_CONFIG_TABLES } from '../../src/config/config-tables.ts'
import { INVARIANTS } from '../../src/invariants/index.ts'
import { FAULT_VERBS } from '../../src/scenario/faults/fault-schema.ts'
import { EXPECTATION_WORDS, parseClaim } from '../../src/scenario/language/expectation.ts'
import { allKeys } from '../../src/scenario/language/schema-walk.ts'
import { DIAGNOSTICS } from '../../src/scenario/text/diagnostics.ts'
import { FakeIo } from './fake-io.ts'

/** With two scenarios only, whatever comes with the package. */
function io(columns = 100): FakeIo {
  const machine = new FakeIo({ isTTY: false })
  machine.env['COLUMNS'] = String(columns)
  machine.packageRoot = machine.cwd
  mkdirSync(join(machine.cwd, 'scenarios/bugs'), { recursive: true })
  machine.file(
    'scenarios/laggard.yaml',
    '# linger.ms: 5 is Kafka’s\ncluster: { config: { replica.lag.time.max.ms: 10000 } }\nexpect: [no-acked-loss]\n',
  )
  machine.file(
    'scenarios/bugs/b.yaml',
    'cluster:\n  config:\n    "replica.lag.time.max.ms": 9000\nfaults: [{ at: 1s, kill: broker:1 }]\nswitches: { maximalIsr: false }\n',
  )
  return machine
}

async function explain(word: string, machine = io()): Promise<string> {
  const code = await main(['explain', word], machine)
  expect({ code, err: machine.err }).toEqual({ code: 0, err: '' })
  return machine.out
}

describe('kafkasim explain WORD', () => {
  it.each([
    'replica.lag.time.max.ms',
    'linger.ms',
    'request.timeout.ms',
    'segment.bytes',
    'log.retention.minutes',
    'auto.offset.reset',
    'group.coordinator.rebalance.protocols',
    'bootstrap.controllers',
    'zookeeper.connect',
    'acks',
    'no-acked-loss',
    'RI-4',
    'KS305',
    'kill',
    'maximalIsr',
    'KU-1',
    'R-81',
    'settle',
    'racks',
    'NOT_ENOUGH_REPLICAS',
  ])('tells what %s is', async (word) => {
    await expect(await explain(word)).toMatchFileSnapshot(`snapshots/explain/${word}.txt`)
  })

  it('keeps to the width of the terminal', async () => {
    for (const word of ['request.timeout.ms', 'min.insync.replicas', 'KS305', 'RI-15']) {
      const lines = (await explain(word, io(60))).split('\n')
      expect(lines.filter((line) => line.length > 60)).toEqual([])
    }
  })

  it('prints what it knows as data with --json, a line for each thing of that name', async () => {
    const machine = io()
    expect(await main(['explain', 'log.message.timestamp.after.max.ms', '--json'], machine)).toBe(0)
    expect(JSON.parse(machine.out)).toMatchObject({
      kind: 'config',
      name: 'log.message.timestamp.after.max.ms',
      scopes: [
        {
          scope: 'broker',
          type: 'long',
          value: 'a whole number of ms >= 0',
          unit: 'ms',
          default: '9223372036854775807',
          defaultSince: [{ since: '4.0', default: 3_600_000 }],
          since: '3.6',
          until: null,
          update: 'cluster-wide',
          effect: 'modelled',
          place: 'cluster.config',
        },
      ],
      scenarios: [],
    })
    machine.out = ''
    expect(await main(['explain', 'replica.lag.time.max.ms', '--json'], machine)).toBe(0)
    expect(JSON.parse(machine.out)).toMatchObject({
      rules: [{ rule: 'R-70' }, { rule: 'R-81' }],
      scenarios: ['scenarios/laggard.yaml', 'scenarios/bugs/b.yaml'],
    })
  })

  it('finds the scenarios that set a key, and not those that only speak of it', async () => {
    expect(await explain('linger.ms')).not.toContain('scenarios/')
    expect(await explain('kill')).toContain('scenarios/bugs/b.yaml')
  })

  it('takes words whatever their capitals', async () => {
    expect(await explain('ks305')).toBe(await explain('KS305'))
    expect(await explain('ri-4')).toContain('maximal-isr-covers-isr')
  })

  it.each([
    [['min.insync.replica'], 'nothing is called "min.insync.replica"; did you mean "min.insync.replicas"?'],
    [['no-aked-loss'], 'nothing is called "no-aked-loss"; did you mean "no-acked-loss"?'],
    [['KS399'], 'nothing is called "KS399"; all codes are in docs/diagnostics.md'],
    [['checkpoint'], 'nothing is called "checkpoint"; there are log.flush.offset.checkpoint.interval.ms, '],
    [
      ['orders-0@4711'],
      'nothing is called "orders-0@4711"; for the story of a record: kafkasim explain --record \'orders',
    ],
    [['x.yaml'], 'nothing is called "x.yaml"; to see whether a file is right: kafkasim check x.yaml'],
    [['zzzzzz'], 'nothing is called "zzzzzz"; it explains Kafka configs and errors'],
    [['__proto__'], 'nothing is called "__proto__"'],
    [[], 'explain what?'],
    [['acks', 'retries'], 'explain what?'],
    [['acks', '--seed', '3'], '--seed goes with --record'],
  ])('says of %j that %s', async (words, complaint) => {
    const machine = io()
    expect(await main(['explain', ...words], machine)).toBe(2)
    expect(machine.err).toContain(`kafkasim: ${complaint}`)
    expect(machine.out).toBe('')
  })
})

describe('what can be explained', () => {
  it('is everything that has a name', async () => {
    const names = [
      ...Object.keys(ALL_CONFIG_TABLES.broker).filter((_, i) => i % 40 === 0),
      ...INVARIANTS.map(({ id }) => id),
      ...Object.keys(DIAGNOSTICS).filter((_, i) => i % 10 === 0),
      ...EXPECTATION_WORDS,
      ...FAULT_VERBS,
      ...allKeys(),
    ]
    const machine = io()
    for (const name of names) {
      machine.out = ''
      expect((await explain(name, machine)).split(/\s/, 1)[0], name).toBe(name)
    }
  })

  it('has a line on every error that a simulated node may give', async () => {
    const src = join(import.meta.dirname, '../../src')
    const rooms = ['broker', 'controller', 'group', 'log', 'client']
    const given = rooms.flatMap((room) =>
      readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .flatMap((file) => readFileSync(join(src, room, file), 'utf8').match(/\bErrors\.[A-Z_]+/g) ?? []),
    )
    const machine = io()
    const silent: string[] = []
    for (const name of new Set(given.map((each) => each.slice('Errors.'.length)))) {
      machine.out = ''
      if ((await explain(name, machine)).includes('no simulated broker gives')) silent.push(name)
    }
    expect(silent).toEqual([])
  })

  it('of the expectations in forms that the language reads', () => {
    for (const [word, { form }] of Object.entries(EXPECTATION_PAGES)) {
      expect(parseClaim(form.replaceAll('"', ''), false, []), word).toMatchObject({ ok: true })
    }
  })
})
