// Monitors in whole clusters: the end of a partition never goes back for one client, since KIP-207 (RB-17).

import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../src/scenario/run-result.ts'
import { simulate } from '../../src/simulate.ts'

/** The next leader never learns of the high watermark that the first one told clients. */
function run(settings: string): Verdict {
  const text = `duration: 25s
cluster: { brokers: 3, config: { broker.session.timeout.ms: 4000, broker.heartbeat.interval.ms: 1000 } }
topics: { orders: { partitions: 1, replication.factor: 3, config: { min.insync.replicas: 2 } } }
producers: { web: { topic: orders, rate: 100/s } }
consumers: { audit: { topic: orders, config: { auto.offset.reset: earliest } } }
monitors: { m: { topic: orders, every: 20ms, config: { retry.backoff.ms: 50, retry.backoff.max.ms: 50 } } }
network: { replication: { latency: 300ms } }
faults:
  - { at: 4.5s, clog: { from: leader(orders-0), to: follower(orders-0), one-way: true }, for: 10s }
  - { at: 4.8s, kill: leader(orders-0) }
expect: [no-offset-regression, no-poll-skip, no-nonmonotonic-poll, no-inconsistent-offsets, no-acked-loss]
${settings}`
  return simulate(text, { seed: 1 }).verdict
}

const unmet = (verdict: Verdict) => verdict.expectations.filter(({ met }) => !met)

describe('a monitor of offsets', () => {
  it('sees nothing go back over a failover, and readers read everything, once, in order', () => {
    const verdict = run('')
    expect(unmet(verdict)).toEqual([])
    expect(verdict.outcome).toBe('pass')
    expect(verdict.expectations[0]?.message).toMatch(/^\d{3,} answers, none went back$/)
  })

  it('sees the end go back when a new leader answers before it knows what is committed (RB-17)', () => {
    const verdict = run('switches: { listOffsetsGate: false }')
    expect(unmet(verdict).map(({ text }) => text)).toEqual(['no-offset-regression'])
    expect(unmet(verdict)[0]?.message).toMatch(/answers went back, first orders-0 from \d+ to \d+ for m at/)
  })

  it('that gets no answer proves nothing', () => {
    const cutOff = simulate(
      `duration: 1s
cluster: { brokers: 1 }
topics: { orders: { partitions: 1 } }
monitors: { m: { topic: orders, every: 5m } }
expect: [no-offset-regression]
`,
      { seed: 1 },
    ).verdict
    expect(cutOff.outcome).toBe('vacuous')
  })
})
