import { beforeEach, describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { Fixture, state } from './fixture.ts'
import { batch, FollowerRig } from './follower-rig.ts'
import { ManagerFixture } from './manager-fixture.ts'

describe('a follower of 0.11 to 1.1 (`followerTruncation: epochEndOnly`, KIP-101)', () => {
  let rig: FollowerRig

  beforeEach(() => {
    rig = new FollowerRig({ followerTruncation: 'epochEndOnly' })
    rig.hold([1, 4], [2, 6])
    rig.partition.log.updateHighWatermark(3)
  })

  it('asks where its last epoch ends before it fetches, cuts there, and fetches without an epoch', () => {
    rig.follow(3)
    expect(rig.fetches).toEqual([])
    expect(rig.answerEpochEnd(7)).toBe(2)
    expect(rig.end).toBe(7)
    expect(rig.asked).toMatchObject({ fetchOffset: 7, lastFetchedEpoch: -1, currentLeaderEpoch: 3 })
  })

  it('does not see that the leader speaks of another epoch: a longer log of the leader hides that they part (RB-3)', () => {
    rig.follow(3)
    rig.answerEpochEnd(21)
    expect(rig.end).toBe(10)
    expect(rig.asked).toMatchObject({ fetchOffset: 10 })
    const today = new FollowerRig()
    today.hold([1, 4], [2, 6])
    today.follow(3)
    today.answer({ diverging: { epoch: 1, endOffset: 21 } })
    expect(today.end).toBe(4)
  })

  it('cuts to its high watermark when the leader does not know the epoch, or its log knows none', () => {
    rig.follow(3)
    rig.answerEpochEnd(-1)
    expect(rig.end).toBe(3)
    const empty = new FollowerRig({ followerTruncation: 'epochEndOnly' })
    empty.follow(3)
    expect(empty.asked).toMatchObject({ fetchOffset: 0 })
  })

  it('asks again after a back-off when it is refused or not answered', () => {
    rig.follow(3)
    rig.answerEpochEnd(-1, Errors.UNKNOWN_LEADER_EPOCH)
    expect([rig.end, rig.fetches.length]).toEqual([10, 0])
    rig.host.clock.advance(1000)
    rig.host.network.next('OffsetForLeaderEpoch').connection.lose()
    rig.host.clock.advance(1000)
    rig.answerEpochEnd(8)
    expect(rig.end).toBe(8)
  })

  it('drops the question when it follows somebody else meanwhile', () => {
    rig.follow(3)
    const old = rig.host.network.next('OffsetForLeaderEpoch')
    rig.follow(4)
    old.answer({
      throttleTimeMs: 0,
      topics: [{ topic: 'orders', partitions: [{ errorCode: 0, partition: 0, leaderEpoch: 2, endOffset: 4 }] }],
    })
    rig.host.settle()
    expect(rig.end).toBe(10)
    rig.answerEpochEnd(9)
    expect(rig.end).toBe(9)
  })
})

describe('when a follower starts anew (R-62, KAFKA-7164)', () => {
  const leaderless = { leader: -1, leaderEpoch: 2, partitionEpoch: 1 }

  it.each([
    ['epochChange', ['-orders-0', '+orders-0@2']],
    ['leaderChange', []],
  ] as const)('with `truncateOn: %s` a new epoch of the same leader is %j (RB-5)', (truncateOn, calls) => {
    const fixture = new ManagerFixture({ switches: { truncateOn } })
    fixture.publish(state({ leader: 2 }))
    fixture.fetchers.calls.length = 0
    fixture.publish(state({ leader: 2, leaderEpoch: 3, partitionEpoch: 2 }))
    expect(fixture.fetchers.calls).toEqual(calls)
    expect(fixture.orders.leaderEpoch).toBe(3)
  })

  it('with `leaderChange` another leader, or none in between, still counts', () => {
    const fixture = new ManagerFixture({ switches: { truncateOn: 'leaderChange' } })
    fixture.publish(state({ leader: 2 }))
    fixture.publish(state(leaderless))
    fixture.fetchers.calls.length = 0
    fixture.publish(state({ leader: 2, leaderEpoch: 3, partitionEpoch: 2 }))
    fixture.publish(state({ leader: 3, leaderEpoch: 4, partitionEpoch: 3 }))
    expect(fixture.fetchers.calls).toEqual(['-orders-0', '+orders-0@2', '-orders-0', '+orders-0@3'])
  })

  it('with `leaderChange` it goes on where it was, in the new epoch', () => {
    const rig = new FollowerRig({ truncateOn: 'leaderChange' })
    rig.follow(3)
    rig.answer({ records: batch(0, 2, 3) })
    rig.partition.makeFollower(state({ leader: 2, leaderEpoch: 5, partitionEpoch: 5 }))
    rig.answer({ errorCode: Errors.FENCED_LEADER_EPOCH })
    rig.host.clock.advance(1000)
    expect(rig.asked).toMatchObject({ fetchOffset: 2, currentLeaderEpoch: 5 })
  })
})

describe('without `fetchEpochFencing` (RB-7)', () => {
  it.each([true, false])('a request of an earlier epoch is for us as well: %s', (fetchEpochFencing) => {
    const partition = new Fixture({ switches: { fetchEpochFencing } }).leader(1, { leaderEpoch: 3 })
    const refused = fetchEpochFencing ? Errors.FENCED_LEADER_EPOCH : Errors.NONE
    expect(partition.accessError(2, true)).toBe(refused)
    partition.makeFollower(state({ leader: 2, leaderEpoch: 4, partitionEpoch: 1 }))
    expect(partition.accessError(4, true)).toBe(Errors.NOT_LEADER_OR_FOLLOWER)
  })
})
