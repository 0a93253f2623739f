// The comparison itself: what it takes for the same, and that it misses nothing else.

import { describe, expect, it } from 'vitest'
import { differences } from '../../conformance/compare.ts'
import { fetch, metadata } from '../../conformance/requests.ts'
import type { Call } from '../../conformance/step.ts'
import { Transcript } from '../../conformance/transcript.ts'

const TOPIC_ID = 'b3JkZXJzLXRvcGljLWlkMA'

describe('two answers', () => {
  it.each([
    ['a number', { a: 1 }, { a: 2 }, 'a'],
    ['a number and nothing', { a: 1 }, {}, 'a'],
    ['0 and null', { a: 0 }, { a: null }, 'a'],
    ['a name', { a: [{ errorCode: 'NONE' }] }, { a: [{ errorCode: 'UNKNOWN_TOPIC_ID' }] }, 'a[0].errorCode'],
    ['a length', { a: [1, 2] }, { a: [1] }, 'a.length'],
    ['an order', { a: [1, 2] }, { a: [2, 1] }, 'a[0]'],
    ['bytes', { records: '00ff' }, { records: '00fe' }, 'records'],
    ['an answer and none', 'no answer', { a: 1 }, ''],
    ['a field that Kafka leaves out', {}, { currentLeader: { leaderId: 1, leaderEpoch: -1 } }, 'currentLeader'],
  ])('that differ by %s do', (_, kafka, ours, path) => {
    expect(differences(kafka, ours).map((difference) => difference.path)).toContain(path)
  })

  it.each([
    ['the wording of a message', { a: 1, errorMessage: 'no' }, { a: 1, errorMessage: null }],
    ['a tagged default that Kafka leaves out', { a: 1 }, { a: 1, currentLeader: { leaderId: -1, leaderEpoch: -1 } }],
    ['an empty list that Kafka leaves out', { a: 1 }, { a: 1, nodeEndpoints: [] }],
  ])('that differ by %s are the same', (_, kafka, ours) => {
    expect(differences(kafka, ours)).toEqual([])
  })
})

describe('a transcript', () => {
  const call = (request: { api: string; body: Call['body'] }): Call => {
    return { kind: 'call', title: 'asked', to: 1, version: 13, oneWay: false, connection: 'main', ...request }
  }
  const brokers = (...ids: readonly number[]) => ids.map((nodeId) => ({ nodeId, host: `h${nodeId}`, port: nodeId }))

  it('names topic ids, sorts what has no order, and forgets where brokers listen', () => {
    const transcript = new Transcript()
    const partitions = [{ errorCode: 0, partitionIndex: 0, isrNodes: [3, 1], replicaNodes: [3, 1] }]
    const topics = [{ errorCode: 0, name: 'orders', topicId: TOPIC_ID, partitions }]
    const body = { throttleTimeMs: 7, brokers: brokers(2, 1), topics }
    transcript.add('chapter', call(metadata(null)), { kind: 'answer', body })
    expect(transcript.exchanges[0]?.answer).toEqual({
      brokers: [{ nodeId: 1 }, { nodeId: 2 }],
      topics: [
        {
          errorCode: 'NONE',
          name: 'orders',
          topicId: '<id of orders>',
          partitions: [{ errorCode: 'NONE', partitionIndex: 0, isrNodes: [1, 3], replicaNodes: [3, 1] }],
        },
      ],
    })
  })

  it('writes batches in hex, and sessions by number of appearance', () => {
    const transcript = new Transcript()
    const partitions = [{ records: new Uint8Array([0, 171]) }]
    const body = { errorCode: 0, sessionId: 815, responses: [{ topicId: TOPIC_ID, partitions }] }
    transcript.add('chapter', call(fetch(TOPIC_ID, 0)), { kind: 'answer', body })
    transcript.add('chapter', call(fetch(TOPIC_ID, 0, { sessionId: 815 })), { kind: 'closed' })
    expect(transcript.exchanges[0]?.answer).toMatchObject({
      sessionId: '<session 1>',
      responses: [{ partitions: [{ records: '00ab' }] }],
    })
    expect(transcript.exchanges[1]).toMatchObject({
      request: { sessionId: '<session 1>' },
      answer: 'connection closed',
    })
  })
})
