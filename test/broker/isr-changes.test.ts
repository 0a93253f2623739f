import { describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { ask, brokerEpochOf, Fixture, follow, followerParams, LAG_MS, produce, state } from './fixture.ts'

describe('joining the ISR (R-82)', () => {
  it('needs a log end at the high watermark, not at the log end', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2] })
    produce(partition, 10)
    follow(partition, 2, 6)
    expect(partition.log.highWatermark).toBe(6)
    follow(partition, 3, 5)
    expect(partition.isrChangeInFlight).toBe(false)
    follow(partition, 3, 6)
    expect(partition.isrChangeInFlight).toBe(true)
    expect(fixture.alter.last.newIsr.map((member) => member.brokerId)).toEqual([1, 2, 3])
  })

  it('needs a log end at the start of the leader’s epoch (KAFKA-7128)', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2] })
    produce(partition, 10)
    partition.makeFollower(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    partition.makeLeader(state({ leaderEpoch: 3, partitionEpoch: 2, isr: [1, 2] }))
    expect(partition.leaderEpochStartOffset).toBe(10)
    expect(partition.log.highWatermark).toBe(0)
    follow(partition, 3, 9)
    expect(partition.isrChangeInFlight).toBe(false)
    follow(partition, 3, 10)
    expect(partition.isrChangeInFlight).toBe(true)
  })

  it('without `isrExpandRequiresLeso` needs the high watermark only (RB-6)', () => {
    const partition = new Fixture({ switches: { isrExpandRequiresLeso: false } }).leader(1, { isr: [1, 2] })
    produce(partition, 10)
    partition.makeFollower(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    partition.makeLeader(state({ leaderEpoch: 3, partitionEpoch: 2, isr: [1, 2] }))
    follow(partition, 3, 0)
    expect(partition.isrChangeInFlight).toBe(true)
  })

  it.each([
    ['fenced', { fenced: true }],
    ['in controlled shutdown', { inControlledShutdown: true }],
    ['of another epoch than the one that fetched', { epoch: 7 }],
  ])('is refused to a broker that is %s (R-75)', (_name, changes) => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2] })
    fixture.register(3, changes)
    follow(partition, 3, 0)
    expect(partition.isrChangeInFlight).toBe(false)
  })

  it('is open to a fenced broker without `isrEligibilityCheck` (RB-10), to a stale one without `isrBrokerEpochCheck` (RB-9)', () => {
    const fencedOk = new Fixture({ switches: { isrEligibilityCheck: false } })
    const first = fencedOk.leader(1, { isr: [1, 2] })
    fencedOk.register(3, { fenced: true })
    follow(first, 3, 0)
    expect(first.isrChangeInFlight).toBe(true)

    const staleOk = new Fixture({ switches: { isrBrokerEpochCheck: false } })
    const second = staleOk.leader(1, { isr: [1, 2] })
    staleOk.register(3, { epoch: 900 })
    follow(second, 3, 0)
    expect(second.isrChangeInFlight).toBe(true)
  })

  it('is asked for one replica at a time', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1] })
    follow(partition, 2, 0)
    follow(partition, 3, 0)
    expect(fixture.alter.submitted).toHaveLength(1)
    fixture.alter.accept()
    follow(partition, 3, 0)
    expect(fixture.alter.last.newIsr.map((member) => member.brokerId)).toEqual([1, 2, 3])
  })

  it('counts for the high watermark at once: the maximal ISR (R-74)', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2] })
    follow(partition, 3, 0)
    expect(partition.committedIsr).toEqual([1, 2])
    expect(partition.maximalIsr).toEqual([1, 2, 3])
    fixture.host.clock.advance(LAG_MS + 1)
    produce(partition, 5)
    follow(partition, 2, 5)
    expect(partition.log.highWatermark).toBe(0)
  })

  it('without `maximalIsr` does not count before it is confirmed (RB-11)', () => {
    const fixture = new Fixture({ switches: { maximalIsr: false } })
    const partition = fixture.leader(1, { isr: [1, 2] })
    follow(partition, 3, 0)
    expect(partition.maximalIsr).toEqual([1, 2])
    fixture.host.clock.advance(LAG_MS + 1)
    produce(partition, 5)
    follow(partition, 2, 5)
    expect(partition.log.highWatermark).toBe(5)
  })

  it('names each member’s broker epoch: own, as fetched, −1 if it never fetched (R-83)', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2], partitionEpoch: 4 })
    follow(partition, 3, 0)
    expect(fixture.alter.last).toEqual({
      key: 'orders-0',
      topicId: partition.topicId,
      index: 0,
      leaderEpoch: 1,
      partitionEpoch: 4,
      newIsr: [
        { brokerId: 1, brokerEpoch: brokerEpochOf(1) },
        { brokerId: 2, brokerEpoch: -1 },
        { brokerId: 3, brokerEpoch: brokerEpochOf(3) },
      ],
    })
  })
})

