import { describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { batchOf } from '../log/fixtures.ts'
import { state, TOPIC_ID } from './fixture.ts'
import { FetchRig, follower, led, told, topicsOf } from './fetch-rig.ts'

const OTHER_ID = 'bm9ib2R5LWtub3dzLW1lMA'
const BOTH = topicsOf({ partition: 0 }, { partition: 1 })

const forget = (...partitions: readonly number[]) => ({
  forgottenTopicsData: [{ topic: '', topicId: TOPIC_ID, partitions }],
})

describe('a fetch session (R-67)', () => {
  it('is opened by a full fetch of epoch 0, and means all its partitions from then on', () => {
    const rig = new FetchRig()
    const full = rig.ask({ sessionEpoch: 0, topics: BOTH })
    expect(full.sessionId).toBeGreaterThan(0)
    expect(full.partitions).toEqual(['0: hw 0', '1: hw 0'])
    rig.produce(1, { index: 1 })
    expect(rig.next(full.sessionId, 1)).toEqual({
      error: 'NONE',
      sessionId: full.sessionId,
      partitions: ['1: v hw 1'],
    })
  })

  it('is not opened by epoch −1, nor by requests that cannot name one', () => {
    const rig = new FetchRig()
    expect(rig.ask({ sessionEpoch: -1, topics: BOTH }).sessionId).toBe(0)
    const byName = [{ topic: 'orders', topicId: '', partitions: BOTH[0]!.partitions }]
    expect(rig.ask({ sessionEpoch: 0, topics: byName }, 6)).toMatchObject({ sessionId: 0, partitions: ['0: hw 0'] })
    expect(rig.sessions.size).toBe(0)
  })

  it('tells nothing twice: a partition is in the answer for data, a new high watermark or a new log start only', () => {
    const rig = new FetchRig()
    for (let i = 0; i < 3; i++) rig.produce(1)
    const id = rig.open(topicsOf({ partition: 0, fetchOffset: 3 }))
    expect(rig.next(id, 1).partitions).toEqual([])
    rig.orders.log.maybeIncrementLogStartOffset(2)
    expect(rig.next(id, 2).partitions).toEqual(['0: hw 3'])
    expect(rig.next(id, 3).partitions).toEqual([])
  })

  it('tells a follower that reads nothing of a risen high watermark', () => {
    const rig = new FetchRig()
    rig.publish(state())
    rig.produce(1)
    const at = (offset: number) => topicsOf({ partition: 0, fetchOffset: offset })
    const id = rig.open(at(0), follower(2))
    expect(rig.next(id, 1, { ...follower(2), topics: at(1) }).partitions).toEqual([])
    rig.follow(3, 1, { maxWaitMs: 0 })
    expect(rig.orders.log.highWatermark).toBe(1)
    expect(rig.next(id, 2, follower(2)).partitions).toEqual(['0: hw 1'])
  })

  it('tells of an error each time, and of the partition as soon as it is gone', () => {
    const rig = new FetchRig()
    const id = rig.open(BOTH)
    rig.publish(led(1, { leaderEpoch: 2, partitionEpoch: 1 }))
    expect(rig.next(id, 1).partitions).toEqual(['1 FENCED_LEADER_EPOCH'])
    expect(rig.next(id, 2).partitions).toEqual(['1 FENCED_LEADER_EPOCH'])
    // The fetcher has heard of the new epoch: that changes what it asks, and so it says it.
    const topics = topicsOf({ partition: 1, currentLeaderEpoch: 2 })
    expect(rig.next(id, 3, { topics }).partitions).toEqual(['1: hw 0'])
    expect(rig.next(id, 4).partitions).toEqual([])
  })

  it('tells whom to truncate, each time until it did', () => {
    const rig = new FetchRig()
    rig.publish(state({ leaderEpoch: 3, partitionEpoch: 1 }))
    rig.produce(1)
    const asked = { partition: 0, currentLeaderEpoch: 3 }
    const id = rig.open(topicsOf({ ...asked, fetchOffset: 4, lastFetchedEpoch: 2 }), follower(2))
    for (const epoch of [1, 2]) {
      rig.next(id, epoch, follower(2))
      expect(rig.answer.responses[0]?.partitions[0]?.divergingEpoch).toEqual({ epoch: 2, endOffset: 0 })
    }
    // The high watermark was told with the divergence, to one that takes nothing else from such an answer
    // (KAFKA-14704): as in Kafka it is not told again before it moves.
    const topics = topicsOf({ ...asked, fetchOffset: 1, lastFetchedEpoch: 3 })
    expect(rig.next(id, 3, { ...follower(2), topics }).partitions).toEqual([])
  })

  it('takes in new partitions, and lets go of forgotten ones', () => {
    const rig = new FetchRig()
    const id = rig.open(topicsOf({ partition: 0 }))
    expect(rig.next(id, 1, { topics: topicsOf({ partition: 1 }) }).partitions).toEqual(['1: hw 0'])
    rig.produceAll(1, [{ index: 0 }, { index: 1 }])
    expect(rig.next(id, 2, forget(0)).partitions).toEqual(['1: v hw 1'])
    expect(rig.next(id, 3, { topics: topicsOf({ partition: 1, fetchOffset: 1 }) }).partitions).toEqual([])
  })

  it('ends with its last partition', () => {
    const rig = new FetchRig()
    const id = rig.open(BOTH)
    expect(rig.next(id, 1, forget(0, 1))).toEqual({ error: 'NONE', sessionId: 0, partitions: [] })
    expect(rig.next(id, 2).error).toBe('FETCH_SESSION_ID_NOT_FOUND')
  })

  it('is ended by the full fetch that names it, with a new one after it or without', () => {
    const rig = new FetchRig()
    const first = rig.open(BOTH)
    const second = rig.ask({ sessionId: first, sessionEpoch: 0, topics: BOTH }).sessionId
    expect(second).not.toBe(first)
    expect(rig.next(first, 1).error).toBe('FETCH_SESSION_ID_NOT_FOUND')
    expect(rig.ask({ sessionId: second, sessionEpoch: -1 })).toEqual({ error: 'NONE', sessionId: 0, partitions: [] })
    expect(rig.next(second, 1).error).toBe('FETCH_SESSION_ID_NOT_FOUND')
    expect(rig.sessions.size).toBe(0)
  })

  describe('is refused', () => {
    it('if nobody knows it', () => {
      const rig = new FetchRig()
      const refused = { error: 'FETCH_SESSION_ID_NOT_FOUND', sessionId: 0, partitions: [] }
      expect(rig.next(12_345, 1, { topics: BOTH })).toEqual(refused)
      expect(rig.next(-1, 1)).toEqual(refused)
      expect(rig.next(2_147_483_647, 1)).toEqual(refused)
    })

    it('in any epoch but the next, unchanged by what it asked', () => {
      const rig = new FetchRig()
      rig.produce(1)
      const id = rig.open(topicsOf({ partition: 0, fetchOffset: 1 }))
      for (const epoch of [2, 5, -2]) {
        expect(rig.next(id, epoch, { topics: topicsOf({ partition: 0 }) })).toEqual({
          error: 'INVALID_FETCH_SESSION_EPOCH',
          sessionId: 0,
          partitions: [],
        })
      }
      expect(rig.next(id, 1).partitions).toEqual([])
      expect(rig.next(id, 1).error).toBe('INVALID_FETCH_SESSION_EPOCH')
    })

    it('if it names topics as the session does not', () => {
      const rig = new FetchRig()
      const byId = rig.open(BOTH)
      expect(rig.next(byId, 1, {}, 12).error).toBe('FETCH_SESSION_TOPIC_ID_ERROR')
      const byName = rig.open([{ topic: 'orders', topicId: '', partitions: BOTH[0]!.partitions }], {}, 12)
      expect(rig.next(byName, 1, {}, 13).error).toBe('FETCH_SESSION_TOPIC_ID_ERROR')
      rig.produce(1)
      expect(rig.next(byName, 1, {}, 12).partitions).toEqual(['0: v hw 1'])
    })
  })

  it('serves first whoever was served longest ago', () => {
    const rig = new FetchRig()
    for (const index of [0, 1]) rig.produce(1, { index })
    const oneBatch = { maxBytes: 1 }
    const id = rig.open(BOTH, oneBatch)
    expect(told(rig.answer).partitions).toEqual(['0: v hw 1', '1: hw 1'])
    // A full fetch moves nobody; from then on it is by turns.
    const turns = [1, 2, 3].map((epoch) => rig.next(id, epoch, oneBatch).partitions)
    expect(turns).toEqual([['0: v hw 1'], ['1: v hw 1'], ['0: v hw 1']])
  })

  it('waits as a full fetch does, and then answers with what is new', () => {
    const rig = new FetchRig()
    const id = rig.open(BOTH)
    rig.send({ sessionId: id, sessionEpoch: 1, maxWaitMs: 500 })
    expect(rig.answered).toBe(1)
    rig.produce(1, { index: 1 })
    expect(told(rig.answer)).toEqual({ error: 'NONE', sessionId: id, partitions: ['1: v hw 1'] })
    rig.send({ sessionId: id, sessionEpoch: 2, maxWaitMs: 500, topics: topicsOf({ partition: 1, fetchOffset: 1 }) })
    rig.host.clock.advance(500)
    expect(told(rig.answer)).toEqual({ error: 'NONE', sessionId: id, partitions: [] })
    expect(rig.answered).toBe(3)
  })

  it('answers a fetch that waited without data, when another of the session came meanwhile', () => {
    const rig = new FetchRig()
    const id = rig.open(topicsOf({ partition: 0 }))
    rig.send({ sessionId: id, sessionEpoch: 1, maxWaitMs: 500 })
    const waiting = rig.peerOfNow
    rig.reconnect()
    rig.next(id, 2, { topics: topicsOf({ partition: 0, fetchOffset: 1 }) })
    rig.produce(1)
    expect(told(waiting.answer('Fetch'))).toEqual({
      error: 'INVALID_FETCH_SESSION_EPOCH',
      sessionId: id,
      partitions: [],
    })
  })

  it('does not let a fetch from before a reconnect move a follower', () => {
    const rig = new FetchRig()
    rig.publish(state())
    rig.produce(1)
    const at = (offset: number) => topicsOf({ partition: 0, fetchOffset: offset })
    const id = rig.open(at(0), follower(2))
    rig.reconnect()
    rig.ask({ ...follower(2), sessionId: id, sessionEpoch: 0, topics: at(0) })
    // Sent before, it arrives after.
    expect(rig.next(id, 1, { ...follower(2), topics: at(1) }).error).toBe('FETCH_SESSION_ID_NOT_FOUND')
    expect(rig.orders.remoteReplicas.get(2)?.logEndOffset).toBe(0)
  })

  describe('knows topics', () => {
    it('that appear after it was opened', () => {
      const rig = new FetchRig()
      const id = rig.open(topicsOf({ partition: 0 }, { partition: 0, topicId: OTHER_ID }))
      expect(told(rig.answer).partitions).toEqual(['0: hw 0', '0 UNKNOWN_TOPIC_ID'])
      expect(rig.next(id, 1).partitions).toEqual(['0 UNKNOWN_TOPIC_ID'])
      rig.publish(led(0, { topic: 'bills', topicId: OTHER_ID, key: 'bills-0' }))
      expect(rig.next(id, 2).partitions).toEqual(['0: hw 0'])
    })

    it('by their names, after these are gone or mean another topic', () => {
      const rig = new FetchRig()
      const id = rig.open(topicsOf({ partition: 0 }))
      rig.unpublish('orders')
      expect(rig.next(id, 1).partitions).toEqual(['0 UNKNOWN_TOPIC_OR_PARTITION'])
      // Without a session nobody remembers the name.
      expect(rig.ask({ topics: topicsOf({ partition: 0 }) }).partitions).toEqual(['0 UNKNOWN_TOPIC_ID'])
      rig.publish(led(0, { topicId: OTHER_ID }))
      expect(rig.next(id, 2).partitions).toEqual(['0 INCONSISTENT_TOPIC_ID'])
    })

    it('by name only, and so whatever has the name now', () => {
      const rig = new FetchRig()
      const id = rig.open([{ topic: 'orders', topicId: '', partitions: BOTH[0]!.partitions }], {}, 12)
      rig.unpublish('orders')
      expect(rig.next(id, 1, {}, 12).partitions).toEqual(['0 UNKNOWN_TOPIC_OR_PARTITION'])
      rig.publish(led(0, { topicId: OTHER_ID }))
      expect(rig.next(id, 2, {}, 12).partitions).toEqual(['0: hw 0'])
    })

    it('without the partition asked for, which waits for the others', () => {
      const rig = new FetchRig()
      const id = rig.open(topicsOf({ partition: 0 }))
      rig.send({ sessionId: id, sessionEpoch: 1, maxWaitMs: 500, topics: topicsOf({ partition: 7 }) })
      expect(rig.answered).toBe(1)
      rig.produce(1)
      expect(told(rig.answer).partitions).toEqual(['0: v hw 1', '7 UNKNOWN_TOPIC_OR_PARTITION'])
    })
  })

  it('takes the last of what a request says twice of a partition', () => {
    const rig = new FetchRig()
    rig.produce(1, { bytes: batchOf(['a']) })
    rig.produce(1, { bytes: batchOf(['b']) })
    const twice = topicsOf({ partition: 0 }, { partition: 0, fetchOffset: 1 })
    expect(rig.ask({ topics: twice }).partitions).toEqual(['0: b hw 2'])
  })

  it('is not to be had without slots', () => {
    const rig = new FetchRig(0)
    expect(rig.open(BOTH)).toBe(0)
    expect(rig.answer.errorCode).toBe(Errors.NONE)
  })
})
