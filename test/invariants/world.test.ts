// Invariants at work in whole clusters: a broker or controller that is broken on purpose, and tells nobody, fails the run
// under the name of the rule it breaks. The same cluster unbroken passes.

import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type * as HighWatermark from '../../src/broker/high-watermark.ts'
import { highWatermarkCandidate } from '../../src/broker/high-watermark.ts'
import { Partition } from '../../src/broker/partition.ts'
import { ReplicaFetcherManager } from '../../src/broker/replica-fetcher-manager.ts'
import { engine } from '../../src/cli/engine.ts'
import type * as Election from '../../src/controller/election.ts'
import { electLeader } from '../../src/controller/election.ts'
import type * as Fencing from '../../src/controller/fencing.ts'
import { fenceBroker } from '../../src/controller/fencing.ts'
import type * as Change from '../../src/controller/partition-change.ts'
import { changePartition } from '../../src/controller/partition-change.ts'
import { INVARIANTS } from '../../src/invariants/index.ts'
import { PartitionLog } from '../../src/log/partition-log.ts'
import { ProducerStateTable } from '../../src/log/producer-state-table.ts'
import { patchMaxTimestamp, sizeInBytes } from '../../src/records/record-batch.ts'
import type * as State from '../../src/metadata/partition-state.ts'
import { applyPartitionChange, LEADER_UNCHANGED } from '../../src/metadata/partition-state.ts'
import type { RunResult } from '../../src/scenario/run-result.ts'
import { SimulatedCluster } from '../../src/scenario/cluster/simulated-cluster.ts'
import type { Switches } from '../../src/switches/switches.ts'
import { replace } from '../support/replace.ts'

vi.mock('../../src/broker/high-watermark.ts', { spy: true })
vi.mock('../../src/controller/election.ts', { spy: true })
vi.mock('../../src/controller/fencing.ts', { spy: true })
vi.mock('../../src/controller/partition-change.ts', { spy: true })
vi.mock('../../src/metadata/partition-state.ts', { spy: true })

afterEach(() => {
  vi.resetAllMocks()
  vi.restoreAllMocks()
})

/** What is broken below, unbroken. */
const actual = {
  ...(await vi.importActual<typeof HighWatermark>('../../src/broker/high-watermark.ts')),
  ...(await vi.importActual<typeof Election>('../../src/controller/election.ts')),
  ...(await vi.importActual<typeof Fencing>('../../src/controller/fencing.ts')),
  ...(await vi.importActual<typeof Change>('../../src/controller/partition-change.ts')),
  ...(await vi.importActual<typeof State>('../../src/metadata/partition-state.ts')),
}

interface Case {
  /** What is broken. */
  readonly name: string
  readonly sabotage: () => void
  /** All that is violated, unexcused, in the order of the list: what the break is about, and what follows from it. */
  readonly finds: readonly string[]
  readonly scenario: keyof typeof SCENARIOS
}

function run(scenario: string): RunResult {
  const { scenario: loaded, report } = engine.load('world.yaml', scenario, [])
  if (loaded === undefined) throw new Error(report)
  return engine.run(loaded, { seed: 1 })
}

/** Brokers that behave as if a switch were set, in a scenario that knows nothing of it. */
function broken(switches: Partial<Switches>): () => void {
  return () => {
    const { addBroker } = SimulatedCluster.prototype
    vi.spyOn(SimulatedCluster.prototype, 'addBroker').mockImplementation(function (this: SimulatedCluster, boot) {
      addBroker.call(this, { ...boot, switches: { ...boot.switches, ...switches } })
    })
  }
}

/** The leader dies, records on their way; another is elected; the old one comes back. */
const CRASH = `
kafka: "4.0"
duration: 9s
cluster: { brokers: 3, config: { broker.session.timeout.ms: 1500, broker.heartbeat.interval.ms: 300 } }
topics: { orders: { partitions: 1, replication.factor: 3, config: { min.insync.replicas: 2 } } }
producers: { web: { topic: orders, rate: 50/s, config: { acks: all } } }
network: { replication: { latency: 5ms..20ms } }
faults: [{ at: 2s, kill: leader(orders-0), for: 4s }]
`

