// Groups that go round and round, each for one reason: the verdict names it, and no other; and what would cure it does.

import { describe, expect, it } from 'vitest'
import { engine } from '../../../src/cli/engine.ts'
import type { RunResult } from '../../../src/scenario/run-result.ts'

const BASE = `
name: loops
kafka: "4.0"
duration: 40s
settle: 5s
cluster: { brokers: 1, config: { offsets.topic.num.partitions: 1, offsets.topic.replication.factor: 1, group.initial.rebalance.delay.ms: 0, group.min.session.timeout.ms: 1000 } }
topics: { t: { partitions: 4, replication.factor: 1 } }
producers: { p: { topic: t, rate: 60/s } }
consumers:
  g: { topics: [t], members: 2, config: { auto.offset.reset: earliest, session.timeout.ms: 3000, heartbeat.interval.ms: 500, max.poll.interval.ms: 60000, metadata.max.age.ms: 500 } }
expect: [no-rebalance-loop, rebalances(g) <= 3]
allow: [stuck: what goes round does not come to rest]
`

function run(faults: readonly string[], set: readonly string[] = []): RunResult {
  const text = faults.length === 0 ? BASE : `${BASE}faults:\n${faults.map((fault) => `  - ${fault}\n`).join('')}`
  const { scenario, report } = engine.load('loops.yaml', text, set)
  if (scenario === undefined) throw new Error(report)
  return engine.run(scenario, { seed: 1, recheck: 'off' })
}

const again = (verb: (i: number) => string) => [5, 11, 17, 23, 29].map((at, i) => `{ at: ${at}s, ${verb(i)} }`)

interface Case {
  readonly rule: string
  readonly says: RegExp
  readonly faults: readonly string[]
  readonly set?: readonly string[]
  readonly isCured?: boolean
}

const CASES: readonly Case[] = [
  {
    rule: 'loop-of-late-polls',
    says: /generation \+\d+ in \d+\.\d s: members? g\[\d\].* exceeds? max\.poll\.interval\.ms/,
    faults: [],
    set: [
      'consumers.g.process=40ms',
      'consumers.g.config.max.poll.interval.ms=3000',
      'consumers.g.config.max.poll.records=150',
      'producers.p.rate=150/s',
    ],
    isCured: true,
  },
  {
    rule: 'loop-of-sessions',
    says: /member g\[1\] is silent for longer than session\.timeout\.ms/,
    faults: again(() => 'pause: "consumer(g[1])", for: 4s'),
  },
  {
    rule: 'loop-of-crashes',
    says: /member g\[1\] dies and comes back/,
    faults: again(() => 'kill: "consumer(g[1])", for: 1500ms'),
    isCured: true,
  },
  {
    rule: 'loop-of-restarts',
    says: /member g\[1\] is stopped and started/,
    faults: again((i) => `scale: { group: g, members: ${i % 2 === 0 ? 1 : 2} }`),
  },
  {
    rule: 'loop-of-metadata',
    says: /what the group subscribes to changes, as its leader g\[\d\] sees it/,
    faults: again((i) => `add-partitions: { topic: t, to: ${5 + i} }`),
  },
]

const loopRulesOf = ({ paragraphs }: RunResult) =>
  new Set(paragraphs.flatMap(({ cause }) => (cause?.rule.startsWith('loop-of-') === true ? [cause.rule] : [])))

describe('a group that rebalances again and again', () => {
  it.each(CASES)('$rule', ({ rule, says, faults, set }) => {
    const result = run(faults, set)
    const [noLoop, rebalances] = result.judged
    expect(noLoop).toMatchObject({ met: false })
    expect(noLoop?.message).toMatch(says)
    expect(rebalances?.message).toMatch(says)
    expect([...loopRulesOf(result)]).toEqual([rule])
    expect(result.timeline.filter(({ text }) => says.test(text))).toHaveLength(1)
  })

  it.each(CASES.filter(({ isCured }) => isCured))('its cure cures it: $rule', ({ rule, faults, set = [] }) => {
    const cures = run(faults, set).paragraphs.find(({ cause }) => cause?.rule === rule)?.cause?.cures
    const cured = run(faults, [...set, ...(cures?.flatMap((cure) => cure.set) ?? [])])
    expect(cured.judged[0]).toMatchObject({ met: true })
  })
})

it('members that are restarted once each are no loop', () => {
  const result = run(['{ at: 5s, rolling-restart: consumers(g), down: 1s, every: 6s }'])
  expect(result.judged[0]).toMatchObject({ met: true })
  expect(result.judged[1]).toMatchObject({ met: false, message: expect.not.stringContaining('generation +') })
})
