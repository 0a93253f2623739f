// Causes that runs rarely have, recognised in what a run might have left behind, and not in what lies beside it.

import { describe, expect, it } from 'vitest'
import { EventLoop } from '../../../sim/event-loop.ts'
import { Streams } from '../../../sim/random/streams.ts'
import { TraceBus } from '../../../sim/trace.ts'
import { GroupHistory } from '../../../src/history/group-history.ts'
import { History } from '../../../src/history/history.ts'
import type { Violation } from '../../../src/invariants/invariant.ts'
import { resolveDraws } from '../../../src/scenario/build.ts'
import { type FinishedRun, type Mishap } from '../../../src/scenario/judge/causes/cause.ts'
import { PartitionPasts } from '../../../src/scenario/judge/causes/partition-past.ts'
import { Retries } from '../../../src/scenario/judge/causes/retries.ts'
import { Causes } from '../../../src/scenario/judge/causes/rules.ts'
import { RunRecord } from '../../../src/scenario/judge/run-record.ts'
import { loadScenario } from '../../../src/simulate.ts'
import { defectsOf } from '../../../src/switches/defects.ts'
import { resolveFeatures } from '../../../src/switches/features.ts'
import { type KafkaEvent, UNCLEAN_BY_ADMIN } from '../../../src/trace/kafka-event.ts'

const TEXT = `
duration: 10s
cluster: { brokers: 3 }
topics: { t: { replicas: [[1, 2, 3]], config: { min.insync.replicas: 2 } } }
producers: { p: { topic: t, config: { acks: all } } }
`

/** A run of which only what is given is known. */
class RunByHand {
  readonly bus = new TraceBus<KafkaEvent>(new EventLoop())
  readonly run: FinishedRun

  constructor(set: readonly string[] = [], changes: Partial<FinishedRun> = {}) {
    const loaded = loadScenario(TEXT, { file: 'x.yaml', set })
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings))
    const streams = new Streams(1)
    const { bus } = this
    this.run = {
      scenario: resolveDraws(loaded.scenario, (name) => streams.stream(name)),
      history: new History(bus),
      groupHistory: new GroupHistory(bus),
      groups: new Map(),
      lastHealUs: 0,
      findings: { lost: [], unjudged: [], duplicated: [], reordered: [] },
      reads: { skipped: [], nonmonotonic: [], inconsistent: [] },
      record: new RunRecord(bus),
      pasts: new PartitionPasts(bus),
      retries: new Retries(bus),
      missingReplicas: new Map(),
      violations: [],
      disagreements: [],
      onPurpose: [],
      raisedEpochs: false,
      ...changes,
    }
  }

  emit(...events: readonly KafkaEvent[]): void {
    for (const event of events) this.bus.emit(event, 'test')
  }

  ruleOf(mishap: Mishap): string | undefined {
    return new Causes(this.run).of(mishap)?.rule
  }
}

function retried(n: number): KafkaEvent {
  const batch = { client: 'p[0]', partition: 't-0', records: [n], attempt: 1 } as const
  return { type: 'produce-retried', ...batch, error: 'REQUEST_TIMED_OUT', answered: false }
}

const appended = (broker: number, lastOffset: number, as: 'leader' | 'follower'): KafkaEvent => ({
  type: 'log-appended',
  broker,
  partition: 't-0',
  as,
  firstOffset: lastOffset,
  lastOffset,
})
const leads = (broker: number, leaderEpoch: number): KafkaEvent => ({
  type: 'role-changed',
  broker,
  partition: 't-0',
  role: 'leader',
  leader: broker,
  leaderEpoch,
  partitionEpoch: leaderEpoch,
})
const raised = (broker: number, to: number): KafkaEvent => ({
  type: 'high-watermark-changed',
  broker,
  partition: 't-0',
  as: 'leader',
  from: 0,
  to,
})

const partitionChange = (leader: number, leaderEpoch: number, isr: readonly number[], reason: string): KafkaEvent => ({
  type: 'partition-changed',
  partition: 't-0',
  replicas: [1, 2, 3],
  leader,
  leaderEpoch,
  isr,
  elr: [],
  lastKnownElr: [],
  partitionEpoch: leaderEpoch,
  reason,
})
const RECORD = { partition: 't-0', client: 'p[0]', n: 7, offset: 12 }

