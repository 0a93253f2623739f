// A hazard of Kafka itself (KU-5): a registration that a killed process sent arrives late. Only a valid session forbids
// another incarnation, and a fenced broker has none: the living process is displaced, answered
// STALE_BROKER_EPOCH ever after, and never registers again.

import { describe, expect, it } from 'vitest'
import { findingOf } from '../../src/fuzz/signature.ts'
import { simulate } from '../../src/index.ts'

/** The request of 11.36 s is sent again and again by the kernel of the dead process, and arrives at 14.44 s. */
const scenario = (downMs: number): string => `
name: late-registration
seed: 1
duration: 20s
settle: 20s
cluster:
  brokers: 2
  config: { broker.session.timeout.ms: 2500, broker.heartbeat.interval.ms: 600 }
topics:
  t1: { replicas: [[1, 2]] }
producers: { p: { topic: t1, rate: 10/s } }
network:
  controller: { latency: 80ms }
faults:
  - { at: 10s, kill: "broker:2", for: 20ms }
  - { at: 11s, isolate: "broker:2", for: 2800ms }
  - { at: 12s, kill: "broker:2", for: ${downMs}ms }
expect: [isr-full]
`

const NOTHING_DEMANDED = new Set<string>()

describe('a registration of a dead process', () => {
  it('that arrives before the living one is unfenced displaces it for good: known as KU-5', () => {
    const result = simulate(scenario(1950))
    expect(result.verdict.outcome).toBe('stuck')
    expect(result.stuckOn).toEqual([
      't1-0, ISR [1]: KU-5: a late request of a process that is gone took the registration of broker 2',
    ])
    expect(findingOf(result, NOTHING_DEMANDED)).toBeUndefined()
  })

  it('that arrives when the living one has a session is refused (R-89)', () => {
    const { verdict, stuckOn } = simulate(scenario(1500))
    expect([verdict.outcome, stuckOn]).toEqual(['pass', []])
  })

  it('that arrives before the living one registers is the one displaced', () => {
    const { verdict, stuckOn } = simulate(scenario(5200))
    expect([verdict.outcome, stuckOn]).toEqual(['pass', []])
  })
})

describe('a run that is stuck for another reason', () => {
  it('is a finding, also where a broker is not registered', () => {
    const result = simulate(scenario(1950).replace('for: 1950ms', 'forever: true'))
    expect(result.verdict.outcome).toBe('stuck')
    expect(findingOf(result, NOTHING_DEMANDED)).toMatchObject({ kind: 'stuck' })
  })
})
