// Consumer groups from a file to a verdict, with the real coordinator.

import { describe, expect, it } from 'vitest'
import { simulate } from '../../src/simulate.ts'

const LINES = {
  duration: 'duration: 40s',
  settle: 'settle: 30s',
  cluster: 'cluster: { brokers: 1, config: { offsets.topic.num.partitions: 1, offsets.topic.replication.factor: 1 } }',
  topics: 'topics: { orders: { partitions: 6, replication.factor: 1 } }',
  producers: 'producers: { web: { topic: orders, rate: 50/s } }',
}
const CONFIG = 'auto.offset.reset: earliest, session.timeout.ms: 10000'

function run(group: string, faults: readonly string[], expectations: readonly string[]) {
  const text = [
    ...Object.values(LINES),
    `consumers: { billing: { topics: [orders], ${group} } }`,
    ...(faults.length === 0 ? [] : ['faults:', ...faults.map((fault) => `  - ${fault}`)]),
    'expect:',
    ...expectations.map((each) => `  - "${each}"`),
  ].join('\n')
  const { verdict } = simulate(text, { seed: 1 })
  const unmet = verdict.expectations.filter(({ met }) => !met).map(({ text, message }) => `${text}: ${message}`)
  expect(unmet).toEqual([])
  return verdict
}

describe('a group of three', () => {
  it('shares the partitions, and goes on where a killed member had committed', () => {
    const verdict = run(
      `members: 3, process: 1ms, config: { ${CONFIG} }`,
      ['{ at: 20s, kill: "consumer(billing[1])", forever: true }'],
      [
        'rebalances(billing) == 2',
        'fenced(billing) == 1',
        'stable(billing)',
        'caught-up(billing)',
        'no-ownership-overlap',
        'commits-cover-processed',
        'no-poll-skip',
        'no-nonmonotonic-poll',
        'lag(billing) == 0',
        // What it had read since its last commit is read again by others, and only that (C-16).
        'finds: no-duplicate-delivery',
        'max(deliveries-per-record(orders)) == 2',
      ],
    )
    expect(verdict.outcome).toBe('find')
  })

  it('loses nothing and repeats nothing when a member is asked to stop: it commits and leaves (C-22)', () => {
    run(
      `members: 3, process: 1ms, config: { ${CONFIG} }`,
      ['{ at: 15s, stop: "consumer(billing[1])", forever: true }'],
      ['no-duplicate-delivery', 'fenced(billing) == 0', 'rebalances(billing) == 2', 'caught-up(billing)'],
    )
  })

  it('has two join phases for each change when it is cooperative, and never stops reading what stays (A-7)', () => {
    run(
      `members: 3, config: { ${CONFIG}, partition.assignment.strategy: cooperative-sticky }`,
      ['{ at: 15s, stop: "consumer(billing[2])", for: 10s }'],
      [
        // The first; one as it leaves; two as it comes back: its partitions are first given up, then handed out.
        'rebalances(billing) == 4',
        'no-duplicate-delivery',
        'no-ownership-overlap',
        'max(stopped-time(billing)) between 24s and 40s < 4s',
      ],
    )
  })

  it('can be made larger and smaller while it runs', () => {
    const verdict = run(
      `members: 1, config: { ${CONFIG} }`,
      ['{ at: 12s, scale: { group: billing, members: 3 } }', '{ at: 24s, scale: { group: billing, members: 2 } }'],
      ['rebalances(billing) == 3', 'no-duplicate-delivery', 'caught-up(billing)', 'fenced(billing) == 0'],
    )
    expect(verdict.notFired).toEqual([])
  })

  it('loses a record when a handler fails and the consumer is closed: close commits what it was handed (C-16)', () => {
    const group = `members: 2, process: 1ms, fails: { record: 100 }, config: { ${CONFIG} }`
    run(
      group,
      ['{ at: 30s, start: consumers(billing) }'],
      ['finds: commits-cover-processed', 'no-duplicate-delivery', 'caught-up(billing)'],
    )
  })

  it('repeats records, and loses none, when a handler fails and the process dies with it (C-16)', () => {
    const group = `members: 2, process: 1ms, fails: { record: 100, then: crash }, config: { ${CONFIG} }`
    run(
      group,
      ['{ at: 30s, start: consumers(billing) }'],
      ['commits-cover-processed', 'finds: no-duplicate-delivery', 'caught-up(billing)'],
    )
  })

  it('commits too early if it is told to', () => {
    run(
      `members: 2, process: 1ms, commit: before, config: { ${CONFIG}, enable.auto.commit: false }`,
      [],
      ['finds: commits-cover-processed', 'caught-up(billing)'],
    )
  })
})

