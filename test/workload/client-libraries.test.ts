// What differs between clients of different libraries, seen from outside: when they commit, when they send heartbeats, what
// they have by default, and where their records go.

import { describe, expect, it } from 'vitest'
import { assignorNamed } from '../../src/client/assignors/assignors.ts'
import { crc32 } from '../../src/client/partitioners/crc32.ts'
import type { ClientLibrary } from '../../src/client/partitioners/make-partitioner.ts'
import { murmur2 } from '../../src/client/partitioners/murmur2.ts'
import { resolveDraws } from '../../src/scenario/build.ts'
import { loadScenario } from '../../src/scenario/loader.ts'
import { simulate } from '../../src/simulate.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'
import { Streams } from '../../sim/random/streams.ts'

const LINES = {
  duration: 'duration: 21s',
  settle: 'settle: 30s',
  cluster: 'cluster: { brokers: 1, config: { offsets.topic.num.partitions: 1, offsets.topic.replication.factor: 1 } }',
  topics: 'topics: { orders: { partitions: 4, replication.factor: 1 } }',
}

interface Run {
  readonly client: ClientLibrary
  readonly group: string
  readonly faults?: string
  readonly expectations: readonly string[]
  onTrace?(event: KafkaEvent): void
}

function run({ client, group, faults = '[]', expectations, onTrace }: Run) {
  const text = [
    ...Object.values(LINES),
    'producers: { web: { topic: orders, rate: 20/s, keys: 8, start: 4s } }',
    `consumers: { billing: { client: ${client}, topics: [orders], ${group} } }`,
    `faults: ${faults}`,
    'expect:',
    ...expectations.map((each) => `  - "${each}"`),
  ].join('\n')
  const { verdict } = simulate(text, { seed: 1, onTrace: ({ event }) => onTrace?.(event) })
  expect(verdict.expectations.filter(({ met }) => !met).map(({ text, message }) => `${text}: ${message}`)).toEqual([])
  expect(verdict.notFired).toEqual([])
}

describe('a handler that works longer than the session', () => {
  const group =
    'members: 2, slow: { record: 60, takes: 9s }, config: { auto.offset.reset: earliest, session.timeout.ms: 6500 }'

  it('keeps its place with the Java client, whose heartbeats have a thread of their own (C-10)', () => {
    const expectations = ['rebalances(billing) == 1', 'fenced(billing) == 0', 'caught-up(billing)']
    run({ client: 'java', group, expectations })
  })

  it('loses it with kafkajs, which sends none until it is done; and what it works on is handed out again', () => {
    const expectations = [
      'rebalances(billing) > 1',
      'fenced(billing) >= 1',
      'finds: no-duplicate-delivery',
      'caught-up(billing)',
    ]
    run({ client: 'kafkajs', group, expectations })
  })
})

describe('an automatic commit', () => {
  const group = 'members: 1, process: 40ms, config: { auto.offset.reset: earliest, auto.commit.interval.ms: 1000 }'

  it('covers the record in hand, with librdkafka: it is made in the background, not in poll as the Java client does (C-15)', () => {
    const early = new Set<string>()
    let handed: { partition: string; offset: number } | undefined
    run({
      client: 'librdkafka',
      group,
      expectations: ['finds: commits-cover-processed', 'caught-up(billing)'],
      onTrace: (event) => {
        if (event.type === 'records-delivered') {
          expect(event.records).toHaveLength(1)
          handed = { partition: event.partition, offset: event.records[0]?.offset ?? -1 }
        }
        if (event.type === 'records-processed') handed = undefined
        if (event.type !== 'commit-answered' || handed === undefined) return
        const covered = event.offsets.find(({ partition }) => partition === handed?.partition)?.offset ?? -1
        // The one in hand, and none after it.
        expect(covered).toBeLessThanOrEqual(handed.offset + 1)
        if (covered === handed.offset + 1) early.add(event.kind)
      },
    })
    expect([...early]).toEqual(['auto'])
  })
})

describe('a handler that fails', () => {
  const group = 'members: 1, process: 5ms, fails: { record: 50 }, config: { auto.offset.reset: earliest }'
  const faults = '[{ at: 16s, start: consumers(billing) }]'

  it('loses no record with kafkajs, which commits what was handled; closing the Java client does (C-16)', () => {
    run({ client: 'kafkajs', group, faults, expectations: ['commits-cover-processed', 'caught-up(billing)'] })
  })

  it('is given a poisonous record for ever by kafkajs, and what was before it is committed', () => {
    const tries: number[] = []
    run({
      client: 'kafkajs',
      group: 'members: 1, config: { auto.offset.reset: earliest }',
      faults: '[{ at: 16s, poison: producer(web) }]',
      expectations: ['commits-cover-processed', 'rebalances(billing) == 1', 'finds: no-duplicate-delivery'],
      onTrace: (event) => {
        if (event.type === 'records-delivered') tries.push(event.records[0]?.offset ?? -1)
      },
    })
    const last = tries.at(-1)
    expect(tries.filter((offset) => offset === last).length).toBeGreaterThan(10)
  })
})

describe('what they have by default', () => {
  const resolved = (client: ClientLibrary, config = '{}') => {
    const text = [
      ...Object.values(LINES),
      `producers: { web: { client: ${client}, topic: orders } }`,
      `consumers: { billing: { client: ${client}, topics: [orders], members: 1, config: ${config} } }`,
    ].join('\n')
    const loaded = loadScenario(text, { file: 'x.yaml' })
    if (!loaded.ok) throw new Error(loaded.findings.map(({ message }) => message).join())
    const streams = new Streams(1)
    const { groups, producers } = resolveDraws(loaded.scenario, (name) => streams.stream(name))
    return { consumer: groups[0]?.config, commit: groups[0]?.commit, producer: producers[0]?.config }
  }

  it('is their own: sessions, assignors, isolation, idempotence', () => {
    const rows = (['java', 'librdkafka', 'kafkajs'] as const).map((client) => {
      const { consumer, commit, producer } = resolved(client)
      return [
        consumer?.['session.timeout.ms'],
        consumer?.['partition.assignment.strategy'].map((name) => assignorNamed(name)?.name).join(),
        consumer?.['isolation.level'],
        commit,
        producer?.['enable.idempotence'],
      ]
    })
    expect(rows).toEqual([
      [45_000, 'range,cooperative-sticky', 'read_uncommitted', 'never', true],
      [45_000, 'range,roundrobin', 'read_committed', 'never', false],
      [30_000, 'RoundRobinAssigner', 'read_committed', 'after', false],
    ])
  })

  it('gives way to what the file says', () => {
    expect(resolved('kafkajs', '{ session.timeout.ms: 20000 }').consumer?.['session.timeout.ms']).toBe(20_000)
  })
})

it.each([
  ['java', (key: Uint8Array) => (murmur2(key) & 0x7fffffff) % 4],
  ['kafkajs', (key: Uint8Array) => (murmur2(key) & 0x7fffffff) % 4],
  ['librdkafka', (key: Uint8Array) => (crc32(key) >>> 0) % 4],
] as const)('a key of %s goes where its hash says', (client, placeOf) => {
  const lines = { ...LINES, duration: 'duration: 4s' }
  const placed = new Set<string>()
  const text = [...Object.values(lines), `producers: { web: { client: ${client}, topic: orders, keys: 1, rate: 5/s } }`]
  simulate(text.join('\n'), {
    seed: 1,
    onTrace: ({ event }) => {
      if (event.type === 'produce-completed') placed.add(event.partition)
    },
  })
  expect([...placed]).toEqual([`orders-${placeOf(new TextEncoder().encode('k0'))}`])
})
