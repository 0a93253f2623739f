import { describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { batchOf } from '../log/fixtures.ts'
import { brokerEpochOf, consumerParams, ask, Fixture, follow, LAG_MS, produce, state } from './fixture.ts'

describe('becoming leader (R-71, R-72)', () => {
  it('notes where its epoch starts, even if nothing is ever written in it (KAFKA-7415)', () => {
    const fixture = new Fixture()
    const partition = fixture.leader()
    produce(partition, 10)
    partition.makeFollower(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    expect(partition.leaderEpochStartOffset).toBeUndefined()
    partition.makeLeader(state({ leaderEpoch: 3, partitionEpoch: 2 }))
    expect(partition.leaderEpochStartOffset).toBe(10)
    expect(partition.log.epochs.entries()).toEqual([
      { epoch: 1, startOffset: 0 },
      { epoch: 3, startOffset: 10 },
    ])
  })

  it('without `assignEpochOnElection` notes it with the first append only (RB-4)', () => {
    const partition = new Fixture({ switches: { assignEpochOnElection: false } }).leader()
    expect(partition.log.epochs.entries()).toEqual([])
    produce(partition)
    expect(partition.log.epochs.entries()).toEqual([{ epoch: 1, startOffset: 0 }])
  })

  it('neither truncates nor moves its high watermark', () => {
    const partition = new Fixture().leader()
    produce(partition, 10)
    follow(partition, 2, 4)
    follow(partition, 3, 4)
    partition.makeFollower(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    partition.makeLeader(state({ leaderEpoch: 3, partitionEpoch: 2 }))
    expect(partition.log.logEndOffset).toBe(10)
    expect(partition.log.highWatermark).toBe(4)
  })

  it('knows nothing of its followers; ISR members have just been caught up, others never', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2] })
    const nowMs = fixture.host.clock.wallMs()
    const known = [...partition.remoteReplicas.values()].map((replica) => [
      replica.brokerId,
      replica.logEndOffset,
      replica.lastCaughtUpMs,
      replica.statedBrokerEpoch,
    ])
    expect(known).toEqual([
      [2, -1, nowMs, -1],
      [3, -1, 0, -1],
    ])
  })

  it('in a new epoch of its own keeps what its followers have, as Kafka does, and restarts their clocks (RB-47)', () => {
    const fixture = new Fixture()
    const partition = fixture.leader()
    produce(partition, 10)
    follow(partition, 3, 10)
    produce(partition, 2)
    fixture.host.clock.advance(100)
    partition.makeLeader(state({ leaderEpoch: 2, partitionEpoch: 1, isr: [1, 3] }))
    const replica = partition.remoteReplicas.get(3)
    expect(replica?.logEndOffset).toBe(10)
    expect(replica?.brokerEpoch).toBe(brokerEpochOf(3))
    expect(replica?.lastFetchLeaderLogEndOffset).toBe(12)
    expect(replica?.lastCaughtUpMs).toBe(fixture.host.clock.wallMs())
    expect(partition.remoteReplicas.get(2)?.lastCaughtUpMs).toBe(0)
  })

  it('without `trustLeoAcrossSameLeaderEpochs` forgets it', () => {
    const partition = new Fixture({ switches: { trustLeoAcrossSameLeaderEpochs: false } }).leader()
    produce(partition, 10)
    follow(partition, 3, 10)
    partition.makeLeader(state({ leaderEpoch: 2, partitionEpoch: 1 }))
    expect(partition.remoteReplicas.get(3)?.logEndOffset).toBe(-1)
  })

  it('in the same epoch resets nothing, and adopts assignment and ISR', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1, 2], replicas: [1, 2] })
    produce(partition, 10)
    follow(partition, 2, 10)
    partition.makeLeader(state({ partitionEpoch: 1, replicas: [1, 2, 3], isr: [1, 2] }))
    expect(partition.leaderEpochStartOffset).toBe(0)
    expect(partition.remoteReplicas.get(2)?.logEndOffset).toBe(10)
    expect(partition.remoteReplicas.get(3)?.logEndOffset).toBe(-1)
    expect(partition.assignedReplicas).toEqual([1, 2, 3])
  })

  it('forgets a pending ISR change', () => {
    const partition = new Fixture().leader(1, { isr: [1, 2] })
    follow(partition, 3, 0)
    partition.makeLeader(state({ partitionEpoch: 1, isr: [1, 2] }))
    expect(partition.isrChangeInFlight).toBe(false)
  })

  it('is done on the word of a partition epoch it knows already, from an AlterPartition answer', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { isr: [1] })
    follow(partition, 2, 0)
    fixture.alter.accept()
    follow(partition, 3, 0)
    expect(partition.isrChangeInFlight).toBe(true)
    partition.makeLeader(state({ partitionEpoch: 1, isr: [1, 2] }))
    expect(partition.isrChangeInFlight).toBe(false)
  })

  it('is not done on the word of an older partition epoch', () => {
    const partition = new Fixture().leader(1, { partitionEpoch: 5 })
    partition.makeLeader(state({ partitionEpoch: 4, leaderEpoch: 9, isr: [1] }))
    expect(partition.leaderEpoch).toBe(1)
    expect(partition.committedIsr).toEqual([1, 2, 3])
    expect(partition.makeFollower(state({ partitionEpoch: 4, leaderEpoch: 9, leader: 2 }))).toBe(false)
    expect(partition.isLeader).toBe(true)
  })

  it('gives ISR members a full lag time to fetch', () => {
    const fixture = new Fixture()
    const partition = fixture.leader()
    produce(partition, 1)
    fixture.host.clock.advance(LAG_MS)
    partition.maybeShrinkIsr(fixture.host.clock.wallMs())
    expect(partition.isrChangeInFlight).toBe(false)
  })
})

