// Groups in figures: what happened to each of them, and the sum over runs.

import { describe, expect, it } from 'vitest'
import { addGroups } from '../../src/history/group-summaries.ts'
import { loadScenario, runScenario } from '../../src/index.ts'

const TEXT = `
duration: 30s
cluster: { brokers: 1, config: { offsets.topic.num.partitions: 1, offsets.topic.replication.factor: 1 } }
topics: { orders: { partitions: 2, replication.factor: 1 }, idle: { partitions: 1, replication.factor: 1 } }
producers: { web: { topic: orders, rate: 20/s } }
consumers:
  billing:
    topics: [orders]
    members: 2
    process: 20ms
    config: { auto.offset.reset: earliest, enable.auto.commit: false, session.timeout.ms: 6000 }
  other: { topics: [idle], members: 1 }
faults: [{ at: 12s, pause: "consumer(billing[1])", for: 9s }]
expect: ["failed-commits(billing) >= 1", "failed-commits(billing) between 0s and 12s == 0", "failed-commits(other) == 0"]
`

function run() {
  const loaded = loadScenario(TEXT)
  if (!loaded.ok) throw new Error(loaded.findings.map(({ message }) => message).join('\n'))
  return runScenario(loaded.scenario, { seed: 1, recheck: 'off' })
}

describe('what groups lived through', () => {
  const { groups, verdict } = run()

  it('is told of each, with the errors of commits that failed', () => {
    expect(verdict.outcome).toBe('pass')
    const [billing, other] = groups
    expect(billing).toMatchObject({
      name: 'billing',
      rebalances: 3,
      thrownOut: 1,
    })
    expect(billing?.failedCommits).toContainEqual({ name: 'CommitFailedException', count: 1 })
    expect(billing?.redelivered).toBeGreaterThan(0)
    expect(billing?.longestStopUs).toBeGreaterThan(0)
    expect(billing?.stoppedUs).toBeGreaterThanOrEqual(billing?.longestStopUs ?? Infinity)
    expect(other).toEqual({
      name: 'other',
      rebalances: 1,
      thrownOut: 0,
      redelivered: 0,
      stoppedUs: 0,
      longestStopUs: 0,
      failedCommits: [],
    })
  })

  it('adds up over groups and runs, and is nothing without groups', () => {
    const once = addGroups(undefined, groups)
    expect(once?.rebalances).toBe(4)
    expect(addGroups(once, groups)).toEqual({
      rebalances: 8,
      redelivered: 2 * (once?.redelivered ?? NaN),
      stoppedUs: 2 * (once?.stoppedUs ?? NaN),
    })
    expect(addGroups(undefined, [])).toBeUndefined()
  })
})