describe('a record behind one that was sent later', () => {
  const behind: Mishap = { kind: 'reordered', record: RECORD, after: 9 }
  const loose = ['producers.p.config.enable.idempotence=false']

  it('was sent again, with others on their way', () => {
    const hand = new RunByHand(loose)
    hand.emit(retried(7))
    expect(hand.ruleOf(behind)).toBe('in-flight-without-idempotence')
    expect(new Causes(hand.run).of(behind)?.happened).toMatch(
      /^p\[0\]#7 lies at t-0@12, behind #9, which was sent later\./,
    )
  })

  it('has another cause if it was sent once, one at a time, or with numbers', () => {
    const once = new RunByHand(loose)
    once.emit(retried(8))
    expect(once.ruleOf(behind)).toBeUndefined()
    const oneAtATime = new RunByHand([...loose, 'producers.p.config.max.in.flight.requests.per.connection=1'])
    oneAtATime.emit(retried(7))
    expect(oneAtATime.ruleOf(behind)).toBeUndefined()
    const numbered = new RunByHand()
    numbered.emit(retried(7))
    expect(numbered.ruleOf(behind)).toBeUndefined()
  })
})

describe('a record at two offsets, of an idempotent producer', () => {
  const twice: Mishap = { kind: 'duplicated', record: RECORD, firstOffset: 3 }

  it('was numbered anew', () => {
    const hand = new RunByHand([], { raisedEpochs: true })
    hand.emit(retried(7))
    expect(hand.ruleOf(twice)).toBe('renumbered-after-expiry')
  })

  it('has a cause that nobody knows if it was not', () => {
    const hand = new RunByHand()
    hand.emit(retried(7))
    expect(hand.ruleOf(twice)).toBeUndefined()
  })
})

describe('an election from outside the ISR', () => {
  const unclean: Mishap = { kind: 'unclean-election', partition: 't-0', atUs: 0 }
  const electedFor = (reason: string, set: readonly string[] = []): RunByHand => {
    const hand = new RunByHand(set)
    hand.emit(partitionChange(1, 0, [1], 'created'), partitionChange(2, 1, [2], reason))
    return hand
  }

  it('was asked for by an administrator', () => {
    expect(electedFor(UNCLEAN_BY_ADMIN).ruleOf(unclean)).toBe('unclean-election-asked')
  })

  it('or allowed by the setting', () => {
    const allowed = electedFor('session of broker 1 expired', ['topics.t.config.unclean.leader.election.enable=true'])
    expect(allowed.ruleOf(unclean)).toBe('unclean-election-allowed')
  })

  it('or is a riddle', () => {
    expect(electedFor('session of broker 1 expired').ruleOf(unclean)).toBeUndefined()
  })
})

describe('a record that an unclean leader had something else for', () => {
  // Broker 1 went on writing in epoch 0, up to 19; broker 2 acknowledged offset 12 in epoch 1; broker 1 was elected again.
  const lost: Mishap = { kind: 'lost', record: RECORD }
  const told = (last: KafkaEvent): RunByHand => {
    const hand = new RunByHand(['topics.t.config.unclean.leader.election.enable=true'])
    hand.emit(
      partitionChange(1, 0, [1, 2], 'created'),
      leads(1, 0),
      appended(1, 9, 'leader'),
      appended(2, 9, 'follower'),
      partitionChange(2, 1, [2], 'session of broker 1 expired'),
      leads(2, 1),
      appended(1, 19, 'leader'),
      appended(2, 12, 'leader'),
      raised(2, 13),
      ...Array.from({ length: 8 }, (_, n): KafkaEvent => ({ type: 'produce-invoked', client: 'p[0]', n, topic: 't' })),
      {
        type: 'produce-completed',
        client: 'p[0]',
        n: 7,
        partition: 't-0',
        outcome: 'ok',
        offset: 12,
        acks: -1,
        error: null,
      },
      last,
      leads(1, 2),
    )
    return hand
  }

  it('is gone for that election', () => {
    const hand = told(partitionChange(1, 2, [1], 'session of broker 2 expired'))
    expect(hand.ruleOf(lost)).toBe('unclean-election')
    expect(new Causes(hand.run).of(lost)?.happened).toMatch(/^Broker 2, leader in epoch 1, .*with other records there/)
  })

  it('is gone for reasons that nobody knows if the election was a clean one', () => {
    expect(told(partitionChange(2, 2, [2, 1], 'AlterPartition')).ruleOf(lost)).toBeUndefined()
  })
})

