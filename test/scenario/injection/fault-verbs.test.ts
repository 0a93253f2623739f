// Verbs in a whole cluster: each does what it says, and is over when it is healed.

import { describe, expect, it } from 'vitest'
import { simulate } from '../../../src/simulate.ts'

interface Options {
  readonly config?: string
  readonly more?: string
}

function run(fault: string, { config = '{}', more = '' }: Options = {}) {
  const acked: number[] = []
  const states: string[] = []
  const text = `
cluster: { brokers: 3 }
topics: { orders: { partitions: 1, replicas: [[1, 2, 3]] } }
producers: { web: { topic: orders, rate: 200/s, config: ${config} } }
duration: 40s
faults: [${fault}]
${more}`
  const { verdict, timeline } = simulate(text, {
    seed: 5,
    onTrace: ({ atUs, event }) => {
      if (event.type === 'produce-completed' && event.outcome === 'ok') acked.push(atUs / 1e6)
      if (event.type === 'broker-state-changed') states.push(`${event.state} ${event.broker}`)
    },
  })
  const within = (from: number, to: number) => acked.filter((at) => at >= from && at < to).length
  const told = timeline.filter(({ kind }) => kind === 'fault' || kind === 'heal').map(({ text: line }) => line)
  return { verdict, within, told, states }
}

describe('faults of links', () => {
  it('bandwidth: a narrow link holds records up, and lets all of them through in the end', () => {
    const { within, verdict, told } = run(
      '{ at: 10s, bandwidth: { from: producer(web), to: broker:1, limit: 20KB/s }, for: 10s }',
    )
    expect(told).toEqual(['bandwidth producer(web) <-> broker:1', 'bandwidth healed'])
    expect(within(11, 20)).toBeLessThan(1700)
    expect(within(30, 40)).toBe(2000)
    expect(verdict.history).toMatchObject({ failed: 0, lost: 0 })
  })

  it('loss: what is lost is sent again, late', () => {
    const usual = run('{ at: 39s, start: "broker:1", optional: true }')
    const lossy = run('{ at: 10s, loss: { on: broker:1, probability: 30% }, for: 20s }')
    expect(usual.within(10, 30)).toBe(4000)
    expect(lossy.within(10, 12)).toBeLessThan(400)
    expect(lossy.verdict).toMatchObject({ outcome: 'pass', history: { lost: 0, failed: 0 } })
  })

  it.each(['reset', 'half-open'])('%s: connections break, and are made anew', (verb) => {
    const { verdict, told, within } = run(
      `{ at: 10s, repeat: every 1s x10, ${verb}: { from: producer(web), to: broker:1 } }`,
    )
    expect(told).toHaveLength(10)
    expect(verdict).toMatchObject({ outcome: 'pass', history: { lost: 0, duplicated: 0 } })
    expect(within(30, 40)).toBe(2000)
  })
})

describe('faults of one API', () => {
  it('delay: the third fetch of broker 2 comes late, and what it holds up is the high watermark', () => {
    const fault = '{ at: 10s, delay: { api: Fetch, from: "broker:2", to: "broker:1", by: 3s, nth: 3 }, for: 10s }'
    const { within, verdict, told } = run(fault, { config: '{ acks: all }' })
    expect(told).toEqual(['delay Fetch requests, broker:2 -> broker:1', 'delay healed'])
    expect(within(10.5, 13)).toBe(0)
    expect(within(13, 13.5)).toBeGreaterThan(400)
    expect(verdict.outcome).toBe('pass')
  })

  it('delay of responses goes the other way', () => {
    const fault = '{ at: 10s, delay: { api: Produce, from: producer(web), direction: response, by: 2s, count: 1 } }'
    const { within } = run(fault)
    expect(within(10.1, 11.9)).toBe(0)
    expect(within(12, 12.5)).toBeGreaterThan(300)
  })

  it('drop: heartbeats that are lost fence a broker, though everything else gets through', () => {
    const { states } = run('{ at: 10s, drop: { api: BrokerHeartbeat, from: "broker:2", to: controller }, for: 12s }')
    expect(states.slice(-2)).toEqual(['fenced 2', 'unfenced 2'])
  })

  it('has not fired as long as no frame has come', () => {
    const { verdict } = run('{ at: 10s, drop: { api: AlterPartition, from: all brokers, nth: 9 }, for: 12s }')
    expect(verdict).toMatchObject({ outcome: 'vacuous', notFired: ['drop AlterPartition requests, all brokers'] })
  })

  it('drop: so many, and no more', () => {
    const { states, verdict } = run('{ at: 10s, drop: { api: BrokerHeartbeat, from: "broker:2", count: 2 }, for: 12s }')
    expect(states).not.toContain('fenced 2')
    expect(verdict.outcome).toBe('pass')
  })
})

