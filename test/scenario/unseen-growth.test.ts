// A hazard of Kafka itself (KU-9): the leader of a group, a static member, is away while a topic grows. It comes back, is told
// to go on with the assignment there is, and nobody notices the new partitions until something else makes the group rebalance.

import { describe, expect, it } from 'vitest'
import { findingOf } from '../../src/fuzz/signature.ts'
import { simulate } from '../../src/index.ts'

const scenario = (growsAt: string, more = ''): string => `
name: unseen-growth
duration: 8s
settle: 5s
cluster: { brokers: 1, config: { offsets.topic.num.partitions: 1, offsets.topic.replication.factor: 1, group.initial.rebalance.delay.ms: 0 } }
topics: { t: { partitions: 2, replication.factor: 1 } }
consumers:
  g: { topics: [t], members: 1, config: { auto.offset.reset: earliest, group.instance.id: "g-{index}", metadata.max.age.ms: 1000 } }
faults:
  - { at: 2s, stop: consumer(g), for: 2s }
  - { at: ${growsAt}, add-partitions: { topic: t, to: 3 } }
${more}
expect: [stable(g)]
`

const NOTHING_DEMANDED = new Set<string>()

describe('a topic that grows', () => {
  it('while the leader is away keeps a partition that nobody reads: the run is stuck, known as KU-9', () => {
    const result = simulate(scenario('3s'))
    expect(result.verdict.outcome).toBe('stuck')
    expect(result.stuckOn).toEqual([
      't-2 is owned by nobody in g; KU-9: it came while the leader, a static member, was away',
    ])
    expect(findingOf(result, NOTHING_DEMANDED)).toBeUndefined()
  })

  it('is known as that too when all members come back together, and the leader is not the last', () => {
    const result = simulate(scenario('3s').replace('members: 1', 'members: 4').replace('delay.ms: 0', 'delay.ms: 500'))
    expect(result.verdict.outcome).toBe('stuck')
    expect(findingOf(result, NOTHING_DEMANDED)).toBeUndefined()
  })

  it('before it goes, or after it has come back, is noticed', () => {
    for (const growsAt of ['1s', '5s']) expect(simulate(scenario(growsAt)).verdict.outcome).toBe('pass')
  })

  it('is noticed at the next rebalance', () => {
    expect(simulate(scenario('3s', '  - { at: 5s, scale: { group: g, members: 2 } }')).verdict.outcome).toBe('pass')
  })

  it('is no excuse for a leader that came back before and does not look', () => {
    const result = simulate(`${scenario('5s')}switches: { skipAssignment: false }\n`)
    expect(result.verdict.outcome).toBe('stuck')
    expect(findingOf(result, NOTHING_DEMANDED)).toMatchObject({ kind: 'stuck' })
  })
})
