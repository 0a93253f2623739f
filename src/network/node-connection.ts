// The connection to one node: idle (perhaps backing off), being made, or up; the requests on it and those that wait for
// it. What a lost connection carried fails, and so does what waited for it: the caller decides whether to ask again.

import { assert, type Connection, type Frame, type Timer } from '../../sim/index.ts'
import { type Buggify, NO_BUGGIFY } from '../buggify/buggify.ts'
import { API_VERSIONS, type ApiName } from '../protocol/api-keys.ts'
import { requestFrame, type ResponseEnvelope } from '../protocol/framing.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'
import type { ExponentialBackoff } from './exponential-backoff.ts'
import type {
  NetworkClientOptions,
  NodeAddress,
  NodeChange,
  RequestFailure,
  ResponseCallbacks,
} from './network-client.ts'

export interface ConnectionHooks {
  nextCorrelationId(): number
  changed(change: NodeChange): void
}

interface PendingRequest {
  readonly api: ApiName
  readonly body: RequestOf<ApiName>
  readonly callbacks: ResponseCallbacks<ApiName>
  readonly timeoutMs: number
  /** First ms at which it is late: counted from its submission, and anew from its departure. */
  deadlineMs: number
  correlationId: number
}

type State = 'idle' | 'connecting' | 'connected'

const CONNECTING_LOAD = 1_000_000
const IDLE_LOAD = 2_000_000

export class NodeConnection {
  static readonly UNTRIED_LOAD = IDLE_LOAD
  readonly address: NodeAddress
  private readonly host: KafkaHost
  private readonly options: NetworkClientOptions
  private readonly backoff: ExponentialBackoff
  private readonly buggify: Buggify
  private readonly hooks: ConnectionHooks
  private state: State = 'idle'
  private connection: Connection | undefined
  private readonly inFlight: PendingRequest[] = []
  private waiting: PendingRequest[] = []
  private failures = 0
  private connectNotBeforeMs = 0
  private lastAttemptMs = 0
  private retryTimer: Timer | undefined
  private timeoutTimer: Timer | undefined
  private timeoutAtMs = 0

  constructor(
    host: KafkaHost,
    address: NodeAddress,
    options: NetworkClientOptions,
    backoff: ExponentialBackoff,
    hooks: ConnectionHooks,
  ) {
    this.host = host
    this.address = address
    this.options = options
    this.backoff = backoff
    this.hooks = hooks
    this.buggify = options.buggify ?? NO_BUGGIFY
  }

  get canSend(): boolean {
    return this.state === 'connected' && this.inFlight.length < this.options.maxInFlight
  }

  get isBackingOff(): boolean {
    return this.state === 'idle' && this.failures > 0 && this.host.clock.monotonicMs() < this.connectNotBeforeMs
  }

  get requestCount(): number {
    return this.inFlight.length + this.waiting.length
  }

  /** The lower the better; the highest number of all when nothing can be sent at present. */
  get load(): number {
    if (this.canSend) return this.requestCount
    if (this.state === 'connecting') return CONNECTING_LOAD
    const allowed = this.state === 'idle' && this.host.clock.monotonicMs() >= this.connectNotBeforeMs
    return allowed ? IDLE_LOAD + this.lastAttemptMs : Number.MAX_SAFE_INTEGER
  }

  submit(api: ApiName, body: RequestOf<ApiName>, callbacks: ResponseCallbacks<ApiName>, timeoutMs: number): void {
    const deadlineMs = this.host.clock.monotonicMs() + timeoutMs
    const request: PendingRequest = { api, body, callbacks, timeoutMs, deadlineMs, correlationId: -1 }
    if (this.canSend && this.waiting.length === 0) return this.dispatch(request)
    this.waiting.push(request)
    this.armTimeout(deadlineMs)
    this.connectIfAllowed()
  }

  /** Puts a request on the wire; returns its correlation id. */
  transmit(api: ApiName, body: RequestOf<ApiName>): number {
    assert(this.connection !== undefined && this.state === 'connected', 'transmit on a connection that is not up')
    const correlationId = this.hooks.nextCorrelationId()
    this.connection.send(requestFrame(api, API_VERSIONS[api], correlationId, this.options.clientId, body))
    return correlationId
  }

