import { describe, expect, it } from 'vitest'
import { DeleteRecordsEntry } from '../../src/broker/delayed-delete-records.ts'
import { topicSettings } from '../../src/broker/topic-settings.ts'
import { MetadataImage, RESOURCE_TYPE } from '../../src/metadata/metadata-image.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { brokerEpochOf, followerParams, state } from './fixture.ts'
import { testConfig } from './settings.ts'
import { item, ManagerFixture } from './manager-fixture.ts'

const TIMEOUT_MS = 5000

class Rig extends ManagerFixture {
  answers = 0

  constructor() {
    super()
    this.publish(state())
    for (let i = 0; i < 10; i++) this.produce(1)
    for (const id of [2, 3]) this.follow(id, 8, { maxWaitMs: 0 })
  }

  delete(beforeOffset: number, index = 0): DeleteRecordsEntry {
    const entry = new DeleteRecordsEntry('orders', index, beforeOffset)
    this.replicas.deleteRecords([entry], TIMEOUT_MS, () => void this.answers++)
    return entry
  }

  /** A follower fetches, having raised its own log start. */
  raised(replicaId: number, logStartOffset: number): void {
    const params = { ...followerParams(replicaId), replicaEpoch: brokerEpochOf(replicaId), maxWaitMs: 0 }
    this.fetch(params, [item(8, { currentLeaderEpoch: this.orders.leaderEpoch, logStartOffset })])
  }
}

function imageOf(policy: string): MetadataImage {
  const image = new MetadataImage()
  image.apply(
    {
      type: 'ConfigRecord',
      resourceType: RESOURCE_TYPE.topic,
      resourceName: 'orders',
      name: 'cleanup.policy',
      value: policy,
    },
    0,
  )
  return image
}

const outcome = ({ errorCode, lowWatermark }: DeleteRecordsEntry) => [errorCode, lowWatermark]

describe('DeleteRecords (R-80)', () => {
  it('raises the leader’s log start at once, and is answered when the last follower that is up has raised its own', () => {
    const rig = new Rig()
    const entry = rig.delete(5)
    expect(rig.orders.log.logStartOffset).toBe(5)
    rig.raised(2, 5)
    expect(rig.answers).toBe(0)
    rig.raised(3, 5)
    expect([rig.answers, outcome(entry)]).toEqual([1, [Errors.NONE, 5]])
    expect(rig.replicas.waitingRequests).toBe(0)
  })

  it('does not wait for a replica that is fenced', () => {
    const rig = new Rig()
    rig.register(3, { fenced: true })
    rig.delete(5)
    rig.raised(2, 5)
    expect(rig.answers).toBe(1)
  })

  it('waits for one that has not fetched from this leader yet', () => {
    const rig = new Rig()
    rig.publish(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    rig.publish(state({ leaderEpoch: 3, partitionEpoch: 2 }))
    expect(rig.orders.lowWatermark).toBe(-1)
    rig.delete(0)
    expect(rig.answers).toBe(0)
    for (const id of [2, 3]) rig.raised(id, 0)
    expect(rig.answers).toBe(1)
  })

  it('goes up to the high watermark, and that is what −1 means', () => {
    const rig = new Rig()
    expect(outcome(rig.delete(9))).toEqual([Errors.OFFSET_OUT_OF_RANGE, -1])
    expect(outcome(rig.delete(-2))).toEqual([Errors.OFFSET_OUT_OF_RANGE, -1])
    expect([rig.answers, rig.orders.log.logStartOffset]).toEqual([2, 0])
    rig.delete(-1)
    expect(rig.orders.log.logStartOffset).toBe(8)
  })

  it('never lowers the log start', () => {
    const rig = new Rig()
    rig.delete(5)
    for (const id of [2, 3]) rig.raised(id, 5)
    expect(outcome(rig.delete(3))).toEqual([Errors.NONE, 5])
    expect([rig.answers, rig.orders.log.logStartOffset]).toEqual([2, 5])
  })

  it('times out with the low watermark found first; the records are gone from the leader all the same', () => {
    const rig = new Rig()
    const entry = rig.delete(5)
    rig.raised(2, 5)
    rig.host.clock.advance(TIMEOUT_MS)
    expect([rig.answers, outcome(entry)]).toEqual([1, [Errors.REQUEST_TIMED_OUT, 0]])
    expect(rig.orders.log.logStartOffset).toBe(5)
  })

  it('is refused by a follower and where there is no such partition; one that loses its office lets the time run out', () => {
    const rig = new Rig()
    expect(outcome(rig.delete(5, 7))).toEqual([Errors.UNKNOWN_TOPIC_OR_PARTITION, -1])
    const entry = rig.delete(5)
    rig.publish(state({ leader: 2, leaderEpoch: 2, partitionEpoch: 1 }))
    expect(rig.answers).toBe(1)
    rig.host.clock.advance(TIMEOUT_MS)
    expect([rig.answers, outcome(entry)]).toEqual([2, [Errors.REQUEST_TIMED_OUT, 0]])
    expect(outcome(rig.delete(5))).toEqual([Errors.NOT_LEADER_OR_FOLLOWER, -1])
  })

  it.each([
    ['compact', false],
    ['compact,delete', true],
    ['delete', true],
  ])('cuts no topic whose policy, here %s, does not delete', (policy, isAllowed) => {
    const rig = new Rig()
    const settings = { ...rig.orders.log.config, ...topicSettings(testConfig(), imageOf(policy), 'orders').log }
    rig.orders.log.updateConfig(settings)
    const refused = [Errors.POLICY_VIOLATION, -1]
    expect(outcome(rig.delete(-1))).toEqual(isAllowed ? [Errors.NONE, 0] : refused)
    expect(rig.orders.log.logStartOffset).toBe(isAllowed ? 8 : 0)
  })

  it('leaves a consumer below the log start out of range (R-8, R-128)', () => {
    const rig = new Rig()
    rig.delete(5)
    expect(rig.consume(4, { maxWaitMs: 0 }).results[0]?.errorCode).toBe(Errors.OFFSET_OUT_OF_RANGE)
    expect(rig.consume(5, { maxWaitMs: 0 }).results[0]?.errorCode).toBe(Errors.NONE)
  })
})
