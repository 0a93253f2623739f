// Expectations about what readers see and groups commit, each kept by a group that does as Kafka does, and broken by one
// that does not.

import { afterEach, describe, expect, it } from 'vitest'
import { engine } from '../../src/cli/engine.ts'
import { AssignedPartition } from '../../src/client/assigned-partition.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'

const { startAt } = AssignedPartition.prototype

afterEach(() => {
  AssignedPartition.prototype.startAt = startAt
})

/** Members begin so far from where the group left off. */
function beginsOff(by: number): void {
  AssignedPartition.prototype.startAt = function (this: AssignedPartition, offset, epoch) {
    startAt.call(this, Math.max(0, offset + by), epoch)
  }
}

function run(...faults: readonly string[]): RunResult {
  const text = `
kafka: "4.0"
duration: 12s
settle: 10s
cluster: { brokers: 1, config: { offsets.topic.num.partitions: 1, offsets.topic.replication.factor: 1, group.initial.rebalance.delay.ms: 0 } }
topics: { t: { partitions: 2, replication.factor: 1 } }
producers: { p: { topic: t, rate: 50/s, keys: 5, config: { metadata.max.age.ms: 1000 } } }
consumers: { g: { topics: [t], members: 2, process: 20ms, config: { max.poll.records: 5, auto.offset.reset: earliest, auto.commit.interval.ms: 500, metadata.max.age.ms: 1000 } } }
faults:
  - { at: 5s, restart: "consumer(g[1])" }
${faults.map((fault) => `  - ${fault}\n`).join('')}
expect: [no-unseen, no-aborted-reads, no-commit-regression, order-per-key]
allow: [stuck: what is broken may not come to rest]
`
  const { scenario, report } = engine.load('readers.yaml', text, [])
  if (scenario === undefined) throw new Error(report)
  return engine.run(scenario, { seed: 1, recheck: 'off' })
}

const judged = (result: RunResult) => Object.fromEntries(result.judged.map(({ text, met }) => [text, met]))
const KEPT = { 'no-unseen': true, 'no-aborted-reads': true, 'no-commit-regression': true, 'order-per-key': true }

describe('of a group', () => {
  it('that does as Kafka does all are kept', () => expect(judged(run())).toEqual(KEPT))

  it('whose members begin behind where it left off, what is between is unseen', () => {
    beginsOff(7)
    const result = run()
    expect(judged(result)).toMatchObject({ ...KEPT, 'no-unseen': false })
    expect(result.judged[0]?.message).toMatch(
      /acknowledged records unseen, first t-\d@\d+ by g: p\[0\]#\d+ was handed to nobody/,
    )
  })

  it('whose members begin before it, what is committed goes back', () => {
    beginsOff(-40)
    const result = run()
    expect(judged(result)).toMatchObject({ ...KEPT, 'no-commit-regression': false })
    expect(result.judged[2]?.message).toMatch(
      /committed offsets went back, first t-\d of g from \d+ to \d+, by g\[\d\]/,
    )
  })

  it('whose topic grows, keys lie in two partitions (P-13)', () => {
    const result = run('{ at: 6s, add-partitions: { topic: t, to: 3 } }')
    expect(judged(result)).toMatchObject({ ...KEPT, 'order-per-key': false })
    expect(result.judged[3]?.message).toMatch(
      /records out of the order of their keys, first t-\d@\d+: .*of the same key in t-/,
    )
  })
})
