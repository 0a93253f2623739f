// The sometimes-marks: each is hit by what its sentence says, and by nothing else here; and whole clusters under faults
// reach most of them.

import { describe, expect, it } from 'vitest'
import { EventLoop } from '../../sim/event-loop.ts'
import { Owner } from '../../sim/owner.ts'
import { TraceBus } from '../../sim/trace.ts'
import { engine } from '../../src/cli/engine.ts'
import type { ClusterView, ObservedReplica } from '../../src/invariants/index.ts'
import { MarkCounter, MARKS } from '../../src/marks/index.ts'
import type { GroupStateName } from '../../src/trace/group-event.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'

const K = 'orders-0'
const at = { broker: 1, partition: K }

function committed(change: object): KafkaEvent {
  const before = {
    replicas: [1, 2, 3],
    leader: 1,
    leaderEpoch: 1,
    isr: [1, 2],
    elr: [],
    lastKnownElr: [],
    partitionEpoch: 1,
  }
  return { type: 'partition-changed', partition: K, reason: 'test', ...before, ...change }
}
function role(role: 'leader' | 'follower' | 'none', leader: number, leaderEpoch: number): KafkaEvent {
  return { type: 'role-changed', ...at, role, leader, leaderEpoch, partitionEpoch: 1 }
}
function view(
  change: 'expand-sent' | 'shrink-sent' | 'confirmed' | 'rejected',
  error: string | null = null,
): KafkaEvent {
  return { type: 'isr-view-changed', ...at, change, committedIsr: [1], maximalIsr: [1], error }
}
function hw(from: number, to: number, as: 'leader' | 'follower' = 'follower'): KafkaEvent {
  return { type: 'high-watermark-changed', ...at, as, from, to }
}
function cut(fromOffset: number, toOffset: number): KafkaEvent {
  return { type: 'log-truncated', ...at, fromOffset, toOffset }
}
function recovered(clean: boolean, logEndOffset: number, highWatermark: number): KafkaEvent {
  return { type: 'log-recovered', ...at, clean, logEndOffset, highWatermark }
}
function broker(state: 'registered' | 'fenced' | 'unfenced' | 'controlled-shutdown'): KafkaEvent {
  return { type: 'broker-state-changed', broker: 1, state, brokerEpoch: 7 }
}
function answer(error: string | null, more: object = {}): KafkaEvent {
  const plain = { acks: -1, firstOffset: 5, lastOffset: 5, duplicate: false }
  return { type: 'produce-answered', ...at, error, ...plain, ...more }
}
function fenced(requester: number, error: string): KafkaEvent {
  return { type: 'replica-fenced', ...at, requester, error }
}
function moved(from: number, to: number): KafkaEvent {
  return { type: 'position-moved', client: 'app', partition: K, from, to, why: 'test' }
}

function group(from: GroupStateName | null, to: GroupStateName, more: object = {}): KafkaEvent {
  const what = { broker: 1, partition: '__consumer_offsets-0', epoch: 1, group: 'g', generation: 5, protocol: 'range' }
  return { type: 'group-changed', ...what, leader: 'm', members: ['m'], reason: 'test', from, to, ...more }
}
function member(change: 'replaced' | 'expired' | 'removed' | 'absent'): KafkaEvent {
  const who = { broker: 1, group: 'g', generation: 5, member: 'm', instance: null, clientId: 'g[0]' }
  return { type: 'group-member-changed', ...who, change }
}
function commit(error: string): KafkaEvent {
  const what = {
    client: 'g[0]',
    group: 'g',
    generation: 5,
    kind: 'sync',
    offsets: [{ partition: K, offset: 5 }],
  } as const
  return { type: 'commit-answered', ...what, error }
}

