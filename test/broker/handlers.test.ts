import { describe, expect, it } from 'vitest'
import { handleDeleteRecords } from '../../src/broker/delete-records-handler.ts'
import { Streams } from '../../sim/random/streams.ts'
import { FetchSessionCache } from '../../src/broker/fetch-session-cache.ts'
import { handleFetch } from '../../src/broker/fetch-handler.ts'
import { handleListOffsets } from '../../src/broker/list-offsets-handler.ts'
import { handleOffsetForLeaderEpoch } from '../../src/broker/offset-for-leader-epoch-handler.ts'
import { handleProduce } from '../../src/broker/produce-handler.ts'
import { RequestServer } from '../../src/network/request-server.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import type { RequestOf } from '../../src/protocol/messages.ts'
import { batchOf, recordsOf } from '../log/fixtures.ts'
import type { Switches } from '../../src/switches/switches.ts'
import { FakeHost } from './fake-host.ts'
import { FakeNetwork } from './fake-peer.ts'
import { ask, brokerEpochOf, type FixtureOptions, state, TOPIC_ID } from './fixture.ts'
import { ManagerFixture } from './manager-fixture.ts'

const UNKNOWN_ID = 'bm9ib2R5LWtub3dzLW1lMA'

function serving(...states: readonly ReturnType<typeof state>[]) {
  return servingAs({}, ...states)
}

function servingAs(switches: Partial<Switches>, ...states: readonly ReturnType<typeof state>[]) {
  return servingWith({ switches }, ...states)
}

function servingWith(options: FixtureOptions, ...states: readonly ReturnType<typeof state>[]) {
  const fixture = new ManagerFixture(options)
  fixture.publish(...(states.length === 0 ? [state()] : states))
  const { context, replicas } = fixture
  const network = new FakeNetwork()
  const sessions = new FetchSessionCache(1000, new Streams(1).stream('fetch-sessions'))
  const host = Object.assign(new FakeHost(), { network })
  new RequestServer(host, 9092, host.jobs.pool(), (request) => {
    if (request.api === 'Produce') handleProduce(context, replicas, request)
    else if (request.api === 'Fetch') handleFetch(context, replicas, sessions, request)
    else if (request.api === 'ListOffsets') handleListOffsets(context, replicas, request)
    else if (request.api === 'DeleteRecords') handleDeleteRecords(context, replicas, request)
    else handleOffsetForLeaderEpoch(context, replicas, request)
  })
  return { fixture, peer: network.peer() }
}

function produceBody(acks: number, indexes: readonly number[], topic = 'orders'): RequestOf<'Produce'> {
  const partitionData = indexes.map((index) => ({ index, records: batchOf(['v']) }))
  return { transactionalId: null, acks, timeoutMs: 1_000, topicData: [{ name: topic, partitionData }] }
}

function fetchBody(changes: Partial<RequestOf<'Fetch'>> = {}): RequestOf<'Fetch'> {
  return {
    clusterId: null,
    replicaId: -1,
    replicaState: { replicaId: -1, replicaEpoch: -1 },
    maxWaitMs: 500,
    minBytes: 1,
    maxBytes: 1_000_000,
    isolationLevel: 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topic: '', topicId: TOPIC_ID, partitions: [ask(0)] }],
    forgottenTopicsData: [],
    rackId: '',
    ...changes,
  }
}