describe('duplicate-delivery', () => {
  const fault = '{ at: 5s, duplicate-delivery: { from: producer(web), api: Produce, probability: 10% }, for: 20s }'

  it('writes records twice where nobody takes care', () => {
    const { verdict } = run(fault, { config: '{ acks: 1, enable.idempotence: false }' })
    expect(verdict.history.duplicated).toBeGreaterThan(20)
    expect(verdict.history.lost).toBe(0)
  })

  it('is noticed by an idempotent producer, whose records are there once', () => {
    const { verdict } = run(fault, { config: '{ acks: all }' })
    expect(verdict.history).toMatchObject({ duplicated: 0, lost: 0, failed: 0 })
    expect(verdict.outcome).toBe('pass')
  })
})

describe('faults of machines', () => {
  it('stall-disk, slow-cpu: work stands or crawls, and goes on', () => {
    const stalled = run('{ at: 10s, slow-cpu: { on: "broker:1", factor: 200000 }, for: 5s }')
    expect(stalled.within(11, 15)).toBeLessThan(400)
    expect(stalled.verdict.outcome).toBe('pass')
    const controller = run('{ at: 10s, stall-disk: controller, for: 15s }, { at: 11s, kill: "broker:1", for: 20s }')
    // Nothing is committed to the metadata log meanwhile: nobody takes over before the disk moves again.
    expect(controller.within(12, 25)).toBe(0)
    expect(controller.verdict.outcome).toBe('pass')
  })

  it('clock-drift: a broker whose clock runs slow sends its heartbeats too late', () => {
    const fault = '{ at: 5s, clock-drift: { on: "broker:2", ppm: -500000 }, for: 20s }'
    const config = '{ broker.heartbeat.interval.ms: 2000, broker.session.timeout.ms: 3000 }'
    const text = `cluster: { brokers: 3, config: ${config} }
topics: { orders: { partitions: 1, replicas: [[1, 2, 3]] } }
duration: 40s
faults: [${fault}]`
    const fenced: number[] = []
    const { verdict } = simulate(text, {
      onTrace: ({ event }) => {
        if (event.type === 'broker-state-changed' && event.state === 'fenced') fenced.push(event.broker)
      },
    })
    expect(new Set(fenced)).toEqual(new Set([2]))
    expect(verdict.outcome).toBe('pass')
  })

  it('clock-jump: wall clocks are set, and nothing that is timed notices', () => {
    const { verdict, told } = run(
      '{ at: 10s, clock-jump: { on: all brokers, by: -1h } }, { at: 12s, clock-jump: { on: "broker:1", by: 10m } }',
    )
    expect(told).toEqual(['clock-jump all brokers by -3600000 ms', 'clock-jump broker:1 by 600000 ms'])
    expect(verdict).toMatchObject({ outcome: 'pass', history: { lost: 0 } })
  })
})

describe('a probe', () => {
  // A slow broker with something to recover, which waits for the end of its old session first.
  it.each([
    [100, false],
    [4000, true],
  ])('of %i ms lets a broker come up that is killed: %s', (ms, isLetUp) => {
    const { verdict, timeline } = simulate(
      `{ cluster: { brokers: 2, config: { broker.session.timeout.ms: 1000, broker.heartbeat.interval.ms: 200 } }, topics: { t: { replicas: [[1, 2]] } }, producers: { p: { topic: t, rate: 5/s } }, duration: 8s,
      settle: 1s, faults: [{ at: 4900ms, slow-cpu: { on: "broker:2", factor: 20000 }, forever: true }, { at: 5s, restart: "broker:2", probe: ${ms}ms }], expect: [isr-full within 60s], allow: [stuck: probe] }`,
      { seed: 5 },
    )
    const killed = timeline.filter(({ subject, text }) => subject === 'broker-2' && text.startsWith('crashed'))
    expect(killed.length).toBe(isLetUp ? 0 : (9000 - 5000) / ms)
    for (const { text } of killed)
      expect(text).toBe(`crashed and started again: it did not serve within ${ms / 1000} s`)
    expect(verdict.passed).toBe(isLetUp)
  })
})