describe('becoming follower (R-73)', () => {
  it('empties what a leader knows, keeps the log, and says whether the epoch is new (R-62)', () => {
    const partition = new Fixture().leader()
    produce(partition, 10)
    expect(partition.makeFollower(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))).toBe(true)
    expect(partition.role).toBe('follower')
    expect(partition.remoteReplicas.size).toBe(0)
    expect(partition.maximalIsr).toEqual([])
    expect(partition.log.logEndOffset).toBe(10)
    expect(partition.makeFollower(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 2 }))).toBe(false)
    expect(partition.makeFollower(state({ leader: 2, leaderEpoch: 3, partitionEpoch: 3 }))).toBe(true)
  })

  it('is what a leader does when there is none', () => {
    const partition = new Fixture().leader()
    partition.makeFollower(state({ leader: -1, leaderEpoch: 2, partitionEpoch: 1 }))
    expect(partition.isLeader).toBe(false)
    expect(partition.acknowledgement(0)).toBe(Errors.NOT_LEADER_OR_FOLLOWER)
  })

  it('makes it refuse writes and followers, while consumers may read what is committed here (R-130)', () => {
    const partition = new Fixture().leader(1, { isr: [1] })
    produce(partition, 3)
    partition.makeFollower(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    expect(partition.appendAsLeader(batchOf(['x']), 1, 'client')).toMatchObject({
      error: Errors.NOT_LEADER_OR_FOLLOWER,
    })
    expect(follow(partition, 3, 0).errorCode).toBe(Errors.NOT_LEADER_OR_FOLLOWER)
    const read = partition.fetch(consumerParams(), ask(0, { currentLeaderEpoch: 2 }), 10_000, true, true)
    expect(read.records.length).toBeGreaterThan(0)
  })

  it('is told to the world', () => {
    const fixture = new Fixture()
    const partition = fixture.leader()
    partition.makeFollower(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    partition.makeFollower(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 2 }))
    expect(fixture.host.events('role-changed').map(({ role, leaderEpoch }) => [role, leaderEpoch])).toEqual([
      ['leader', 1],
      ['follower', 2],
    ])
  })
})

describe('following (R-59)', () => {
  const follower = () => {
    const fixture = new Fixture()
    const partition = fixture.partition()
    partition.makeFollower(state({ leader: 2 }))
    return { fixture, partition }
  }
  const fetched = (from: number, count: number) =>
    batchOf(
      Array.from({ length: count }, (_, i) => `v${from + i}`),
      { baseOffset: from, leaderEpoch: 1 },
    )

  it('appends verbatim, and adopts the leader’s high watermark as far as its own log goes', () => {
    const { partition } = follower()
    expect(partition.appendAsFollower(fetched(0, 5), 8, 0)).toEqual({ kind: 'appended' })
    expect(partition.log.logEndOffset).toBe(5)
    expect(partition.log.highWatermark).toBe(5)
  })

  it('adopts it downwards too (R-17)', () => {
    const { partition } = follower()
    partition.appendAsFollower(fetched(0, 5), 5, 0)
    partition.appendAsFollower(new Uint8Array(0), 3, 0)
    expect(partition.log.highWatermark).toBe(3)
  })

  it('raises its log start to the leader’s, never above its own high watermark', () => {
    const { partition } = follower()
    partition.appendAsFollower(fetched(0, 5), 4, 2)
    expect(partition.log.logStartOffset).toBe(2)
  })

  it('tells a wrong checksum, which is fetched again, from what cannot be appended', () => {
    const { partition } = follower()
    const rotten = fetched(0, 1)
    rotten[rotten.length - 1]! ^= 1
    expect(partition.appendAsFollower(rotten, 0, 0)).toEqual({ kind: 'corrupt' })
    partition.appendAsFollower(fetched(0, 5), 0, 0)
    expect(partition.appendAsFollower(fetched(2, 1), 0, 0)).toMatchObject({ kind: 'failed' })
  })

  it('refuses to truncate a log it leads', () => {
    const partition = new Fixture().leader()
    expect(() => partition.truncateTo(0)).toThrow('a leader truncates')
    expect(() => partition.truncateFullyAndStartAt(0)).toThrow('a leader truncates')
  })
})
