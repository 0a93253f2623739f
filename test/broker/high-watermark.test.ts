import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { highWatermarkCandidate } from '../../src/broker/high-watermark.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { RemoteReplica } from '../../src/broker/remote-replica.ts'
import { brokerEpochOf, Fixture, follow, LAG_MS, produce, state } from './fixture.ts'
import { WALL_START_MS } from './fake-host.ts'

describe('the high watermark (R-76)', () => {
  it('is the least log end over the ISR, leader included', () => {
    const partition = new Fixture().leader()
    produce(partition, 10)
    follow(partition, 2, 7)
    follow(partition, 3, 4)
    expect(partition.log.highWatermark).toBe(4)
    follow(partition, 3, 10)
    expect(partition.log.highWatermark).toBe(7)
  })

  it('is held back by members that have not fetched since we took office (R-71, R-77)', () => {
    const partition = new Fixture().leader()
    produce(partition, 5)
    follow(partition, 2, 5)
    expect(partition.remoteReplicas.get(3)?.logEndOffset).toBe(-1)
    expect(partition.log.highWatermark).toBe(0)
  })

  it('ignores a follower outside the ISR that lags', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2] })
    produce(partition, 5)
    follow(partition, 2, 5)
    expect(partition.log.highWatermark).toBe(5)
  })

  it('waits for a follower outside the ISR that is caught up in time and eligible (R-77)', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2] })
    produce(partition, 5)
    // At our log end: caught up, and it asks to join; that it may not, yet, changes nothing.
    follow(partition, 3, 5)
    fixture.alter.refuse(Errors.INELIGIBLE_REPLICA)
    expect(partition.committedIsr).toEqual([1, 2])
    produce(partition, 5)
    follow(partition, 2, 10)
    expect(partition.log.highWatermark).toBe(5)
    fixture.host.clock.advance(LAG_MS + 1)
    // Time alone changes nothing, nor does a fetch that moves nobody: it is tried when a log end changes.
    follow(partition, 2, 10)
    expect(partition.log.highWatermark).toBe(5)
    follow(partition, 2, 9)
    follow(partition, 2, 10)
    expect(partition.log.highWatermark).toBe(10)
  })

  it('does not wait for such a follower when its broker is fenced', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2] })
    produce(partition, 5)
    follow(partition, 3, 5)
    fixture.alter.refuse(Errors.INELIGIBLE_REPLICA)
    fixture.register(3, { fenced: true })
    produce(partition, 5)
    follow(partition, 2, 10)
    expect(partition.log.highWatermark).toBe(10)
  })

  it('with `hwWaitsForIneligible` waits even for a fenced one (KAFKA-15021)', () => {
    const fixture = new Fixture({ switches: { hwWaitsForIneligible: true } })
    const partition = fixture.leader(1, { isr: [1, 2] })
    produce(partition, 5)
    follow(partition, 3, 5)
    fixture.alter.refuse(Errors.INELIGIBLE_REPLICA)
    fixture.register(3, { fenced: true })
    produce(partition, 5)
    follow(partition, 2, 10)
    expect(partition.log.highWatermark).toBe(5)
  })

  it('does not rise while the committed ISR is below the minimum (KAFKA-15583)', () => {
    const partition = new Fixture().leader(2, { isr: [1] })
    produce(partition, 5)
    expect(partition.log.highWatermark).toBe(0)
  })

  it('without `hwMinIsrGate` rises on the leader alone', () => {
    const partition = new Fixture({ switches: { hwMinIsrGate: false } }).leader(2, { isr: [1] })
    produce(partition, 5)
    expect(partition.log.highWatermark).toBe(5)
  })

  it('counts at most as many replicas as there are towards the minimum (R-37)', () => {
    const partition = new Fixture().leader(2, { isr: [1], replicas: [1] })
    produce(partition, 5)
    expect(partition.log.highWatermark).toBe(5)
  })

  it('never falls on a leader, even when a member fetches lower than before (R-78)', () => {
    const partition = new Fixture().leader(1, { isr: [1, 2] })
    produce(partition, 5)
    follow(partition, 2, 5)
    follow(partition, 2, 2)
    expect(partition.remoteReplicas.get(2)?.logEndOffset).toBe(2)
    expect(partition.log.highWatermark).toBe(5)
  })

  it('is tried again when metadata shrinks the ISR to the leader alone', () => {
    const fixture = new Fixture()
    const partition = fixture.leader()
    produce(partition, 5)
    expect(partition.log.highWatermark).toBe(0)
    fixture.host.clock.advance(LAG_MS + 1)
    partition.makeLeader(state({ isr: [1], partitionEpoch: 1 }))
    expect(partition.log.highWatermark).toBe(5)
    expect(fixture.delayed.all).toBe(1)
  })

  it('wakes those who wait when a follower raises it, and only then', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2] })
    produce(partition, 5)
    follow(partition, 2, 3)
    expect(fixture.delayed.all).toBe(1)
    follow(partition, 2, 3)
    expect(fixture.delayed.all).toBe(1)
  })

  it('is told to the world, as the leader’s', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2] })
    produce(partition, 5)
    follow(partition, 2, 3)
    expect(fixture.host.events('high-watermark-changed')).toEqual([
      { type: 'high-watermark-changed', broker: 1, partition: 'orders-0', as: 'leader', from: 0, to: 3 },
    ])
  })

  it('agrees with the rule said plainly, for any followers', () => {
    const { context } = new Fixture()
    const follower = fc.record({
      id: fc.constantFrom(2, 3, 4),
      end: fc.integer({ min: -1, max: 12 }),
      caughtUpAgoMs: fc.integer({ min: 0, max: 2 * LAG_MS }),
      epoch: fc.constantFrom(-2, -1, 0, brokerEpochOf(2), brokerEpochOf(3)),
    })
    const followers = fc.uniqueArray(follower, { selector: (f) => f.id })
    fc.assert(
      fc.property(followers, fc.subarray([1, 2, 3, 4]), fc.integer({ min: 0, max: 12 }), (described, isr, end) => {
        const nowMs = WALL_START_MS
        const replicas = described.map((f) => {
          const replica = new RemoteReplica(f.id)
          replica.logEndOffset = Math.min(f.end, end)
          replica.lastCaughtUpMs = nowMs - f.caughtUpAgoMs
          replica.brokerEpoch = f.epoch
          return replica
        })
        const counted = replicas.filter((replica) => {
          if (isr.includes(replica.brokerId)) return true
          const registered = context.metadata.brokers.get(replica.brokerId)
          const caughtUp = replica.logEndOffset === end || nowMs - replica.lastCaughtUpMs <= LAG_MS
          return caughtUp && registered !== undefined && [-1, registered.epoch].includes(replica.brokerEpoch)
        })
        const expected = Math.min(end, ...counted.map((replica) => replica.logEndOffset))
        expect(highWatermarkCandidate(replicas, isr, end, nowMs, LAG_MS, context)).toBe(expected)
      }),
    )
  })
})
