import { beforeEach, describe, expect, it } from 'vitest'
import { BrokerLifecycle } from '../../src/broker/broker-lifecycle.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import type { ResponseOf } from '../../src/protocol/messages.ts'
import { brokerConfig } from '../support/configs.ts'
import { ScriptedHost } from '../support/scripted-host.ts'

const EPOCH = 17

describe('a broker’s life as it tells the controller (R-88…R-92)', () => {
  let host: ScriptedHost
  let lifecycle: BrokerLifecycle
  let recoveries: number
  let agreed: number
  let replayed: number

  beforeEach(() => {
    host = new ScriptedHost()
    recoveries = 0
    agreed = 0
    replayed = -1
    lifecycle = new BrokerLifecycle(host, {
      brokerId: 1,
      clusterId: 'cluster',
      incarnationId: 'incarnation',
      directoryIds: () => ['directory'],
      rack: 'a',
      host: 'broker-1',
      port: 9092,
      previousBrokerEpoch: -1,
      controller: { id: 3000, host: 'controller-3000', port: 9093 },
      config: brokerConfig(),
      highestMetadataOffset: () => replayed,
      onCaughtUp: () => void recoveries++,
      onShouldShutDown: () => void agreed++,
    })
    host.settle()
  })

  const registrations = () => host.network.requests('BrokerRegistration').length
  const heartbeats = () => host.network.requests('BrokerHeartbeat')

  function register(errorCode: number = Errors.NONE): void {
    const brokerEpoch = errorCode === Errors.NONE ? EPOCH : -1
    host.network.next('BrokerRegistration').answer({ throttleTimeMs: 0, errorCode, brokerEpoch })
    host.settle()
  }

  function beat(reply: Partial<ResponseOf<'BrokerHeartbeat'>> = {}): void {
    const { isCaughtUp = true, isFenced = true, errorCode = Errors.NONE, shouldShutDown = false } = reply
    const answer = { throttleTimeMs: 0, errorCode, isCaughtUp, isFenced, shouldShutDown }
    host.network.next('BrokerHeartbeat').answer(answer)
    host.settle()
  }

  function run(): void {
    register()
    beat()
    lifecycle.setReadyToUnfence()
    host.settle()
    beat({ isFenced: false })
  }

  it('tells of a directory that failed in every heartbeat, and stops if it cannot in time (R-9)', () => {
    run()
    lifecycle.directoryFailed('directory-a')
    host.settle()
    expect(heartbeats().at(-1)?.body).toMatchObject({ offlineLogDirs: ['directory-a'] })
    beat({ isFenced: false })
    host.clock.advance(40_000)
    expect(agreed).toBe(0)
    lifecycle.directoryFailed('directory-b')
    host.clock.advance(29_999)
    expect(agreed).toBe(0)
    host.clock.advance(1)
    expect(agreed).toBe(1)
  })

  it('begins with a registration, then a heartbeat at once, fenced', () => {
    expect(host.network.next('BrokerRegistration').body).toMatchObject({
      brokerId: 1,
      rack: 'a',
      logDirs: ['directory'],
    })
    register()
    expect(lifecycle.brokerEpoch).toBe(EPOCH)
    expect(heartbeats().map(({ body }) => body)).toMatchObject([
      { brokerEpoch: EPOCH, currentMetadataOffset: -1, wantFence: true },
    ])
  })

  it('asks every 10 ms whether it has replayed its registration, and only then recovers its logs', () => {
    register()
    beat({ isCaughtUp: false })
    expect([lifecycle.state, recoveries]).toEqual(['STARTING', 0])
    replayed = EPOCH
    host.clock.advance(10)
    expect(heartbeats().at(-1)?.body.currentMetadataOffset).toBe(EPOCH)
    beat()
    expect([lifecycle.state, recoveries]).toEqual(['RECOVERY', 1])
  })

  it('stays fenced while it recovers, and wishes to be unfenced at once when it has', () => {
    register()
    beat()
    host.clock.advance(10)
    beat()
    host.clock.advance(1999)
    expect(heartbeats()).toHaveLength(2)
    lifecycle.setReadyToUnfence()
    host.settle()
    expect(heartbeats()).toHaveLength(3)
    expect(heartbeats().at(-1)?.body.wantFence).toBe(false)
    beat({ isFenced: false })
    expect(lifecycle.state).toBe('RUNNING')
  })

  it('says so with the next heartbeat, at once, when one is on its way', () => {
    register()
    beat()
    host.clock.advance(10)
    lifecycle.setReadyToUnfence()
    expect(heartbeats()).toHaveLength(2)
    beat()
    expect(heartbeats()).toHaveLength(3)
  })

  it('then beats every broker.heartbeat.interval.ms', () => {
    run()
    const before = heartbeats().length
    host.clock.advance(1999)
    expect(heartbeats()).toHaveLength(before)
    host.clock.advance(1)
    expect(heartbeats()).toHaveLength(before + 1)
  })

  it('tries to register again after 100 ms · 2ⁿ (±2 %), as after a quick restart (R-89)', () => {
    const atMs: number[] = []
    host.network.always('BrokerRegistration', (request) => {
      atMs.push(host.clock.monotonicMs())
      request.answer({ throttleTimeMs: 0, errorCode: Errors.DUPLICATE_BROKER_REGISTRATION, brokerEpoch: -1 })
    })
    register(Errors.DUPLICATE_BROKER_REGISTRATION)
    host.clock.advance(10_000)
    const waits = atMs.map((at, i) => at - (atMs[i - 1] ?? 0))
    const expected = [100, 200, 400, 800, 1600, 3200]
    expect(waits).toHaveLength(expected.length)
    for (const [i, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(Math.floor(expected[i]! * 0.98))
      expect(wait).toBeLessThanOrEqual(expected[i]! * 1.02)
    }
  })

  it('asks to stop at once, again after 50 ms, then with every heartbeat, until the controller agrees (R-95)', () => {
    run()
    lifecycle.beginControlledShutdown()
    host.settle()
    const before = heartbeats().length
    expect(heartbeats().at(-1)?.body).toMatchObject({ wantShutDown: true, wantFence: false })
    beat({ isFenced: false })
    host.clock.advance(49)
    expect(heartbeats()).toHaveLength(before)
    host.clock.advance(1)
    expect(heartbeats()).toHaveLength(before + 1)
    beat({ isFenced: false })
    host.clock.advance(1999)
    expect(heartbeats()).toHaveLength(before + 1)
    host.clock.advance(1)
    expect(agreed).toBe(0)
    beat({ shouldShutDown: true })
    host.clock.advance(10_000)
    expect([agreed, heartbeats().length]).toEqual([1, before + 2])
  })

  it('says nothing more once closed', () => {
    run()
    lifecycle.close()
    host.clock.advance(60_000)
    expect(heartbeats()).toHaveLength(2)
  })

  it('stops itself if nobody registers it for initial.broker.registration.timeout.ms', () => {
    host.network.always('BrokerRegistration', (request) =>
      request.answer({ throttleTimeMs: 0, errorCode: Errors.DUPLICATE_BROKER_REGISTRATION, brokerEpoch: -1 }),
    )
    register(Errors.DUPLICATE_BROKER_REGISTRATION)
    host.clock.advance(59_000)
    expect(() => host.clock.advance(1000)).toThrow('halted')
    expect(registrations()).toBeGreaterThan(5)
  })

  it('goes on beating when heartbeats fail or are lost, never at once', () => {
    run()
    host.clock.advance(2000)
    beat({ errorCode: Errors.UNKNOWN_SERVER_ERROR })
    const before = heartbeats().length
    host.clock.advance(97)
    expect(heartbeats()).toHaveLength(before)
    host.clock.advance(6)
    expect(heartbeats()).toHaveLength(before + 1)
    host.network.next('BrokerHeartbeat').connection.lose()
    host.clock.advance(1000)
    expect(heartbeats()).toHaveLength(before + 2)
  })

  it('holds a heartbeat for lost after half a session, while there is time for another (KAFKA-14392)', () => {
    run()
    host.clock.advance(2000)
    const before = heartbeats().length
    host.clock.advance(4500 + 1 + 200)
    expect(heartbeats()).toHaveLength(before + 1)
  })
})
