// Recovery takes time in proportion to what it reads, and its broker serves nobody before it is done.

import { describe, expect, it } from 'vitest'
import { simulate } from '../../src/index.ts'

const OUTAGE_ENDS_US = 6_000_000

const scenario = (valueBytes: number): string => `
name: recovery
duration: 8s
settle: 0s
cluster: { brokers: 2, config: { broker.session.timeout.ms: 1000, broker.heartbeat.interval.ms: 100 } }
topics:
  t: { replicas: [[1]] }
producers:
  p: { topic: t, rate: 40/s, size: ${valueBytes}B, config: { acks: 1, enable.idempotence: false } }
faults:
  - { at: 4s, power-loss: "broker:1", for: 2s }
`

/** How long it took from the end of the outage until the broker was unfenced again, which it is only then. */
function recoveryMs(valueBytes: number): number {
  let unfencedAtUs = Infinity
  let recovered = false
  simulate(scenario(valueBytes), {
    seed: 3,
    onTrace: ({ atUs, event }) => {
      if (atUs < OUTAGE_ENDS_US) return
      if (event.type === 'log-recovered' && event.broker === 1) recovered = true
      if (event.type !== 'broker-state-changed') return
      if (event.broker === 1 && event.state === 'unfenced') expect(recovered).toBe(true)
      if (event.broker === 1 && event.state === 'unfenced') unfencedAtUs = Math.min(unfencedAtUs, atUs)
    },
  })
  return (unfencedAtUs - OUTAGE_ENDS_US) / 1000
}

describe('a broker that lost its power', () => {
  it('runs again the later the more it has to read', () => {
    const [small, large] = [recoveryMs(1000), recoveryMs(30_000)]
    expect(small).toBeGreaterThan(0)
    // 4.6 MB more, cold: at 500 MB/s from the disk, and 1.5 µs for each KiB.
    expect(large - small).toBeGreaterThan(12)
    expect(large - small).toBeLessThan(40)
  })
})
