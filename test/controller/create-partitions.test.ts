import { beforeEach, describe, expect, it } from 'vitest'
import { createPartitions } from '../../src/controller/create-partitions.ts'
import { startControlledShutdown } from '../../src/controller/fencing.ts'
import { errorName } from '../../src/protocol/error-codes.ts'
import { ControllerFixture } from './fixture.ts'

describe('adding partitions', () => {
  let fixture: ControllerFixture

  beforeEach(() => {
    fixture = new ControllerFixture()
    fixture.bringUp(1, 2, 3)
    fixture.create([
      [1, 2],
      [2, 3],
    ])
  })

  function add(count: number, lists: readonly (readonly number[])[] | null = null, name = 'orders', times = 1) {
    const assignments = lists === null ? null : lists.map((brokerIds) => ({ brokerIds }))
    const topics = Array.from({ length: times }, () => ({ name, count, assignments }))
    const { results } = fixture.apply(createPartitions(fixture.state, { topics, timeoutMs: 1000, validateOnly: false }))
    return results.map(({ errorCode, errorMessage }) => `${errorName(errorCode)} ${errorMessage ?? ''}`.trim())
  }

  const partitionCount = () => fixture.state.image.topics.get('orders')?.partitions.length

  it('places as many replicas as the first partition has, and starts them in epoch 0', () => {
    expect(add(5)).toEqual(['NONE'])
    expect(partitionCount()).toBe(5)
    for (const index of [2, 3, 4]) {
      const { replicas, isr, leader, leaderEpoch, partitionEpoch } = fixture.partition(index)
      expect(new Set(replicas).size).toBe(2)
      expect({ isr, leader, leaderEpoch, partitionEpoch }).toEqual({
        isr: replicas,
        leader: replicas[0],
        leaderEpoch: 0,
        partitionEpoch: 0,
      })
    }
  })

  it('takes a given assignment, and leaves those that are fenced out of the ISR', () => {
    fixture.heartbeat(3, { wantFence: true })
    expect(add(3, [[3, 1]])).toEqual(['NONE'])
    expect(fixture.partition(2)).toMatchObject({ replicas: [3, 1], isr: [1], leader: 1 })
  })

  it('leaves the old partitions as they are', () => {
    const before = [fixture.partition(0), fixture.partition(1)]
    add(4)
    expect([fixture.partition(0), fixture.partition(1)]).toEqual(before)
  })

  it('places no replica on a broker in controlled shutdown, but again on it once it is fenced (R-108)', () => {
    fixture.heartbeat(1, { wantShutDown: true })
    add(8)
    for (let i = 2; i < 8; i++) expect(fixture.partition(i).replicas).not.toContain(1)
    // The others have heard of it: it may go, and is fenced.
    fixture.heartbeat(2)
    fixture.heartbeat(3)
    expect(fixture.heartbeat(1, { wantShutDown: true }).shouldShutDown).toBe(true)
    fixture.heartbeat(3, { wantFence: true })
    // Two unfenced replicas are no longer to be had: fenced brokers are taken, the one that was shutting down too.
    add(20)
    const used = new Set(Array.from({ length: 12 }, (_, i) => fixture.partition(8 + i).replicas).flat())
    expect(used).toEqual(new Set([1, 2, 3]))
  })

  // prettier-ignore
  it.each<readonly [string, number, readonly (readonly number[])[] | null, string]>([
    ['INVALID_PARTITIONS',         2, null,             'has 2'],
    ['INVALID_PARTITIONS',         1, null,             'not be an increase'],
    ['INVALID_REPLICA_ASSIGNMENT', 4, [[1, 2]],         '1 are assigned'],
    ['INVALID_REPLICA_ASSIGNMENT', 3, [[]],             'empty'],
    ['INVALID_REPLICA_ASSIGNMENT', 3, [[1, 1]],         'twice'],
    ['INVALID_REPLICA_ASSIGNMENT', 3, [[1, 9]],         'broker 9'],
    ['INVALID_REPLICA_ASSIGNMENT', 3, [[1, 2, 3]],      '2 replicas'],
  ])('refuses with %s: %i partitions, %j', (error, count, lists, message) => {
    const [result] = add(count, lists)
    expect(result).toMatch(new RegExp(`^${error} .*${message}`))
    expect(partitionCount()).toBe(2)
  })

  it('refuses brokers that are all fenced, by assignment and by placement', () => {
    for (const id of [1, 2, 3]) fixture.heartbeat(id, { wantFence: true })
    expect(add(3, [[1, 2]])[0]).toContain('INVALID_REPLICA_ASSIGNMENT')
    expect(add(3)[0]).toContain('INVALID_REPLICATION_FACTOR All brokers are currently fenced')
  })

  it('refuses brokers that are usable by their session and shutting down by their registration, as after a failover', () => {
    for (const id of [1, 2, 3]) fixture.applyRecords(startControlledShutdown(fixture.state, id))
    expect(add(3)[0]).toBe('INVALID_REPLICATION_FACTOR All brokers are fenced or in controlled shutdown.')
    expect(partitionCount()).toBe(2)
  })

  it('refuses an unknown topic, and one named twice, once', () => {
    expect(add(3, null, 'parts')).toEqual(['UNKNOWN_TOPIC_OR_PARTITION'])
    expect(add(3, null, 'orders', 2)).toEqual(['INVALID_REQUEST Duplicate topic name.'])
    expect(partitionCount()).toBe(2)
  })

  it('only validates when asked to', () => {
    const topics = [{ name: 'orders', count: 3, assignments: null }]
    const result = createPartitions(fixture.state, { topics, timeoutMs: 1000, validateOnly: true })
    expect([result.records, result.reply.results[0]?.errorCode]).toEqual([[], 0])
  })
})
