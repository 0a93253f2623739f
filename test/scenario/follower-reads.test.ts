// Reading from followers (KIP-392) in a whole cluster: a consumer in the rack of a follower, which comes and goes.

import { describe, expect, it } from 'vitest'
import { loadScenario, runScenario } from '../../src/index.ts'

const TEXT = `
name: rack-read
description: A consumer reads from the follower in its rack.
kafka: "4.0"
duration: 16s
cluster:
  brokers: [{ id: 1, rack: a }, { id: 2, rack: b }, { id: 3, rack: c }]
  config:
    replica.selector.class: org.apache.kafka.common.replica.RackAwareReplicaSelector
    broker.session.timeout.ms: 3000
    broker.heartbeat.interval.ms: 500
topics:
  t: { replicas: [[1, 2, 3]], config: { min.insync.replicas: 2 } }
producers:
  p: { topic: t, rate: 100/s, config: { acks: all } }
consumers:
  c: { topic: t, config: { auto.offset.reset: earliest, client.rack: b, metadata.max.age.ms: 2000 } }
faults:
  - { at: 6s, stop: "broker:2", for: 3s }
expect:
  - no-acked-loss
  - caught-up(c) within 10s
`

describe('a consumer in the rack of a follower', () => {
  it('reads from there while it is up and in the ISR, from the leader otherwise, and misses nothing', () => {
    const loaded = loadScenario(TEXT, { file: 'rack-read.yaml' })
    const [row] = loaded.ok ? loaded.rows : []
    if (row === undefined) throw new Error('the scenario is at fault')
    /** Fetches that reach broker 2, which leads nothing: by second. */
    const bySecond = new Map<number, number>()
    const result = runScenario(row, {
      seed: 1,
      onEvent: ({ atUs, node, kind }) => {
        if (node !== 'broker-2' || kind !== 'Fetch.request') return
        const second = Math.floor(atUs / 1_000_000)
        bySecond.set(second, (bySecond.get(second) ?? 0) + 1)
      },
    })
    expect(result.verdict.outcome).toBe('pass')
    expect(result.verdict.history.delivered).toBe(result.verdict.history.acked)
    const fetchesIn = (second: number) => bySecond.get(second) ?? 0
    for (const second of [2, 3, 4, 5, 13, 14, 15]) expect(fetchesIn(second)).toBeGreaterThan(20)
    for (const second of [7, 8]) expect(fetchesIn(second)).toBe(0)
  })
})
