import { beforeEach, describe, expect, it } from 'vitest'
import { ClientMetadata } from '../../src/client/client-metadata.ts'
import { NetworkClient } from '../../src/network/network-client.ts'
import { BOOTSTRAP, ClientRig, endpoint } from './rig.ts'

const MAX_AGE_MS = 300_000

describe('what a client knows of the cluster', () => {
  let rig: ClientRig
  let metadata: ClientMetadata
  let updates: number

  beforeEach(() => {
    updates = 0
    metadata = knowing(true)
  })

  function knowing(rebootstraps: boolean, reconnectBackoffMs = 50): ClientMetadata {
    rig = new ClientRig()
    const client = new NetworkClient(
      rig,
      {
        clientId: 'test',
        requestTimeoutMs: 30_000,
        reconnectBackoffMs,
        reconnectBackoffMaxMs: reconnectBackoffMs,
        connectionSetupTimeoutMs: 10_000,
        maxInFlight: 5,
      },
      rig.random.stream('client'),
    )
    return new ClientMetadata(rig, client, rig.random.stream('metadata'), {
      bootstrap: BOOTSTRAP,
      maxAgeMs: MAX_AGE_MS,
      retryBackoffMs: 100,
      retryBackoffMaxMs: 1000,
      rebootstraps,
      onUpdate: () => void updates++,
    })
  }

  const asked = () => rig.network.requests('Metadata').length
  const known = () => {
    const info = metadata.partition('orders', 0)
    return info === undefined ? undefined : [info.leader?.id, info.leaderEpoch]
  }
  const learn = () => {
    metadata.add('orders')
    rig.settle()
  }
  const refresh = () => {
    metadata.requestUpdate()
    rig.clock.advance(2000)
  }

  it('is asked for when a topic becomes interesting, of a bootstrap server', () => {
    expect(asked()).toBe(0)
    learn()
    expect(known()).toEqual([1, 5])
    expect(updates).toBe(1)
    metadata.add('orders')
    rig.settle()
    expect(asked()).toBe(1)
  })

  it('is asked for again when it is metadata.max.age.ms old (P-2)', () => {
    learn()
    rig.clock.advance(MAX_AGE_MS - 1)
    expect(asked()).toBe(1)
    rig.clock.advance(1)
    expect(asked()).toBe(2)
  })

  it('is asked for once a back-off, however often somebody wants it', () => {
    learn()
    for (let i = 0; i < 10; i++) metadata.requestUpdate()
    rig.settle()
    expect(asked()).toBe(1)
    rig.clock.advance(120)
    expect(asked()).toBe(2)
  })

  it('is asked for again, ever more slowly, while a partition has no leader', () => {
    rig.leaders = [{ leader: -1, epoch: 5 }]
    learn()
    expect(known()).toEqual([undefined, 5])
    rig.clock.advance(10_000)
    // 100 + 200 + 400 + 800 + 1000 …, ±20 %.
    expect(asked()).toBeGreaterThan(9)
    expect(asked()).toBeLessThan(18)
  })

  it('does not believe a leader epoch lower than the last seen (R-133)', () => {
    learn()
    rig.leaders = [{ leader: 2, epoch: 4 }]
    refresh()
    expect(known()).toEqual([1, 5])
    rig.leaders = [{ leader: 2, epoch: 6 }]
    refresh()
    expect(known()).toEqual([2, 6])
  })

  it('believes a lower epoch of another topic of the same name (KAFKA-12257)', () => {
    learn()
    rig.topicId = 'YW5vdGhlci10b3BpYy1pZA'
    rig.leaders = [{ leader: 2, epoch: 0 }]
    refresh()
    expect(known()).toEqual([2, 0])
  })

  it('asks somebody else when the one asked is gone', () => {
    learn()
    rig.network.always('Metadata', (request) => {
      if (request.to === 'broker-1') request.connection.lose()
      else request.answer(rig.metadata())
    })
    rig.leaders = [{ leader: 3, epoch: 6 }]
    metadata.requestUpdate()
    rig.clock.advance(10_000)
    expect(known()).toEqual([3, 6])
  })

  it.each([
    ['only with metadata.recovery.strategy rebootstrap', true],
    ['never with none', false],
  ])('asks the bootstrap servers again when nobody known is left: %s (KIP-899)', (_, rebootstraps) => {
    metadata = knowing(rebootstraps, 5000)
    rig.network.always('Metadata', (request) => {
      const { brokers, ...rest } = rig.metadata()
      request.answer({ ...rest, brokers: brokers.filter(({ nodeId }) => nodeId === 3) })
    })
    learn()
    rig.network.always('Metadata', (request) => {
      if (request.to === 'broker-3') request.connection.lose()
      else request.answer(rig.metadata())
    })
    rig.leaders = [{ leader: 2, epoch: 6 }]
    metadata.requestUpdate()
    rig.clock.advance(10_000)
    expect(known()?.[1]).toBe(rebootstraps ? 6 : 5)
  })

  describe('a response that names a newer leader (KIP-951)', () => {
    beforeEach(learn)

    it('is believed at once', () => {
      metadata.learnLeader('orders', 0, { leaderId: 2, leaderEpoch: 6 }, [endpoint(2)])
      expect(known()).toEqual([2, 6])
    })

    it.each([
      ['an epoch that is not newer', { leaderId: 2, leaderEpoch: 5 }],
      ['no leader', { leaderId: -1, leaderEpoch: 6 }],
      ['a leader that nobody knows where to find', { leaderId: 9, leaderEpoch: 6 }],
    ])('is not, if it names %s', (_, named) => {
      metadata.learnLeader('orders', 0, named, [])
      expect(known()).toEqual([1, 5])
    })

    it('is not undone by older metadata', () => {
      metadata.learnLeader('orders', 0, { leaderId: 2, leaderEpoch: 6 }, [endpoint(2)])
      refresh()
      expect(known()).toEqual([2, 6])
    })
  })
})
