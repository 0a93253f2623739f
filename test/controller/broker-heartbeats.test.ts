import { beforeEach, describe, expect, it } from 'vitest'
import { type BrokerControlState, BrokerHeartbeats } from '../../src/controller/broker-heartbeats.ts'

const SESSION_MS = 9000

describe('sessions (R-91)', () => {
  let nowMs: number
  let heartbeats: BrokerHeartbeats

  beforeEach(() => {
    nowMs = 0
    heartbeats = new BrokerHeartbeats(SESSION_MS, () => nowMs)
  })

  it('are valid at exactly last contact + timeout, and expired one ms later', () => {
    heartbeats.register(1, false)
    nowMs = SESSION_MS
    expect([heartbeats.hasValidSession(1), heartbeats.findStale()]).toEqual([true, undefined])
    expect(heartbeats.nextExpiryMs()).toBe(SESSION_MS + 1)
    nowMs = SESSION_MS + 1
    expect([heartbeats.hasValidSession(1), heartbeats.findStale()]).toEqual([false, 1])
  })

  it('are those of unfenced brokers only', () => {
    heartbeats.register(1, true)
    expect([heartbeats.hasValidSession(1), heartbeats.nextExpiryMs()]).toEqual([false, undefined])
    nowMs = 10 * SESSION_MS
    expect(heartbeats.findStale()).toBeUndefined()
  })

  it('expire one at a time, the one not heard from for longest first', () => {
    for (const id of [1, 2, 3]) heartbeats.register(id, false)
    nowMs = 5
    heartbeats.touch(1, false, 0)
    nowMs = 20_000
    expect(heartbeats.findStale()).toBe(2)
    heartbeats.touch(2, true, -1)
    expect(heartbeats.findStale()).toBe(3)
    heartbeats.touch(3, true, -1)
    expect(heartbeats.findStale()).toBe(1)
  })

  it('that were renewed in the same millisecond expire in the order of their renewal', () => {
    for (const id of [1, 2]) heartbeats.register(id, false)
    heartbeats.touch(2, false, 0)
    heartbeats.touch(1, false, 0)
    nowMs = 20_000
    expect(heartbeats.findStale()).toBe(2)
  })
})

describe('what a heartbeat makes of a broker (R-92)', () => {
  const REGISTRATION = 10
  type Start = 'FENCED' | 'UNFENCED' | 'CONTROLLED_SHUTDOWN'

  // prettier-ignore
  const TABLE: readonly (readonly [from: Start, wantFence: boolean, wantShutDown: boolean, offset: number, leads: boolean, to: BrokerControlState])[] = [
    ['FENCED',              false, false, 10, false, 'UNFENCED'],
    ['FENCED',              false, false, 9,  false, 'FENCED'],
    ['FENCED',              true,  false, 10, false, 'FENCED'],
    ['FENCED',              false, true,  10, false, 'SHUTDOWN_NOW'],
    ['FENCED',              true,  true,  10, false, 'SHUTDOWN_NOW'],
    ['UNFENCED',            false, false, 10, true,  'UNFENCED'],
    ['UNFENCED',            true,  false, 10, true,  'FENCED'],
    ['UNFENCED',            true,  true,  10, true,  'SHUTDOWN_NOW'],
    ['UNFENCED',            false, true,  10, true,  'CONTROLLED_SHUTDOWN'],
    ['UNFENCED',            false, true,  10, false, 'SHUTDOWN_NOW'],
    ['CONTROLLED_SHUTDOWN', false, true,  10, true,  'CONTROLLED_SHUTDOWN'],
    ['CONTROLLED_SHUTDOWN', false, true,  10, false, 'SHUTDOWN_NOW'],
  ]

  it.each(TABLE)('%s, wantFence %s, wantShutDown %s, at %i, leads %s → %s', (...row) => {
    const [from, wantFence, wantShutDown, currentMetadataOffset, leads, to] = row
    const heartbeats = new BrokerHeartbeats(SESSION_MS, () => 0)
    heartbeats.register(1, from === 'FENCED')
    if (from === 'CONTROLLED_SHUTDOWN') heartbeats.enterControlledShutdown(1, 50)
    expect(heartbeats.currentState(1)).toBe(from)
    const wish = { wantFence, wantShutDown, currentMetadataOffset }
    expect(heartbeats.nextState(1, wish, REGISTRATION, leads)).toBe(to)
  })

  it('in controlled shutdown, it may go once all active brokers have replayed that', () => {
    const heartbeats = new BrokerHeartbeats(SESSION_MS, () => 0)
    for (const id of [1, 2, 3]) heartbeats.register(id, id === 3)
    heartbeats.touch(1, false, 40)
    heartbeats.touch(2, false, 49)
    heartbeats.enterControlledShutdown(1, 50)
    const wish = { wantFence: false, wantShutDown: true, currentMetadataOffset: 40 }
    expect(heartbeats.nextState(1, wish, 0, false)).toBe('CONTROLLED_SHUTDOWN')
    heartbeats.touch(2, false, 50)
    expect(heartbeats.nextState(1, wish, 0, false)).toBe('SHUTDOWN_NOW')
  })
})

describe('a change of the registration', () => {
  it('is contact, and forgets the offset of a session that was so already: others wait for its next heartbeat (R-92)', () => {
    let nowMs = 0
    const heartbeats = new BrokerHeartbeats(SESSION_MS, () => nowMs)
    for (const id of [1, 2]) heartbeats.register(id, false)
    for (const id of [1, 2]) heartbeats.touch(id, false, 20)
    heartbeats.enterControlledShutdown(1, 15)
    const wish = { wantFence: false, wantShutDown: true, currentMetadataOffset: 20 }
    const next = () => heartbeats.nextState(1, wish, 10, false)
    expect(next()).toBe('SHUTDOWN_NOW')
    nowMs = 5
    heartbeats.registrationChanged(2, false)
    expect(next()).toBe('CONTROLLED_SHUTDOWN')
    nowMs = SESSION_MS + 5
    expect(heartbeats.hasValidSession(2)).toBe(true)
    heartbeats.touch(2, false, 15)
    expect(next()).toBe('SHUTDOWN_NOW')
    heartbeats.touch(2, true, 15)
    heartbeats.registrationChanged(2, false)
    expect(next()).toBe('SHUTDOWN_NOW')
  })
})
