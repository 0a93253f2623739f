// Invariants of members and of what they are given, in whole runs: a client, an assignor or a coordinator that is broken on
// purpose, and tells nobody, is found out under the name of the rule it breaks. The same run unbroken passes.

import { describe, expect, it } from 'vitest'
import { engine } from '../../src/cli/engine.ts'
import { AssignedPartition } from '../../src/client/assigned-partition.ts'
import { RangeAssignor } from '../../src/client/assignors/range.ts'
import { FetchBuffer } from '../../src/client/group/fetch-buffer.ts'
import { Subscription } from '../../src/client/group/subscription.ts'
import { ClassicGroup } from '../../src/group/classic-group.ts'
import { INVARIANTS } from '../../src/invariants/index.ts'
import { replace } from '../support/replace.ts'

const SCENARIO = `
name: members
kafka: "4.0"
duration: 20s
settle: 10s
cluster: { brokers: 1, config: { offsets.topic.num.partitions: 1, offsets.topic.replication.factor: 1, group.initial.rebalance.delay.ms: 500 } }
topics: { t: { partitions: 4, replication.factor: 1 } }
producers: { p: { topic: t, rate: 40/s } }
consumers:
  g: { topics: [t], members: 2, config: { auto.offset.reset: earliest, auto.commit.interval.ms: 500, session.timeout.ms: 6000, heartbeat.interval.ms: 500, max.poll.interval.ms: 8000 } }
network: { client: { latency: 20ms } }
faults:
  - { at: 6s, restart: "consumer(g[1])" }
  - { at: 12s, kill: "consumer(g[1])", for: 1s }
expect: [no-acked-loss]
allow: [stuck: what is broken may never come to rest]
`

/** What takes members, and a leader among them, to break. */
const IN_WHOLE_RUNS = [
  'group-whole-assignments',
  'group-subscribed-assignments',
  'group-one-owner',
  'group-offsets-advance',
  'group-offsets-within-log',
  'group-requests-answered',
  'group-balanced-assignments',
  'consumer-reads-on',
  'consumer-commits-position',
  'consumer-reads-own',
  'consumer-told-in-turn',
]

interface Case {
  readonly name: string
  /** All that is violated, in the order of the list: what the break is about, and what follows from it. */
  readonly finds: readonly string[]
  readonly set?: readonly string[]
  readonly sabotage: () => void
}

const { assign: assignRange } = RangeAssignor.prototype
const COOPERATIVE = ['consumers.g.config.partition.assignment.strategy=cooperative-sticky']

/** An assignor that makes something else of what range makes. */
function assigning(change: (lists: { topic: string; partition: number }[][]) => void): () => void {
  return () =>
    replace(RangeAssignor.prototype, 'assign', function (this: RangeAssignor, topics, members) {
      const assignments = assignRange.call(this, topics, members)
      change([...assignments.values()])
      return assignments
    })
}

