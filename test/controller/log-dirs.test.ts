// Brokers with several log directories, as the controller sees them (KIP-858).

import { beforeEach, describe, expect, it } from 'vitest'
import { assignReplicasToDirs } from '../../src/controller/assign-replicas.ts'
import { unfenceBroker } from '../../src/controller/fencing.ts'
import { registerBroker } from '../../src/controller/broker-requests.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { ControllerFixture, registration } from './fixture.ts'

const A = 'ZGlyZWN0b3J5LWEtMDAwMA'
const B = 'ZGlyZWN0b3J5LWItMDAwMA'

describe('log directories of brokers', () => {
  let fixture: ControllerFixture

  beforeEach(() => {
    fixture = new ControllerFixture()
    for (const id of [1, 2, 3]) {
      fixture.apply(registerBroker(fixture.state, { ...registration(id, `incarnation-${id}`), logDirs: [A, B] }))
      fixture.heartbeat(id)
    }
    fixture.create([
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  const assign = (brokerId: number, directory: string, partitionIndex: number) => {
    const { topicId } = fixture.partition()
    const directories = [{ id: directory, topics: [{ topicId, partitions: [{ partitionIndex }] }] }]
    const request = { brokerId, brokerEpoch: fixture.epochOf(brokerId), directories }
    return fixture.apply(assignReplicasToDirs(fixture.state, request))
  }

  it('are told replica by replica, and change nothing else of a partition', () => {
    expect(assign(1, A, 0)).toMatchObject({ errorCode: Errors.NONE })
    expect(assign(3, B, 0)).toMatchObject({ errorCode: Errors.NONE })
    expect(fixture.partition().directories).toEqual([A, 'AAAAAAAAAAAAAAAAAAAAAA', B])
    expect(fixture.summary()).toBe('1/1,2,3/0/2')
    assign(1, A, 0)
    expect(fixture.summary()).toBe('1/1,2,3/0/2')
  })

  it('refuse what makes no sense: another epoch, a partition that is not there', () => {
    const request = { brokerId: 1, brokerEpoch: 99, directories: [] }
    expect(assignReplicasToDirs(fixture.state, request).reply.errorCode).toBe(Errors.STALE_BROKER_EPOCH)
    const { directories } = assign(1, A, 7)
    expect(directories[0]?.topics[0]?.partitions[0]?.errorCode).toBe(Errors.UNKNOWN_TOPIC_OR_PARTITION)
  })

  it('that fail take the broker out of the ISRs of what it has there, and others lead that', () => {
    assign(1, A, 0)
    assign(1, B, 1)
    fixture.heartbeat(1, { offlineLogDirs: [A] })
    expect([0, 1].map((index) => fixture.summary(index))).toEqual(['2/2,3/1/2', '1/1,2,3/0/1'])
    expect(fixture.state.image.brokers.get(1)).toMatchObject({ fenced: false, logDirs: [B] })
    // Told again, it is no news.
    const before = fixture.state.image.highestOffset
    fixture.heartbeat(1, { offlineLogDirs: [A] })
    expect(fixture.state.image.highestOffset).toBe(before)
  })

  it('that have failed already count when a replica turns out to be there', () => {
    fixture.heartbeat(1, { offlineLogDirs: [A] })
    assign(1, A, 0)
    expect(fixture.summary()).toBe('2/2,3/1/2')
  })

  it('keep a broker from leading what it has in one that is gone, also when nobody else can', () => {
    fixture = new ControllerFixture({ 'unclean.leader.election.enable': true })
    fixture.apply(registerBroker(fixture.state, { ...registration(1, 'incarnation-1'), logDirs: [A, B] }))
    fixture.heartbeat(1)
    fixture.create([[1]])
    assign(1, A, 0)
    fixture.heartbeat(1, { offlineLogDirs: [A] })
    expect(fixture.summary()).toBe('-1/1/1/2')
    fixture.applyRecords(unfenceBroker(fixture.state, 1))
    expect(fixture.partition().leader).toBe(-1)
  })
})