/** The last event of each story hits the mark; what comes before is told first. */
const STORIES: Readonly<Record<string, readonly KafkaEvent[]>> = {
  'partition-without-leader': [committed({}), committed({ leader: -1, isr: [1, 2] })],
  'leader-after-none': [committed({ leader: -1, isr: [1] }), committed({})],
  'last-isr-member-kept': [committed({ isr: [1] }), committed({ leader: -1, isr: [1] })],
  'unclean-election': [committed({}), committed({ leader: 3, isr: [3] })],
  'elected-from-elr': [committed({ isr: [], leader: -1, elr: [3] }), committed({ leader: 3, isr: [3] })],
  'replica-became-eligible': [committed({}), committed({ isr: [1], elr: [2] })],
  'leader-back-to-preferred': [committed({ leader: 2 }), committed({ leader: 1 })],
  'same-leader-new-epoch': [committed({}), committed({ leaderEpoch: 2 })],
  'isr-down-to-leader': [committed({}), committed({ isr: [1] })],
  'isr-grew': [committed({}), committed({ isr: [1, 2, 3] })],
  'fenced-member-left-isr': [committed({}), committed({ isr: [1], reason: 'session of broker 2 expired' })],
  'broker-fenced': [broker('fenced')],
  'broker-registered-again': [broker('registered'), broker('registered')],
  'registration-before-fencing': [broker('unfenced'), broker('registered')],
  'controlled-shutdown': [broker('controlled-shutdown')],
  'topic-deleted': [{ type: 'topic-deleted', topic: 'orders', topicId: 'x', partitions: 1 }],
  'truncated-below-high-watermark': [hw(12, 9)],
  'truncated-to-nothing': [cut(9, 0)],
  'former-leader-truncated': [role('leader', 1, 1), role('follower', 2, 2), cut(9, 8)],
  'recovered-with-high-watermark-0': [recovered(false, 9, 0)],
  'recovered-after-unclean-stop': [recovered(false, 9, 3)],
  'recovered-after-clean-stop': [recovered(true, 9, 3)],
  'recovered-short-of-high-watermark': [role('follower', 2, 1), recovered(false, 3, 3)],
  'leader-with-high-watermark-below-epoch-start': [role('leader', 1, 1)],
  'leader-epoch-skipped': [role('follower', 2, 1), role('follower', 3, 3)],
  'office-lost-and-regained-unseen': [role('leader', 1, 1), role('leader', 1, 3)],
  'leader-stepped-down': [role('leader', 1, 1), role('follower', 2, 2)],
  'same-leader-followed-anew': [role('follower', 2, 1), role('follower', 2, 2)],
  'follower-high-watermark-fell': [hw(9, 6)],
  'isr-expand-asked': [view('expand-sent')],
  'isr-shrink-asked': [view('shrink-sent')],
  'isr-expanded-after-refusal': [view('rejected', 'INVALID_REQUEST'), view('expand-sent')],
  'isr-change-refused-ineligible': [view('rejected', 'INELIGIBLE_REPLICA')],
  'isr-change-refused-fenced-epoch': [view('rejected', 'FENCED_LEADER_EPOCH')],
  'isr-change-refused-version': [view('rejected', 'INVALID_UPDATE_VERSION')],
  'isr-change-forgotten': [view('rejected', 'replaced by metadata of the same partition epoch')],
  'follower-fenced': [fenced(2, 'FENCED_LEADER_EPOCH')],
  'follower-ahead-of-leader': [fenced(2, 'UNKNOWN_LEADER_EPOCH')],
  'follower-of-an-old-registration': [fenced(2, 'NOT_LEADER_OR_FOLLOWER')],
  'partition-given-up': [{ type: 'replica-failed', ...at, leader: 2, reason: 'FENCED_LEADER_EPOCH' }],
  'fetch-parked-across-leadership-change': [
    { type: 'parked-fetch-ended', broker: 1, requester: 2, error: 'NOT_LEADER_OR_FOLLOWER' },
  ],
  'producers-expired': [{ type: 'producers-expired', ...at, count: 1 }],
  'duplicate-acknowledged-from-cache': [answer(null, { duplicate: true })],
  'out-of-order-sequence': [answer('OUT_OF_ORDER_SEQUENCE_NUMBER')],
  'not-enough-replicas': [answer('NOT_ENOUGH_REPLICAS')],
  'not-enough-replicas-after-append': [answer('NOT_ENOUGH_REPLICAS_AFTER_APPEND')],
  'write-timed-out': [answer('REQUEST_TIMED_OUT')],
  'write-refused-by-follower': [answer('NOT_LEADER_OR_FOLLOWER', { firstOffset: -1 })],
  'write-waited-across-loss-of-office': [answer('NOT_LEADER_OR_FOLLOWER')],
  'zombie-acknowledged-write': [committed({ leader: 2 }), answer(null, { acks: 1 })],
  'zombie-refused-write': [committed({ leader: 2 }), answer('REQUEST_TIMED_OUT')],
  'outcome-unknown': [
    {
      type: 'produce-completed',
      client: 'web',
      n: 0,
      partition: K,
      outcome: 'unknown',
      offset: -1,
      acks: -1,
      error: null,
    },
  ],
  'consumer-fenced': [fenced(-1, 'UNKNOWN_LEADER_EPOCH')],
  'position-moved-back': [moved(9, 5)],
  'position-skipped-ahead': [moved(5, 9)],
  'rebalance-in-rebalance': [group('CompletingRebalance', 'PreparingRebalance')],
  'group-emptied': [group('PreparingRebalance', 'Empty')],
  'coordinator-lost-in-rebalance': [group('Stable', 'PreparingRebalance'), group(null, 'Stable', { epoch: 2 })],
  'generation-fell': [group('CompletingRebalance', 'Stable', { generation: 6 }), group(null, 'Stable', { epoch: 2 })],
  'static-member-returned': [member('replaced')],
  'member-session-ended': [member('expired')],
  'member-missed-rebalance': [member('removed')],
  'static-member-absent': [member('absent')],
  'member-polled-too-late': [
    { type: 'member-left', client: 'g[0]', group: 'g', reason: 'consumer poll timeout has expired.' },
  ],
  'partitions-lost': [{ type: 'partitions-revoked', client: 'g[0]', group: 'g', partitions: [K], lost: true }],
  'join-of-unknown-member': [
    {
      type: 'group-join-answered',
      broker: 1,
      group: 'g',
      member: 'm',
      error: 'UNKNOWN_MEMBER_ID',
      generation: -1,
      protocol: null,
      leader: '',
      members: [],
    },
  ],
  'commit-of-lost-generation': [commit('CommitFailedException')],
  'commit-in-rebalance': [commit('RebalanceInProgressException')],
  'committed-offset-expired': [
    { type: 'group-offset-removed', broker: 1, group: 'g', partition: K, why: 'expired' } as unknown as KafkaEvent,
  ],
  'coordinator-resigned': [
    { type: 'coordinator-changed', broker: 1, partition: K, state: 'resigned', epoch: 1, groups: 1 },
  ],
  'retention-deleted': [deletedSegments('retention.ms')],
  'segments-below-start-deleted': [deletedSegments('log-start')],
  'cleaner-swapped': [{ type: 'segments-replaced', ...at }],
  'cleaner-dropped-records': [cleaned(5, 0)],
  'tombstone-removed': [cleaned(9, 1)],
  'log-uncleanable': [{ type: 'log-uncleanable', ...at, problem: 'test' }],
  'log-dir-offline': [{ type: 'log-dir-failed', broker: 1, dir: 'data', reason: 'test' }],
  'bit-rot': [rot()],
  'follower-refused-rot': [{ type: 'bytes-refused', by: 'follower', partition: K }],
  'consumer-refused-rot': [{ type: 'bytes-refused', by: 'consumer', partition: K }],
  'recovery-cut-at-rot': [rot(), recovered(false, 4, 3)],
}

