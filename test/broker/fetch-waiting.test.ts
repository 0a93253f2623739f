import { describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { batchOf, recordsOf } from '../log/fixtures.ts'
import { consumerParams, followerParams, state } from './fixture.ts'
import { item, ManagerFixture } from './manager-fixture.ts'

function leading(changes: Parameters<typeof state>[0] = {}): ManagerFixture {
  const fixture = new ManagerFixture()
  fixture.publish(state(changes))
  return fixture
}

describe('a follower’s fetch with nothing to read (R-58)', () => {
  it('is parked, and answered empty at its maximum wait', () => {
    const fixture = leading()
    const fetched = fixture.follow(2, 0)
    fixture.host.clock.advance(499)
    expect(fetched.answers).toBe(0)
    fixture.host.clock.advance(1)
    expect(fetched.answers).toBe(1)
    expect(fetched.results[0]?.records).toHaveLength(0)
    expect(fixture.host.clock.pending).toBe(0)
  })

  it('wakes with the next append', () => {
    const fixture = leading()
    const fetched = fixture.follow(2, 0)
    fixture.produce(1)
    expect(fetched.answers).toBe(1)
    expect(recordsOf(fetched.results[0]!.records)).toEqual([[0, 'v']])
  })

  it('is not woken by a rise of the high watermark, which it learns of late (KAFKA-9952)', () => {
    const fixture = leading({ isr: [1, 2, 3] })
    fixture.produce(1)
    fixture.follow(2, 1)
    const parked = fixture.follow(2, 1)
    fixture.follow(3, 1)
    expect(fixture.orders.log.highWatermark).toBe(1)
    expect(parked.answers).toBe(0)
    fixture.host.clock.advance(500)
    expect(parked.answers).toBe(1)
    expect(parked.results[0]?.highWatermark).toBe(1)
  })

  it('is noted when it arrives, not when it wakes', () => {
    const fixture = leading()
    fixture.follow(2, 0)
    const arrivedMs = fixture.host.clock.wallMs()
    fixture.host.clock.advance(100)
    fixture.produce(1)
    expect(fixture.orders.remoteReplicas.get(2)?.lastFetchMs).toBe(arrivedMs)
  })

  it('is answered at once on a new epoch, and when the leader steps down', () => {
    const fixture = leading()
    const first = fixture.follow(2, 0)
    fixture.publish(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    expect(first.results.map((result) => result.errorCode)).toEqual([Errors.FENCED_LEADER_EPOCH])

    fixture.publish(state({ leaderEpoch: 3, partitionEpoch: 2 }))
    const second = fixture.follow(2, 0)
    fixture.publish(state({ leaderEpoch: 4, partitionEpoch: 3 }))
    fixture.produce(1)
    expect(second.results.map((result) => result.errorCode)).toEqual([Errors.FENCED_LEADER_EPOCH])
  })

  it('waits for `minBytes`, counted over its partitions', () => {
    const fixture = leading()
    const size = batchOf(['v']).length
    const fetched = fixture.follow(2, 0, { minBytes: 2 * size + 1 })
    fixture.produce(1)
    fixture.produce(1)
    expect(fetched.answers).toBe(0)
    fixture.produce(1)
    expect(recordsOf(fetched.results[0]!.records)).toHaveLength(3)
  })

  it('does not wait when it says so, when it fails, or when it diverges', () => {
    const fixture = leading({ leaderEpoch: 3 })
    expect(fixture.follow(2, 0, { maxWaitMs: 0 }).answers).toBe(1)
    const params = followerParams(2)
    expect(fixture.fetch(params, [item(0, { currentLeaderEpoch: 2 })]).answers).toBe(1)
    expect(fixture.fetch(params, [item(5, { currentLeaderEpoch: 3, lastFetchedEpoch: 2 })]).answers).toBe(1)
    expect(fixture.fetch(params, []).answers).toBe(1)
    expect(fixture.follow(9, 0).results[0]?.errorCode).toBe(Errors.UNKNOWN_LEADER_EPOCH)
    expect(fixture.replicas.waitingRequests).toBe(0)
  })
})

describe('a consumer’s fetch with nothing to read', () => {
  it('is woken by the rise of the high watermark, not by the append', () => {
    const fixture = leading({ isr: [1, 2] })
    const fetched = fixture.consume(0)
    fixture.produce(1)
    expect(fetched.answers).toBe(0)
    fixture.follow(2, 1)
    expect(fetched.answers).toBe(1)
    expect(recordsOf(fetched.results[0]!.records)).toEqual([[0, 'v']])
  })

  it('is answered empty at once between high watermark and log end (R-66)', () => {
    const fixture = leading()
    fixture.produce(1)
    fixture.produce(1)
    const fetched = fixture.consume(1)
    expect(fetched.answers).toBe(1)
    expect([fetched.results[0]?.errorCode, fetched.results[0]?.records.length]).toEqual([Errors.NONE, 0])
  })

  it('of a follower’s copy is woken when that follower learns of a higher watermark (R-130)', () => {
    const fixture = leading({ leader: 2 })
    const fetched = fixture.consume(0)
    fixture.orders.appendAsFollower(batchOf(['v'], { leaderEpoch: 1 }), 0, 0)
    expect(fetched.answers).toBe(0)
    fixture.orders.appendAsFollower(new Uint8Array(0), 1, 0)
    fixture.orders.wakeReaders()
    expect(recordsOf(fetched.results[0]!.records)).toEqual([[0, 'v']])
  })
})

describe('a parked fetch whose log is cut under it', () => {
  it('is told where to truncate, though the log has grown back since', () => {
    const fixture = leading({ leader: 2 })
    const { orders } = fixture
    orders.appendAsFollower(batchOf(['a', 'b'], { leaderEpoch: 1 }), 2, 0)
    const parked = fixture.fetch(consumerParams(), [item(2, { currentLeaderEpoch: -1, lastFetchedEpoch: 1 })])
    fixture.publish(state({ leader: 3, leaderEpoch: 2, partitionEpoch: 1 }))
    expect(parked.answers).toBe(0)
    orders.truncateTo(0)
    orders.appendAsFollower(batchOf(['c', 'd'], { leaderEpoch: 2 }), 2, 0)
    orders.wakeReaders()
    expect(parked.results.map((result) => [result.divergingEpoch, result.divergingEndOffset])).toEqual([[1, 0]])
  })
})

describe('the limits of a fetch (R-56)', () => {
  it('hold for the request as a whole, but the first batch found is always given', () => {
    const fixture = leading()
    for (const index of [1, 2]) fixture.publish(state({ index, key: `orders-${index}` }))
    for (const index of [1, 2]) fixture.produce(1, { index, bytes: batchOf(['x'.repeat(100)]) })
    const params = followerParams(2, { maxBytes: 10, maxWaitMs: 0 })
    const fetched = fixture.fetch(
      params,
      [0, 1, 2].map((partition) => item(0, { partition, partitionMaxBytes: 5 })),
    )
    expect(fetched.results.map((result) => recordsOf(result.records).length)).toEqual([0, 1, 0])
  })

  it('leave less to each further partition', () => {
    const fixture = leading()
    fixture.publish(state({ index: 1, key: 'orders-1' }))
    for (const index of [0, 1]) for (let i = 0; i < 2; i++) fixture.produce(1, { index })
    const size = batchOf(['v']).length
    const params = followerParams(2, { maxBytes: 3 * size, maxWaitMs: 0 })
    const fetched = fixture.fetch(params, [item(0), item(0, { partition: 1 })])
    expect(fetched.results.map((result) => recordsOf(result.records).length)).toEqual([2, 1])
  })

  it('an unknown partition, and another topic of the same name', () => {
    const fixture = leading()
    const elsewhere = { ...item(0), topicId: 'b3RoZXItdG9waWMtaWQtMQ' }
    const fetched = fixture.fetch(consumerParams(), [item(0, { partition: 9 }), elsewhere])
    expect(fetched.results.map((result) => result.errorCode)).toEqual([
      Errors.UNKNOWN_TOPIC_OR_PARTITION,
      Errors.INCONSISTENT_TOPIC_ID,
    ])
  })
})
