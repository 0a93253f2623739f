// What operators do: stop, restart one after the other, elect, add partitions.

import { describe, expect, it } from 'vitest'
import { loadScenario } from '../../src/index.ts'
import { simulate } from '../../src/simulate.ts'

function run(faults: string, more = '') {
  const events: string[] = []
  const text = `
cluster: { brokers: 3, config: { auto.leader.rebalance.enable: false } }
topics: { orders: { partitions: 3, replicas: [[1, 2, 3], [2, 3, 1], [3, 1, 2]], config: { min.insync.replicas: 2 } } }
producers: { web: { topic: orders, rate: 50/s } }
duration: 60s
faults: ${faults}
expect: [no-acked-loss, no-unclean-election]
${more}`
  const { verdict, timeline } = simulate(text, {
    seed: 3,
    onTrace: ({ atUs, event }) => {
      const at = atUs / 1e6
      if (event.type === 'fault-applied') events.push(`${at} ${event.fault}`)
      if (event.type === 'fault-healed') events.push(`${at} ${event.fault} healed`)
      if (event.type === 'partition-changed' && event.leaderEpoch > 0)
        events.push(`${event.partition} leader ${event.leader}`)
      if (event.type === 'broker-state-changed' && event.state === 'fenced') events.push(`fenced ${event.broker}`)
      if (event.type === 'admin-answered') events.push(`${event.subject}: ${event.error ?? 'done'}`)
    },
  })
  return { verdict, events, timeline }
}

const timesOf = (events: readonly string[], end: string) =>
  events.filter((event) => event.endsWith(end)).map((event) => Number(event.split(' ')[0]))

describe('stop', () => {
  it('moves leaders away before the broker goes, so that nobody waits for its session', () => {
    const { verdict, events } = run('[{ at: 10s, stop: "broker:1", for: 20s }]')
    expect(events.slice(0, 3)).toEqual(['10 stop-1', 'orders-0 leader 2', expect.stringContaining('')])
    expect(verdict.outcome).toBe('pass')
  })
})

describe('rolling-restart', () => {
  it('goes on when all are in their ISRs again, and tells of each', () => {
    const { verdict, events, timeline } = run('[{ at: 10s, rolling-restart: brokers, down: 3s }]')
    expect(verdict).toMatchObject({ outcome: 'pass', notFired: [] })
    const down = [1, 2, 3].flatMap((id) => timesOf(events, `rolling-restart-1/broker-${id}`))
    const up = [1, 2, 3].flatMap((id) => timesOf(events, `rolling-restart-1/broker-${id} healed`))
    expect(down[0]).toBe(10)
    expect(up.map((at, i) => Math.round(1000 * (at - (down[i] ?? 0))) / 1000)).toEqual([3, 3, 3])
    expect(down[1]).toBeGreaterThan(up[0] ?? Infinity)
    expect(down[2]).toBeGreaterThan(up[1] ?? Infinity)
    expect(timesOf(events, ' rolling-restart-1 healed')[0]).toBeGreaterThan(up[2] ?? Infinity)
    expect(timeline.map(({ text }) => text)).toContain('stop broker-2')
  })

  it('brings members of a group back with new configs, and keeps what it does not set', () => {
    const protocols: (string | null)[] = []
    const text = `
duration: 30s
cluster: { brokers: 1, config: { offsets.topic.num.partitions: 1, offsets.topic.replication.factor: 1 } }
topics: { orders: { partitions: 2, replication.factor: 1 } }
producers: { web: { topic: orders, rate: 10/s } }
consumers:
  g: { topics: [orders], members: 2, config: { auto.offset.reset: earliest, partition.assignment.strategy: range } }
faults: [{ at: 12s, rolling-restart: consumers(g), every: 0s, down: 1s, config: { partition.assignment.strategy: [sticky, roundrobin] } }]
expect: [no-duplicate-delivery, caught-up(g), delivered(g) >= 250]`
    const { verdict } = simulate(text, {
      onTrace: ({ event }) => {
        if (event.type === 'group-changed' && event.to === 'Stable') protocols.push(event.protocol)
      },
    })
    expect(verdict).toMatchObject({ outcome: 'pass', notFired: [] })
    expect([...new Set(protocols)]).toEqual(['range', 'sticky'])
  })

  it('may hit a member that scale will bring, and none beyond', () => {
    const text = (index: number) => `
duration: 30s
cluster: { brokers: 1 }
topics: { orders: { partitions: 2, replication.factor: 1 } }
producers: { web: { topic: orders, rate: 10/s } }
consumers: { g: { topics: [orders], members: 1 } }
faults: [{ at: 5s, scale: { group: g, members: 2 } }, { at: 12s, rolling-restart: "consumer(g[${index}])" }]
expect: [no-acked-loss]`
    expect(loadScenario(text(1)).ok).toBe(true)
    const beyond = loadScenario(text(2))
    expect(beyond.ok ? [] : beyond.findings.map(({ message }) => message)).toEqual([
      '"consumer(g[2])": g has 2 instances, counted from 0',
    ])
  })

  it('goes on by the clock if it is told to, and kills', () => {
    const { events } = run('[{ at: 10s, rolling-restart: ["broker:3", "broker:1"], down: 2s, every: 12s, with: kill }]')
    expect([3, 1].flatMap((id) => timesOf(events, `/broker-${id}`))).toEqual([10, 22])
  })

  it('passes by who is down already, and has not fired if all are', () => {
    const { events } = run(
      '[{ at: 5s, kill: "broker:1", for: 50s }, { at: 10s, rolling-restart: brokers, down: 1s, every: 15s }]',
    )
    expect([2, 3].flatMap((id) => timesOf(events, `rolling-restart-1/broker-${id}`))).toEqual([10, 25])
    const none = run('[{ at: 5s, kill: brokers, for: 20s }, { at: 10s, rolling-restart: brokers }]')
    expect(none.verdict).toMatchObject({ outcome: 'vacuous', notFired: ['rolling-restart brokers (stop)'] })
  })

  it('starts who is down when the duration is over, and spares the others', () => {
    const { verdict, events } = run('[{ at: 55s, rolling-restart: brokers, down: 20s }]')
    expect(timesOf(events, '/broker-1 healed')).toEqual([60])
    expect(timesOf(events, '/broker-2')).toEqual([])
    expect(verdict.outcome).toBe('pass')
  })
})

