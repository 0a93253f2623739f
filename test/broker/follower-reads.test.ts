import { describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import type { Switches } from '../../src/switches/switches.ts'
import { batchOf } from '../log/fixtures.ts'
import { state } from './fixture.ts'
import { batch, FollowerRig } from './follower-rig.ts'
import { item, ManagerFixture } from './manager-fixture.ts'

const RACK_AWARE = 'org.apache.kafka.common.replica.RackAwareReplicaSelector'
const LAG_MS = 30_000

/** Broker 1 in rack a leads orders-0, brokers 2 and 3 in rack b follow. */
function leading(switches: Partial<Switches> = {}, selector: typeof RACK_AWARE | null = RACK_AWARE): ManagerFixture {
  const fixture = new ManagerFixture({ config: { 'replica.selector.class': selector }, switches })
  fixture.register(1, { rack: 'a' })
  fixture.register(2, { rack: 'b' })
  fixture.register(3, { rack: 'b' })
  fixture.publish(state())
  return fixture
}

/** The replica that a consumer of this rack is sent to; −1 if it is not. */
function sentTo(fixture: ManagerFixture, clientRack: string, offset = 0): number | undefined {
  const fetched = fixture.consume(offset, { clientRack, maxWaitMs: 0 })
  return fetched.results[0]?.preferredReadReplica
}

describe('where a leader sends a consumer (KIP-392, R-130)', () => {
  it('to the replica in its rack that has most, without data and at once', () => {
    const fixture = leading()
    fixture.produceAll(1, [{}, {}, {}])
    fixture.follow(2, 1)
    fixture.follow(3, 2)
    const fetched = fixture.consume(0, { clientRack: 'b', maxWaitMs: 500 })
    expect(fetched.answers).toBe(1)
    expect(fetched.results[0]).toMatchObject({ errorCode: Errors.NONE, preferredReadReplica: 3, highWatermark: 1 })
    expect(fetched.results[0]?.records).toHaveLength(0)
  })

  it('of two with as much to the one that caught up last, then to the one of the higher id', () => {
    const fixture = leading()
    fixture.follow(3, 0)
    fixture.host.clock.advance(1)
    fixture.follow(2, 0)
    expect(sentTo(fixture, 'b')).toBe(2)
    fixture.follow(3, 0)
    expect(sentTo(fixture, 'b')).toBe(3)
  })

  it('nowhere: from its own rack, from a rack nobody is in, from none, or without a selector', () => {
    const fixture = leading()
    fixture.follow(2, 0)
    expect(['a', 'c', ''].map((rack) => sentTo(fixture, rack))).toEqual([-1, -1, -1])
    const plain = leading({}, null)
    plain.follow(2, 0)
    expect(sentTo(plain, 'b')).toBe(-1)
  })

  it('not to a replica that has not got the offset, as far as the leader knows', () => {
    const fixture = leading()
    expect(sentTo(fixture, 'b')).toBe(-1)
    fixture.produceAll(1, [{}, {}])
    fixture.follow(2, 1)
    fixture.follow(3, 1)
    expect([1, 2].map((offset) => sentTo(fixture, 'b', offset))).toEqual([3, -1])
  })

  it('not to a fenced broker', () => {
    const fixture = leading()
    fixture.follow(2, 0)
    fixture.register(2, { rack: 'b', fenced: true })
    expect(sentTo(fixture, 'b')).toBe(-1)
  })

  it.each([true, false])(
    'only to members of the ISR with `preferIsrOnly: %s` (KAFKA-14372, RB-40)',
    (preferIsrOnly) => {
      const fixture = leading({ preferIsrOnly })
      fixture.publish(state({ isr: [1, 2], partitionEpoch: 1 }))
      fixture.produceAll(1, [{}])
      fixture.host.clock.advance(LAG_MS + 1)
      fixture.follow(3, 0)
      expect(sentTo(fixture, 'b')).toBe(preferIsrOnly ? -1 : 3)
    },
  )

  it('but refuses it in another epoch, and never sends a follower anywhere', () => {
    const fixture = leading()
    fixture.follow(2, 0)
    const stale = fixture.fetch(
      {
        replicaId: -1,
        replicaEpoch: -1,
        maxWaitMs: 0,
        minBytes: 1,
        maxBytes: 99,
        bound: 'high-watermark',
        leaderOnly: false,
        clientRack: 'b',
      },
      [item(0, { currentLeaderEpoch: 0 })],
    )
    expect(stale.results[0]?.errorCode).toBe(Errors.FENCED_LEADER_EPOCH)
    expect(fixture.follow(3, 0, { maxWaitMs: 0 }).results[0]?.preferredReadReplica).toBe(-1)
  })
})

describe('a follower that is read from (R-130)', () => {
  it('serves up to its own high watermark, and sends nobody away', () => {
    const fixture = leading()
    fixture.publish(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    fixture.orders.appendAsFollower(batchOf(['a', 'b']), 1, 0)
    const fetched = fixture.consume(0, { clientRack: 'b', maxWaitMs: 0 })
    expect(fetched.results[0]).toMatchObject({ errorCode: Errors.NONE, highWatermark: 1, preferredReadReplica: -1 })
    fixture.orders.log.updateHighWatermark(2)
    expect(fixture.consume(0, { maxWaitMs: 0 }).results[0]?.records.length).toBeGreaterThan(0)
    expect(fixture.consume(3, { maxWaitMs: 0 }).results[0]?.errorCode).toBe(Errors.OFFSET_OUT_OF_RANGE)
  })

  it('wakes who waits for data when its fetch has brought it a higher high watermark, after the whole answer', () => {
    const rig = new FollowerRig()
    rig.follow(3)
    rig.answer({ records: batch(0, 3, 3), highWatermark: 0 })
    expect(rig.woken).toBe(0)
    rig.answer({ highWatermark: 3 })
    expect(rig.woken).toBe(1)
    rig.answer({ highWatermark: 3 })
    expect(rig.woken).toBe(1)
  })
})
