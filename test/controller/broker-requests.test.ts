import { beforeEach, describe, expect, it } from 'vitest'
import { allocateProducerIds } from '../../src/controller/allocate-producer-ids.ts'
import { brokerHeartbeat, registerBroker } from '../../src/controller/broker-requests.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import { ControllerFixture, registration } from './fixture.ts'

const SESSION_MS = 9000

describe('registration', () => {
  let fixture: ControllerFixture

  beforeEach(() => {
    fixture = new ControllerFixture()
  })

  it('gives the offset of its record as broker epoch, and starts fenced (R-90)', () => {
    expect(fixture.register(1)).toMatchObject({ errorCode: Errors.NONE, brokerEpoch: 0 })
    expect(fixture.register(2)).toMatchObject({ brokerEpoch: 1 })
    expect(fixture.state.image.brokers.get(1)).toMatchObject({ epoch: 0, fenced: true })
  })

  it('of another cluster is refused', () => {
    const request = { ...registration(1, 'a'), clusterId: 'other' }
    expect(fixture.apply(registerBroker(fixture.state, request)).errorCode).toBe(Errors.INCONSISTENT_CLUSTER_ID)
  })

  it('of a new incarnation has to outwait the old session (R-89)', () => {
    fixture.bringUp(1)
    fixture.nowMs += SESSION_MS
    expect(fixture.register(1, 'restarted').errorCode).toBe(Errors.DUPLICATE_BROKER_REGISTRATION)
    fixture.nowMs += 1
    // Also before its fencing is written (RB-34).
    expect(fixture.register(1, 'restarted').errorCode).toBe(Errors.NONE)
    expect(fixture.state.image.brokers.get(1)).toMatchObject({ incarnationId: 'restarted', fenced: true })
  })

  it('of a new incarnation takes the one before out of ISR and office, fenced or not (KAFKA-18106)', () => {
    fixture.bringUp(1, 2)
    fixture.create([[1, 2]])
    fixture.nowMs += SESSION_MS + 1
    fixture.register(1, 'restarted')
    expect(fixture.summary()).toBe('2/2/1/1')
  })

  it('of a new incarnation left it there before 4.0: fenced, leader in its old epoch (RB-34)', () => {
    fixture = new ControllerFixture({}, { fenceOnReregister: false })
    fixture.bringUp(1, 2)
    fixture.create([[1, 2]])
    fixture.nowMs += SESSION_MS + 1
    fixture.register(1, 'restarted')
    expect(fixture.summary()).toBe('1/1,2/0/0')
    expect(fixture.state.image.isActive(1)).toBe(false)
    // Nobody is to be fenced any more, and when it is unfenced it leads on as if nothing had happened.
    expect(fixture.state.heartbeats.findStale()).not.toBe(1)
    fixture.heartbeat(1)
    expect(fixture.summary()).toBe('1/1,2/0/0')
  })

  it('of a new incarnation is accepted at once if the old one was fenced', () => {
    fixture.register(1)
    expect(fixture.register(1, 'restarted')).toMatchObject({ errorCode: Errors.NONE, brokerEpoch: 1 })
  })

  it('of the same incarnation keeps epoch and state (KAFKA-16952)', () => {
    fixture.bringUp(1)
    const epoch = fixture.epochOf(1)
    expect(fixture.register(1)).toMatchObject({ errorCode: Errors.NONE, brokerEpoch: epoch })
    expect(fixture.state.image.brokers.get(1)).toMatchObject({ epoch, fenced: false })
  })
})

describe('heartbeats', () => {
  let fixture: ControllerFixture

  beforeEach(() => {
    fixture = new ControllerFixture()
    fixture.bringUp(1, 2)
    fixture.create([[1, 2]])
  })

  it('with another epoch are stale (R-90)', () => {
    expect(fixture.heartbeat(1, { brokerEpoch: 99 }).errorCode).toBe(Errors.STALE_BROKER_EPOCH)
    expect(fixture.heartbeat(7, { brokerEpoch: 0 }).errorCode).toBe(Errors.STALE_BROKER_EPOCH)
  })

  it('say whether the broker has replayed its own registration, and is fenced', () => {
    fixture.register(3)
    const offset = fixture.epochOf(3)
    const wantFence = true
    expect(fixture.heartbeat(3, { wantFence, currentMetadataOffset: offset - 1 })).toMatchObject({
      isCaughtUp: false,
      isFenced: true,
    })
    expect(fixture.heartbeat(3, { wantFence, currentMetadataOffset: offset })).toMatchObject({
      isCaughtUp: true,
      isFenced: true,
    })
    expect(fixture.heartbeat(3, { currentMetadataOffset: offset })).toMatchObject({ isFenced: false })
    expect(fixture.state.image.isActive(3)).toBe(true)
  })

  it('that wish to be fenced take the broker out of its ISRs', () => {
    fixture.heartbeat(1, { wantFence: true })
    expect(fixture.summary()).toBe('2/2/1/1')
  })

  it('lead through controlled shutdown: leave all ISRs, wait for the others, go', () => {
    expect(fixture.heartbeat(1, { wantShutDown: true }).shouldShutDown).toBe(false)
    expect(fixture.summary()).toBe('2/2/1/1')
    const shutdownOffset = fixture.state.image.highestOffset
    fixture.heartbeat(2, { currentMetadataOffset: shutdownOffset - 1 })
    expect(fixture.heartbeat(1, { wantShutDown: true }).shouldShutDown).toBe(false)
    fixture.heartbeat(2, { currentMetadataOffset: shutdownOffset })
    expect(fixture.heartbeat(1, { wantShutDown: true }).shouldShutDown).toBe(true)
    expect(fixture.state.image.brokers.get(1)?.fenced).toBe(true)
  })

  it('change nothing when nothing is to change', () => {
    expect(brokerHeartbeat(fixture.state, fixture.heartbeatOf(1)).records).toEqual([])
  })
})

describe('blocks of producer ids (P-15)', () => {
  it('are of 1000 ids, and no id is given twice', () => {
    const fixture = new ControllerFixture()
    fixture.bringUp(1, 2)
    const starts = [1, 2, 1].map((brokerId) => {
      const brokerEpoch = fixture.epochOf(brokerId)
      const reply = fixture.apply(allocateProducerIds(fixture.state, { brokerId, brokerEpoch }))
      return [reply.producerIdStart, reply.producerIdLen]
    })
    expect(starts).toEqual([
      [0, 1000],
      [1000, 1000],
      [2000, 1000],
    ])
  })

  it('are not for a broker of another epoch', () => {
    const fixture = new ControllerFixture()
    fixture.bringUp(1)
    const reply = fixture.apply(allocateProducerIds(fixture.state, { brokerId: 1, brokerEpoch: 99 }))
    expect(reply).toMatchObject({ errorCode: Errors.STALE_BROKER_EPOCH, producerIdLen: 0 })
  })
})
