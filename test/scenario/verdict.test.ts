// What whole runs are worth: each case is one that a verdict once got wrong, or could.

import { describe, expect, it } from 'vitest'
import { loadScenario, runScenario } from '../../src/index.ts'
import { simulate } from '../../src/simulate.ts'
import type { Verdict } from '../../src/scenario/run-result.ts'

const REST = `
cluster: { brokers: 3 }
topics: { orders: { partitions: 1, replication.factor: 3 } }
producers: { web: { topic: orders, rate: 20/s } }
expect: [isr-full within 45s]`

/** One partition on three brokers, one producer of 20 records a second, unless said otherwise. */
function run(settings: string): Verdict {
  const defaults = {
    cluster: '{ brokers: 3 }',
    topics: '{ orders: { partitions: 1, replication.factor: 3, config: { min.insync.replicas: 2 } } }',
    producers: '{ web: { topic: orders, rate: 20/s } }',
    duration: '20s',
  }
  const missing = Object.entries(defaults).filter(([key]) => !new RegExp(`^${key}:`, 'm').test(settings))
  return simulate(`${missing.map(([key, value]) => `${key}: ${value}`).join('\n')}\n${settings}`, { seed: 1 }).verdict
}

const judged = (verdict: Verdict, text: string) => verdict.expectations.find((result) => result.text.startsWith(text))

describe('a cluster is not at rest', () => {
  it('while a broker that just died is still in every ISR', () => {
    const verdict = run(
      'faults: [{ at: 19.9s, kill: follower(orders-0), forever: true }]\nexpect: [isr-full within 10s]',
    )
    expect(verdict.outcome).toBe('stuck')
    expect(judged(verdict, 'isr-full')?.met).toBe(false)
  })

  it('before its topics are created, for which the administrator waits until no broker is fenced', () => {
    const late = run(
      'duration: 3s\nfaults: [{ at: 0ms, kill: broker:1, for: 2900ms }]\nproducers: {}\nexpect: [isr-full]',
    )
    expect(late.cluster.partitions).toHaveLength(1)
    const never = run('duration: 3s\nfaults: [{ at: 0ms, kill: broker:1, forever: true }]')
    expect([never.outcome, never.cluster.partitions]).toEqual(['stuck', []])
  })

  it('while rare things happen: they end with the faults', () => {
    const settings = 'duration: 3s\nbuggify: [early-heartbeat]\nfaults: [{ at: 1s, kill: follower(orders-0), for: 1s }]'
    const scenario = loadScenario(settings + REST)
    if (!scenario.ok) throw new Error('bad file')
    const firedAt: number[] = []
    runScenario(scenario.rows[0]!, {
      seed: 1,
      onTrace: ({ atUs, event }) => {
        if ('type' in event && event.type === 'buggified') firedAt.push(atUs)
      },
    })
    expect(firedAt.length).toBeGreaterThan(0)
    expect(firedAt.filter((atUs) => atUs > 3_000_000)).toEqual([])
  })

  it('before a broker that came back is registered and in its role: it must outwait its old session (R-89)', () => {
    const verdict = run(
      'faults: [{ at: 19.9s, power-loss: follower(orders-0), lose: all-unflushed }]\nexpect: [isr-full within 5s]',
    )
    expect(verdict.outcome).toBe('fail')
    expect(judged(verdict, 'isr-full')?.message).toMatch(/full 1\d\.\d{3} s after the last heal/)
  })

  it('before a consumer that came back has found its partitions', () => {
    const verdict = run(
      'producers: { web: { topic: orders, rate: 20/s, total: 300 } }\n' +
        'consumers: { audit: { topic: orders, config: { auto.offset.reset: earliest } } }\n' +
        'faults: [{ at: 5s, kill: consumer(audit) }]\nexpect: [caught-up(audit) within 30s, no-nonmonotonic-poll]',
    )
    expect(verdict.outcome).toBe('pass')
    expect(verdict.history.delivered).toBeGreaterThanOrEqual(300)
  })

  it('for a consumer that is cut off, however little it knows', () => {
    const verdict = run(
      'consumers: { audit: { topic: orders } }\nfaults: [{ at: 0.1s, isolate: consumer(audit), forever: true }]\n' +
        'expect: [caught-up(audit) within 5s]',
    )
    expect(verdict.outcome).toBe('stuck')
    expect(judged(verdict, 'caught-up')?.met).toBe(false)
  })
})