describe('leaving the ISR by time (R-81)', () => {
  const scan = (fixture: Fixture, partition: ReturnType<Fixture['leader']>) =>
    partition.maybeShrinkIsr(fixture.host.clock.wallMs())

  it('takes more than `replica.lag.time.max.ms` without having been caught up', () => {
    const fixture = new Fixture()
    const partition = fixture.leader()
    produce(partition, 5)
    follow(partition, 3, 5)
    fixture.host.clock.advance(LAG_MS)
    scan(fixture, partition)
    expect(partition.isrChangeInFlight).toBe(false)
    fixture.host.clock.advance(1)
    scan(fixture, partition)
    expect(fixture.alter.last.newIsr.map((member) => member.brokerId)).toEqual([1, 3])
  })

  it('never happens to a member exactly at the leader’s log end, even a dead one (KAFKA-7152)', () => {
    const fixture = new Fixture()
    const partition = fixture.leader()
    produce(partition, 5)
    follow(partition, 2, 5)
    follow(partition, 3, 5)
    fixture.host.clock.advance(1_000 * LAG_MS)
    scan(fixture, partition)
    expect(partition.isrChangeInFlight).toBe(false)
  })

  it('spares a member that keeps reaching where the leader was when it last asked (R-68)', () => {
    const fixture = new Fixture()
    const partition = fixture.leader()
    for (let round = 1; round <= 10; round++) {
      produce(partition, 5)
      follow(partition, 2, (round - 1) * 5)
      follow(partition, 3, round * 5)
      fixture.host.clock.advance(LAG_MS / 2)
      scan(fixture, partition)
    }
    expect(partition.isrChangeInFlight).toBe(false)
  })

  it('does not lift anybody’s hold on the high watermark before it is confirmed', () => {
    const fixture = new Fixture()
    const partition = fixture.leader()
    produce(partition, 5)
    follow(partition, 2, 5)
    fixture.host.clock.advance(LAG_MS + 1)
    scan(fixture, partition)
    expect(partition.maximalIsr).toEqual([1, 2, 3])
    follow(partition, 2, 5)
    expect(partition.log.highWatermark).toBe(0)
    fixture.alter.accept()
    expect(partition.committedIsr).toEqual([1, 2])
    expect(partition.log.highWatermark).toBe(5)
    expect(fixture.delayed.all).toBe(1)
  })

  it('leaves the high watermark stuck without `hwOnAlterPartition` (KAFKA-13091)', () => {
    const fixture = new Fixture({ switches: { hwOnAlterPartition: false } })
    const partition = fixture.leader(1, { isr: [1, 2], replicas: [1, 2] })
    produce(partition, 5)
    fixture.host.clock.advance(LAG_MS + 1)
    scan(fixture, partition)
    fixture.alter.accept()
    expect(partition.committedIsr).toEqual([1])
    expect(partition.log.highWatermark).toBe(0)
  })

  it('ends with metadata that overtakes its answer, or says the same; without `clearPendingOnDuplicate` never (RB-15)', () => {
    for (const clearPendingOnDuplicate of [true, false]) {
      const fixture = new Fixture({ switches: { clearPendingOnDuplicate } })
      const partition = fixture.leader(1, { isr: [1, 2], replicas: [1, 2] })
      produce(partition, 5)
      fixture.host.clock.advance(LAG_MS + 1)
      scan(fixture, partition)
      fixture.alter.accept({ partitionEpoch: 0, isr: [1, 2] })
      expect(partition.isrChangeInFlight).toBe(!clearPendingOnDuplicate)
      partition.makeLeader(state({ isr: [1, 2], replicas: [1, 2] }))
      expect(fixture.alter.forgotten).toEqual(clearPendingOnDuplicate ? [] : ['orders-0'])
    }
  })

  it('is not asked for while another change is in flight', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2] })
    produce(partition, 1)
    follow(partition, 3, 0)
    fixture.host.clock.advance(LAG_MS + 1)
    scan(fixture, partition)
    expect(fixture.alter.submitted).toHaveLength(1)
  })
})