describe('a violation', () => {
  const violation = (excused: string | null): Violation => ({
    invariant: 'weak-isr',
    rule: 'RI-2',
    statement: '',
    excused,
    atUs: 0,
    subject: 't-0',
    message: '',
    events: [1, 2],
    count: 1,
  })
  const ruleOf = (excused: string | null, changes: Partial<FinishedRun> = {}): string | undefined =>
    new RunByHand([], changes).ruleOf({ kind: 'violation', violation: violation(excused) })
  const [fix] = defectsOf(['3.4'], resolveFeatures('3.4'), {}).missingFixes

  it('that a release without a fix excuses is told so', () => {
    expect(fix?.text).toContain('KIP-903')
    expect(ruleOf(`C4: ${fix?.text}`)).toBe('not-yet-mended')
  })

  it('that a power loss excuses, without any lost record, is told so', () => {
    expect(ruleOf('C2: broker 1 lost 12 bytes that it had not synced (at 3.000 ms)')).toBe('unsynced-loss')
  })

  it('that rot excuses is told so, if there was any', () => {
    const hand = new RunByHand()
    const rotten: Mishap = { kind: 'violation', violation: violation('C5: a bit of the log of broker-1 changed') }
    expect(hand.ruleOf(rotten)).toBeUndefined()
    const where = { path: 'data/t-0/0.log', position: 99, partition: 't-0', firstOffset: 3, lastOffset: 4 }
    hand.emit({ type: 'bytes-rotted', process: 'broker-1', ...where })
    expect(hand.ruleOf(rotten)).toBe('rot')
    expect(new Causes(hand.run).of(rotten)?.happened).toContain('in the batch with offsets 3 to 4')
  })

  it('that nothing excuses is explained by nothing', () => {
    expect(ruleOf(null)).toBeUndefined()
    expect(ruleOf(null, { onPurpose: ['maximalIsr: false'] })).toBeUndefined()
  })

  it('is not explained by an excuse of another kind', () => {
    expect(ruleOf('C1: broker 1 was elected from outside the ISR, in epoch 1 (at 3.000 ms)')).toBeUndefined()
  })
})

describe('the past of a partition', () => {
  it('knows who acknowledged an offset, who took office without it, and whether it was committed', () => {
    const past = new PartitionPasts(new TraceBus(new EventLoop())).of('t-0')
    past.hear(leads(1, 0), 0)
    for (const offset of [0, 1, 2]) past.hear(appended(1, offset, 'leader'), 10)
    past.hear(appended(2, 0, 'follower'), 11)
    past.hear(raised(1, 1), 12)
    past.hear(leads(2, 1), 20)
    past.hear(appended(2, 1, 'leader'), 21)
    const first = past.tenureOf(2, 15, false)
    expect(first).toMatchObject({ broker: 1, epoch: 0, endOffset: 3, highWatermark: 1 })
    expect(past.tenureOf(2, 15, true)).toBeUndefined()
    if (first === undefined) return
    const without = past.firstWithout(2, first)
    expect(without).toMatchObject({ broker: 2, epoch: 1, startOffset: 1 })
    expect(past.wasCommitted(2, first, without)).toBe(false)
    expect(past.wasCommitted(0, first, past.firstWithout(0, first))).toBe(true)
    expect(past.firstWithout(0, first)).toBeUndefined()
  })

  it('knows what a power loss took, once the log has been read again', () => {
    const past = new PartitionPasts(new TraceBus(new EventLoop())).of('t-0')
    past.hear(appended(1, 9, 'leader'), 10)
    past.powerLost(1, 20)
    expect(past.lostAt(7, 0, 100)).toEqual([])
    past.hear(
      { type: 'log-recovered', broker: 1, partition: 't-0', clean: false, logEndOffset: 5, highWatermark: 0 },
      30,
    )
    expect(past.lostAt(7, 0, 100)).toEqual([{ broker: 1, atUs: 20, endBefore: 10, endAfter: 5, torn: false }])
    expect(past.lostAt(4, 0, 100)).toEqual([])
    expect(past.lostAt(7, 21, 100)).toEqual([])
  })
})
