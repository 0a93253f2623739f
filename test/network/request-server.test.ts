import { beforeEach, describe, expect, it } from 'vitest'
import { RequestServer, type ServerRequest } from '../../src/network/request-server.ts'
import { FakeHost } from '../broker/fake-host.ts'
import { FakeNetwork, type Peer } from '../broker/fake-peer.ts'

class ServingHost extends FakeHost {
  override readonly network = new FakeNetwork()
}

describe('the listening half of a node', () => {
  let peer: Peer
  let other: Peer
  let handled: ServerRequest[]

  beforeEach(() => {
    const host = new ServingHost()
    handled = []
    new RequestServer(host, 9092, host.jobs.pool(), (request) => void handled.push(request))
    peer = host.network.peer()
    other = host.network.peer()
  })

  const names = () => handled.map((request) => request.bodyAs('ApiVersions').clientSoftwareName)
  const ask = (from: Peer, name: string) =>
    from.request('ApiVersions', { clientSoftwareName: name, clientSoftwareVersion: '1' })
  const answer = (request: ServerRequest | undefined) =>
    request?.respond('ApiVersions', {
      errorCode: 0,
      apiKeys: [],
      throttleTimeMs: 0,
      supportedFeatures: [],
      finalizedFeaturesEpoch: -1,
      finalizedFeatures: [],
      zkMigrationReady: false,
    })

  it('takes one request at a time from a connection, in order (W-8)', () => {
    ask(peer, 'a')
    ask(peer, 'b')
    expect(names()).toEqual(['a'])
    answer(handled[0])
    expect(names()).toEqual(['a', 'b'])
  })

  it('lets connections wait for their own requests only', () => {
    ask(peer, 'a')
    ask(other, 'b')
    expect(names()).toEqual(['a', 'b'])
  })

  it('goes on after a request that gets no answer (acks=0, W-9)', () => {
    ask(peer, 'a')
    ask(peer, 'b')
    handled[0]!.respondNothing()
    expect(names()).toEqual(['a', 'b'])
    expect(peer.frames).toHaveLength(0)
  })

  it('takes nothing more from a connection it closed', () => {
    ask(peer, 'a')
    ask(peer, 'b')
    handled[0]!.closeConnection()
    expect(peer.open).toBe(false)
    expect(names()).toEqual(['a'])
  })

  it('drops what waited when the peer is gone', () => {
    ask(peer, 'a')
    ask(peer, 'b')
    peer.hangUp()
    answer(handled[0])
    expect(names()).toEqual(['a'])
  })

  it('holds a second answer for a defect', () => {
    ask(peer, 'a')
    answer(handled[0])
    expect(() => answer(handled[0])).toThrow('answered twice')
  })
})
