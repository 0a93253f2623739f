import { beforeEach, describe, expect, it } from 'vitest'
import { FetchSessionHandler, type SessionRequest } from '../../src/client/fetch-session-handler.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import {
  DEFAULT_CURRENT_LEADER,
  DEFAULT_DIVERGING_EPOCH,
  DEFAULT_SNAPSHOT_ID,
} from '../../src/protocol/generated/fetch.ts'

const ORDERS = 'b3JkZXJzLXRvcGljLWlkMA'
const BILLS = 'YmlsbHMtLXRvcGljLWlkMA'
const SESSION = 77

class Rig {
  readonly handler = new FetchSessionHandler()

  /** What is sent for wanting these: [partition, offset], of 'orders'. */
  want(...wanted: readonly (readonly [partition: number, offset: number, topicId?: string, epoch?: number])[]) {
    this.handler.begin()
    for (const [partition, offset, topicId = ORDERS, epoch = 1] of wanted) {
      this.handler.want(topicId, partition, epoch, offset, -1, -1, 1000)
    }
    return this.handler.build()
  }

  /** Answers with these partitions of 'orders'. */
  answer(sessionId: number, partitions: readonly number[], errorCode: number = Errors.NONE, topicId = ORDERS): boolean {
    const data = partitions.map((partitionIndex) => ({
      partitionIndex,
      errorCode: Errors.NONE,
      highWatermark: 0,
      lastStableOffset: 0,
      logStartOffset: 0,
      divergingEpoch: DEFAULT_DIVERGING_EPOCH,
      currentLeader: DEFAULT_CURRENT_LEADER,
      snapshotId: DEFAULT_SNAPSHOT_ID,
      abortedTransactions: null,
      preferredReadReplica: -1,
      records: null,
    }))
    const responses = data.length === 0 ? [] : [{ topic: '', topicId, partitions: data }]
    return this.handler.accept({ throttleTimeMs: 0, errorCode, sessionId, responses, nodeEndpoints: [] })
  }
}

const sent = (request: SessionRequest | undefined) =>
  request === undefined
    ? undefined
    : {
        session: [request.sessionId, request.sessionEpoch],
        asked: request.topics.flatMap(({ partitions }) =>
          partitions.map(({ partition, fetchOffset }) => `${partition}@${fetchOffset}`),
        ),
        forgotten: request.forgottenTopicsData.flatMap(({ partitions }) => partitions),
      }

