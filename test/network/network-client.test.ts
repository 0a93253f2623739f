import { beforeEach, describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { NetworkClient, type NodeAddress } from '../../src/network/network-client.ts'
import type { ResponseOf } from '../../src/protocol/messages.ts'
import { ScriptedHost } from '../support/scripted-host.ts'

const NODE: NodeAddress = { id: 1, host: 'broker-1', port: 9092 }
const OTHER: NodeAddress = { id: 2, host: 'broker-2', port: 9092 }
const TIMEOUT_MS = 1000

describe('the asking half of a node', () => {
  let host: ScriptedHost
  let client: NetworkClient
  let told: string[]

  beforeEach(() => {
    host = new ScriptedHost()
    told = []
    client = makeClient(2)
  })

  function makeClient(maxInFlight: number): NetworkClient {
    const options = {
      clientId: 'test',
      requestTimeoutMs: TIMEOUT_MS,
      reconnectBackoffMs: 50,
      reconnectBackoffMaxMs: 50,
      connectionSetupTimeoutMs: 10_000,
      maxInFlight,
    }
    return new NetworkClient(
      host,
      options,
      host.random.stream(`client-${maxInFlight}`),
      (change) => void told.push(change),
    )
  }

  function ask(name: string, timeoutMs?: number): void {
    const body = { clientSoftwareName: name, clientSoftwareVersion: '1' }
    const callbacks = {
      onResponse: () => void told.push(`${name} answered`),
      onFailure: (reason: string) => void told.push(`${name} ${reason}`),
    }
    client.send(NODE, 'ApiVersions', body, callbacks, timeoutMs)
  }

  const names = () => host.network.requests('ApiVersions').map(({ body }) => body.clientSoftwareName)

  it('connects for the first request, and sends it once the connection is up', () => {
    ask('a')
    expect(names()).toEqual([])
    host.settle()
    expect(names()).toEqual(['a'])
    host.network.next('ApiVersions').answer(ANSWER)
    expect(told).toEqual(['up', 'a answered'])
  })

  it('has no more than maxInFlight requests on their way; the others wait in order', () => {
    for (const name of ['a', 'b', 'c', 'd']) ask(name)
    host.settle()
    expect(names()).toEqual(['a', 'b'])
    expect(client.inFlight(NODE.id)).toBe(4)
    host.network.next('ApiVersions').answer(ANSWER)
    expect(names()).toEqual(['a', 'b', 'c'])
  })

  it('drops the connection when a request is late by more than its timeout, and all in flight fail', () => {
    client.ready(NODE)
    host.settle()
    ask('a')
    ask('b', 5000)
    host.clock.advance(TIMEOUT_MS)
    expect(host.network.connections[0]?.open).toBe(true)
    host.clock.advance(1)
    expect(host.network.connections[0]?.open).toBe(false)
    expect(told).toEqual(['up', 'a timeout', 'b timeout', 'lost'])
  })

  it('gives a request that waited its full time from its departure', () => {
    client = makeClient(1)
    ask('a')
    ask('b')
    host.settle()
    host.clock.advance(900)
    host.network.next('ApiVersions').answer(ANSWER)
    host.clock.advance(900)
    host.network.next('ApiVersions').answer(ANSWER)
    expect(told).toEqual(['up', 'a answered', 'b answered'])
  })

  it('fails a request that waited in vain, and leaves the connection to those on their way', () => {
    client = makeClient(1)
    ask('a', 5000)
    ask('b')
    host.settle()
    host.clock.advance(TIMEOUT_MS)
    expect(told).toEqual(['up', 'b timeout'])
    host.network.next('ApiVersions').answer(ANSWER)
    expect(told.at(-1)).toBe('a answered')
    expect(names()).toEqual(['a'])
  })

  it('fails what a lost connection carried, and what waited for it', () => {
    for (const name of ['a', 'b', 'c']) ask(name)
    host.settle()
    host.network.connections[0]!.lose()
    expect(told).toEqual(['up', 'a disconnected', 'b disconnected', 'c disconnected', 'lost'])
  })

  it('waits for the back-off before it connects again, then says so to who has nothing to send', () => {
    host.network.mode = 'refuse'
    expect(client.ready(NODE)).toBe(false)
    host.settle()
    told = []
    expect(client.ready(NODE)).toBe(false)
    host.clock.advance(49)
    expect(host.network.connections).toHaveLength(1)
    expect(told).toEqual([])
    host.clock.advance(1)
    expect(told).toEqual(['retry'])
    client.ready(NODE)
    expect(host.network.connections).toHaveLength(2)
  })

  it('connects by itself after the back-off when a request waits', () => {
    host.network.mode = 'refuse'
    ask('a')
    host.settle()
    host.network.mode = 'open'
    ask('b')
    host.clock.advance(50)
    expect(names()).toEqual(['b'])
  })

  it('sends one-way requests without waiting for anything', () => {
    client.ready(NODE)
    host.settle()
    for (let i = 0; i < 3; i++) client.sendOneWay(NODE, 'Produce', EMPTY_PRODUCE)
    expect(host.network.requests('Produce')).toHaveLength(3)
    expect(client.inFlight(NODE.id)).toBe(0)
  })

  it('calls nobody back after it was closed', () => {
    ask('a')
    host.settle()
    client.close()
    host.clock.advance(10_000)
    expect(told).toEqual(['up'])
  })

  describe('the least loaded node', () => {
    const pick = () => client.leastLoadedNode([NODE, OTHER], new Streams(3).stream('pick'))?.id

    it('is one with a connection, whatever the other could do, and nobody is connected to for the asking', () => {
      expect(pick()).toBeDefined()
      expect(host.network.connections).toHaveLength(0)
      client.ready(OTHER)
      host.settle()
      expect(pick()).toBe(OTHER.id)
    })

    it('is the one with fewer requests', () => {
      client.ready(NODE)
      client.ready(OTHER)
      host.settle()
      ask('a')
      expect(pick()).toBe(OTHER.id)
    })

    it('is one being connected to rather than one never tried', () => {
      host.network.mode = 'hang'
      client.ready(OTHER)
      expect(pick()).toBe(OTHER.id)
    })

    it('is nobody while all are backing off', () => {
      host.network.mode = 'refuse'
      client.ready(NODE)
      client.ready(OTHER)
      host.settle()
      expect(pick()).toBeUndefined()
      host.clock.advance(50)
      expect(pick()).toBeDefined()
    })
  })
})

const EMPTY_PRODUCE = { transactionalId: null, acks: 0, timeoutMs: 1, topicData: [] }

const ANSWER: ResponseOf<'ApiVersions'> = {
  errorCode: 0,
  apiKeys: [],
  throttleTimeMs: 0,
  supportedFeatures: [],
  finalizedFeaturesEpoch: -1,
  finalizedFeatures: [],
  zkMigrationReady: false,
}
