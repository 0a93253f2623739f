// The asking half of a node: one connection per peer, requests in flight in order, a timeout for each, and back-off
// between attempts to connect. As in Kafka's NetworkClient, a request that times out takes its connection with it.

import { assert, type Rng } from '../../sim/index.ts'
import type { Buggify } from '../buggify/buggify.ts'
import type { ApiName } from '../protocol/api-keys.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import { ExponentialBackoff } from './exponential-backoff.ts'
import { NodeConnection } from './node-connection.ts'

export interface NodeAddress {
  /** Broker or controller id; a client's own name for a bootstrap server is negative. */
  readonly id: number
  readonly host: string
  readonly port: number
}

export interface NetworkClientOptions {
  readonly clientId: string
  readonly requestTimeoutMs: number
  readonly reconnectBackoffMs: number
  readonly reconnectBackoffMaxMs: number
  readonly connectionSetupTimeoutMs: number
  /** Requests that may be on their way to one node at once. */
  readonly maxInFlight: number
  /** Of the process it belongs to; without it nothing rare happens. */
  readonly buggify?: Buggify
}

/** Why a request got no answer. Either way it may have been carried out. */
export type RequestFailure = 'disconnected' | 'timeout'

/** What became of the connection to a node. */
export type NodeChange = 'up' | 'lost' | 'retry'

export interface ResponseCallbacks<A extends ApiName> {
  onResponse(body: ResponseOf<A>): void
  onFailure(reason: RequestFailure): void
}

export class NetworkClient {
  private readonly host: KafkaHost
  private readonly options: NetworkClientOptions
  private readonly backoff: ExponentialBackoff
  private readonly onNodeChange: (change: NodeChange) => void
  private readonly nodes = new Map<number, NodeConnection>()
  private nextCorrelationId = 0
  private closed = false

  /** `onNodeChange` is told of every connection that comes up, is lost (or was refused), or may be tried again. */
  constructor(
    host: KafkaHost,
    options: NetworkClientOptions,
    rng: Rng,
    onNodeChange: (change: NodeChange) => void = () => {},
  ) {
    this.host = host
    this.options = options
    this.onNodeChange = onNodeChange
    this.backoff = new ExponentialBackoff(options.reconnectBackoffMs, options.reconnectBackoffMaxMs, rng)
  }

  /** True when a request to `node` would leave now; otherwise starts connecting, if back-off allows. */
  ready(node: NodeAddress): boolean {
    const connection = this.connectionTo(node)
    connection.connectIfAllowed()
    return connection.canSend
  }

  /** Its connection failed, and it is too early to try again. */
  isUnavailable(nodeId: number): boolean {
    return this.nodes.get(nodeId)?.isBackingOff ?? false
  }

  /** Requests that are on their way to the node, or wait to be. */
  inFlight(nodeId: number): number {
    return this.nodes.get(nodeId)?.requestCount ?? 0
  }

  /**
   * Whom to ask what any node can answer: an idle connection, else the least busy one, else one that is being made, else
   * the node not tried for longest. Ties by chance. Undefined when all of them are backing off. Connects to nobody.
   */
  leastLoadedNode(nodes: readonly NodeAddress[], rng: Rng): NodeAddress | undefined {
    if (nodes.length === 0) return undefined
    const start = rng.below(nodes.length)
    let best: NodeAddress | undefined
    let bestLoad = Number.MAX_SAFE_INTEGER
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[(start + i) % nodes.length]!
      const load = this.nodes.get(node.id)?.load ?? NodeConnection.UNTRIED_LOAD
      if (load < bestLoad) {
        best = node
        bestLoad = load
      }
    }
    return best
  }

  /** Sends now, or as soon as the connection is up. Exactly one of the callbacks will be called, later. */
  send<A extends ApiName>(
    node: NodeAddress,
    api: A,
    body: RequestOf<A>,
    callbacks: ResponseCallbacks<A>,
    timeoutMs: number = this.options.requestTimeoutMs,
  ): void {
    assert(!this.closed, 'send on a closed network client')
    // The connection pairs each request with its own answer, so the callbacks get what they expect.
    this.connectionTo(node).submit(api, body, callbacks, timeoutMs)
  }

  /** Sends a request that will never be answered (produce with acks=0) to a node that is ready. */
  sendOneWay<A extends ApiName>(node: NodeAddress, api: A, body: RequestOf<A>): void {
    this.connectionTo(node).transmit(api, body)
  }

  /** Drops the connection; what was in flight fails as disconnected. */
  disconnect(nodeId: number): void {
    this.nodes.get(nodeId)?.drop('disconnected')
  }

  /** Closes everything without calling back. */
  close(): void {
    this.closed = true
    for (const node of this.nodes.values()) node.abandon()
    this.nodes.clear()
  }

  private connectionTo(node: NodeAddress): NodeConnection {
    let connection = this.nodes.get(node.id)
    if (connection === undefined) {
      connection = new NodeConnection(this.host, node, this.options, this.backoff, {
        nextCorrelationId: () => this.nextCorrelationId++,
        changed: (change) => this.onNodeChange(change),
      })
      this.nodes.set(node.id, connection)
    }
    const { address } = connection
    const isSame = address.host === node.host && address.port === node.port
    if (!isSame) assert(false, `node ${node.id} moved from ${address.host}`)
    return connection
  }
}