/** A follower is cut off from the leader, leaves the ISR and comes back. */
const STALL = `
kafka: "4.0"
duration: 9s
cluster: { brokers: 3, config: { replica.lag.time.max.ms: 1500 } }
topics: { orders: { partitions: 1, replication.factor: 3, config: { min.insync.replicas: 2 } } }
producers: { web: { topic: orders, rate: 50/s, config: { acks: all } } }
network: { replication: { latency: 5ms..20ms } }
faults: [{ at: 2s, clog: { from: follower(orders-0), to: leader(orders-0) }, for: 4s }]
`

/** The third replica has been cut off and is out of the ISR when the leader dies. */
const LATE_CRASH = `
kafka: "4.0"
duration: 9s
cluster:
  brokers: 3
  config: { broker.session.timeout.ms: 1500, broker.heartbeat.interval.ms: 300, replica.lag.time.max.ms: 700 }
topics: { orders: { partitions: 1, replicas: [[1, 2, 3]], config: { min.insync.replicas: 2 } } }
producers: { web: { topic: orders, rate: 50/s, config: { acks: all } } }
faults:
  - { at: 1s, clog: { from: broker:1, to: broker:3 }, for: 4s }
  - { at: 3s, kill: broker:1, for: 4s }
`

/**
 * A record that the first two replicas have, and that only the leader knows to be committed, when the leader dies: the
 * third, without it, is as far as the new leader's high watermark.
 */
const SHORT_OF_EPOCH = `
kafka: "4.0"
duration: 24s
cluster:
  brokers: 3
  config:
    broker.session.timeout.ms: 1500
    broker.heartbeat.interval.ms: 300
    replica.lag.time.max.ms: 3000
    replica.fetch.wait.max.ms: 3000
topics: { orders: { partitions: 1, replicas: [[1, 2, 3]], config: { min.insync.replicas: 2 } } }
producers: { web: { topic: orders, rate: 0.2/s, config: { acks: all } } }
network: { replication: { latency: 50ms..100ms } }
faults:
  - { at: 7s, clog: { from: broker:3, to: broker:1 }, for: 13s }
  - { at: 12s, kill: broker:1, for: 6s }
`

/**
 * When the leader dies the third replica has more than the second, which is elected and written to, and hears late of the
 * third: of a place where the two logs differ.
 */
const DIVERGED = `
kafka: "4.0"
duration: 9s
cluster: { brokers: 3, config: { broker.session.timeout.ms: 1500, broker.heartbeat.interval.ms: 300 } }
topics: { orders: { partitions: 1, replicas: [[1, 2, 3]], config: { min.insync.replicas: 1 } } }
producers: { web: { topic: orders, rate: 200/s, config: { acks: 1, enable.idempotence: false, batch.size: 100 } } }
faults:
  - { at: 1500ms, clog: { from: broker:1, to: broker:2, one-way: true }, for: 5s }
  - { at: 2s, kill: broker:1, for: 4s }
  - { at: 2500ms, latency: { from: broker:3, to: broker:2, by: 300ms }, for: 4s }
`

/** The leader is cut off from both followers, but not from the controller: it is alone in the ISR, and acks=1 goes on. */
const ALONE = STALL.replace('acks: all', 'acks: 1, enable.idempotence: false').replace(
  'clog: { from: follower(orders-0), to: leader(orders-0) }',
  'clog: { from: leader(orders-0), to: [broker:1, broker:2, broker:3] }',
)

/** As CRASH, with many small batches on their way, and a reader. */
const READ_CRASH = `
kafka: "4.0"
duration: 9s
cluster: { brokers: 3, config: { broker.session.timeout.ms: 1500, broker.heartbeat.interval.ms: 300 } }
topics: { orders: { partitions: 1, replication.factor: 3, config: { min.insync.replicas: 2 } } }
producers: { web: { topic: orders, rate: 60/s, config: { acks: all, batch.size: 100 } } }
consumers: { app: { topic: orders } }
network: { replication: { latency: 20ms..40ms } }
faults: [{ at: 2s, kill: leader(orders-0), for: 4s }]
`