describe('the answer to an ISR change (R-85)', () => {
  const expanding = () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2], partitionEpoch: 4 })
    follow(partition, 3, 0)
    return { fixture, partition }
  }

  it('accepted: the ISR and partition epoch of the answer', () => {
    const { fixture, partition } = expanding()
    fixture.alter.accept({ isr: [1, 3], partitionEpoch: 6 })
    expect(partition.committedIsr).toEqual([1, 3])
    expect(partition.maximalIsr).toEqual([1, 3])
    expect(partition.partitionEpoch).toBe(6)
    expect(partition.isrChangeInFlight).toBe(false)
  })

  it('accepted at our own partition epoch: nothing had to change, and nothing is pending any more', () => {
    const { fixture, partition } = expanding()
    fixture.alter.accept({ isr: [1, 2], partitionEpoch: 4 })
    expect(partition.isrChangeInFlight).toBe(false)
  })

  it('of another leader epoch, or an older partition epoch: stays pending', () => {
    for (const answer of [{ leaderEpoch: 2 }, { partitionEpoch: 3 }]) {
      const { fixture, partition } = expanding()
      fixture.alter.accept(answer)
      expect(partition.maximalIsr).toEqual([1, 2, 3])
      expect(partition.isrChangeInFlight).toBe(true)
    }
  })

  it.each([
    ['INELIGIBLE_REPLICA', Errors.INELIGIBLE_REPLICA],
    ['OPERATION_NOT_ATTEMPTED', Errors.OPERATION_NOT_ATTEMPTED],
  ])('%s: back to the committed ISR', (_name, error) => {
    const { fixture, partition } = expanding()
    fixture.alter.refuse(error)
    expect(partition.isrChangeInFlight).toBe(false)
    expect(partition.maximalIsr).toEqual([1, 2])
    expect(fixture.alter.submitted).toHaveLength(1)
  })

  it.each([
    ['FENCED_LEADER_EPOCH', Errors.FENCED_LEADER_EPOCH],
    ['INVALID_UPDATE_VERSION', Errors.INVALID_UPDATE_VERSION],
    ['INVALID_REQUEST', Errors.INVALID_REQUEST],
    ['UNKNOWN_TOPIC_OR_PARTITION', Errors.UNKNOWN_TOPIC_OR_PARTITION],
    ['UNKNOWN_TOPIC_ID', Errors.UNKNOWN_TOPIC_ID],
    ['NEW_LEADER_ELECTED', Errors.NEW_LEADER_ELECTED],
  ])('%s: stays pending, with the larger set, until new metadata (R-86)', (_name, error) => {
    const { fixture, partition } = expanding()
    fixture.alter.refuse(error)
    expect(partition.isrChangeInFlight).toBe(true)
    expect(partition.maximalIsr).toEqual([1, 2, 3])
    expect(fixture.alter.submitted).toHaveLength(1)
    partition.makeLeader(state({ isr: [1, 2], partitionEpoch: 5 }))
    expect(partition.isrChangeInFlight).toBe(false)
    expect(partition.maximalIsr).toEqual([1, 2])
  })

  it.each([
    ['NOT_CONTROLLER', Errors.NOT_CONTROLLER],
    ['UNKNOWN_SERVER_ERROR', Errors.UNKNOWN_SERVER_ERROR],
  ])('%s, as anything else: the same request again', (_name, error) => {
    const { fixture, partition } = expanding()
    fixture.alter.refuse(error)
    expect(fixture.alter.submitted).toHaveLength(2)
    expect(fixture.alter.last).toEqual(fixture.alter.submitted[0]?.change)
    expect(partition.maximalIsr).toEqual([1, 2, 3])
  })

  it('the same request again, although the new member has registered anew meanwhile (KIP-903)', () => {
    const { fixture, partition } = expanding()
    fixture.register(3, { epoch: 303 })
    partition.fetch(followerParams(3, { replicaEpoch: 303 }), ask(0), 1_048_576, true, true)
    expect(partition.remoteReplicas.get(3)?.brokerEpoch).toBe(303)
    fixture.alter.refuse(Errors.NOT_CONTROLLER)
    expect(fixture.alter.submitted).toHaveLength(2)
    expect(fixture.alter.last.newIsr.at(-1)).toEqual({ brokerId: 3, brokerEpoch: brokerEpochOf(3) })
  })

  it('is ignored once metadata has replaced the pending state', () => {
    const { fixture, partition } = expanding()
    partition.makeLeader(state({ isr: [1, 2], partitionEpoch: 5 }))
    fixture.alter.accept({ partitionEpoch: 9 })
    expect(partition.committedIsr).toEqual([1, 2])
    expect(partition.partitionEpoch).toBe(5)
  })

  it('is told to the world, like the request', () => {
    const { fixture } = expanding()
    fixture.alter.refuse(Errors.INELIGIBLE_REPLICA)
    const seen = fixture.host
      .events('isr-view-changed')
      .map(({ change, maximalIsr, error }) => [change, maximalIsr, error])
    expect(seen).toEqual([
      ['expand-sent', [1, 2, 3], null],
      ['rejected', [1, 2], 'INELIGIBLE_REPLICA'],
    ])
  })
})
