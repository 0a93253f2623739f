// A hazard of Kafka itself: after an unclean election the new leader may have written on in an older epoch than the one a
// reader's position is of. It answers with that older epoch, which ends behind the position; Kafka's consumer compares
// offsets alone (SubscriptionState.maybeCompleteValidation), finds nothing truncated, and skips what it never read.

import { describe, expect, it } from 'vitest'
import { simulate } from '../../src/index.ts'

const scenario = `
name: reader-misses-a-divergence
seed: 499598558
duration: 16714ms
settle: 60000ms
cluster:
  brokers: 2
  config: { broker.session.timeout.ms: 3362, broker.heartbeat.interval.ms: 1104, replica.lag.time.max.ms: 3264 }
topics:
  t1: { replicas: [[1, 2]], config: { min.insync.replicas: 1, unclean.leader.election.enable: true } }
producers:
  p1: { topic: t1, rate: 16/s, config: { acks: "1", enable.idempotence: false, retries: 1 } }
consumers:
  c1: { topic: t1, config: { auto.offset.reset: earliest } }
faults:
  - { at: 2960ms, partition: { from: controller, to: leader(t1-0) }, for: 10892ms, optional: true }
  - { at: 13852ms, isolate: leader(t1-0), for: 2800ms, optional: true }
expect:
  - finds: [no-poll-skip]
allow: [stuck]
`

describe('a reader whose leader wrote on as a zombie and is elected uncleanly', () => {
  it('does not see that the logs part, and skips what the zombie wrote below its position', () => {
    const { verdict } = simulate(scenario)
    expect(verdict.outcome).toBe('find')
    expect(verdict.expectations).toMatchObject([{ text: 'finds: no-poll-skip', met: true }])
  })

  it('needs the unclean election', () => {
    const { verdict } = simulate(scenario, { set: ['topics.t1.config.unclean.leader.election.enable=false'] })
    expect(verdict.expectations).toMatchObject([{ text: 'finds: no-poll-skip', met: false }])
  })
})