describe('acknowledged records', () => {
  it('of a partition that nobody leads in the end are neither lost nor safe', () => {
    const verdict = run(
      'topics: { orders: { partitions: 1, replication.factor: 1 } }\ndisk: { flush: never }\n' +
        'faults: [{ at: 18s, power-loss: leader(orders-0), forever: true, lose: all-unflushed }]\n' +
        'expect: [no-acked-loss]\nallow: [{ stuck: the broker is gone }]',
    )
    expect(verdict.outcome).toBe('fail')
    expect(judged(verdict, 'no-acked-loss')).toMatchObject({ met: false, message: /cannot be judged: orders-0/ })
  })

  it('that are lost with the last of the ISR name the power loss that took them (C2, RB-8)', () => {
    const verdict = run(
      'disk: { flush: never }\nfaults:\n  - { at: 10s, kill: follower(orders-0), for: 5s }\n' +
        '  - { at: 10100ms, power-loss: leader(orders-0), lose: all-unflushed, for: 500ms }\n' +
        '  - { at: 10100ms, kill: ["broker:1", "broker:2", "broker:3"], for: 500ms, optional: true }\n' +
        'expect: [no-acked-loss]',
    )
    expect(verdict.outcome).toBe('fail')
    expect(judged(verdict, 'no-acked-loss')?.message).toMatch(
      /acknowledged records lost .*; C2: broker \d lost \d+ bytes/,
    )
  })

  it('that are lost fail the run even if it also got stuck', () => {
    const verdict = run(
      'producers: { web: { topic: orders, rate: 200/s, config: { acks: 1, enable.idempotence: false } } }\n' +
        'topics: { orders: { partitions: 1, replication.factor: 3 } }\n' +
        'network: { replication: { latency: 20ms..80ms } }\n' +
        'faults: [{ at: 10s, kill: leader(orders-0), forever: true }]\nexpect: [no-acked-loss]',
    )
    expect(verdict.history.lost).toBeGreaterThan(0)
    expect(verdict.outcome).toBe('fail')
  })

  it('and all others have exactly one outcome each', () => {
    const { history } = run(
      'faults: [{ at: 10s, isolate: producer(web), forever: true }]\nexpect: [no-acked-loss]\nallow: [{ stuck: cut off }]',
    )
    expect(history.acked + history.failed + history.unknown).toBe(history.produced)
    expect(history.unknown + history.failed).toBeGreaterThan(0)
  })
})

describe('writers', () => {
  it('wait for nobody on partitions they do not write to', () => {
    const verdict = run(
      'topics: { orders: { partitions: 3, replication.factor: 3 } }\nproducers: { web: { topic: orders, rate: 50/s } }\n' +
        'expect: ["writable(orders) gap <= 1s"]',
    )
    expect(verdict.outcome).toBe('pass')
  })

  it('are judged only while they were sending', () => {
    const verdict = run(
      'faults: [{ at: 19s, kill: leader(orders-0), forever: true }]\nexpect: ["writable(orders) gap <= 5s"]\n' +
        'allow: [{ stuck: the broker is gone }]',
    )
    expect(judged(verdict, 'writable')?.met).toBe(true)
  })
})

describe('a controller', () => {
  it('that restarts before its last change was told tells it when it is back', () => {
    const verdict = run(
      'duration: 30s\nfaults: [{ at: 10s, kill: "broker:1", for: 5s }, { at: 18.2605s, restart: controller }]\n' +
        'expect: [isr-full within 20s, no-unclean-election]',
    )
    expect(verdict.outcome).toBe('pass')
  })

  it('that was paused fences whoever went silent before it hears anybody (R-91), so no fenced broker is in an ISR', () => {
    const verdict = run(
      'duration: 60s\nfaults: [{ at: 20s, kill: follower(orders-0), for: 1s }, { at: 21.2s, pause: controller, for: 12s }]\n' +
        'expect: [no-acked-loss]',
    )
    expect(verdict.violations).toEqual([])
    expect(verdict.outcome).toBe('pass')
  })
})

describe('a run that tested nothing is vacuous', () => {
  it.each([
    [
      'nothing was acknowledged',
      'faults: [{ at: 0s, isolate: producer(web), forever: true }]\nallow: [{ stuck: cut off }]',
    ],
    ['a fault never fired', 'faults: [{ at: 5s, start: "broker:1" }]\nexpect: [no-acked-loss]'],
  ])('%s', (_, settings) => {
    expect(run(settings).outcome).toBe('vacuous')
  })
})