function deletedSegments(reason: 'log-start' | 'retention.ms'): KafkaEvent {
  return { type: 'segments-deleted', ...at, count: 1, reason, logStartOffset: 4 }
}
function cleaned(recordsAfter: number, tombstonesGone: number): KafkaEvent {
  const bytes = { bytesBefore: 90, bytesAfter: 50 }
  const records = { recordsBefore: 9, recordsAfter, tombstonesGone }
  return { type: 'log-cleaned', ...at, fromOffset: 0, toOffset: 9, ...bytes, ...records }
}
/** Of the batch with offsets 4 to 6. */
function rot(): KafkaEvent {
  const path = `data/${K}/00000000000000000000.log`
  return { type: 'bytes-rotted', process: 'broker-1', path, position: 80, partition: K, firstOffset: 4, lastOffset: 6 }
}

/** Counts after these events; broker 1 has a log that ends at 9, with high watermark 4. */
function counts(events: readonly KafkaEvent[]): Record<string, number> {
  const loop = new EventLoop()
  const bus = new TraceBus<KafkaEvent>(loop)
  const replica = { log: { highWatermark: 4, logEndOffset: 9 } } as unknown as ObservedReplica
  const cluster: ClusterView = {
    brokerIds: [1],
    partitionsOf: () => new Map([[K, replica]]),
    broker: () => undefined,
    metadata: undefined,
  }
  const counter = new MarkCounter(MARKS, cluster, bus)
  for (const event of events) bus.emit(event, new Owner(1, 'test').name)
  return counter.counts()
}