describe('a fetcher in a session (R-67)', () => {
  let rig: Rig

  beforeEach(() => {
    rig = new Rig()
  })

  /** A session of partitions 0, 1 and 2, each at offset 5. */
  function inSession(): void {
    rig.want([0, 5], [1, 5], [2, 5])
    expect(rig.answer(SESSION, [0, 1, 2])).toBe(true)
  }

  it('begins with a full fetch, which asks for a session', () => {
    expect(sent(rig.want([0, 5], [1, 5]))).toEqual({ session: [0, 0], asked: ['0@5', '1@5'], forgotten: [] })
  })

  it('then says what changed, what is new and what it wants no more', () => {
    inSession()
    expect(sent(rig.want([0, 5], [1, 6], [2, 5]))).toEqual({ session: [SESSION, 1], asked: ['1@6'], forgotten: [] })
    rig.answer(SESSION, [])
    expect(sent(rig.want([1, 6], [3, 0], [2, 5]))).toEqual({ session: [SESSION, 2], asked: ['3@0'], forgotten: [0] })
    rig.answer(SESSION, [3])
    expect(sent(rig.want([1, 6], [3, 0], [2, 5]))).toEqual({ session: [SESSION, 3], asked: [], forgotten: [] })
  })

  it('says again what it knows in a new leader epoch, as in everything else it is asked for', () => {
    inSession()
    expect(sent(rig.want([0, 5, ORDERS, 2], [1, 5], [2, 5]))?.asked).toEqual(['0@5'])
  })

  it('takes a topic made anew for another one', () => {
    rig.want([0, 5])
    rig.answer(SESSION, [0])
    const request = rig.want([0, 0, BILLS])!
    expect(request.topics).toMatchObject([{ topicId: BILLS, partitions: [{ fetchOffset: 0 }] }])
    expect(request.forgottenTopicsData).toEqual([{ topic: '', topicId: ORDERS, partitions: [0] }])
  })

  it('knows what the latest request asked for, whether said or implied', () => {
    inSession()
    rig.want([0, 5], [1, 6])
    const asked = [0, 1, 2, 9].map((index) => rig.handler.asked(ORDERS, index)?.fetchOffset)
    expect(asked).toEqual([5, 6, undefined, undefined])
  })

  it('sends nothing when it wants nothing, but to let go of what it wanted', () => {
    expect(rig.want()).toBeUndefined()
    inSession()
    expect(sent(rig.want())).toEqual({ session: [SESSION, 1], asked: [], forgotten: [0, 1, 2] })
    // The broker ends a session without partitions.
    expect(rig.answer(0, [])).toBe(true)
    expect(rig.want()).toBeUndefined()
    expect(sent(rig.want([0, 5]))?.session).toEqual([0, 0])
  })

  it('goes on without a session if none is to be had', () => {
    rig.want([0, 5])
    expect(rig.answer(0, [0])).toBe(true)
    expect(sent(rig.want([0, 5]))).toEqual({ session: [0, 0], asked: ['0@5'], forgotten: [] })
  })

  describe('falls back to a full fetch', () => {
    it('that names no session, if the broker does not know it', () => {
      inSession()
      rig.want([0, 6])
      expect(rig.answer(0, [], Errors.FETCH_SESSION_ID_NOT_FOUND)).toBe(false)
      expect(sent(rig.want([0, 6], [2, 5]))).toEqual({ session: [0, 0], asked: ['0@6', '2@5'], forgotten: [] })
    })

    it.each([Errors.INVALID_FETCH_SESSION_EPOCH, Errors.FETCH_SESSION_TOPIC_ID_ERROR, Errors.UNKNOWN_SERVER_ERROR])(
      'that closes the old session, after error %i',
      (errorCode) => {
        inSession()
        rig.want([0, 6])
        expect(rig.answer(0, [], errorCode)).toBe(false)
        expect(sent(rig.want([0, 6]))).toEqual({ session: [SESSION, 0], asked: ['0@6'], forgotten: [] })
      },
    )

    it('that closes the old session, when no answer comes', () => {
      inSession()
      rig.want([0, 6])
      rig.handler.fail()
      expect(sent(rig.want([0, 6]))).toEqual({ session: [SESSION, 0], asked: ['0@6'], forgotten: [] })
      rig.answer(SESSION + 1, [0])
      expect(sent(rig.want([0, 6]))?.session).toEqual([SESSION + 1, 1])
    })

    it('after an answer about what it did not ask for', () => {
      inSession()
      rig.want([0, 5], [1, 5])
      expect(rig.answer(SESSION, [2])).toBe(false)
      expect(sent(rig.want([0, 5]))?.session).toEqual([SESSION, 0])
    })

    it('after an answer about another topic', () => {
      inSession()
      rig.want([0, 5])
      expect(rig.answer(SESSION, [0], Errors.NONE, BILLS)).toBe(false)
    })

    it('after a full answer that is not', () => {
      for (const partitions of [[0], [0, 0], [0, 1, 2]]) {
        rig.want([0, 5], [1, 5])
        expect(rig.answer(SESSION, partitions)).toBe(false)
        expect(sent(rig.want([0, 5]))?.session).toEqual([0, 0])
      }
    })
  })

  it('counts from 1 again after the greatest epoch', () => {
    inSession()
    Object.assign(rig.handler, { epoch: 2_147_483_647 })
    rig.want([0, 5])
    rig.answer(SESSION, [])
    expect(sent(rig.want([0, 5]))?.session).toEqual([SESSION, 1])
  })
})