const SCENARIOS = { READ_CRASH, CRASH, LATE_CRASH, STALL, ALONE, SHORT_OF_EPOCH, DIVERGED }

const CASES: readonly Case[] = [
  {
    name: 'a controller that shrinks the ISR by its leader',
    sabotage: () => {
      vi.mocked(changePartition).mockImplementation((partition, request) => {
        const change = actual.changePartition(partition, request)
        if (change === undefined || change.isr === null || change.leader !== LEADER_UNCHANGED) return change
        return { ...change, isr: change.isr.filter((member) => member !== partition.leader) }
      })
    },
    finds: ['leader-in-isr'],
    scenario: 'STALL',
  },
  {
    name: 'a controller that names a new leader in the epoch of the old one',
    sabotage: () => {
      vi.mocked(applyPartitionChange).mockImplementation((before, record) => {
        return { ...actual.applyPartitionChange(before, record), leaderEpoch: before.leaderEpoch }
      })
    },
    finds: ['one-leader-per-epoch'],
    scenario: 'CRASH',
  },
  {
    name: 'a controller that fences a broker and leaves it in office',
    sabotage: () => {
      vi.mocked(fenceBroker).mockImplementation((state, brokerId) => actual.fenceBroker(state, brokerId).slice(-1))
    },
    finds: ['valid-controller-state'],
    scenario: 'CRASH',
  },
  {
    // The third replica lacks what the first two committed: it is in the ISR, and in office, without it.
    name: 'a controller that elects whoever is there',
    sabotage: () => {
      vi.mocked(electLeader).mockImplementation((kind, candidates) => {
        const { replicas, currentLeader, isAcceptable } = candidates
        if (isAcceptable(currentLeader)) return actual.electLeader(kind, candidates)
        return { leader: replicas.findLast((broker) => isAcceptable(broker)) ?? -1, unclean: true }
      })
    },
    finds: [
      'unclean-election-permitted',
      'isr-holds-committed',
      'committed-held-somewhere',
      'leader-completeness',
      'true-high-watermark-monotone',
    ],
    scenario: 'LATE_CRASH',
  },
  {
    // What it took back it could have kept: every member is beyond.
    name: 'a leader that takes its high watermark back',
    sabotage: () => {
      const { maybeIncrementHighWatermark } = PartitionLog.prototype
      vi.spyOn(PartitionLog.prototype, 'maybeIncrementHighWatermark').mockImplementation(function (
        this: PartitionLog,
        offset,
      ) {
        if (offset <= 50 || offset % 10 > 0) return maybeIncrementHighWatermark.call(this, offset)
        this.updateHighWatermark(offset - 10)
        return false
      })
    },
    finds: ['high-watermark-monotone-in-tenure', 'hw-equals-min-isr-leo'],
    scenario: 'STALL',
  },
  {
    name: 'a replica that says all is stable up to its log end',
    sabotage: () => {
      vi.spyOn(PartitionLog.prototype, 'lastStableOffset', 'get').mockImplementation(function (this: PartitionLog) {
        return this.logEndOffset
      })
    },
    finds: ['high-watermark-bounds'],
    scenario: 'STALL',
  },
  {
    // It counts nobody: members lack what it calls committed and acknowledges, and it is above the least log end.
    name: 'a leader whose high watermark is its log end',
    sabotage: () => {
      vi.mocked(highWatermarkCandidate).mockImplementation((_, __, leaderEndOffset) => leaderEndOffset)
    },
    finds: [
      'hw-equals-min-isr-leo',
      'high-watermark-raise-justified',
      'isr-holds-committed',
      'weak-isr',
      'acked-durable',
    ],
    scenario: 'STALL',
  },
  {
    name: 'a leader that raises its high watermark while the ISR is below the minimum',
    sabotage: broken({ hwMinIsrGate: false }),
    finds: ['high-watermark-raise-justified'],
    scenario: 'ALONE',
  },
  {
    name: 'a leader that raises its high watermark one short',
    sabotage: () => {
      vi.mocked(highWatermarkCandidate).mockImplementation((...args) => actual.highWatermarkCandidate(...args) - 1)
    },
    finds: ['hw-equals-min-isr-leo'],
    scenario: 'STALL',
  },
  {
    name: 'a leader that acknowledges what it has written',
    sabotage: () => {
      vi.spyOn(Partition.prototype, 'acknowledgement').mockReturnValue(0)
    },
    finds: ['acked-durable'],
    scenario: 'STALL',
  },
  {
    name: 'a leader that does not wait for the member it asks for (RB-11)',
    sabotage: broken({ maximalIsr: false }),
    finds: ['maximal-isr-covers-isr'],
    scenario: 'STALL',
  },
  {
    name: 'a leader that takes in who has not reached its epoch (RB-6)',
    sabotage: broken({ isrExpandRequiresLeso: false }),
    finds: ['isr-holds-committed'],
    scenario: 'SHORT_OF_EPOCH',
  },
  {
    // The member that is about to cut its log counts as holding what the others have there.
    name: 'a leader that counts a fetch that it tells to truncate (RB-12)',
    sabotage: broken({ countDivergingFetch: true }),
    finds: ['high-watermark-raise-justified', 'isr-holds-committed', 'weak-isr'],
    scenario: 'DIVERGED',
  },
  {
    // Broker 9 is not registered, so counts as fenced; the leader, not knowing it, neither asks for it nor waits for it.
    name: 'a controller that takes a broker into the ISR that has no replica',
    sabotage: () => {
      vi.mocked(changePartition).mockImplementation((partition, request) => {
        const change = actual.changePartition(partition, request)
        return change === undefined || change.isr === null ? change : { ...change, isr: [...change.isr, 9] }
      })
    },
    finds: ['valid-controller-state', 'valid-isr-and-elr', 'maximal-isr-covers-isr', 'high-watermark-raise-justified'],
    scenario: 'STALL',
  },
  {
    name: 'a broker that leads and goes on fetching',
    sabotage: () => replace(ReplicaFetcherManager.prototype, 'remove', () => {}),
    finds: ['valid-fetcher-state'],
    scenario: 'CRASH',
  },
  {
    // It has fetched, so the leader counts it; what it holds are other batches, below both high watermarks.
    name: 'a follower that stamps what it copies',
    sabotage: () => {
      const { appendAsFollower } = PartitionLog.prototype
      replace(PartitionLog.prototype, 'appendAsFollower', function (this: PartitionLog, bytes) {
        const copy = bytes.slice()
        if (copy.length > 0) patchMaxTimestamp(copy, 0, 1, false)
        return appendAsFollower.call(this, copy)
      })
    },
    finds: [
      'high-watermark-raise-justified',
      'isr-holds-committed',
      'weak-isr',
      'record-identity',
      'log-matching',
      'acked-durable',
    ],
    scenario: 'STALL',
  },
  {
    // Its log has a gap: it lacks what is committed there, and what follows lies behind something else.
    name: 'a follower that leaves out the first of several batches',
    sabotage: () => {
      const { appendAsFollower } = PartitionLog.prototype
      replace(PartitionLog.prototype, 'appendAsFollower', function (this: PartitionLog, bytes) {
        const first = bytes.length === 0 ? 0 : sizeInBytes(bytes, 0)
        return appendAsFollower.call(this, first < bytes.length ? bytes.subarray(first) : bytes)
      })
    },
    finds: ['high-watermark-raise-justified', 'isr-holds-committed', 'weak-isr', 'strong-log-matching', 'log-matching'],
    scenario: 'STALL',
  },
  {
    name: 'brokers that take any sequence, also twice',
    sabotage: () => {
      replace(ProducerStateTable.prototype, 'findDuplicate', () => undefined)
      replace(ProducerStateTable.prototype, 'check', () => undefined)
    },
    finds: ['producer-order'],
    scenario: 'CRASH',
  },
  {
    // As above; and the next leader has not got what was committed, acknowledged and read, nor has, in the end, anybody.
    name: 'a leader whose high watermark is its log end, and dies',
    sabotage: () => {
      vi.mocked(highWatermarkCandidate).mockImplementation((_, __, leaderEndOffset) => leaderEndOffset)
    },
    finds: [
      'hw-equals-min-isr-leo',
      'high-watermark-raise-justified',
      'isr-holds-committed',
      'weak-isr',
      'acked-durable',
      'committed-held-somewhere',
      'leader-completeness',
      'consistent-read',
      'true-high-watermark-monotone',
    ],
    scenario: 'READ_CRASH',
  },
  {
    // What it acknowledged last, nobody had fetched.
    name: 'a leader that acknowledges what it has written, and dies',
    sabotage: () => {
      replace(Partition.prototype, 'acknowledgement', () => 0)
    },
    finds: ['acked-durable', 'leader-completeness'],
    scenario: 'READ_CRASH',
  },
]

