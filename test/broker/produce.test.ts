import { describe, expect, it } from 'vitest'
import { ProduceEntry } from '../../src/broker/delayed-produce.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { digestOfProduceRequest, sizeOfProduceRequest } from '../../src/protocol/generated/produce.ts'
import { leaderEpochOf, partitionInEpoch } from '../../src/protocol/produce-epoch.ts'
import { batchOf, sequenced } from '../log/fixtures.ts'
import { type FixtureOptions, state } from './fixture.ts'
import { ManagerFixture } from './manager-fixture.ts'

function leading(
  changes: Parameters<typeof state>[0] = {},
  minInsyncReplicas = 1,
  switches: FixtureOptions['switches'] = {},
): ManagerFixture {
  const fixture = new ManagerFixture({ config: { 'min.insync.replicas': minInsyncReplicas }, switches })
  fixture.publish(state(changes))
  return fixture
}

describe('acks=0 and acks=1 (R-35)', () => {
  it('are answered after the local append, whoever has it', () => {
    for (const acks of [0, 1]) {
      const fixture = leading()
      const sent = fixture.produce(acks)
      expect(sent.answers).toBe(1)
      expect([sent.entry.errorCode, sent.entry.firstOffset, sent.entry.lastOffset]).toEqual([Errors.NONE, 0, 0])
      expect(fixture.orders.log.highWatermark).toBe(0)
    }
  })

  it('are taken below the minimum ISR too (R-38), where they stay invisible (R-129)', () => {
    const fixture = leading({ isr: [1] }, 2)
    expect(fixture.produce(1).entry.errorCode).toBe(Errors.NONE)
    expect(fixture.orders.log.highWatermark).toBe(0)
    expect(fixture.orders.log.logEndOffset).toBe(1)
  })
})

describe('the minimum ISR (R-37)', () => {
  it.each(['capped', 'raw'] as const)(
    'with `effectiveMinIsr: %s` of a topic with fewer replicas than it wants',
    (rule) => {
      const fixture = leading({ isr: [1], replicas: [1] }, 2, { effectiveMinIsr: rule })
      expect(fixture.orders.effectiveMinIsr).toBe(rule === 'capped' ? 1 : 2)
      expect(fixture.produce(-1).entry.errorCode).toBe(rule === 'capped' ? Errors.NONE : Errors.NOT_ENOUGH_REPLICAS)
    },
  )
})

describe('the leader epoch of a write (R-36)', () => {
  const written = (produceEpochCheck: boolean, leaderEpoch: number): number => {
    const fixture = leading({ leaderEpoch: 3 }, 1, { produceEpochCheck })
    const entry = new ProduceEntry('orders', 0, batchOf(['v']), leaderEpoch)
    fixture.replicas.appendRecords(1, 1000, [entry], () => undefined)
    return entry.errorCode
  }

  it('is nothing that Kafka looks at: a leader of old takes what a client of today sends it (RB-29)', () => {
    expect([2, 3, 4].map((epoch) => written(false, epoch))).toEqual([0, 0, 0])
  })

  it('must be the leader’s with `produceEpochCheck`, if the client says it', () => {
    expect([2, 3, 4, -1].map((epoch) => written(true, epoch))).toEqual([
      Errors.FENCED_LEADER_EPOCH,
      Errors.NONE,
      Errors.UNKNOWN_LEADER_EPOCH,
      Errors.NONE,
    ])
  })

  it('travels beside the request, whose size and digest do not know of it', () => {
    const plain = { index: 0, records: batchOf(['v']) }
    const body = (partition: { index: number; records: Uint8Array | null }) => ({
      transactionalId: null,
      acks: 1,
      timeoutMs: 0,
      topicData: [{ name: 'orders', partitionData: [partition] }],
    })
    const inEpoch = partitionInEpoch(plain.index, plain.records ?? new Uint8Array(0), 7)
    expect([leaderEpochOf(plain), leaderEpochOf(inEpoch)]).toEqual([-1, 7])
    expect(sizeOfProduceRequest(body(inEpoch), 11)).toBe(sizeOfProduceRequest(body(plain), 11))
    expect(digestOfProduceRequest(body(inEpoch))).toBe(digestOfProduceRequest(body(plain)))
  })
})

