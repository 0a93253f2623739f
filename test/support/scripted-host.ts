// A host whose network is in the hands of the test: it sees each request, and answers it, loses it, or lets it wait.

import type { CloseReason, Connection, ConnectionHandlers, Frame, Listener, Network, Random } from '../../sim/host.ts'
import { Streams } from '../../sim/random/streams.ts'
import type { ApiName } from '../../src/protocol/api-keys.ts'
import type { RequestEnvelope } from '../../src/protocol/framing.ts'
import type { RequestOf, ResponseOf } from '../../src/protocol/messages.ts'
import { type FakeClock, FakeHost } from '../broker/fake-host.ts'

export class ScriptedHost extends FakeHost {
  override readonly network: ScriptedNetwork = new ScriptedNetwork(this.clock)
  override readonly random: Random = new StreamsOfTest()

  /** Lets what is due now happen: connections open, standing answers arrive. */
  settle(): void {
    this.clock.advance(0)
  }
}

class StreamsOfTest implements Random {
  private readonly streams = new Streams(1)

  stream(purpose: string) {
    return this.streams.stream(purpose)
  }
}

export class ScriptedNetwork implements Network {
  /** What becomes of attempts to connect. */
  mode: 'open' | 'refuse' | 'hang' = 'open'
  readonly connections: ScriptedConnection[] = []
  private readonly clock: FakeClock
  private readonly standing = new Map<ApiName, (request: ScriptedRequest<ApiName>) => void>()
  private readonly all: ScriptedRequest<ApiName>[] = []

  constructor(clock: FakeClock) {
    this.clock = clock
  }

  listen(): Listener {
    throw new Error('nobody connects to this test')
  }

  connect(hostName: string, _port: number, _timeoutMs: number, handlers: ConnectionHandlers): Connection {
    const connection = new ScriptedConnection(this, hostName, handlers)
    this.connections.push(connection)
    if (this.mode === 'open') this.clock.after(0, 'open', () => connection.opened())
    if (this.mode === 'refuse') this.clock.after(0, 'refuse', () => connection.lose('refused'))
    return connection
  }

  /** From now on every request of this kind is dealt with at once. */
  always<A extends ApiName>(api: A, deal: (request: ScriptedRequest<A>) => void): void {
    this.standing.set(api, deal as (request: ScriptedRequest<ApiName>) => void)
  }

  sent(request: ScriptedRequest<ApiName>): void {
    this.all.push(request)
    const deal = this.standing.get(request.api)
    if (deal !== undefined) this.clock.after(0, 'deal', () => deal(request))
  }

  /** All requests of one kind, in the order they were sent. */
  requests<A extends ApiName>(api: A): ScriptedRequest<A>[] {
    return this.all.filter((request): request is ScriptedRequest<A> => request.api === api)
  }

  /** Those not answered yet. */
  open<A extends ApiName>(api: A): ScriptedRequest<A>[] {
    return this.requests(api).filter((request) => request.isOpen)
  }

  /** The oldest request of this kind that is not answered yet. */
  next<A extends ApiName>(api: A): ScriptedRequest<A> {
    const request = this.open(api)[0]
    if (request === undefined) throw new Error(`no ${api} request waits for an answer`)
    return request
  }
}

export class ScriptedConnection implements Connection {
  readonly id = 1
  readonly peer: string
  open = true
  private readonly network: ScriptedNetwork
  private readonly handlers: ConnectionHandlers
  private readonly unanswered: ScriptedRequest<ApiName>[] = []

  constructor(network: ScriptedNetwork, peer: string, handlers: ConnectionHandlers) {
    this.network = network
    this.peer = peer
    this.handlers = handlers
  }

  handle(): void {
    throw new Error('this end connected')
  }

  opened(): void {
    if (this.open) this.handlers.onOpen?.()
  }

  whenSent(fn: () => void): void {
    if (this.open) fn()
  }

  send(frame: Frame): void {
    if (!this.open) return
    const { api, body, correlationId } = frame.body as RequestEnvelope
    const request = new ScriptedRequest(this, api, body as RequestOf<ApiName>, correlationId)
    this.unanswered.push(request)
    this.network.sent(request)
  }

  close(): void {
    this.open = false
  }

  /** The connection breaks. */
  lose(reason: CloseReason = 'reset'): void {
    if (!this.open) return
    this.open = false
    this.handlers.onClose(reason)
  }

  /** Answers arrive in the order of the requests: one that is ready early waits for its turn. */
  deliver(): void {
    for (let first = this.unanswered[0]; this.open && first?.response !== undefined; first = this.unanswered[0]) {
      this.unanswered.shift()
      const { correlationId, response: body } = first
      this.handlers.onFrame({ kind: 'answer', sizeBytes: 0, digest: 0, body: { correlationId, body } })
    }
  }
}

export class ScriptedRequest<A extends ApiName> {
  readonly connection: ScriptedConnection
  readonly api: A
  readonly body: RequestOf<A>
  readonly correlationId: number
  response: ResponseOf<A> | undefined

  constructor(connection: ScriptedConnection, api: A, body: RequestOf<A>, correlationId: number) {
    this.connection = connection
    this.api = api
    this.body = body
    this.correlationId = correlationId
  }

  /** Name of the host it was sent to. */
  get to(): string {
    return this.connection.peer
  }

  get isOpen(): boolean {
    return this.response === undefined && this.connection.open
  }

  answer(body: ResponseOf<A>): void {
    this.response = body
    this.connection.deliver()
  }
}