describe('each mark', () => {
  it('has an id, a rule, one sentence and a story', () => {
    expect(new Set(MARKS.map(({ id }) => id)).size).toBe(MARKS.length)
    expect(MARKS.length).toBeGreaterThanOrEqual(30)
    for (const { id, rule, statement } of MARKS) {
      expect(id).toMatch(/^[a-z]+(-[a-z0-9]+)+$/)
      expect(rule).toMatch(/^(?:RB?|[CGO])-\d+$/)
      expect(statement).toMatch(/^[A-Z][^.]*\.$/)
    }
    expect(Object.keys(STORIES)).toEqual(MARKS.map(({ id }) => id))
  })

  it.each(Object.entries(STORIES))('%s is hit by its story, at its end', (id, events) => {
    expect(counts(events.slice(0, -1))[id]).toBe(0)
    expect(counts(events)[id]).toBe(1)
  })

  it('is not hit by what only looks like it', () => {
    const elsewhere = counts([committed({}), committed({ leader: 3, isr: [3] }), committed({ leader: 2, isr: [2] })])
    expect([elsewhere['isr-grew'], elsewhere['fenced-member-left-isr']]).toEqual([0, 0])
  })

  it('is not hit by a topic that begins anew under the name of one that was deleted', () => {
    const gone: KafkaEvent = { type: 'topic-deleted', topic: 'orders', topicId: 'x', partitions: 1 }
    const anew = [committed({ leader: 3, leaderEpoch: 0, isr: [3, 2, 1] }), role('leader', 1, 3)]
    const before = [committed({}), role('leader', 1, 1)]
    const hits = (events: readonly KafkaEvent[]) => {
      const all = counts(events)
      return ['unclean-election', 'isr-grew', 'office-lost-and-regained-unseen'].map((id) => all[id])
    }
    expect(hits([...before, ...anew])).toEqual([1, 1, 1])
    expect(hits([...before, gone, ...anew])).toEqual([0, 0, 0])
  })

  it('is counted, hit or not, in the order of the list', () => {
    const quiet = counts([answer(null), answer(null, { acks: 1 }), committed({}), broker('unfenced')])
    expect(Object.keys(quiet)).toEqual(MARKS.map(({ id }) => id))
    expect(Object.values(quiet).every((count) => count === 0)).toBe(true)
  })
})

/** What follows from the faults below, whatever else happens. */
const SURELY = [
  'isr-grew',
  'broker-fenced',
  'broker-registered-again',
  'recovered-after-unclean-stop',
  'leader-stepped-down',
  'isr-expand-asked',
  'isr-shrink-asked',
  'fetch-parked-across-leadership-change',
]

/** Much goes wrong here, in every way that one file can hold. */
const STORM = `
kafka: "4.0"
duration: 40s
cluster:
  brokers: 3
  config: { broker.session.timeout.ms: 1500, broker.heartbeat.interval.ms: 300, replica.lag.time.max.ms: 1500 }
topics: { orders: { partitions: 3, replication.factor: 3, config: { min.insync.replicas: 2 } } }
producers:
  web: { topic: orders, rate: 60/s, config: { acks: all, request.timeout.ms: 1500, delivery.timeout.ms: 4000, linger.ms: 0 } }
  log: { topic: orders, rate: 60/s, config: { acks: 1, enable.idempotence: false } }
consumers: { app: { topic: orders } }
network: { replication: { latency: 5ms..20ms } }
faults:
  - { at: 3s, kill: leader(orders-0), for: 3s }
  - { at: 8s, clog: { from: follower(orders-1), to: leader(orders-1) }, for: 4s }
  - { at: 14s, pause: leader(orders-0), for: 3s }
  - { at: 19s, isolate: leader(orders-1), for: 3s }
  - { at: 24s, power-loss: follower(orders-0), for: 2s }
  - { at: 28s, kill: leader(orders-2), for: 2s }
  - { at: 32s, pause: leader(orders-0), for: 3s }
`

describe('a cluster in a storm', () => {
  it('reaches what storms bring, the same each time, and tells of all', () => {
    const { scenario, report } = engine.load('storm.yaml', STORM, [])
    if (scenario === undefined) throw new Error(report)
    const { marks } = engine.run(scenario, { seed: 3 })
    expect(Object.keys(marks)).toEqual(MARKS.map(({ id }) => id))
    const reached = Object.keys(marks).filter((id) => (marks[id] ?? 0) > 0)
    expect(SURELY.filter((id) => !reached.includes(id))).toEqual([])
    expect(reached.length).toBeGreaterThanOrEqual(18)
    expect(engine.run(scenario, { seed: 3 }).marks).toEqual(marks)
  })
})