describe('acks=all (R-38, R-40)', () => {
  it('waits until the high watermark has passed what it wrote', () => {
    const fixture = leading()
    fixture.produce(1)
    const sent = fixture.produce(-1)
    expect(sent.answers).toBe(0)
    fixture.follow(2, 2, { maxWaitMs: 0 })
    fixture.follow(3, 1, { maxWaitMs: 0 })
    expect(sent.answers).toBe(0)
    fixture.follow(3, 2, { maxWaitMs: 0 })
    expect([sent.answers, sent.entry.errorCode, sent.entry.firstOffset]).toEqual([1, Errors.NONE, 1])
    expect(fixture.replicas.waitingRequests).toBe(0)
  })

  it('is answered at once by a leader that is alone in the ISR', () => {
    const fixture = leading({ isr: [1], replicas: [1] })
    expect(fixture.produce(-1).answers).toBe(1)
  })

  it('is refused, and nothing written, when the committed ISR is below the minimum', () => {
    const fixture = leading({ isr: [1] }, 2)
    const sent = fixture.produce(-1)
    expect([sent.answers, sent.entry.errorCode]).toEqual([1, Errors.NOT_ENOUGH_REPLICAS])
    expect(fixture.orders.log.logEndOffset).toBe(0)
  })

  it('counts the committed ISR for that, not a member that is about to join', () => {
    const fixture = leading({ isr: [1] }, 2)
    fixture.follow(2, 0, { maxWaitMs: 0 })
    expect(fixture.orders.maximalIsr).toEqual([1, 2])
    expect(fixture.produce(-1).entry.errorCode).toBe(Errors.NOT_ENOUGH_REPLICAS)
  })

  it('before 3.7 fails with NOT_ENOUGH_REPLICAS_AFTER_APPEND when replicas leave after the append; the records stay (R-41, R-42)', () => {
    const fixture = leading({}, 2, { hwMinIsrGate: false })
    const sent = fixture.produce(-1)
    fixture.host.clock.advance(29_999)
    fixture.publish(state({ isr: [1], replicas: [1, 9], partitionEpoch: 1 }))
    expect(fixture.orders.log.highWatermark).toBe(1)
    expect([sent.answers, sent.entry.errorCode]).toEqual([1, Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND])
    expect(fixture.orders.log.logEndOffset).toBe(1)
  })

  it('times out with REQUEST_TIMED_OUT when replicas leave after the append, and the records stay (R-42)', () => {
    const fixture = leading({}, 2)
    const sent = fixture.produce(-1, { timeoutMs: 1_500 })
    fixture.publish(state({ isr: [1], partitionEpoch: 1 }))
    fixture.host.clock.advance(1_499)
    expect(sent.answers).toBe(0)
    fixture.host.clock.advance(1)
    expect([sent.answers, sent.entry.errorCode]).toEqual([1, Errors.REQUEST_TIMED_OUT])
    expect(fixture.orders.log.logEndOffset).toBe(1)
    // Late progress changes no answer.
    fixture.publish(state({ isr: [1, 2, 3], partitionEpoch: 2 }))
    fixture.follow(2, 1)
    fixture.follow(3, 1)
    expect(sent.answers).toBe(1)
  })

  it('is looked at again when a later append raises the high watermark', () => {
    const fixture = leading({ isr: [1], replicas: [1, 2] })
    fixture.follow(2, 0, { maxWaitMs: 0 })
    fixture.alter.refuse(Errors.INELIGIBLE_REPLICA)
    // Held back by a follower that is caught up in time, until it is not.
    const sent = fixture.produce(-1, { timeoutMs: 60_000 })
    fixture.host.clock.advance(30_001)
    expect(sent.answers).toBe(0)
    fixture.produce(1)
    expect([sent.answers, sent.entry.errorCode]).toEqual([1, Errors.NONE])
  })

  it('fails at once when the leader steps down', () => {
    const fixture = leading()
    const sent = fixture.produce(-1)
    fixture.publish(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    expect([sent.answers, sent.entry.errorCode]).toEqual([1, Errors.NOT_LEADER_OR_FOLLOWER])
  })

  it('fails at once when the topic is deleted', () => {
    const fixture = leading()
    const sent = fixture.produce(-1)
    fixture.unpublish('orders')
    expect([sent.answers, sent.entry.errorCode]).toEqual([1, Errors.UNKNOWN_TOPIC_OR_PARTITION])
    expect(fixture.host.disk.exists('data/orders-0')).toBe(false)
  })

  it('is looked at again when the controller confirms a shrink', () => {
    const fixture = leading({ isr: [1, 2], replicas: [1, 2] })
    const sent = fixture.produce(-1)
    fixture.host.clock.advance(30_001)
    fixture.orders.maybeShrinkIsr(fixture.host.clock.wallMs())
    fixture.alter.accept()
    expect([sent.answers, sent.entry.errorCode]).toEqual([1, Errors.REQUEST_TIMED_OUT])
    const again = fixture.produce(-1)
    expect([again.answers, again.entry.errorCode]).toEqual([1, Errors.NONE])
  })

  it('of several partitions is answered when all are decided, each by itself (R-43)', () => {
    const fixture = leading()
    fixture.publish(state({ index: 1, key: 'orders-1', isr: [1], replicas: [1, 2] }))
    const sent = fixture.produceAll(-1, [{ index: 0 }, { index: 1 }, { index: 7 }])
    expect(sent.answers).toBe(0)
    expect(sent.entries.map((entry) => entry.isPending)).toEqual([true, false, false])
    fixture.host.clock.advance(30_000)
    expect(sent.answers).toBe(1)
    expect(sent.entries.map((entry) => entry.errorCode)).toEqual([
      Errors.REQUEST_TIMED_OUT,
      Errors.NONE,
      Errors.UNKNOWN_TOPIC_OR_PARTITION,
    ])
  })
})

describe('where the partition is not led (R-36)', () => {
  it('unknown, elsewhere, or followed: three errors', () => {
    const fixture = leading()
    expect(fixture.produce(1, { topic: 'absent' }).entry.errorCode).toBe(Errors.UNKNOWN_TOPIC_OR_PARTITION)
    fixture.publish(state({ index: 1, key: 'orders-1', replicas: [2, 3], isr: [2, 3], leader: 2 }))
    expect(fixture.replicas.hosted('orders', 1)).toBeUndefined()
    expect(fixture.produce(1, { index: 1 }).entry.errorCode).toBe(Errors.NOT_LEADER_OR_FOLLOWER)
    fixture.publish(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    expect(fixture.produce(1).entry.errorCode).toBe(Errors.NOT_LEADER_OR_FOLLOWER)
  })

  it('a leader that has missed its successor’s election goes on taking acks=1 (RB-29)', () => {
    const fixture = leading()
    // Metadata of epoch 2, led by broker 2, has not reached us: nothing in a Produce request can tell.
    expect(fixture.produce(1).entry.errorCode).toBe(Errors.NONE)
  })
})

describe('an idempotent producer’s retry (R-46)', () => {
  it('is a success with the first offsets, and with acks=all waits like the first', () => {
    const fixture = leading()
    const first = fixture.produce(-1, { bytes: sequenced(7, 0, 0, 2) })
    const retry = fixture.produce(-1, { bytes: sequenced(7, 0, 0, 2) })
    expect(fixture.orders.log.logEndOffset).toBe(2)
    expect([retry.answers, retry.entry.duplicate, retry.entry.firstOffset]).toEqual([0, true, 0])
    fixture.follow(2, 2)
    fixture.follow(3, 2)
    expect([first.answers, retry.answers, retry.entry.errorCode]).toEqual([1, 1, Errors.NONE])
  })

  it('out of order is refused', () => {
    const fixture = leading()
    fixture.produce(1, { bytes: sequenced(7, 0, 0, 2) })
    const sent = fixture.produce(1, { bytes: sequenced(7, 0, 3, 1) })
    expect(sent.entry.errorCode).toBe(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
  })
})

describe('what the world is told of a produce', () => {
  it('is said when the answer is decided: at the append, or when the wait is over', () => {
    const fixture = leading()
    fixture.produce(1)
    fixture.produce(-1, { bytes: batchOf(['a', 'b']) })
    fixture.produce(0)
    const seen = () =>
      fixture.host.events('produce-answered').map(({ acks, lastOffset, error }) => [acks, lastOffset, error])
    expect(seen()).toEqual([[1, 0, null]])
    fixture.follow(2, 4)
    fixture.follow(3, 4)
    expect(seen()).toEqual([
      [1, 0, null],
      [-1, 2, null],
    ])
  })
})
