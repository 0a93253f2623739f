import { beforeEach, describe, expect, it } from 'vitest'
import { fenceBroker, handleShutdown, startControlledShutdown, unfenceBroker } from '../../src/controller/fencing.ts'
import { ControllerFixture } from './fixture.ts'

describe('what a broker leaves behind', () => {
  let fixture: ControllerFixture

  beforeEach(() => {
    fixture = new ControllerFixture()
    fixture.bringUp(1, 2, 3)
  })

  const fence = (id: number) => fixture.applyRecords(fenceBroker(fixture.state, id))
  const unfence = (id: number) => fixture.applyRecords(unfenceBroker(fixture.state, id))

  it('fenced, it leaves every ISR, and others lead in a new epoch: one atomic batch (R-93, R-103)', () => {
    fixture.bringUp(4)
    fixture.create([
      [1, 2, 3],
      [2, 1, 4],
      [3, 2, 4],
    ])
    const records = fenceBroker(fixture.state, 1)
    expect(records.map(({ type }) => type)).toEqual([
      'PartitionChangeRecord',
      'PartitionChangeRecord',
      'BrokerRegistrationChangeRecord',
    ])
    fixture.applyRecords(records)
    expect([0, 1, 2].map((index) => fixture.summary(index))).toEqual(['2/2,3/1/1', '2/2,4/0/1', '3/3,2,4/0/0'])
    expect(fixture.state.image.brokers.get(1)).toMatchObject({ fenced: true })
  })

  it('the leader epoch rises only where the leader changes, the partition epoch always (R-103)', () => {
    fixture.create([[1, 2, 3]])
    fence(3)
    expect(fixture.summary()).toBe('1/1,2/0/1')
    fence(1)
    expect(fixture.summary()).toBe('2/2/1/2')
  })

  it('before metadata.version 3.6-IV0 every shrink is a new leader epoch, and nothing else of the same leader is (R-103)', () => {
    fixture = new ControllerFixture({}, { bumpEpochOnIsrShrink: true })
    fixture.bringUp(1, 2, 3)
    fixture.create([[1, 2, 3]])
    fence(3)
    expect(fixture.summary()).toBe('1/1,2/1/1')
    fence(1)
    expect(fixture.summary()).toBe('2/2/2/2')
    fence(2)
    expect(fixture.summary()).toBe('-1/2/3/3')
  })

  it('the last member stays in the ISR, leaderless (R-99)', () => {
    fixture.create([[1, 2]])
    fence(2)
    fence(1)
    expect(fixture.summary()).toBe('-1/1/1/2')
  })

  it('unfenced, the last member leads again, in a new epoch (R-94)', () => {
    fixture.create([[1, 2]])
    fence(2)
    fence(1)
    unfence(1)
    expect(fixture.summary()).toBe('1/1/2/3')
  })

  it('unfenced, another does not lead what only the last member may (R-94, R-97)', () => {
    fixture.create([[1, 2]])
    fence(2)
    fence(1)
    unfence(2)
    expect(fixture.summary()).toBe('-1/1/1/2')
  })

  it('unless the topic permits unclean leaders: then the ISR is the new leader alone, RECOVERING (R-102)', () => {
    fixture.create([[1, 2]], 'orders', { 'unclean.leader.election.enable': 'true' })
    fence(2)
    fence(1)
    expect(fixture.summary()).toBe('-1/1/1/2')
    unfence(2)
    expect(fixture.summary()).toBe('2/2/2/3')
    expect(fixture.partition().leaderRecoveryState).toBe(1)
  })

  it('unfencing changes no ISR by itself (R-94)', () => {
    fixture.create([[1, 2, 3]])
    fence(3)
    unfence(3)
    expect(fixture.summary()).toBe('1/1,2/0/1')
  })

  it('in controlled shutdown it leaves ISRs and leaderships at once, unfenced but not to be elected (R-95)', () => {
    fixture.create([
      [1, 2],
      [2, 1],
    ])
    fixture.applyRecords(startControlledShutdown(fixture.state, 1))
    expect([fixture.summary(0), fixture.summary(1)]).toEqual(['2/2/1/1', '2/2/0/1'])
    expect(fixture.state.image.brokers.get(1)).toMatchObject({ fenced: false, inControlledShutdown: true })
    expect(fixture.state.image.isActive(1)).toBe(false)
    // The registration changes once.
    expect(startControlledShutdown(fixture.state, 1)).toEqual([])
  })

  it('registering anew without having been fenced, it is not elected for what it led before (KAFKA-18106)', () => {
    for (const elr of [false, true]) {
      fixture = new ControllerFixture({}, { elr, fenceOnReregister: true })
      fixture.bringUp(1, 2)
      fixture.create([[1, 2]], 'orders', { 'unclean.leader.election.enable': 'true' })
      fence(2)
      expect(fixture.state.image.isActive(1)).toBe(true)
      fixture.applyRecords(handleShutdown(fixture.state, 1, false))
      expect(fixture.partition().leader).toBe(-1)
    }
  })
})