describe('an administrator', () => {
  it('elects preferred leaders', () => {
    const { events, timeline, verdict } = run(`[
      { at: 5s, kill: "broker:1", for: 15s },
      { at: 40s, elect: { partitions: [orders-0, orders-1], type: preferred } }]`)
    expect(events).toContain('orders-0 leader 2')
    expect(events.slice(events.indexOf('40 elect-1'))).toEqual(
      expect.arrayContaining(['orders-0 leader 1', 'orders-0: done', 'orders-1: ELECTION_NOT_NEEDED']),
    )
    expect(timeline.map(({ text }) => text)).toContain('elect: ELECTION_NOT_NEEDED')
    expect(verdict.outcome).toBe('pass')
  })

  it('elects whoever is left, which no election by itself would', () => {
    // Broker 1 alone is in the ISR when it goes for good; broker 2 comes back and is no member.
    const { events, verdict } = run(
      `[
      { id: two, at: 5s, kill: ["broker:2", "broker:3"], for: 30s },
      { id: one, at: 20s, kill: "broker:1", forever: true },
      { at: 45s, elect: { partitions: [orders-0], type: unclean } }]`,
      'allow: [no-acked-loss, no-unclean-election, stuck]',
    )
    expect(events).toContain('orders-0: done')
    expect(events.slice(events.indexOf('45 elect-1'))).toContain('orders-0 leader 2')
    expect(verdict.notFired).toEqual([])
  })

  it('adds partitions, which get leaders and take records', () => {
    const { verdict, events } = run(
      '[{ at: 20s, add-partitions: { topic: orders, to: 5 } }, { at: 30s, pause: leader(orders-4), for: 1s }]',
    )
    expect(events).toContain('orders: done')
    expect(verdict).toMatchObject({ outcome: 'pass', notFired: [] })
    expect(verdict.cluster.partitions).toHaveLength(5)
    expect(verdict.cluster.partitions[4]?.leader).toBeGreaterThan(0)
  })

  it('deletes the oldest records, which are not lost', () => {
    const { events, verdict, timeline } = run(`[
      { at: 20s, delete-records: { partitions: [orders-1], before: 100 } },
      { at: 30s, delete-records: { partitions: all } }]`)
    expect(events).toContain('orders-1: done')
    expect(timeline.map(({ text }) => text)).toContain('delete-records: done, the log starts at 100')
    expect(timeline.filter(({ text }) => text.startsWith('delete-records: done'))).toHaveLength(4)
    expect(verdict).toMatchObject({ outcome: 'pass', notFired: [], history: { lost: 0 } })
  })

  it('says when nobody answers', () => {
    const { events } = run('[{ at: 5s, kill: controller, for: 50s }, { at: 6s, elect: { partitions: all } }]')
    expect(events).toContain('all partitions: no answer')
  })
})