  connectIfAllowed(): void {
    if (this.state !== 'idle') return
    const { clock, network } = this.host
    if (clock.monotonicMs() < this.connectNotBeforeMs) {
      this.retryTimer ??= clock.at(this.connectNotBeforeMs, 'reconnect-backoff', () => {
        this.retryTimer = undefined
        if (this.waiting.length > 0) this.connectIfAllowed()
        else this.hooks.changed('retry')
      })
      return
    }
    this.state = 'connecting'
    this.lastAttemptMs = clock.monotonicMs()
    const { host, port } = this.address
    this.connection = network.connect(host, port, this.options.connectionSetupTimeoutMs, {
      onOpen: () => this.opened(),
      onFrame: (frame) => this.received(frame),
      onClose: () => this.lost('disconnected'),
    })
  }

  drop(reason: RequestFailure): void {
    if (this.state === 'idle') return
    this.connection?.close()
    this.lost(reason)
  }

  abandon(): void {
    this.connection?.close()
    this.retryTimer?.cancel()
    this.timeoutTimer?.cancel()
    this.inFlight.length = 0
    this.waiting.length = 0
    this.state = 'idle'
  }

  private opened(): void {
    this.state = 'connected'
    this.failures = 0
    this.sendWaiting()
    this.hooks.changed('up')
  }

  private received(frame: Frame): void {
    if (this.buggify.now('lose-answer')) return this.drop('disconnected')
    // Both ends build frames with protocol/framing, so the body of a response frame is a response envelope.
    const envelope = frame.body as ResponseEnvelope
    const request = this.inFlight.shift()
    if (request === undefined || request.correlationId !== envelope.correlationId) {
      assert(false, `${this.address.host} answered ${envelope.correlationId}, expected ${request?.correlationId}`)
    }
    this.sendWaiting()
    request.callbacks.onResponse(envelope.body as ResponseOf<ApiName>)
    const isIdle = this.state === 'connected' && this.requestCount === 0
    if (isIdle && this.buggify.now('close-idle-connection')) this.drop('disconnected')
  }

  private sendWaiting(): void {
    while (this.waiting.length > 0 && this.canSend) {
      const next = this.waiting.shift()
      if (next === undefined) return
      this.dispatch(next)
    }
  }

  private dispatch(request: PendingRequest): void {
    request.correlationId = this.transmit(request.api, request.body)
    // Kafka's comparison is strict: a request is late when more than its timeout has passed.
    request.deadlineMs = this.host.clock.monotonicMs() + request.timeoutMs + 1
    this.inFlight.push(request)
    this.armTimeout(request.deadlineMs)
  }

  /** One timer a connection, for the earliest deadline: it is not moved when requests go, but looks again when it fires. */
  private armTimeout(deadlineMs: number): void {
    if (this.timeoutTimer !== undefined) {
      if (this.timeoutAtMs <= deadlineMs) return
      this.timeoutTimer.cancel()
    }
    this.timeoutAtMs = deadlineMs
    this.timeoutTimer = this.host.clock.at(deadlineMs, 'request-timeout', () => this.checkTimeouts())
  }

  private checkTimeouts(): void {
    this.timeoutTimer = undefined
    const nowMs = this.host.clock.monotonicMs()
    if (this.inFlight.some((request) => request.deadlineMs <= nowMs)) return this.drop('timeout')
    const expired = this.waiting.filter((request) => request.deadlineMs <= nowMs)
    this.waiting = this.waiting.filter((request) => request.deadlineMs > nowMs)
    let nextMs = Number.MAX_SAFE_INTEGER
    for (const request of this.inFlight) nextMs = Math.min(nextMs, request.deadlineMs)
    for (const request of this.waiting) nextMs = Math.min(nextMs, request.deadlineMs)
    if (nextMs < Number.MAX_SAFE_INTEGER) this.armTimeout(nextMs)
    for (const request of expired) request.callbacks.onFailure('timeout')
  }

  private lost(reason: RequestFailure): void {
    const failed = [...this.inFlight, ...this.waiting]
    this.state = 'idle'
    this.connection = undefined
    this.inFlight.length = 0
    this.waiting.length = 0
    this.timeoutTimer?.cancel()
    this.timeoutTimer = undefined
    this.connectNotBeforeMs = this.host.clock.monotonicMs() + this.backoff.delayMs(this.failures)
    this.failures += 1
    for (const request of failed) request.callbacks.onFailure(reason)
    this.hooks.changed('lost')
  }
}
