// A broker's Fetch with its sessions, asked over a connection. It leads orders-0 and orders-1, alone in the ISR.

import { Streams } from '../../sim/random/streams.ts'
import { handleFetch } from '../../src/broker/fetch-handler.ts'
import { FetchSessionCache } from '../../src/broker/fetch-session-cache.ts'
import { RequestServer } from '../../src/network/request-server.ts'
import { errorName } from '../../src/protocol/error-codes.ts'
import type { RequestOf, ResponseOf } from '../../src/protocol/messages.ts'
import { recordsOf } from '../log/fixtures.ts'
import { FakeHost } from './fake-host.ts'
import { FakeNetwork, type Peer } from './fake-peer.ts'
import { ask, brokerEpochOf, state, TOPIC_ID } from './fixture.ts'
import { ManagerFixture } from './manager-fixture.ts'

export type FetchBody = RequestOf<'Fetch'>
type Asked = NonNullable<Parameters<typeof ask>[1]> & { readonly topicId?: string }

export const led = (index: number, changes: Parameters<typeof state>[0] = {}) =>
  state({ index, key: `orders-${index}`, isr: [1], replicas: [1], ...changes })

export function topicsOf(...asked: readonly Asked[]): FetchBody['topics'] {
  return asked.map(({ topicId = TOPIC_ID, ...changes }) => ({
    topic: '',
    topicId,
    partitions: [ask(0, changes)],
  }))
}

export class FetchRig extends ManagerFixture {
  readonly sessions: FetchSessionCache
  private readonly peers = new FakeNetwork()
  private peer: Peer

  constructor(slots = 1000) {
    super()
    this.sessions = new FetchSessionCache(slots, new Streams(1).stream('fetch-sessions'))
    this.publish(led(0), led(1))
    const host = Object.assign(new FakeHost(), { network: this.peers })
    new RequestServer(host, 9092, host.jobs.pool(), (request) =>
      handleFetch(this.context, this.replicas, this.sessions, request),
    )
    this.peer = this.peers.peer()
  }

  /** From now on requests come over another connection; the old one waits still for what it asked. */
  reconnect(): void {
    this.peer = this.peers.peer()
  }

  /** The connection of now. */
  get peerOfNow(): Peer {
    return this.peer
  }

  get answered(): number {
    return this.peer.frames.length
  }

  get answer(): ResponseOf<'Fetch'> {
    return this.peer.answer('Fetch')
  }

  send(changes: Partial<FetchBody>, version?: number): void {
    const body: FetchBody = {
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: -1, replicaEpoch: -1 },
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: 1_000_000,
      isolationLevel: 0,
      sessionId: 0,
      sessionEpoch: -1,
      topics: [],
      forgottenTopicsData: [],
      rackId: '',
      ...changes,
    }
    this.peer.request('Fetch', body, version)
  }

  ask(changes: Partial<FetchBody>, version?: number): Told {
    this.send(changes, version)
    return told(this.answer)
  }

  /** A full fetch that opens a session; its id. */
  open(topics: FetchBody['topics'], changes: Partial<FetchBody> = {}, version?: number): number {
    return this.ask({ sessionId: 0, sessionEpoch: 0, topics, ...changes }, version).sessionId
  }

  /** The next request of a session. */
  next(sessionId: number, sessionEpoch: number, changes: Partial<FetchBody> = {}, version?: number): Told {
    return this.ask({ sessionId, sessionEpoch, ...changes }, version)
  }
}

export interface Told {
  readonly error: string
  readonly sessionId: number
  /** In order: 'index ERROR', or 'index: values, high watermark'. */
  readonly partitions: readonly string[]
}

export function told({ errorCode, sessionId, responses }: ResponseOf<'Fetch'>): Told {
  const partitions = responses.flatMap((topic) =>
    topic.partitions.map((data) => {
      if (data.errorCode !== 0) return `${data.partitionIndex} ${errorName(data.errorCode)}`
      const values = recordsOf(data.records ?? new Uint8Array(0)).map(([, value]) => value)
      return `${data.partitionIndex}: ${[...values, `hw ${data.highWatermark}`].join(' ')}`
    }),
  )
  return { error: errorName(errorCode), sessionId, partitions }
}

export const follower = (replicaId: number): Partial<FetchBody> => ({
  replicaState: { replicaId, replicaEpoch: brokerEpochOf(replicaId) },
})