it('more members than partitions leave some with nothing, and a topic that grows feeds them (C-14)', () => {
  const { verdict } = simulate(
    [
      ...Object.values({ ...LINES, topics: 'topics: { orders: { partitions: 2, replication.factor: 1 } }' }),
      `consumers: { billing: { topics: [orders], members: 3, config: { ${CONFIG}, metadata.max.age.ms: 5000 } } }`,
      'faults: [{ at: 20s, add-partitions: { topic: orders, to: 3 } }]',
      'expect: ["rebalances(billing) == 2", "stable(billing)", "caught-up(billing)"]',
    ].join('\n'),
    { seed: 1 },
  )
  expect(verdict.expectations.filter(({ met }) => !met)).toEqual([])
})

const small = (consumers: string, faults: string, expectations: string): string =>
  [
    ...Object.values({ ...LINES, duration: 'duration: 6s', settle: 'settle: 10s' }),
    `consumers: { billing: { topics: [orders], ${consumers} } }`,
    `faults: [${faults}]`,
    `expect: [${expectations}]`,
  ].join('\n')

it('a member that a fault starts before its time is started once', () => {
  const faults = '{ at: 50ms, scale: { group: billing, members: 2 } }'
  const { verdict } = simulate(small('members: 3, start: 2s', faults, '"stable(billing)"'), { seed: 1 })
  expect(verdict.outcome).toBe('pass')
})

it('who commits asynchronously owes no last commit: one that fails is not repeated (C-18)', () => {
  const config = 'auto.offset.reset: earliest, enable.auto.commit: false'
  const lost = '{ at: 3s, drop: { api: OffsetCommit, from: consumer(billing) }, forever: true }'
  const group = (commit: string) => `members: 1, commit: ${commit}, config: { ${config}, default.api.timeout.ms: 2000 }`
  const producers = 'producers: { web: { topic: orders, rate: 50/s, total: 200 } }'
  const outcome = (commit: string) =>
    simulate(small(group(commit), lost, '"caught-up(billing)"').replace(LINES.producers, producers), { seed: 1 })
      .verdict.outcome
  expect([outcome('async'), outcome('after')]).toEqual(['pass', 'stuck'])
})

it('who was handed nothing owes no commit: it begins at the end, or what it would have read was deleted', () => {
  const config = (reset: string) => `config: { auto.offset.reset: ${reset}, enable.auto.commit: false }`
  const producers = 'producers: { web: { topic: orders, rate: 50/s, total: 60 } }'
  const outcome = (group: string, fault: string) =>
    simulate(small(group, fault, '"stable(billing)"').replace(LINES.producers, producers), { seed: 1 }).verdict.outcome
  const deleted = '{ at: 3s, delete-records: { partitions: all } }'
  expect(outcome(`members: 2, start: 4s, ${config('latest')}`, deleted)).toBe('pass')
  expect(outcome(`members: 2, start: 4s, ${config('earliest')}`, deleted)).toBe('pass')
})

it('faults wait for what happens in a group, and hit its members then', () => {
  const seen: string[] = []
  const { verdict } = simulate(
    [
      ...Object.values(LINES),
      `consumers: { billing: { topics: [orders], members: 2, process: 1ms, config: { ${CONFIG} } } }`,
      'faults:',
      '  - { id: first, when: "assigned(billing[1])", after: 3s, kill: "consumer(billing[1])", for: 2s }',
      '  - { id: second, at: 12s, when: joining(billing), pause: "consumer(billing[0])", for: 1s }',
      '  - { id: third, at: 12s, when: generation(billing) >= 2, after: 1s, stop: "consumer(billing[0])", for: 3s }',
      '  - { id: fourth, at: 12s, when: "revoked(billing[0])", latency: { on: consumers(billing), by: 5ms }, for: 1s }',
      '  - { id: fifth, when: state(billing) == Stable, at: 30s, reset: coordinator(billing) }',
      'expect: ["stable(billing)", "caught-up(billing)"]',
    ].join('\n'),
    {
      seed: 1,
      onTrace: ({ event, atUs }) => {
        const at = `${Math.floor(atUs / 1000)}ms`
        if (event.type === 'fault-applied') seen.push(`${at} ${event.fault}`)
        if (event.type === 'group-changed') seen.push(`${at} ${event.to} g${event.generation}`)
        if (event.type === 'partitions-assigned' && event.client === 'billing[1]') seen.push(`${at} assigned`)
        if (event.type === 'partitions-revoked' && event.client === 'billing[0]') seen.push(`${at} revoked`)
      },
    },
  )
  const at = (what: string, from = 0): number =>
    Number.parseInt(seen.find((line) => line.endsWith(` ${what}`) && Number.parseInt(line, 10) >= from) ?? '', 10)
  expect(at('first')).toBe(at('assigned') + 3000)
  // A rebalance that had begun before it was looked for is none that begins.
  expect(at('PreparingRebalance g1')).toBeLessThan(12_000)
  expect(at('second')).toBe(at('PreparingRebalance g2'))
  expect(at('third')).toBe(at('CompletingRebalance g2') + 1000)
  expect(at('fourth')).toBe(at('revoked', 12_000))
  // What is so already is not waited for.
  expect(at('fifth')).toBe(30_000)
  expect(verdict.outcome).toBe('pass')
})
