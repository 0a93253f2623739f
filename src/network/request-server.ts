// The listening half of a node: accepts connections, takes one request at a time from each (W-8), runs handlers on a
// pool of threads, answers in order. Left out: quotas, authentication, request size limits.

import type { Connection, Frame, Listener, Pool } from '../../sim/index.ts'
import { assert } from '../../sim/index.ts'
import type { ApiName } from '../protocol/api-keys.ts'
import { responseFrame, type RequestEnvelope } from '../protocol/framing.ts'
import type { RequestOf, ResponseOf } from '../protocol/messages.ts'
import type { KafkaHost } from '../trace/kafka-event.ts'

/** Takes a request off a connection; it must be finished exactly once, now or later. */
export type RequestHandler = (request: ServerRequest) => void

export class RequestServer {
  private readonly handle: RequestHandler
  private readonly pool: Pool
  private readonly listener: Listener
  private readonly channels = new Set<Channel>()
  private closed = false

  constructor(host: KafkaHost, port: number, pool: Pool, handle: RequestHandler) {
    this.handle = handle
    this.pool = pool
    this.listener = host.network.listen(port, (connection) => {
      const channel = new Channel(connection, this)
      this.channels.add(channel)
      connection.handle(channel)
    })
  }

  /** Called by a channel, with the next request of its connection. */
  dispatch(request: ServerRequest): void {
    this.pool.run(JOB_KINDS[request.api], () => {
      if (!this.closed) this.handle(request)
    })
  }

  /** Accepts nobody any more, drops its connections and the requests that wait for a thread. */
  close(): void {
    this.closed = true
    this.listener.close()
    for (const channel of this.channels) channel.connection.close()
    this.channels.clear()
  }

  /** Called by a channel whose connection is gone. */
  forget(channel: Channel): void {
    this.channels.delete(channel)
  }
}

/** One accepted connection: requests wait here while an earlier one is in hand. */
class Channel {
  readonly connection: Connection
  private readonly server: RequestServer
  private readonly waiting: RequestEnvelope[] = []
  private muted = false
  private readonly unmute = (): void => {
    const next = this.waiting.length === 0 ? undefined : this.waiting.shift()
    this.muted = false
    if (next !== undefined) this.start(next)
  }

  constructor(connection: Connection, server: RequestServer) {
    this.connection = connection
    this.server = server
  }

  onFrame(frame: Frame): void {
    // Both ends build frames with protocol/framing, so the body of a request frame is a request envelope.
    const envelope = frame.body as RequestEnvelope
    if (this.muted) this.waiting.push(envelope)
    else this.start(envelope)
  }

  onClose(): void {
    this.waiting.length = 0
    this.server.forget(this)
  }

  /** Closed by this end. */
  close(): void {
    this.connection.close()
    this.server.forget(this)
  }

  /** The request in hand is finished: the next one is taken when the answer has left, or the job that had none to give ends. */
  finished(): void {
    this.connection.whenSent(this.unmute)
  }

  private start(envelope: RequestEnvelope): void {
    this.muted = true
    this.server.dispatch(new ServerRequest(envelope, this))
  }
}

/** A request in hand. Its body's type follows from `api`: see `bodyAs`. */
export class ServerRequest {
  readonly api: ApiName
  readonly version: number
  readonly clientId: string
  readonly body: unknown
  private readonly correlationId: number
  private readonly channel: Channel
  private done = false

  constructor(envelope: RequestEnvelope, channel: Channel) {
    this.api = envelope.api
    this.version = envelope.apiVersion
    this.clientId = envelope.clientId
    this.body = envelope.body
    this.correlationId = envelope.correlationId
    this.channel = channel
  }

  /** Name of the host that sent it. */
  get peer(): string {
    return this.channel.connection.peer
  }

  bodyAs<A extends ApiName>(api: A): RequestOf<A> {
    if (this.api !== api) assert(false, `a ${this.api} request was read as ${api}`)
    return this.body as RequestOf<A>
  }

  respond<A extends ApiName>(api: A, body: ResponseOf<A>): void {
    if (this.api !== api) assert(false, `a ${this.api} request was answered with ${api}`)
    this.finish()
    this.channel.connection.send(responseFrame(api, this.version, this.correlationId, body))
    this.channel.finished()
  }

  /** acks=0: no answer at all (W-9). */
  respondNothing(): void {
    this.finish()
    this.channel.finished()
  }

  /** The only error a request without an answer can have (W-9), and what an unreadable one gets (W-10). */
  closeConnection(): void {
    this.finish()
    this.channel.close()
  }

  private finish(): void {
    if (this.done) assert(false, `a ${this.api} request was answered twice`)
    this.done = true
  }
}

const JOB_KINDS: Record<ApiName, string> = {
  Produce: 'handle-Produce',
  Fetch: 'handle-Fetch',
  ListOffsets: 'handle-ListOffsets',
  Metadata: 'handle-Metadata',
  OffsetCommit: 'handle-OffsetCommit',
  OffsetFetch: 'handle-OffsetFetch',
  FindCoordinator: 'handle-FindCoordinator',
  JoinGroup: 'handle-JoinGroup',
  Heartbeat: 'handle-Heartbeat',
  LeaveGroup: 'handle-LeaveGroup',
  SyncGroup: 'handle-SyncGroup',
  DescribeGroups: 'handle-DescribeGroups',
  ListGroups: 'handle-ListGroups',
  ApiVersions: 'handle-ApiVersions',
  CreateTopics: 'handle-CreateTopics',
  DeleteTopics: 'handle-DeleteTopics',
  DeleteRecords: 'handle-DeleteRecords',
  InitProducerId: 'handle-InitProducerId',
  OffsetForLeaderEpoch: 'handle-OffsetForLeaderEpoch',
  CreatePartitions: 'handle-CreatePartitions',
  DeleteGroups: 'handle-DeleteGroups',
  ElectLeaders: 'handle-ElectLeaders',
  OffsetDelete: 'handle-OffsetDelete',
  AlterPartition: 'handle-AlterPartition',
  BrokerRegistration: 'handle-BrokerRegistration',
  BrokerHeartbeat: 'handle-BrokerHeartbeat',
  AllocateProducerIds: 'handle-AllocateProducerIds',
  AssignReplicasToDirs: 'handle-AssignReplicasToDirs',
}