const CASES: readonly Case[] = [
  {
    name: 'an assignor that forgets a partition',
    finds: ['group-whole-assignments'],
    sabotage: assigning(([first]) => void first?.pop()),
  },
  {
    name: 'a coordinator that hands every member what it has for the first',
    finds: ['group-disjoint-assignments', 'group-whole-assignments', 'group-one-owner'],
    sabotage: () => {
      const { answerSync } = ClassicGroup.prototype
      replace(ClassicGroup.prototype, 'answerSync', function (this: ClassicGroup, member, answer) {
        const [first] = this.members.values()
        return answerSync.call(this, member, { ...answer, assignment: first?.assignment ?? answer.assignment })
      })
    },
  },
  {
    name: 'an assignor that gives what nobody asked for',
    finds: ['group-subscribed-assignments'],
    sabotage: assigning(([first]) => void first?.push({ topic: 'other', partition: 0 })),
  },
  {
    name: 'an assignor that gives all to one',
    finds: ['group-balanced-assignments'],
    sabotage: assigning(([first, ...others]) => {
      for (const other of others) first?.push(...other.splice(0))
    }),
  },
  {
    name: 'an assignor that gives one partition twice',
    finds: ['group-disjoint-assignments', 'group-one-owner', 'group-offsets-advance'],
    sabotage: assigning(([first, second]) => {
      if (first?.[0] !== undefined) second?.push(first[0])
    }),
  },
  {
    name: 'a coordinator that leaves a follower waiting',
    finds: ['group-requests-answered'],
    sabotage: () => {
      const { answerJoin } = ClassicGroup.prototype
      let left = 1
      replace(ClassicGroup.prototype, 'answerJoin', function (this: ClassicGroup, member, answer) {
        if (this.isLeader(member.id) || left === 0) return answerJoin.call(this, member, answer)
        left -= 1
        return false
      })
    },
  },
  {
    name: 'a member that begins below what is committed',
    finds: ['group-offsets-advance'],
    sabotage: () => {
      const { startAt } = AssignedPartition.prototype
      replace(AssignedPartition.prototype, 'startAt', function (this: AssignedPartition, offset, epoch) {
        startAt.call(this, Math.max(0, offset - 40), epoch)
      })
    },
  },
  {
    name: 'a member that commits ahead of its position',
    finds: ['group-offsets-within-log', 'consumer-commits-position'],
    sabotage: () => {
      const { consumed } = Subscription.prototype
      replace(Subscription.prototype, 'consumed', function (this: Subscription) {
        return consumed.call(this).map((one) => ({ ...one, offset: one.offset + 1000 }))
      })
    },
  },
  {
    name: 'a member that leaves a record out',
    finds: ['consumer-reads-on', 'consumer-commits-position'],
    sabotage: () => {
      const { take } = FetchBuffer.prototype
      let polls = 0
      replace(FetchBuffer.prototype, 'take', function (this: FetchBuffer, most, isAssigned) {
        const polled = take.call(this, most, isAssigned)
        return polled.length > 0 && ++polls % 5 === 0 ? [] : polled
      })
    },
  },
  {
    name: 'a member that begins one record behind what its group has committed',
    finds: ['consumer-reads-on'],
    sabotage: () => {
      const { startAt } = AssignedPartition.prototype
      replace(AssignedPartition.prototype, 'startAt', function (this: AssignedPartition, offset, epoch) {
        startAt.call(this, offset + 1, epoch)
      })
    },
  },
  {
    name: 'a member that hands a record over twice',
    finds: ['consumer-reads-on'],
    sabotage: () => {
      const { take } = FetchBuffer.prototype
      replace(FetchBuffer.prototype, 'take', function (this: FetchBuffer, most, isAssigned) {
        return take.call(this, most, isAssigned).map((polled) => ({
          ...polled,
          records: [...polled.records, ...polled.records.slice(-1)],
        }))
      })
    },
  },
  {
    name: 'a member that reads on while it is about to give up what it has (KAFKA-14196)',
    finds: ['consumer-reads-own'],
    sabotage: () => replace(Subscription.prototype, 'markPendingRevocation', () => {}),
  },
  {
    name: 'a member that forgets what it has',
    finds: ['consumer-told-in-turn'],
    set: COOPERATIVE,
    sabotage: () => replace(Subscription.prototype, 'assigned', () => []),
  },
]

function found(set: readonly string[] = []): string[] {
  const { scenario, report } = engine.load('members.yaml', SCENARIO, set)
  if (scenario === undefined) throw new Error(report)
  const { violations } = engine.run(scenario, { seed: 1, recheck: 'off' }).verdict
  expect(violations.filter(({ excused }) => excused !== null)).toEqual([])
  const ids = new Set(violations.map(({ invariant }) => invariant))
  return INVARIANTS.map(({ id }) => id).filter((id) => ids.has(id))
}

describe('a group as Kafka has it', () => {
  it.each([[[]], [COOPERATIVE]])('keeps every promise (%s)', (set) => expect(found(set)).toEqual([]))
})

describe('one that is broken is found out', () => {
  it('under every rule of groups that shows in whole runs', () => {
    const broken = new Set(CASES.flatMap(({ finds }) => finds))
    expect(IN_WHOLE_RUNS.filter((id) => !broken.has(id))).toEqual([])
  })

  it.each(CASES)('$name', ({ finds, set, sabotage }) => {
    sabotage()
    expect(found(set)).toEqual(finds)
  })
})
