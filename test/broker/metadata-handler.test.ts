import { beforeEach, describe, expect, it } from 'vitest'
import { handleMetadata } from '../../src/broker/metadata-handler.ts'
import { RequestServer } from '../../src/network/request-server.ts'
import { errorName } from '../../src/protocol/error-codes.ts'
import type { RequestOf } from '../../src/protocol/messages.ts'
import { FakeNetwork, type Peer } from './fake-peer.ts'
import { FakeHost } from './fake-host.ts'
import { Fixture, state, TOPIC_ID } from './fixture.ts'

const ZERO = 'AAAAAAAAAAAAAAAAAAAAAA'

class ServingHost extends FakeHost {
  override readonly network = new FakeNetwork()
}

describe('metadata as one broker knows it (R-109)', () => {
  let fixture: Fixture
  let peer: Peer

  beforeEach(() => {
    fixture = new Fixture()
    const host = new ServingHost()
    new RequestServer(host, 9092, host.jobs.pool(), (request) => handleMetadata(fixture.context, 'cluster', request))
    peer = host.network.peer()
    fixture.metadata.topics.set('orders', { name: 'orders', id: TOPIC_ID, partitions: [state()] })
    fixture.metadata.topicNames.set(TOPIC_ID, 'orders')
  })

  function ask(topics: RequestOf<'Metadata'>['topics']) {
    peer.request('Metadata', {
      topics,
      allowAutoTopicCreation: false,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    })
    return peer.answer('Metadata')
  }

  const named = (name: string) => ask([{ topicId: ZERO, name }])

  it('names brokers that are not fenced, and the leader and epoch of each partition', () => {
    fixture.register(3, { fenced: true })
    const answer = named('orders')
    expect(answer.brokers.map(({ nodeId, host }) => [nodeId, host])).toEqual([
      [1, 'broker-1'],
      [2, 'broker-2'],
    ])
    expect(answer.topics[0]?.partitions).toMatchObject([
      { errorCode: 0, leaderId: 1, leaderEpoch: 1, isrNodes: [1, 2, 3], offlineReplicas: [3] },
    ])
  })

  it('says LEADER_NOT_AVAILABLE, and the epoch, of a partition without a leader', () => {
    fixture.metadata.topics.get('orders')!.partitions[0] = state({ leader: -1, leaderEpoch: 2 })
    const partition = named('orders').topics[0]!.partitions[0]!
    expect(errorName(partition.errorCode)).toBe('LEADER_NOT_AVAILABLE')
    expect(partition).toMatchObject({ leaderId: -1, leaderEpoch: 2 })
  })

  it('names each topic once, and tells names that no topic can have from those that none has', () => {
    const asked = ['orders', 'others', 'orders', 'no/topic', ''].map((name) => ({ topicId: ZERO, name }))
    const topics = ask([...asked, { topicId: TOPIC_ID, name: null }]).topics
    expect(topics.map(({ name, errorCode }) => [name, errorName(errorCode)])).toEqual([
      ['orders', 'NONE'],
      ['others', 'UNKNOWN_TOPIC_OR_PARTITION'],
      ['no/topic', 'INVALID_TOPIC_EXCEPTION'],
      ['', 'INVALID_TOPIC_EXCEPTION'],
    ])
  })

  it('is of all topics, or of those named or numbered', () => {
    expect(ask(null).topics.map(({ name }) => name)).toEqual(['orders'])
    expect(ask([{ topicId: TOPIC_ID, name: null }]).topics.map(({ name }) => name)).toEqual(['orders'])
    const errors = ask([
      { topicId: ZERO, name: 'others' },
      { topicId: 'YW5vdGhlci10b3BpYy1pZA', name: null },
    ]).topics.map(({ errorCode }) => errorName(errorCode))
    expect(errors).toEqual(['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID'])
  })
})