/** Invariants that these clusters do not break, by the file that does, in the order of the list. */
const BROKEN_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  './log-start-stays.test.ts': ['log-start-stays'],
  './epochs-fit-batches.test.ts': ['epochs-fit-batches'],
  './indexes-fit-batches.test.ts': ['indexes-fit-batches'],
  './checkpoints-not-ahead.test.ts': ['checkpoints-not-ahead'],
  './compaction.test.ts': ['compaction-keeps-last', 'tombstones-stay'],
  './producers.test.ts': ['producer-within-limits', 'keys-keep-partitions'],
  './groups.test.ts': [
    'group-transitions',
    'group-generations',
    'group-one-view',
    'group-disjoint-assignments',
    'group-fenced-instances',
    'group-commits-from-members',
    'group-offsets-kept',
    'group-offsets-durable',
    'one-coordinator-per-epoch',
  ],
  './consumers.test.ts': [
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
  ],
}

describe('unbroken, each of these clusters keeps every promise', () => {
  it.each(Object.entries(SCENARIOS))('%s', (_, scenario) => {
    expect(run(scenario).verdict).toMatchObject({ violations: [], outcome: 'pass' })
  })
})

describe('what is broken unsaid is found and fails the run', () => {
  it.each(CASES)('$name', ({ sabotage, finds, scenario }) => {
    sabotage()
    const { outcome, passed, violations } = run(SCENARIOS[scenario]).verdict
    const unexcused = new Set(violations.filter(({ excused }) => excused === null).map(({ invariant }) => invariant))
    expect(INVARIANTS.map(({ id }) => id).filter((id) => unexcused.has(id))).toEqual(finds)
    expect({ outcome, passed }).toEqual({ outcome: 'fail', passed: false })
  })

  it('is every invariant, by one break or another, here or in a file that is named', () => {
    const aims = new Set(CASES.flatMap(({ finds }) => finds))
    const elsewhere = Object.values(BROKEN_ELSEWHERE).flat()
    expect(INVARIANTS.map(({ id }) => id).filter((id) => !aims.has(id))).toEqual(elsewhere)
  })

  it.each(Object.entries(BROKEN_ELSEWHERE))('%s names those that it breaks', (file, ids) => {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8')
    expect(ids.filter((id) => !text.includes(`'${id}'`))).toEqual([])
  })
})

describe('what a scenario says that it brings back (C4) is found, and excused', () => {
  it.each([
    ['hwMinIsrGate: false', 'ALONE', []],
    ['maximalIsr: false', 'STALL', ['maximal-isr-covers-isr']],
    ['isrExpandRequiresLeso: false', 'SHORT_OF_EPOCH', ['isr-holds-committed']],
    ['countDivergingFetch: true', 'DIVERGED', ['high-watermark-raise-justified', 'isr-holds-committed', 'weak-isr']],
  ] as const)('%s', (setting, scenario, ids) => {
    const expectations = ids.length === 0 ? '' : `expect: [{ finds: [${ids.join(', ')}] }]\n`
    const { outcome, violations } = run(`${SCENARIOS[scenario]}switches: { ${setting} }\n${expectations}`).verdict
    expect(violations.map(({ invariant }) => invariant)).toEqual(ids)
    for (const { excused } of violations) expect(excused).toBe(`C4: ${setting} switched on purpose`)
    // A version without the gate is measured by what it promises: that is no violation.
    expect(outcome).toBe(ids.length === 0 ? 'pass' : 'find')
  })
})