describe('Produce', () => {
  it('answers acks=1 by partition, with offset and log start', () => {
    const { peer } = serving()
    peer.request('Produce', produceBody(1, [0]))
    expect(peer.answer('Produce').responses).toEqual([
      {
        name: 'orders',
        partitionResponses: [
          {
            index: 0,
            errorCode: Errors.NONE,
            baseOffset: 0,
            logAppendTimeMs: -1,
            logStartOffset: 0,
            recordErrors: [],
            errorMessage: null,
            currentLeader: { leaderId: -1, leaderEpoch: -1 },
          },
        ],
      },
    ])
  })

  it('answers acks=all later, and the next request of the connection waits for that (W-8)', () => {
    const { fixture, peer } = serving()
    peer.request('Produce', produceBody(-1, [0]))
    peer.request('Produce', produceBody(1, [0]))
    expect(peer.frames).toHaveLength(0)
    expect(fixture.orders.log.logEndOffset).toBe(1)
    fixture.follow(2, 1)
    fixture.follow(3, 1)
    expect(peer.frames).toHaveLength(2)
    expect(peer.answer('Produce').responses[0]?.partitionResponses[0]?.baseOffset).toBe(1)
  })

  it('does not answer acks=0; on an error it closes the connection (W-9)', () => {
    const { fixture, peer } = serving()
    peer.request('Produce', produceBody(0, [0]))
    peer.request('Produce', produceBody(0, [0]))
    expect([peer.frames.length, peer.open, fixture.orders.log.logEndOffset]).toEqual([0, true, 2])
    peer.request('Produce', produceBody(0, [5]))
    expect([peer.frames.length, peer.open]).toEqual([0, false])
  })

  it('refuses what is no batch before it says that the leader is elsewhere, and after that there is no such topic', () => {
    const { peer } = serving(state({ leader: 2 }))
    const refusal = (topic: string) => {
      const body = produceBody(1, [0], topic)
      const partitionData = [{ index: 0, records: new Uint8Array(0) }]
      peer.request('Produce', { ...body, topicData: [{ name: topic, partitionData }] })
      const { errorCode, logStartOffset } = peer.answer('Produce').responses[0]!.partitionResponses[0]!
      return [errorCode, logStartOffset]
    }
    expect(refusal('orders')).toEqual([Errors.INVALID_RECORD, -1])
    expect(refusal('nobody-knows')).toEqual([Errors.UNKNOWN_TOPIC_OR_PARTITION, -1])
  })

  it('knows no other acks (R-35)', () => {
    const { fixture, peer } = serving()
    peer.request('Produce', produceBody(2, [0]))
    const answered = peer.answer('Produce').responses[0]?.partitionResponses[0]
    expect(answered?.errorCode).toBe(Errors.INVALID_REQUIRED_ACKS)
    expect(fixture.orders.log.logEndOffset).toBe(0)
  })

  it('names the leader to one that came to the wrong broker (KIP-951)', () => {
    const { peer } = serving(state({ leader: 2, leaderEpoch: 4 }))
    peer.request('Produce', produceBody(1, [0]))
    const answer = peer.answer('Produce')
    expect(answer.responses[0]?.partitionResponses[0]?.currentLeader).toEqual({ leaderId: 2, leaderEpoch: 4 })
    expect(answer.nodeEndpoints).toEqual([{ nodeId: 2, host: 'broker-2', port: 9092, rack: null }])
    peer.request('Produce', produceBody(1, [0]), 9)
    expect(peer.answer('Produce').nodeEndpoints).toEqual([])
  })

  it('but not before 3.7', () => {
    const { peer } = servingAs({ nameNewLeader: false }, state({ leader: 2, leaderEpoch: 4 }))
    peer.request('Produce', produceBody(1, [0]))
    const answer = peer.answer('Produce')
    expect(answer.responses[0]?.partitionResponses[0]).toMatchObject({
      errorCode: Errors.NOT_LEADER_OR_FOLLOWER,
      currentLeader: { leaderId: -1, leaderEpoch: -1 },
    })
    expect(answer.nodeEndpoints).toEqual([])
  })
})

