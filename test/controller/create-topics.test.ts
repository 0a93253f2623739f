import { beforeEach, describe, expect, it } from 'vitest'
import { createTopics } from '../../src/controller/create-topics.ts'
import { RESOURCE_TYPE } from '../../src/metadata/metadata-image.ts'
import { errorName } from '../../src/protocol/error-codes.ts'
import type { RequestOf } from '../../src/protocol/messages.ts'
import { ControllerFixture, creation } from './fixture.ts'

type NewTopic = RequestOf<'CreateTopics'>['topics'][number]

describe('creating topics', () => {
  let fixture: ControllerFixture

  beforeEach(() => {
    fixture = new ControllerFixture({ 'num.partitions': 4, 'default.replication.factor': 2 })
    fixture.bringUp(1, 2, 3)
  })

  function create(topic: Partial<NewTopic>, validateOnly = false) {
    const request = creation('orders', [])
    const topics = [{ ...request.topics[0]!, numPartitions: 1, replicationFactor: 1, ...topic }]
    const reply = fixture.apply(createTopics(fixture.state, { ...request, topics, validateOnly })).topics[0]!
    return { ...reply, error: errorName(reply.errorCode) }
  }

  const assign = (...lists: readonly (readonly number[])[]): Partial<NewTopic> => ({
    numPartitions: -1,
    replicationFactor: -1,
    assignments: lists.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
  })

  it('places replicas, with the first as leader and all in the ISR, in epoch 0', () => {
    expect(create({ numPartitions: 5, replicationFactor: 3 })).toMatchObject({ error: 'NONE', numPartitions: 5 })
    for (let i = 0; i < 5; i++) {
      const { replicas, isr, leader, leaderEpoch, partitionEpoch } = fixture.partition(i)
      expect(new Set(replicas)).toEqual(new Set([1, 2, 3]))
      expect({ isr, leader, leaderEpoch, partitionEpoch }).toEqual({
        isr: replicas,
        leader: replicas[0],
        leaderEpoch: 0,
        partitionEpoch: 0,
      })
    }
  })

  it('takes the defaults of the cluster for −1', () => {
    expect(create({ numPartitions: -1, replicationFactor: -1 })).toMatchObject({
      numPartitions: 4,
      replicationFactor: 2,
    })
  })

  it('leaves fenced replicas out of the ISR, and does not let them lead', () => {
    fixture.heartbeat(1, { wantFence: true })
    create(assign([1, 2, 3]))
    expect(fixture.partition()).toMatchObject({ replicas: [1, 2, 3], isr: [2, 3], leader: 2 })
  })

  it('places nothing on a broker in controlled shutdown', () => {
    fixture.create([[1, 2]], 'others')
    fixture.heartbeat(1, { wantShutDown: true })
    create({ numPartitions: 6, replicationFactor: 2 })
    for (let i = 0; i < 6; i++) expect(fixture.partition(i).replicas).not.toContain(1)
  })

  it('notes its configs', () => {
    create({ configs: [{ name: 'min.insync.replicas', value: '2' }] })
    const configs = fixture.state.image.configOf(RESOURCE_TYPE.topic, 'orders')
    expect([...configs]).toEqual([['min.insync.replicas', '2']])
  })

  it('only validates when asked to', () => {
    expect(create({}, true).error).toBe('NONE')
    expect(fixture.state.image.topics.size).toBe(0)
  })

  // prettier-ignore
  it.each<readonly [string, Partial<NewTopic>, string]>([
    ['INVALID_TOPIC_EXCEPTION',    { name: 'no spaces' },                               'legal'],
    ['INVALID_TOPIC_EXCEPTION',    { name: '..' },                                      'legal'],
    ['INVALID_PARTITIONS',         { numPartitions: 0 },                                '0 partitions'],
    ['INVALID_REPLICATION_FACTOR', { replicationFactor: 4 },                            'only 3 broker'],
    ['INVALID_REPLICATION_FACTOR', { replicationFactor: 0 },                            'larger than 0'],
    ['INVALID_REPLICATION_FACTOR', { replicationFactor: -2 },                           'larger than 0'],
    ['INVALID_PARTITIONS',         { numPartitions: -2 },                               '-2 partitions'],
    ['INVALID_TOPIC_EXCEPTION',    { name: 'x'.repeat(250) },                           'legal'],
    ['INVALID_REQUEST',            { name: '__cluster_metadata' },                      'prohibited'],
    ['INVALID_CONFIG',             { configs: [{ name: 'min.insync.replicas', value: '0' }] }, 'min.insync.replicas'],
    ['INVALID_CONFIG',             { configs: [{ name: 'min.insync.replicas', value: null }] }, 'Null value'],
    ['INVALID_REPLICA_ASSIGNMENT', { ...assign(), assignments: [0, 0].map((partitionIndex) => ({ partitionIndex, brokerIds: [1] })) }, 'given twice'],
    ['INVALID_CONFIG',             { configs: [{ name: 'log.what', value: '1' }] },     'log.what'],
    ['INVALID_REQUEST',            { ...assign([1, 2]), numPartitions: 1 },             'assignment'],
    ['INVALID_REPLICA_ASSIGNMENT', assign([1, 1]),                                      'twice'],
    ['INVALID_REPLICA_ASSIGNMENT', assign([1, 9]),                                      'broker 9'],
    ['INVALID_REPLICA_ASSIGNMENT', assign([]),                                          'empty'],
    ['INVALID_REPLICA_ASSIGNMENT', assign([1, 2], [1]),                                 '2 replicas'],
    ['INVALID_REPLICA_ASSIGNMENT', { ...assign(), assignments: [{ partitionIndex: 1, brokerIds: [1] }] }, 'missing'],
  ])('refuses with %s: %j', (error, topic, message) => {
    const reply = create(topic)
    expect(reply.error).toBe(error)
    expect(reply.errorMessage).toContain(message)
    expect(fixture.state.image.topics.size).toBe(0)
  })

  it('refuses an assignment of fenced brokers only', () => {
    fixture.heartbeat(3, { wantFence: true })
    expect(create(assign([3]))).toMatchObject({ error: 'INVALID_REPLICA_ASSIGNMENT' })
  })

  it('refuses a name that metrics could not tell from another, but the name itself as taken', () => {
    create({ name: 'my.orders' })
    expect(create({ name: 'my_orders' })).toMatchObject({ error: 'INVALID_TOPIC_EXCEPTION' })
    expect(create({ name: 'my.orders' })).toMatchObject({ error: 'TOPIC_ALREADY_EXISTS' })
    expect(create({ name: 'my-orders' })).toMatchObject({ error: 'NONE' })
  })

  it('refuses to place anything when all brokers are fenced, before it counts them', () => {
    for (const id of [1, 2, 3]) fixture.heartbeat(id, { wantFence: true })
    const reply = create({ replicationFactor: 9 })
    expect(reply).toMatchObject({ error: 'INVALID_REPLICATION_FACTOR' })
    expect(reply.errorMessage).toContain('All brokers are currently fenced')
  })

  it('refuses a name that is taken, or given twice at once', () => {
    create({})
    expect(create({}).error).toBe('TOPIC_ALREADY_EXISTS')
    const twice = creation('new', [[1]])
    const request = { ...twice, topics: [...twice.topics, ...twice.topics] }
    const errors = fixture
      .apply(createTopics(fixture.state, request))
      .topics.map(({ errorCode }) => errorName(errorCode))
    expect(errors).toEqual(['INVALID_REQUEST'])
  })
})
