// Every release modelled runs, fails over and comes to rest: alone, and beside others in one cluster.

import { describe, expect, it } from 'vitest'
import { KAFKA_VERSIONS } from '../../src/config/versions.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'
import { simulate } from '../../src/simulate.ts'

function run(kafka: string, brokers: string, rest = ''): RunResult {
  const text = `kafka: "${kafka}"
duration: 15s
cluster: { brokers: ${brokers}, config: { broker.session.timeout.ms: 3000, broker.heartbeat.interval.ms: 500, replica.lag.time.max.ms: 2000 } }
topics: { orders: { partitions: 2, replication.factor: 3, config: { min.insync.replicas: 2 } } }
producers: { web: { topic: orders, rate: 50/s } }
consumers: { audit: { topic: orders, config: { auto.offset.reset: earliest } } }
faults:
  - { at: 3s, kill: leader(orders-0), for: 5s }
  - { at: 10s, isolate: follower(orders-1), for: 3s }
expect: [no-acked-loss, order-per-partition, no-poll-skip, isr-full, "elections(orders-0) >= 1"]
${rest}`
  return simulate(text, { seed: 3 })
}

describe('a cluster of Kafka', () => {
  it.each(KAFKA_VERSIONS)('%s fails over and comes to rest', (kafka) => {
    const { verdict } = run(kafka, '3')
    expect([verdict.kafka, verdict.outcome, verdict.violations]).toEqual([kafka, 'pass', []])
  })

  it('of several releases does, too', () => {
    const { verdict } = run('4.0', '[{ id: 1, kafka: "3.4" }, { id: 2 }, { id: 3, kafka: "3.7" }]')
    expect([verdict.outcome, verdict.violations]).toEqual(['pass', []])
  })

  it('bumps the leader epoch for each shrink of the ISR before metadata.version 3.6-IV0 (R-103)', () => {
    const epochOf = (kafka: string, features: string): number => {
      const { verdict } = run(kafka, `3, features: { ${features} }`)
      return verdict.cluster.partitions.reduce((sum, { leaderEpoch }) => sum + leaderEpoch, 0)
    }
    expect(epochOf('3.6', 'metadata.version: 3.5-IV2')).toBeGreaterThan(epochOf('3.6', 'metadata.version: 3.6-IV0'))
  })
})