describe('Fetch', () => {
  it('gives a consumer what is committed, and no session', () => {
    const { fixture, peer } = serving(state({ isr: [1], replicas: [1] }))
    fixture.produce(1)
    peer.request('Fetch', fetchBody())
    const answer = peer.answer('Fetch')
    const data = answer.responses[0]?.partitions[0]
    expect([answer.sessionId, data?.highWatermark, data?.logStartOffset]).toEqual([0, 1, 0])
    expect(recordsOf(data!.records!)).toEqual([[0, 'v']])
  })

  it('never waits for more bytes than the answer may hold', () => {
    const { fixture, peer } = serving(state({ isr: [1], replicas: [1] }))
    fixture.produce(1)
    peer.request('Fetch', fetchBody({ minBytes: 1_000, maxBytes: 10 }))
    expect(recordsOf(peer.answer('Fetch').responses[0]!.partitions[0]!.records!)).toHaveLength(1)
  })

  it('takes a follower’s position', () => {
    const { fixture, peer } = serving()
    fixture.produce(1)
    const replicaState = { replicaId: 2, replicaEpoch: brokerEpochOf(2) }
    peer.request(
      'Fetch',
      fetchBody({ replicaState, maxWaitMs: 0, topics: [{ topic: '', topicId: TOPIC_ID, partitions: [ask(1)] }] }),
    )
    expect(fixture.orders.remoteReplicas.get(2)?.logEndOffset).toBe(1)
  })

  it('says where to truncate', () => {
    const { fixture, peer } = serving(state({ leaderEpoch: 3 }))
    fixture.produce(1)
    const partitions = [ask(4, { currentLeaderEpoch: 3, lastFetchedEpoch: 3 })]
    peer.request('Fetch', fetchBody({ topics: [{ topic: '', topicId: TOPIC_ID, partitions }] }))
    expect(peer.answer('Fetch').responses[0]?.partitions[0]?.divergingEpoch).toEqual({ epoch: 3, endOffset: 1 })
  })

  it('refuses a topic id nobody knows, while the rest of the request waits', () => {
    const { fixture, peer } = serving(state({ isr: [1], replicas: [1] }))
    const topics = [
      { topic: '', topicId: UNKNOWN_ID, partitions: [ask(0)] },
      { topic: '', topicId: TOPIC_ID, partitions: [ask(0)] },
    ]
    peer.request('Fetch', fetchBody({ topics }))
    expect(peer.frames).toHaveLength(0)
    fixture.produce(1)
    const { responses } = peer.answer('Fetch')
    expect(responses.map(({ topicId, partitions }) => [topicId, partitions[0]?.errorCode])).toEqual([
      [TOPIC_ID, Errors.NONE],
      [UNKNOWN_ID, Errors.UNKNOWN_TOPIC_ID],
    ])
    expect(responses[0]?.partitions[0]?.records?.length).toBeGreaterThan(0)
  })

  it('takes any epoch below 0 for none', () => {
    const { fixture, peer } = serving(state({ isr: [1], replicas: [1], leaderEpoch: 3 }))
    fixture.produce(1)
    const partitions = [ask(0, { currentLeaderEpoch: -2 })]
    peer.request('Fetch', fetchBody({ topics: [{ topic: '', topicId: TOPIC_ID, partitions }] }))
    expect(peer.answer('Fetch').responses[0]?.partitions[0]?.errorCode).toBe(Errors.NONE)
  })

  it('tells a refused consumer where the leader is, a follower only who (KIP-951)', () => {
    const { peer } = serving(state({ leaderEpoch: 3 }))
    const topics = [{ topic: '', topicId: TOPIC_ID, partitions: [ask(0, { currentLeaderEpoch: 2 })] }]
    const tellings = [-1, 2].map((replicaId) => {
      peer.request('Fetch', fetchBody({ topics, replicaState: { replicaId, replicaEpoch: -1 } }))
      const { responses, nodeEndpoints } = peer.answer('Fetch')
      const { errorCode, currentLeader } = responses[0]!.partitions[0]!
      return [errorCode, currentLeader.leaderId, nodeEndpoints.map(({ nodeId }) => nodeId)]
    })
    expect(tellings).toEqual([
      [Errors.FENCED_LEADER_EPOCH, 1, [1]],
      [Errors.FENCED_LEADER_EPOCH, 1, []],
    ])
  })

  it('serves old consumers, who ask by name, from the leader only', () => {
    const { fixture, peer } = serving(state({ isr: [1], replicas: [1, 2] }))
    fixture.produce(1)
    const byName = fetchBody({ topics: [{ topic: 'orders', topicId: '', partitions: [ask(0)] }] })
    peer.request('Fetch', byName, 10)
    expect(recordsOf(peer.answer('Fetch').responses[0]!.partitions[0]!.records!)).toEqual([[0, 'v']])
    fixture.publish(state({ leader: 2, isr: [2], leaderEpoch: 2, partitionEpoch: 1 }))
    const inEpoch2 = [ask(0, { currentLeaderEpoch: 2 })]
    peer.request('Fetch', { ...byName, topics: [{ topic: 'orders', topicId: '', partitions: inEpoch2 }] }, 10)
    expect(peer.answer('Fetch').responses[0]?.partitions[0]?.errorCode).toBe(Errors.NOT_LEADER_OR_FOLLOWER)
    peer.request('Fetch', fetchBody({ topics: [{ topic: '', topicId: TOPIC_ID, partitions: inEpoch2 }] }))
    expect(peer.answer('Fetch').responses[0]?.partitions[0]?.errorCode).toBe(Errors.NONE)
  })
})

