import { beforeEach, describe, expect, it } from 'vitest'
import { fetcherNumber } from '../../src/broker/replica-fetcher-manager.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { batch, FollowerRig } from './follower-rig.ts'

const BACKOFF_MS = 1000

describe('a follower', () => {
  let rig: FollowerRig

  beforeEach(() => {
    rig = new FollowerRig()
  })

  describe('asks its leader (R-53)', () => {
    it('from its log end, with its last epoch, its leader epoch and its broker epoch', () => {
      rig.hold([1, 4])
      rig.follow(3)
      expect(rig.fetches[0]).toMatchObject({ to: 'broker-2' })
      expect(rig.fetches[0]?.body).toMatchObject({
        replicaState: { replicaId: 1, replicaEpoch: 101 },
        maxWaitMs: 500,
        minBytes: 1,
      })
      expect(rig.asked).toMatchObject({ fetchOffset: 4, lastFetchedEpoch: 1, currentLeaderEpoch: 3, logStartOffset: 0 })
    })

    it('one fetch at a time', () => {
      rig.follow(3)
      rig.host.clock.advance(400)
      expect(rig.fetches).toHaveLength(1)
      rig.answer({ records: batch(0, 2, 3) })
      expect(rig.fetches).toHaveLength(2)
    })

    it('nothing, when it follows nobody', () => {
      rig.follow(3)
      rig.fetchers.remove('orders-0')
      rig.answer({})
      rig.host.clock.advance(5000)
      expect(rig.fetches).toHaveLength(1)
    })
  })

  describe('takes what it is sent, in one step (R-59)', () => {
    it('appends, adopts the high watermark as far as its log goes, and asks for more', () => {
      rig.follow(3)
      rig.answer({ records: batch(0, 3, 3), highWatermark: 99 })
      expect([rig.end, rig.highWatermark]).toEqual([3, 3])
      expect(rig.asked).toMatchObject({ fetchOffset: 3, lastFetchedEpoch: 3 })
    })

    it('adopts a lower high watermark too (R-17)', () => {
      rig.follow(3)
      rig.answer({ records: batch(0, 3, 3), highWatermark: 3 })
      rig.answer({ highWatermark: 1 })
      expect(rig.highWatermark).toBe(1)
    })
  })

  describe('truncates where its log parts from its leader’s (R-62, R-63)', () => {
    it('when told so, and takes nothing else from that answer (KAFKA-14704)', () => {
      rig.hold([1, 4], [2, 4])
      rig.follow(3)
      rig.answer({
        diverging: { epoch: 1, endOffset: 2 },
        highWatermark: 6,
        logStartOffset: 1,
        records: batch(8, 1, 3),
      })
      expect([rig.end, rig.highWatermark, rig.partition.log.logStartOffset]).toEqual([2, 0, 0])
      expect(rig.asked).toMatchObject({ fetchOffset: 2, lastFetchedEpoch: 1 })
    })

    it('step by step, when the leader names an epoch it does not have (KIP-279)', () => {
      rig.hold([1, 4], [4, 4])
      rig.follow(5)
      rig.answer({ diverging: { epoch: 3, endOffset: 6 } })
      expect(rig.end).toBe(4)
      expect(rig.asked).toMatchObject({ fetchOffset: 4, lastFetchedEpoch: 1 })
      rig.answer({ diverging: { epoch: 1, endOffset: 3 } })
      expect(rig.end).toBe(3)
    })

    it('adopts high watermark and log start first with the bug of old (RB-13)', () => {
      rig = new FollowerRig({ adoptHwOnDivergence: true })
      rig.hold([1, 4])
      rig.follow(3)
      rig.answer({ diverging: { epoch: 1, endOffset: 3 }, highWatermark: 4, logStartOffset: 2 })
      expect([rig.end, rig.highWatermark, rig.partition.log.logStartOffset]).toEqual([3, 3, 2])
    })

    it('to its high watermark before it fetches at all, as before KIP-101 (RB-1)', () => {
      rig = new FollowerRig({ followerTruncation: 'highWatermark' })
      rig.hold([1, 4])
      rig.partition.log.updateHighWatermark(2)
      rig.follow(3)
      expect(rig.end).toBe(2)
      expect(rig.asked).toMatchObject({ fetchOffset: 2, lastFetchedEpoch: -1 })
    })
  })

  describe('in a session with its leader (R-67)', () => {
    const latest = () => {
      const { sessionId, sessionEpoch, topics, forgottenTopicsData } = rig.fetches.at(-1)!.body
      return [sessionId, sessionEpoch, topics.length, forgottenTopicsData.length]
    }

    it('asks for one, and then says only what changed', () => {
      rig.follow(3)
      expect(latest()).toEqual([0, 0, 1, 0])
      rig.answer({ sessionId: 7, records: batch(0, 2, 3) })
      expect(latest()).toEqual([7, 1, 1, 0])
      expect(rig.asked).toMatchObject({ fetchOffset: 2 })
      rig.answerNothing(7)
      expect(latest()).toEqual([7, 2, 0, 0])
      rig.answer({ sessionId: 7, records: batch(2, 1, 3) })
      expect(rig.end).toBe(3)
    })

    it('says a new leader epoch', () => {
      rig.follow(3)
      rig.answer({ sessionId: 7 })
      rig.follow(4)
      rig.answerNothing(7)
      expect(rig.asked).toMatchObject({ currentLeaderEpoch: 4 })
      expect(latest()).toEqual([7, 2, 1, 0])
    })

    it('forgets a partition that waits, and asks for it anew', () => {
      rig.follow(3)
      rig.answer({ sessionId: 7 })
      rig.answer({ sessionId: 7, errorCode: Errors.NOT_LEADER_OR_FOLLOWER })
      expect(latest()).toEqual([7, 2, 0, 1])
      // Without partitions the leader ends the session.
      rig.answerNothing(0)
      expect(rig.isFetching).toBe(false)
      rig.host.clock.advance(BACKOFF_MS)
      expect(latest()).toEqual([0, 0, 1, 0])
    })

    it.each([
      [Errors.FETCH_SESSION_ID_NOT_FOUND, 0],
      [Errors.INVALID_FETCH_SESSION_EPOCH, 7],
    ])('asks for all at once, when its session is refused with %i', (errorCode, closes) => {
      rig.follow(3)
      rig.answer({ sessionId: 7 })
      rig.answerNothing(0, errorCode)
      expect(latest()).toEqual([closes, 0, 1, 0])
      rig.answer({ sessionId: 8, records: batch(0, 1, 3) })
      expect(rig.end).toBe(1)
    })

    it('asks for all after a back-off, when topic ids do not fit the session', () => {
      rig.follow(3)
      rig.answer({ sessionId: 7 })
      rig.answerNothing(0, Errors.FETCH_SESSION_TOPIC_ID_ERROR)
      expect(rig.isFetching).toBe(false)
      rig.host.clock.advance(BACKOFF_MS)
      expect(latest()).toEqual([7, 0, 1, 0])
    })

    it('closes its session and asks for another, when an answer is lost', () => {
      rig.follow(3)
      rig.answer({ sessionId: 7 })
      rig.host.network.next('Fetch').connection.lose()
      rig.host.settle()
      rig.host.clock.advance(BACKOFF_MS)
      expect(latest()).toEqual([7, 0, 1, 0])
    })
  })

  describe('ignores answers to questions it no longer asks (R-59)', () => {
    it('of a partition it does not follow any more', () => {
      rig.follow(3)
      rig.fetchers.remove('orders-0')
      rig.answer({ records: batch(0, 3, 3) })
      expect(rig.end).toBe(0)
    })

    it('of a partition whose log was cut meanwhile', () => {
      rig.hold([1, 4])
      rig.follow(3)
      rig.partition.truncateTo(2)
      rig.follow(4)
      rig.answer({ records: batch(4, 1, 3) })
      expect(rig.end).toBe(2)
      expect(rig.asked).toMatchObject({ fetchOffset: 2, currentLeaderEpoch: 4 })
    })

    it('but as Kafka takes one that still fits, whatever epoch it was asked in', () => {
      rig.hold([1, 4])
      rig.follow(3)
      rig.follow(4)
      rig.answer({ records: batch(4, 1, 3) })
      expect(rig.end).toBe(5)
    })
  })

  describe('when refused (R-61)', () => {
    it.each([
      Errors.UNKNOWN_LEADER_EPOCH,
      Errors.NOT_LEADER_OR_FOLLOWER,
      Errors.UNKNOWN_TOPIC_ID,
      Errors.INCONSISTENT_TOPIC_ID,
    ])('with %i, it asks again after replica.fetch.backoff.ms', (errorCode) => {
      rig.follow(3)
      rig.answer({ errorCode })
      expect(rig.isFetching).toBe(false)
      rig.host.clock.advance(BACKOFF_MS - 1)
      expect(rig.isFetching).toBe(false)
      rig.host.clock.advance(1)
      expect(rig.isFetching).toBe(true)
    })

    it('with FENCED_LEADER_EPOCH, it gives the partition up until metadata names a new epoch', () => {
      rig.follow(3)
      rig.answer({ errorCode: Errors.FENCED_LEADER_EPOCH })
      rig.host.clock.advance(60_000)
      expect([rig.isFetching, rig.fetchers.sourcesOf('orders-0')]).toEqual([false, []])
      expect(rig.host.events('replica-failed')).toMatchObject([{ broker: 1, leader: 2, reason: 'FENCED_LEADER_EPOCH' }])
      rig.follow(4)
      expect(rig.asked).toMatchObject({ currentLeaderEpoch: 4 })
    })

    it('with FENCED_LEADER_EPOCH for an epoch it has left, it only waits', () => {
      rig.follow(3)
      rig.follow(4)
      rig.answer({ errorCode: Errors.FENCED_LEADER_EPOCH })
      expect(rig.fetchers.sourcesOf('orders-0')).toEqual([2])
      rig.host.clock.advance(BACKOFF_MS)
      expect(rig.asked).toMatchObject({ currentLeaderEpoch: 4 })
    })

    it('with rotten bytes, it fetches them again after a back-off, for ever (R-26)', () => {
      const rotten = batch(0, 1, 3)
      rotten[rotten.length - 1]! ^= 1
      rig.follow(3)
      for (let i = 0; i < 3; i++) {
        rig.answer({ records: rotten })
        expect([rig.isFetching, rig.end]).toEqual([false, 0])
        rig.host.clock.advance(BACKOFF_MS)
      }
      rig.answer({ records: batch(0, 1, 3) })
      expect(rig.end).toBe(1)
    })

    it('by nobody: a broken connection delays all its partitions', () => {
      rig.follow(3)
      rig.host.network.next('Fetch').connection.lose()
      rig.host.settle()
      expect(rig.isFetching).toBe(false)
      rig.host.clock.advance(BACKOFF_MS)
      expect(rig.isFetching).toBe(true)
    })
  })

  describe('out of range (R-60)', () => {
    beforeEach(() => {
      rig.hold([1, 10])
      rig.follow(3)
      rig.answer({ errorCode: Errors.OFFSET_OUT_OF_RANGE })
    })

    it('cuts to the leader’s end, if that is before its own', () => {
      expect(rig.isFetching).toBe(false)
      expect(rig.answerOffset(6)).toBe(-1)
      expect(rig.end).toBe(6)
      expect(rig.asked).toMatchObject({ fetchOffset: 6 })
    })

    it('starts anew at the leader’s start, if that is behind its own end', () => {
      rig.answerOffset(50)
      expect(rig.answerOffset(40)).toBe(-2)
      expect([rig.end, rig.partition.log.logStartOffset, rig.highWatermark]).toEqual([40, 40, 40])
      expect(rig.asked).toMatchObject({ fetchOffset: 40 })
    })

    it('goes on from its own end otherwise', () => {
      rig.answerOffset(50)
      rig.answerOffset(5)
      expect(rig.end).toBe(10)
      expect(rig.asked).toMatchObject({ fetchOffset: 10 })
    })

    it('asks again after a back-off when refused, and gives up when fenced', () => {
      rig.answerOffset(-1, Errors.NOT_LEADER_OR_FOLLOWER)
      rig.host.clock.advance(BACKOFF_MS)
      rig.answer({ errorCode: Errors.OFFSET_OUT_OF_RANGE })
      rig.answerOffset(-1, Errors.FENCED_LEADER_EPOCH)
      expect(rig.fetchers.sourcesOf('orders-0')).toEqual([])
    })
  })

  it('shares its fetchers by topic and partition as Kafka does (R-52)', () => {
    expect(new Set([0, 1, 2, 3].map((index) => fetcherNumber('orders', index, 4)))).toEqual(new Set([0, 1, 2, 3]))
    expect(fetcherNumber('orders', 5, 1)).toBe(0)
  })
})
