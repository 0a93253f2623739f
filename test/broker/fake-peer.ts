// Requests to a broker's handlers over a connection that exists in name only: frames in, frames out.

import type { Connection, ConnectionHandlers, Frame, Listener, Network } from '../../sim/host.ts'
import { APIS, type ApiName } from '../../src/protocol/api-keys.ts'
import { requestFrame, type ResponseEnvelope } from '../../src/protocol/framing.ts'
import type { RequestOf, ResponseOf } from '../../src/protocol/messages.ts'

export class FakeNetwork implements Network {
  private accept: ((connection: Connection) => void) | undefined

  listen(_port: number, accept: (connection: Connection) => void): Listener {
    this.accept = accept
    return { close: () => {} }
  }

  connect(): Connection {
    throw new Error('this test connects to nobody')
  }

  /** Somebody connects to the broker. */
  peer(): Peer {
    const peer = new Peer()
    this.accept!(peer)
    return peer
  }
}

export class Peer implements Connection {
  readonly id = 1
  readonly peer = 'broker-2'
  open = true
  readonly frames: Frame[] = []
  private handlers: ConnectionHandlers | undefined
  private correlationId = 0

  handle(handlers: ConnectionHandlers): void {
    this.handlers = handlers
  }

  send(frame: Frame): void {
    this.frames.push(frame)
  }

  whenSent(fn: () => void): void {
    if (this.open) fn()
  }

  close(): void {
    this.open = false
  }

  /** The peer is gone. */
  hangUp(): void {
    this.open = false
    this.handlers!.onClose('closed')
  }

  /** Sends a request, in the newest version unless told otherwise. */
  request<A extends ApiName>(api: A, body: RequestOf<A>, version: number = APIS[api].maxVersion): void {
    this.handlers!.onFrame(requestFrame(api, version, this.correlationId++, 'test', body))
  }

  /** The latest answer, which must be to this kind of request. */
  answer<A extends ApiName>(api: A): ResponseOf<A> {
    const frame = this.frames.at(-1)
    if (frame?.kind !== `${api}.response`) throw new Error(`no answer to ${api}, but ${frame?.kind ?? 'nothing'}`)
    return (frame.body as ResponseEnvelope).body as ResponseOf<A>
  }
}
