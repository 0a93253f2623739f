import { describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { recordsOf } from '../log/fixtures.ts'
import { ask, consumerParams, Fixture, follow, followerParams, produce, state } from './fixture.ts'

describe('who may fetch (R-54)', () => {
  it('is fenced by leader epoch, both ways', () => {
    const fixture = new Fixture()
    const partition = fixture.leader(1, { leaderEpoch: 5 })
    expect(follow(partition, 2, 0, { currentLeaderEpoch: 4 }).errorCode).toBe(Errors.FENCED_LEADER_EPOCH)
    expect(follow(partition, 2, 0, { currentLeaderEpoch: 6 }).errorCode).toBe(Errors.UNKNOWN_LEADER_EPOCH)
    expect(follow(partition, 2, 0, { currentLeaderEpoch: 5 }).errorCode).toBe(Errors.NONE)
    expect(follow(partition, 2, 0, { currentLeaderEpoch: -1 }).errorCode).toBe(Errors.NONE)
    expect(fixture.host.events('replica-fenced').map((event) => event.error)).toEqual([
      'FENCED_LEADER_EPOCH',
      'UNKNOWN_LEADER_EPOCH',
    ])
  })

  it('a fenced fetch changes nothing the leader knows', () => {
    const partition = new Fixture().leader(1, { leaderEpoch: 5 })
    produce(partition, 3)
    follow(partition, 2, 3, { currentLeaderEpoch: 4 })
    expect(partition.remoteReplicas.get(2)?.logEndOffset).toBe(-1)
  })

  it('without `fetchEpochFencing` a zombie of another epoch is believed (RB-7)', () => {
    const partition = new Fixture({ switches: { fetchEpochFencing: false } }).leader(1, { leaderEpoch: 5 })
    produce(partition, 3)
    // Records of epoch 1 that we do not have: what it holds below offset 3 is not ours.
    expect(follow(partition, 2, 3, { currentLeaderEpoch: 1, lastFetchedEpoch: 1 }).diverges).toBe(false)
    expect(partition.remoteReplicas.get(2)?.logEndOffset).toBe(3)
    expect(follow(partition, 3, 3, { currentLeaderEpoch: 5, lastFetchedEpoch: 1 }).diverges).toBe(true)
  })

  it('a broker that is no replica must retry; which error says so depends on whether it sent an epoch', () => {
    const partition = new Fixture().leader(1, { replicas: [1, 2], isr: [1, 2] })
    expect(follow(partition, 3, 0).errorCode).toBe(Errors.UNKNOWN_LEADER_EPOCH)
    expect(follow(partition, 3, 0, { currentLeaderEpoch: -1 }).errorCode).toBe(Errors.NOT_LEADER_OR_FOLLOWER)
  })

  it('a fetch of an earlier registration of its broker is refused, and not noted (R-69)', () => {
    const fixture = new Fixture()
    const partition = fixture.leader()
    produce(partition, 3)
    fixture.register(2, { epoch: 900 })
    expect(follow(partition, 2, 3).errorCode).toBe(Errors.NOT_LEADER_OR_FOLLOWER)
    expect(partition.remoteReplicas.get(2)?.logEndOffset).toBe(-1)
    // A fenced registration is not heard yet: its fetches are not held against the earlier one's.
    fixture.register(2, { epoch: 900, fenced: true })
    expect(follow(partition, 2, 3).errorCode).toBe(Errors.NONE)
    fixture.register(2, { epoch: 900 })
    // Nor is it held against a newer one that our metadata has not heard of yet.
    const newer = partition.fetch(followerParams(2, { replicaEpoch: 901 }), ask(3), 1000, true, true)
    expect(newer.errorCode).toBe(Errors.NONE)
    const unstated = partition.fetch(followerParams(2, { replicaEpoch: -1 }), ask(3), 1000, true, true)
    expect(unstated.errorCode).toBe(Errors.NONE)
  })
})

describe('divergence (R-55)', () => {
  /** Epoch 1: [0, 5), epoch 3: [5, 8). */
  const leaderOfEpoch3 = (options = {}) => {
    const fixture = new Fixture(options)
    const partition = fixture.leader(1, { isr: [1, 2] })
    produce(partition, 5)
    partition.makeFollower(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    partition.makeLeader(state({ leaderEpoch: 3, partitionEpoch: 2 }))
    produce(partition, 3)
    return { fixture, partition }
  }

  it('sends a follower of an epoch we never had to where the one before it ended', () => {
    const { partition } = leaderOfEpoch3()
    for (const offset of [7, 5, 4]) {
      const result = follow(partition, 2, offset, { lastFetchedEpoch: 2 })
      expect([result.divergingEpoch, result.divergingEndOffset]).toEqual([1, 5])
      expect(result.records).toHaveLength(0)
    }
  })

  it('sends a follower that has too much of an epoch to its end', () => {
    const { partition } = leaderOfEpoch3()
    const result = follow(partition, 2, 7, { lastFetchedEpoch: 1 })
    expect([result.divergingEpoch, result.divergingEndOffset]).toEqual([1, 5])
  })

  it('finds none where logs agree', () => {
    const { partition } = leaderOfEpoch3()
    for (const [offset, epoch] of [
      [3, 1],
      [5, 1],
      [8, 3],
    ] as const) {
      expect(follow(partition, 2, offset, { lastFetchedEpoch: epoch }).diverges).toBe(false)
    }
  })

  it('is out of range for an epoch that is yet to come, and for an offset before the start', () => {
    const { partition } = leaderOfEpoch3()
    expect(follow(partition, 2, 8, { lastFetchedEpoch: 4 }).errorCode).toBe(Errors.OFFSET_OUT_OF_RANGE)
    follow(partition, 2, 5)
    follow(partition, 3, 5)
    partition.log.maybeIncrementLogStartOffset(4)
    expect(follow(partition, 2, 2, { lastFetchedEpoch: 2 }).errorCode).toBe(Errors.OFFSET_OUT_OF_RANGE)
  })

  it('does not count as progress: the follower is about to cut its log (KAFKA-13141)', () => {
    const { partition } = leaderOfEpoch3()
    follow(partition, 2, 8, { lastFetchedEpoch: 2 })
    expect(partition.remoteReplicas.get(2)?.logEndOffset).toBe(-1)
  })

  it('with `countDivergingFetch` does, and the high watermark passes what the follower has (RB-12)', () => {
    const { partition } = leaderOfEpoch3({ switches: { countDivergingFetch: true } })
    follow(partition, 2, 8, { lastFetchedEpoch: 2 })
    follow(partition, 3, 8, { lastFetchedEpoch: 2 })
    expect(partition.log.highWatermark).toBe(8)
  })
})

describe('what a fetch reads (R-56, R-57, R-128)', () => {
  it('a follower: to the log end; a consumer: to the high watermark, or to the last stable offset', () => {
    const partition = new Fixture().leader(1, { isr: [1, 2] })
    produce(partition, 6)
    follow(partition, 2, 4)
    const read = (params: ReturnType<typeof followerParams>) =>
      recordsOf(partition.fetch(params, ask(0), 10_000, true, true).records).length
    expect(read(followerParams(3))).toBe(6)
    expect(read(consumerParams())).toBe(4)
    expect(read(consumerParams({ bound: 'last-stable' }))).toBe(4)
  })

  it('between high watermark and log end a consumer gets nothing, beyond it an error', () => {
    const partition = new Fixture().leader()
    produce(partition, 6)
    const fetch = (offset: number) => partition.fetch(consumerParams(), ask(offset), 10_000, true, true)
    expect([fetch(3).errorCode, fetch(3).records.length]).toEqual([Errors.NONE, 0])
    expect(fetch(6).errorCode).toBe(Errors.NONE)
    expect(fetch(7).errorCode).toBe(Errors.OFFSET_OUT_OF_RANGE)
  })

  it('brings back the high watermark from before its own update', () => {
    const partition = new Fixture().leader(1, { isr: [1, 2] })
    produce(partition, 6)
    const raising = follow(partition, 2, 6)
    expect(raising.highWatermark).toBe(0)
    expect(partition.log.highWatermark).toBe(6)
    expect(follow(partition, 2, 6).highWatermark).toBe(6)
  })

  it('gives at least one whole batch, however small the limit, when told to', () => {
    const partition = new Fixture().leader()
    produce(partition, 3)
    const fetch = (minOneBatch: boolean) => partition.fetch(followerParams(2), ask(0), 1, minOneBatch, true)
    expect(recordsOf(fetch(true).records)).toHaveLength(1)
    expect(fetch(false).records).toHaveLength(0)
  })

  it('notes a position when a request arrives, never when a parked one wakes (R-58)', () => {
    const partition = new Fixture().leader()
    produce(partition, 3)
    partition.fetch(followerParams(2), ask(3), 1000, true, false)
    expect(partition.remoteReplicas.get(2)?.logEndOffset).toBe(-1)
  })
})
