// Every mark is reached by a small whole cluster, made for it or taken from the gallery of bugs; only an administrator
// can delete a topic, and no scenario file does (test/workload/topics-at-run-time.test.ts).

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { engine } from '../../src/cli/engine.ts'
import { MARKS } from '../../src/marks/index.ts'

interface Story {
  readonly about: string
  /** A scenario, or the name of a file in scenarios/bugs. */
  readonly scenario: string
  /** Which row of a matrix, if not its first. */
  readonly set?: readonly string[]
  readonly marks: readonly string[]
  /** One of these reaches each. */
  readonly seeds?: readonly number[]
}

const QUICK = 'broker.session.timeout.ms: 1500, broker.heartbeat.interval.ms: 300'
const ONE_REPLICA = 'topics: { orders: { partitions: 1, replication.factor: 1 } }'
const THREE_REPLICAS = 'topics: { orders: { partitions: 1, replication.factor: 3 } }'
const GROUPS =
  'offsets.topic.num.partitions: 1, group.initial.rebalance.delay.ms: 300, group.min.session.timeout.ms: 500'
const WEB = 'producers: { web: { topic: orders, rate: 20/s } }'

const STORIES: readonly Story[] = [
  {
    about: 'before 3.6 a shrink of the ISR names the same leader in a new epoch (R-103)',
    scenario: `
kafka: "3.5"
duration: 12s
cluster: { brokers: 3, config: { ${QUICK}, replica.lag.time.max.ms: 1500 } }
${THREE_REPLICAS}
${WEB}
faults: [{ at: 2s, clog: { from: follower(orders-0), to: leader(orders-0) }, for: 4s }]`,
    marks: [
      'same-leader-new-epoch',
      'same-leader-followed-anew',
      'follower-fenced',
      'fetch-parked-across-leadership-change',
      'isr-shrink-asked',
      'isr-expand-asked',
      'isr-grew',
    ],
  },
  {
    about: 'a producer that writes more seldom than producers are remembered (R-49)',
    scenario: `
duration: 6s
cluster: { brokers: 1, config: { producer.id.expiration.ms: 300, producer.id.expiration.check.interval.ms: 200 } }
${ONE_REPLICA}
producers: { web: { topic: orders, rate: 1/s } }`,
    marks: ['producers-expired'],
  },
  {
    about: 'before 3.7 a write is committed by an ISR that fell below the minimum meanwhile (R-40, R-76)',
    scenario: `
kafka: "3.6"
duration: 10s
cluster: { brokers: 2, config: { ${QUICK}, replica.lag.time.max.ms: 1500 } }
topics: { orders: { partitions: 1, replication.factor: 2, config: { min.insync.replicas: 2 } } }
producers: { web: { topic: orders, rate: 20/s, config: { acks: all, linger.ms: 0 } } }
faults: [{ at: 2s, kill: follower(orders-0), for: 4s }]`,
    marks: [
      'not-enough-replicas-after-append',
      'not-enough-replicas',
      'duplicate-acknowledged-from-cache',
      'isr-down-to-leader',
      'broker-fenced',
      'broker-registered-again',
      'recovered-with-high-watermark-0',
      'recovered-after-unclean-stop',
    ],
  },
  {
    about: 'a producer gives up while its write waits for a follower that stands still (R-40, R-41)',
    scenario: `
duration: 10s
cluster: { brokers: 2, config: { ${QUICK}, replica.lag.time.max.ms: 1500 } }
topics: { orders: { partitions: 1, replication.factor: 2, config: { min.insync.replicas: 2 } } }
producers:
  web: { topic: orders, rate: 20/s, config: { linger.ms: 0, request.timeout.ms: 500, delivery.timeout.ms: 1000 } }
faults: [{ at: 2s, pause: follower(orders-0), for: 4s }]`,
    marks: ['outcome-unknown', 'write-timed-out'],
  },
  {
    about: 'the only replica loses power, and records that a consumer has read (R-132)',
    scenario: `
duration: 10s
cluster: { brokers: 1, config: { ${QUICK} } }
${ONE_REPLICA}
producers: { web: { topic: orders, rate: 20/s, config: { linger.ms: 0 } } }
consumers: { app: { topic: orders } }
faults: [{ at: 3s, power-loss: leader(orders-0), for: 1s }]`,
    marks: [
      'position-moved-back',
      'consumer-fenced',
      'partition-without-leader',
      'leader-after-none',
      'last-isr-member-kept',
      'recovered-short-of-high-watermark',
      'leader-with-high-watermark-below-epoch-start',
    ],
  },
  {
    about: 'records are deleted before a consumer that stands still has read them (R-131)',
    scenario: `
duration: 10s
cluster: { brokers: 1 }
${ONE_REPLICA}
producers: { web: { topic: orders, rate: 20/s, config: { linger.ms: 0 } } }
consumers: { app: { topic: orders } }
faults:
  - { at: 3s, pause: consumer(app), for: 3s }
  - { at: 5s, delete-records: { partitions: all } }`,
    marks: ['position-skipped-ahead'],
  },
  {
    about: 'the controller fences a member, and its leader asks to drop it before it has heard (R-104)',
    scenario: `
duration: 14s
cluster:
  brokers: 3
  config: { broker.session.timeout.ms: 3000, broker.heartbeat.interval.ms: 300, replica.lag.time.max.ms: 3500 }
${THREE_REPLICAS}
${WEB}
faults:
  - { id: out, at: 2s, isolate: follower(orders-0), for: 7s }
  - { id: deaf, at: 4800ms, clog: { from: controller, to: leader(orders-0), one-way: true }, for: 2600ms }`,
    marks: ['isr-change-refused-version'],
  },
  {
    about: 'a leader is replaced, and asks to drop a member before it has heard (R-104)',
    scenario: `
duration: 14s
cluster: { brokers: 3, config: { ${QUICK}, replica.lag.time.max.ms: 2500 } }
${THREE_REPLICAS}
${WEB}
faults:
  - { id: behind, at: 2s, clog: { from: follower(orders-0), to: leader(orders-0) }, for: 6s }
  - { id: deaf, at: 2200ms, clog: { from: controller, to: leader(orders-0), one-way: true }, for: 5s }`,
    marks: [
      'isr-change-refused-fenced-epoch',
      'leader-stepped-down',
      'former-leader-truncated',
      'fenced-member-left-isr',
      'write-refused-by-follower',
      'write-waited-across-loss-of-office',
      'zombie-refused-write',
    ],
  },
  {
    about: 'a follower catches up while it is fenced, and its leader has not heard (R-75)',
    scenario: `
duration: 14s
cluster: { brokers: 3, config: { ${QUICK}, replica.lag.time.max.ms: 1500 } }
${THREE_REPLICAS}
${WEB}
faults:
  - { id: behind, at: 2s, clog: { from: follower(orders-0), to: leader(orders-0) }, for: 3300ms }
  - { id: unseen, at: 3600ms, clog: { from: follower(orders-0), to: controller, one-way: true }, for: 4400ms }
  - { id: deaf, at: 4700ms, clog: { from: controller, to: leader(orders-0), one-way: true }, for: 2300ms }`,
    marks: ['isr-change-refused-ineligible', 'partition-given-up'],
  },
  {
    about: 'a fetch arrives after its sender died and registered anew (R-69)',
    scenario: `
duration: 10s
cluster: { brokers: 3, config: { ${QUICK}, replica.lag.time.max.ms: 1500 } }
${THREE_REPLICAS}
${WEB}
faults:
  - { id: held, at: 2s, clog: { from: follower(orders-0), to: leader(orders-0), one-way: true }, for: 4s }
  - { id: again, at: 2500ms, kill: follower(orders-0), for: 1s }`,
    marks: ['follower-of-an-old-registration'],
  },
  {
    about: 'metadata is slow, and a leader asks for one change of the ISR after another (R-72)',
    scenario: `
duration: 24s
cluster:
  brokers: 3
  config: { broker.session.timeout.ms: 3000, broker.heartbeat.interval.ms: 300, replica.lag.time.max.ms: 1500 }
topics: { orders: { partitions: 6, replication.factor: 3 } }
${WEB}
network: { controller: { latency: 5ms..400ms } }
faults:
  - { at: 2s, clog: { from: broker:2, to: broker:1 }, for: 3s }
  - { at: 8s, clog: { from: broker:3, to: broker:1 }, for: 3s }
  - { at: 14s, clog: { from: broker:2, to: broker:3 }, for: 3s }
  - { at: 20s, restart: broker:1 }`,
    marks: ['isr-change-forgotten', 'isr-expanded-after-refusal', 'follower-ahead-of-leader'],
  },
  {
    about: 'a leader dies before anybody fetched from it (R-16)',
    scenario: `
duration: 10s
cluster: { brokers: 2, config: { ${QUICK} } }
topics: { orders: { partitions: 1, replication.factor: 2 } }
producers: { web: { topic: orders, rate: 20/s, config: { acks: 1, enable.idempotence: false, linger.ms: 0 } } }
network: { replication: { latency: 1s..2s } }
faults: [{ at: 1500ms, kill: leader(orders-0), for: 3s }]`,
    marks: ['truncated-to-nothing'],
  },
  {
    about: 'a leader that stands still acknowledges with acks=1 when it wakes (RB-29)',
    scenario: 'rb-29-zombie-leader',
    marks: ['zombie-acknowledged-write'],
  },
  {
    about: 'a leader misses that another led in between (RB-47)',
    scenario: 'rb-47-missed-demotion',
    marks: [
      'office-lost-and-regained-unseen',
      'leader-epoch-skipped',
      'leader-back-to-preferred',
      'controlled-shutdown',
      'recovered-after-clean-stop',
      'out-of-order-sequence',
    ],
  },
  {
    about: 'the last members of an ISR below the minimum die one after the other (R-100)',
    scenario: 'rb-33-dead-last-known-leader',
    marks: ['replica-became-eligible', 'elected-from-elr'],
  },
  {
    about: 'a follower knows more of what is committed than its new leader (R-17, R-66)',
    scenario: 'rb-04-leader-without-its-epoch',
    set: ['switches.assignEpochOnElection=true'],
    marks: ['follower-high-watermark-fell'],
  },
  {
    about: 'the last replica standing is replaced by one that it had left behind (R-66)',
    scenario: 'rb-08-last-replica-standing',
    marks: ['truncated-below-high-watermark'],
  },
  {
    about: 'nobody in the ISR lives, and somebody else may lead (R-102)',
    scenario: 'rb-20-unclean-election',
    marks: ['unclean-election'],
  },
  {
    about: 'a broker registers anew before it was fenced (RB-34)',
    scenario: 'rb-34-registration-overtakes-fencing',
    marks: ['registration-before-fencing'],
    seeds: [7, 1, 2, 3, 4, 5, 6, 8, 9, 10],
  },
  {
    about: 'members of a group come, go and are late, while others do (G-17, G-28)',
    scenario: 'b-20-zombie-at-work',
    marks: ['member-polled-too-late', 'partitions-lost', 'commit-of-lost-generation'],
  },
  {
    about: 'a static member comes back, and all of a group are away (G-15, G-36)',
    scenario: `
duration: 30s
cluster: { brokers: 3, config: { ${QUICK}, ${GROUPS} } }
${THREE_REPLICAS}
${WEB}
consumers:
  s: { topics: [orders], members: 2, config: { group.instance.id: "s-{index}", session.timeout.ms: 4000 } }
  d: { topics: [orders], members: 2, config: { session.timeout.ms: 4000, max.poll.interval.ms: 5000, heartbeat.interval.ms: 500 } }
faults:
  - { at: 4s, restart: "consumer(s[1])" }
  - { at: 6s, kill: "consumer(d[0])", for: 8s }
  - { at: 6s, pause: "consumer(d[1])", for: 8s }
  - { when: state(d) == CompletingRebalance, at: 12s, kill: coordinator(d), for: 3s }
  - { when: state(s) == Stable, at: 22s, isolate: coordinator(s), for: 4s }`,
    marks: [
      'static-member-returned',
      'member-session-ended',
      'group-emptied',
      'coordinator-lost-in-rebalance',
      'generation-fell',
      'coordinator-resigned',
      'join-of-unknown-member',
    ],
  },
  {
    about: 'a static member comes back while its group waits for assignments (G-37)',
    scenario: 'b-11-static-return-without-rebalance',
    set: ['switches.rebalanceOnStaticReturn=true'],
    marks: ['rebalance-in-rebalance'],
  },
  {
    about: 'members never come to join (G-28)',
    scenario: 'b-07-commits-without-end',
    marks: ['member-missed-rebalance'],
  },
  {
    about: 'a static member is cut off while another joins, and its group goes on without it (G-28)',
    scenario: `
duration: 8s
cluster: { brokers: 1, config: { ${GROUPS}, offsets.topic.replication.factor: 1 } }
${ONE_REPLICA}
${WEB}
consumers:
  s: { topics: [orders], members: 1, config: { group.instance.id: "s-{index}", max.poll.interval.ms: 2000, session.timeout.ms: 6000, heartbeat.interval.ms: 300 } }
faults:
  - { at: 4s, clog: { from: "consumer(s[0])", to: "broker:1" }, for: 3s }
  - { at: 4100ms, scale: { group: s, members: 2 } }`,
    marks: ['static-member-absent'],
  },
  {
    about: 'a cooperative member reads on and commits while it waits to join (C-18, C-21)',
    scenario: `
duration: 10s
cluster: { brokers: 1, config: { ${GROUPS}, offsets.topic.replication.factor: 1 } }
${ONE_REPLICA}
${WEB}
consumers:
  c: { topics: [orders], members: 1, config: { partition.assignment.strategy: cooperative-sticky, enable.auto.commit: false, heartbeat.interval.ms: 300 } }
faults:
  - { at: 4s, delay: { api: JoinGroup, from: consumer(c), direction: response, by: 2s }, for: 3s }
  - { at: 5s, scale: { group: c, members: 2 } }`,
    marks: ['commit-in-rebalance'],
  },
  {
    about: 'offsets of a quiet topic expire (O-5)',
    scenario: 'b-09-quiet-partition-loses-its-offset',
    marks: ['committed-offset-expired'],
  },
  {
    about: 'a table is compacted, and keys are deleted from it (R-32, R-33)',
    scenario: `
duration: 12s
cluster: { brokers: 1, config: { log.cleaner.backoff.ms: 500 } }
topics:
  orders:
    partitions: 1
    replication.factor: 1
    config: { cleanup.policy: compact, segment.bytes: 1000, min.cleanable.dirty.ratio: 0.01, delete.retention.ms: 500 }
producers: { web: { topic: orders, rate: 20/s, keys: 5, tombstones: 30% } }`,
    marks: ['cleaner-swapped', 'cleaner-dropped-records', 'tombstone-removed'],
  },
  {
    about: 'records are kept for a second, or until they are deleted (R-22)',
    scenario: `
duration: 33s
cluster: { brokers: 1, config: { log.retention.check.interval.ms: 500 } }
topics:
  orders: { partitions: 1, replication.factor: 1, config: { segment.bytes: 300, retention.ms: 1000 } }
  notes: { partitions: 1, replication.factor: 1, config: { segment.bytes: 300 } }
producers: { web: { topic: orders, rate: 2/s }, pen: { topic: notes, rate: 2/s } }
faults: [{ at: 4s, delete-records: { partitions: [notes-0] } }]`,
    marks: ['retention-deleted', 'segments-below-start-deleted'],
  },
  {
    about: 'a bit of a log changes on a leader, and is read by a follower, by a consumer and by recovery (R-25, R-26)',
    scenario: `
duration: 14s
cluster: { brokers: 2, config: { ${QUICK} } }
topics: { orders: { replicas: [[1, 2]] } }
producers: { web: { topic: orders, rate: 20/s, config: { linger.ms: 0 } } }
consumers: { app: { topic: orders, start: 6s, config: { auto.offset.reset: earliest } } }
faults:
  - { at: 3s, stop: "broker:2", for: 4s }
  - { at: 5s, corrupt: { on: "broker:1", partition: orders-0, offset: 70 } }
  - { at: 11s, kill: "broker:1", for: 1s }
allow: [{ stuck: what rotted is met again and again }]`,
    marks: ['bit-rot', 'follower-refused-rot', 'consumer-refused-rot', 'recovery-cut-at-rot'],
  },
  {
    about: 'a cleaner meets records that make no sense (R-26)',
    scenario: `
duration: 8s
cluster: { brokers: 1, config: { log.cleaner.backoff.ms: 3000 } }
topics:
  orders:
    partitions: 1
    replication.factor: 1
    config: { cleanup.policy: compact, segment.bytes: 1000, min.cleanable.dirty.ratio: 0.01 }
producers: { web: { topic: orders, rate: 20/s, keys: 5 } }
faults: [{ at: 3s, corrupt: { on: "broker:1", partition: orders-0, count: 60 } }]`,
    marks: ['log-uncleanable'],
  },
  {
    about: 'a disk fails (R-9)',
    scenario: `
duration: 6s
cluster: { brokers: 1, config: { log.dirs: "/data/a,/data/b" } }
${ONE_REPLICA}
${WEB}
faults: [{ at: 3s, disk-error: { on: "broker:1" }, for: 1s }]`,
    marks: ['log-dir-offline'],
  },
]

const SEEDS = [1, 2, 3, 4, 5, 6]

function textOf(scenario: string): string {
  if (scenario.includes('\n')) return scenario
  return readFileSync(new URL(`../../scenarios/bugs/${scenario}.yaml`, import.meta.url), 'utf8')
}

describe('a small cluster', () => {
  it.each(STORIES)('$about', { timeout: 60_000 }, ({ about, scenario: name, set = [], marks, seeds = SEEDS }) => {
    const { scenario, report } = engine.load(about, textOf(name), set)
    if (scenario === undefined) throw new Error(report)
    const missing = new Set(marks)
    for (const seed of seeds) {
      if (missing.size === 0) break
      const { marks: counts } = engine.run(scenario, { seed })
      for (const id of marks) if ((counts[id] ?? 0) > 0) missing.delete(id)
    }
    expect([...missing]).toEqual([])
  })

  it('reaches each mark in one story or another, but for the deletion of a topic', () => {
    const reached = new Set(STORIES.flatMap(({ marks }) => marks))
    expect(MARKS.map(({ id }) => id).filter((id) => !reached.has(id))).toEqual(['topic-deleted'])
  })
})
