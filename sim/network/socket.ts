// One end of a connection: what the process holds, and what its operating system knows. The two part ways when the
// process dies (the system goes on to say goodbye) and when the system forgets (nobody is told, and who writes to a
// socket that is gone is answered by a reset).

import { assert, unreachable } from '../assert.ts'
import type { Departure, Endpoint } from '../endpoint.ts'
import type { EventLoop } from '../event-loop.ts'
import type { CloseReason, Connection, ConnectionHandlers, Frame, Micros } from '../host.ts'
import type { Dial } from './dial.ts'
import type { NetHost } from './net-host.ts'
import type { Pipe } from './pipe.ts'
import { ACK, FIN, Landmark, RST, SYN_ACK } from './segments.ts'

/**
 * `opening`: the handshake is under way. `closed`: no use to this process; the other end knows or is being told.
 * `gone`: unknown to this machine, and the other end has not been told.
 */
export type SocketState = 'opening' | 'open' | 'closed' | 'gone'

export class Socket implements Connection {
  readonly id: number
  readonly peer: string
  readonly endpoint: Endpoint
  state: SocketState = 'opening'
  /** The socket at the other end, once the other machine has made it. */
  other: Socket | undefined = undefined
  private readonly host: NetHost
  private readonly loop: EventLoop
  /** How this end came to be: by its own request, or accepted at a port. */
  private readonly origin: Dial | number
  private out: Pipe | undefined = undefined
  private handlers: ConnectionHandlers | undefined = undefined
  /** Whether the process may still be told of the end. */
  private listening = true

  constructor(id: number, host: NetHost, peer: string, endpoint: Endpoint, loop: EventLoop, origin: Dial | number) {
    this.id = id
    this.host = host
    this.peer = peer
    this.endpoint = endpoint
    this.loop = loop
    this.origin = origin
    host.sockets.add(this)
  }

  get open(): boolean {
    return this.state === 'open'
  }

  handle(handlers: ConnectionHandlers): void {
    this.handlers = handlers
  }

  send(frame: Frame): void {
    if (this.state !== 'open') {
      assert(this.state !== 'opening', 'a frame is sent before the connection is open')
      return
    }
    if (!(frame.sizeBytes >= 0)) assert(false, `a frame '${frame.kind}' of ${frame.sizeBytes} bytes`)
    const pipe = this.pipe()
    if (!this.endpoint.postpone(new Sending(pipe, frame))) pipe.send(frame, this.loop.nowUs)
  }

  whenSent(fn: () => void): void {
    this.send(new Landmark(fn))
  }

  close(): void {
    this.listening = false
    if (this.state === 'opening') this.giveUp()
    if (this.state !== 'open') return
    this.state = 'closed'
    this.other?.out?.clear()
    const pipe = this.pipe()
    if (!this.endpoint.postpone(new Sending(pipe, FIN))) pipe.send(FIN, this.loop.nowUs)
  }

  /** The other machine has made its end: `out` leads there. */
  connectTo(other: Socket, out: Pipe): void {
    this.other = other
    this.out = out
  }

  /** Something arrives, in an event of this process, or of the world's if the socket is gone. */
  receive(frame: Frame): void {
    switch (this.state) {
      case 'open':
        if (frame === FIN) this.end('closed')
        else if (frame === RST) this.end('reset')
        else this.handlers?.onFrame(frame)
        return
      case 'opening':
        if (typeof this.origin === 'number') this.accept(frame, this.origin)
        else this.opened(frame, this.origin)
        return
      case 'closed':
        return
      case 'gone':
        this.refuse(frame)
        return
      default:
        unreachable(this.state, 'socket state')
    }
  }

  /** The connection request was refused, or not answered in time. */
  failed(reason: 'refused' | 'timeout'): void {
    if (this.state !== 'opening') return
    this.giveUp()
    this.tell(reason)
  }

  /** The process died, and its machine lives: the other end is told. */
  processDied(): void {
    this.listening = false
    if (this.state === 'opening' && typeof this.origin !== 'number') {
      this.giveUp()
      return
    }
    this.state = 'closed'
    this.other?.out?.clear()
    this.out?.closeNow()
  }

  /** The machine lost power, or the system its mind: nobody is told. */
  forget(): void {
    this.listening = false
    this.host.sockets.delete(this)
    if (this.state === 'opening' && typeof this.origin !== 'number') this.giveUp()
    else this.vanish()
  }

  /** Breaks this end; the process is told in an event of its own. */
  reset(): void {
    if (this.state === 'closed') return
    const wasOpen = this.state === 'open'
    this.state = 'closed'
    this.out?.shut()
    if (wasOpen) this.tellLater('reset')
  }

  /** What this end has to say gets no answer: the system gives up. */
  timedOut(): void {
    const wasOpen = this.state === 'open'
    this.vanish()
    if (wasOpen) this.tellLater('timeout')
  }

  /** Disconnects from a socket whose process does not know of it. */
  dropOther(): void {
    const { other } = this
    this.out?.shut()
    if (other === undefined) return
    other.state = 'closed'
    other.out?.shut()
  }

  /** All that this end had to say has been said. */
  finished(): void {
    this.host.sockets.delete(this)
  }

  private accept(frame: Frame, port: number): void {
    assert(frame === ACK, `a socket that is being accepted receives '${frame.kind}'`)
    const accept = this.host.process?.listener(port)
    if (accept === undefined) {
      this.vanish()
      this.refuse(frame)
      return
    }
    this.state = 'open'
    accept(this)
    assert(this.handlers !== undefined || this.state !== 'open', `a connection at port ${port} is accepted and ignored`)
  }

  private opened(frame: Frame, dial: Dial): void {
    assert(frame === SYN_ACK, `a socket that is being opened receives '${frame.kind}'`)
    dial.stop()
    this.state = 'open'
    this.pipe().send(ACK, this.loop.nowUs)
    this.handlers?.onOpen?.()
  }

  /** The connection has ended, and this is the event in which the process learns of it. */
  private end(reason: CloseReason): void {
    this.state = 'closed'
    this.out?.shut()
    this.tell(reason)
  }

  /** Ends the handshake, of which the other process has not been told yet: it never will be. */
  private giveUp(): void {
    if (typeof this.origin !== 'number') this.origin.stop()
    this.state = 'closed'
    this.host.sockets.delete(this)
    this.dropOther()
  }

  private vanish(): void {
    this.state = 'gone'
    this.out?.abandon()
    this.other?.out?.receiverGone()
  }

  /** Answers what reached a socket that is gone. */
  private refuse(frame: Frame): void {
    // Whoever says goodbye, or does not know the connection either, needs no answer.
    if (frame === FIN || frame === RST) return
    this.state = 'closed'
    this.other?.out?.clear()
    this.out?.answer(RST)
  }

  private tell(reason: CloseReason): void {
    if (!this.listening) return
    this.listening = false
    this.handlers?.onClose(reason)
  }

  private tellLater(reason: CloseReason): void {
    this.loop.schedule(this.loop.nowUs, this.endpoint.owner, 'connection-lost', 0, () => this.tell(reason))
  }

  private pipe(): Pipe {
    assert(this.out !== undefined, 'an open connection leads nowhere')
    return this.out
  }
}

/** A frame that leaves when the job that sent it ends. */
class Sending implements Departure {
  private readonly pipe: Pipe
  private readonly frame: Frame

  constructor(pipe: Pipe, frame: Frame) {
    this.pipe = pipe
    this.frame = frame
  }

  depart(atUs: Micros): void {
    this.pipe.send(this.frame, atUs)
  }
}
