import { describe, expect, it } from 'vitest'
import { groupPartition, javaStringHash } from '../../src/group/group-partition.ts'
import { COMES_FROM, GROUP_STATES } from '../../src/group/group-state.ts'
import { subscribedTopics } from '../../src/group/subscribed-topics.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { GroupRig, subscription } from './rig.ts'

describe('the partition of a group (G-1 … G-4)', () => {
  it.each([
    ['', 0, 0],
    ['group-1', 293427299, 49],
    ['my-group', -1906497762, 12],
    ['test', 3556498, 48],
    ['g1', 3242, 42],
    ['orders', -1008770331, 31],
    ['console-consumer-1', 35782224, 24],
    ['txn-1', 110810510, 10],
    ['my-txn-id', 1405732511, 11],
    ['payments-0', 1612905872, 22],
    // The one hash whose absolute value Java cannot say.
    ['polygenelubricants', -2147483648, 0],
  ])('%s: hash %i, partition %i of 50', (groupId, hash, partition) => {
    expect(javaStringHash(groupId)).toBe(hash)
    expect(groupPartition(groupId, 50)).toBe(partition)
  })

  it('goes by UTF-16 units, as Java does', () => {
    // "😀" is D83D DE00: 31 · 0xd83d + 0xde00.
    expect(javaStringHash('😀')).toBe(31 * 0xd83d + 0xde00)
  })
})

describe('FindCoordinator (G-5)', () => {
  const find = (rig: GroupRig, key = 'g', keyType = 0) =>
    rig.ask('FindCoordinator', { keyType, coordinatorKeys: [key] }).coordinators[0]!

  it('has the topic created when somebody first asks, once at a time', () => {
    const rig = new GroupRig()
    expect(find(rig)).toMatchObject({ key: 'g', nodeId: -1, errorCode: Errors.COORDINATOR_NOT_AVAILABLE })
    find(rig)
    expect(rig.created).toHaveLength(1)
    const config = { 'cleanup.policy': 'compact', 'compression.type': 'producer', 'segment.bytes': '104857600' }
    expect(rig.created[0]!.topics).toEqual([
      {
        name: '__consumer_offsets',
        numPartitions: 1,
        replicationFactor: 3,
        assignments: [],
        configs: Object.entries(config).map(([name, value]) => ({ name, value })),
      },
    ])
  })

  it('names the leader of the partition, if it is up', () => {
    const rig = new GroupRig({ replicas: [1, 2, 3] }).lead(2)
    expect(find(rig)).toEqual({ key: 'g', nodeId: 2, host: 'broker-2', port: 9092, errorCode: 0, errorMessage: '' })
    rig.register(2, { fenced: true })
    expect(find(rig).errorCode).toBe(Errors.COORDINATOR_NOT_AVAILABLE)
    rig.lead(-1)
    expect(find(rig).errorCode).toBe(Errors.COORDINATOR_NOT_AVAILABLE)
    expect(rig.created).toEqual([])
  })

  it('knows groups only', () => {
    const rig = new GroupRig().lead()
    expect(find(rig, 'x', 1).errorCode).toBe(Errors.COORDINATOR_NOT_AVAILABLE)
    expect(find(rig, 'x', 2).errorCode).toBe(Errors.INVALID_REQUEST)
  })
})

describe('the way between states (G-12 … G-21)', () => {
  it('is this and no other', () => {
    const ways = GROUP_STATES.flatMap((to) => COMES_FROM[to].map((from) => `${from} > ${to}`))
    expect(ways.toSorted()).toEqual([
      'CompletingRebalance > Dead',
      'CompletingRebalance > PreparingRebalance',
      'CompletingRebalance > Stable',
      'Dead > Dead',
      'Empty > Dead',
      'Empty > PreparingRebalance',
      'PreparingRebalance > CompletingRebalance',
      'PreparingRebalance > Dead',
      'PreparingRebalance > Empty',
      'Stable > Dead',
      'Stable > PreparingRebalance',
    ])
  })
})

describe('what a consumer subscribes to', () => {
  it('is read from the oldest part of what it says', () => {
    expect(subscribedTopics(subscription('orders', 'parts'))).toEqual(['orders', 'parts'])
    expect(subscribedTopics(subscription())).toEqual([])
  })

  it('is not known if the bytes make no sense', () => {
    const whole = subscription('orders')
    for (let length = 0; length < 14; length++) expect(subscribedTopics(whole.subarray(0, length))).toBeUndefined()
    expect(subscribedTopics(whole.with(7, 255).with(6, 127))).toBeUndefined()
  })
})