describe('ListOffsets (R-128)', () => {
  const list = (
    peer: ReturnType<typeof serving>['peer'],
    timestamp: number,
    changes: { replicaId?: number; epoch?: number; version?: number } = {},
  ) => {
    const partitions = [{ partitionIndex: 0, currentLeaderEpoch: changes.epoch ?? -1, timestamp }]
    const topics = [{ name: 'orders', partitions }]
    const body = { replicaId: changes.replicaId ?? -1, isolationLevel: 0, topics, timeoutMs: 0 }
    peer.request('ListOffsets', body, changes.version)
    const { errorCode, offset, leaderEpoch } = peer.answer('ListOffsets').topics[0]!.partitions[0]!
    return { errorCode, offset, leaderEpoch }
  }
  const [LATEST, EARLIEST] = [-1, -2]

  it('the latest offset is the high watermark for clients, the log end for followers', () => {
    const { fixture, peer } = serving(state({ isr: [1, 2] }))
    for (let i = 0; i < 3; i++) fixture.produce(1)
    fixture.follow(2, 2)
    expect(list(peer, LATEST)).toEqual({ errorCode: Errors.NONE, offset: 2, leaderEpoch: 1 })
    expect(list(peer, LATEST, { replicaId: 2 }).offset).toBe(3)
    expect(list(peer, EARLIEST).offset).toBe(0)
  })

  it('nothing is tiered, which is an answer since version 9; older ones do not know the question', () => {
    const { fixture, peer } = serving(state({ isr: [1] }))
    fixture.produce(1)
    expect(list(peer, -5)).toEqual({ errorCode: Errors.NONE, offset: -1, leaderEpoch: -1 })
    expect(list(peer, -5, { version: 8 }).errorCode).toBe(Errors.UNSUPPORTED_VERSION)
  })

  it('is not available while the high watermark is below the start of the epoch (KIP-207)', () => {
    const { fixture, peer } = serving(state({ isr: [1, 2] }))
    for (let i = 0; i < 3; i++) fixture.produce(1)
    fixture.publish(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    fixture.publish(state({ isr: [1, 2], leaderEpoch: 3, partitionEpoch: 2 }))
    expect(list(peer, LATEST).errorCode).toBe(Errors.OFFSET_NOT_AVAILABLE)
    expect(list(peer, LATEST, { replicaId: 2 })).toMatchObject({ errorCode: Errors.NONE, offset: 3 })
    expect(list(peer, EARLIEST).errorCode).toBe(Errors.NONE)
    fixture.follow(2, 3)
    expect(list(peer, LATEST)).toEqual({ errorCode: Errors.NONE, offset: 3, leaderEpoch: 3 })
  })

  it('is for the leader, fenced by epoch', () => {
    const { fixture, peer } = serving(state({ leaderEpoch: 4 }))
    expect(list(peer, LATEST, { epoch: 3 }).errorCode).toBe(Errors.FENCED_LEADER_EPOCH)
    expect(list(peer, LATEST, { epoch: 5 }).errorCode).toBe(Errors.UNKNOWN_LEADER_EPOCH)
    fixture.publish(state({ leader: 2, leaderEpoch: 5, partitionEpoch: 1 }))
    expect(list(peer, LATEST).errorCode).toBe(Errors.NOT_LEADER_OR_FOLLOWER)
  })
})

describe('OffsetForLeaderEpoch (R-64)', () => {
  const end = (peer: ReturnType<typeof serving>['peer'], leaderEpoch: number, currentLeaderEpoch = -1) => {
    const partitions = [{ partition: 0, currentLeaderEpoch, leaderEpoch }]
    peer.request('OffsetForLeaderEpoch', { replicaId: 2, topics: [{ topic: 'orders', partitions }] })
    const answer = peer.answer('OffsetForLeaderEpoch').topics[0]!.partitions[0]!
    return [answer.errorCode, answer.leaderEpoch, answer.endOffset]
  }

  it('ends the latest epoch at the log end, others where the next begins; unknown ones nowhere', () => {
    const { fixture, peer } = serving(state({ leaderEpoch: 2 }))
    fixture.produce(1)
    fixture.publish(state({ leaderEpoch: 5, partitionEpoch: 1 }))
    fixture.produce(1)
    expect(end(peer, 5)).toEqual([Errors.NONE, 5, 2])
    expect(end(peer, 3)).toEqual([Errors.NONE, 2, 1])
    expect(end(peer, 6)).toEqual([Errors.NONE, -1, -1])
    expect(end(peer, 5, 4)).toEqual([Errors.FENCED_LEADER_EPOCH, -1, -1])
  })
})

describe('DeleteRecords (R-80)', () => {
  it('answers by topic and partition, when the slowest of them is done', () => {
    const { fixture, peer } = serving(state({ replicas: [1], isr: [1] }))
    for (let i = 0; i < 3; i++) fixture.produce(1)
    const partitions = [
      { partitionIndex: 0, offset: 2 },
      { partitionIndex: 1, offset: 2 },
    ]
    peer.request('DeleteRecords', { topics: [{ name: 'orders', partitions }], timeoutMs: 1000 })
    expect(peer.answer('DeleteRecords').topics).toEqual([
      {
        name: 'orders',
        partitions: [
          { partitionIndex: 0, lowWatermark: 2, errorCode: Errors.NONE },
          { partitionIndex: 1, lowWatermark: -1, errorCode: Errors.UNKNOWN_TOPIC_OR_PARTITION },
        ],
      },
    ])
  })
})

describe('Fetch of a client that names its rack (KIP-392)', () => {
  it('is told which replica to read from', () => {
    const config = { 'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector' } as const
    const { fixture, peer } = servingWith({ config })
    fixture.register(2, { rack: 'b' })
    fixture.follow(2, 0)
    peer.request('Fetch', fetchBody({ rackId: 'b' }))
    expect(peer.answer('Fetch').responses[0]?.partitions[0]).toMatchObject({
      errorCode: Errors.NONE,
      preferredReadReplica: 2,
      records: new Uint8Array(0),
    })
    peer.request('Fetch', fetchBody({ rackId: '', maxWaitMs: 0 }))
    expect(peer.answer('Fetch').responses[0]?.partitions[0]?.preferredReadReplica).toBe(-1)
  })
})
