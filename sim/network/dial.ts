// The connecting side of a handshake: asks until it is answered, refused, or out of time. The answer travels as the
// first thing in the pipe of the new connection, and our acknowledgement as the first thing in ours, so that nothing
// overtakes them. Left out: the accepting side's backlog limit, and the limit of retries (the caller's timeout is one).

import type { Departure } from '../endpoint.ts'
import type { EventId } from '../event-loop.ts'
import type { Micros } from '../host.ts'
import { Pipe } from './pipe.ts'
import type { NetHost } from './net-host.ts'
import { SYN_ACK } from './segments.ts'
import { Socket } from './socket.ts'
import type { ProcessNetwork } from './process-network.ts'
import type { Wiring } from './wiring.ts'

export class Dial implements Departure {
  readonly socket: Socket
  private readonly caller: ProcessNetwork
  private readonly target: NetHost
  private readonly port: number
  private readonly wiring: Wiring
  private retryUs: Micros
  private attempting: EventId = 0
  private readonly expiring: EventId
  private stopped = false

  constructor(id: number, caller: ProcessNetwork, target: NetHost, port: number, timeoutUs: Micros, wiring: Wiring) {
    const { endpoint, host } = caller
    this.caller = caller
    this.target = target
    this.port = port
    this.wiring = wiring
    this.retryUs = wiring.settings.handshakeRetransmitUs
    this.socket = new Socket(id, host, target.name, endpoint, wiring.loop, this)
    this.expiring = wiring.loop.schedule(endpoint.localUs() + timeoutUs, endpoint.owner, 'connect-timeout', 0, () =>
      this.socket.failed('timeout'),
    )
  }

  /** The first request leaves, now or when the job that makes it ends. */
  depart(atUs: Micros): void {
    if (this.stopped) return
    const { loop } = this.wiring
    if (atUs <= loop.nowUs) this.attempt()
    else this.attempting = loop.schedule(atUs, this.caller.endpoint.owner, 'depart', 0, () => this.attempt())
  }

  /** The request is answered, or of no interest any more. */
  stop(): void {
    this.stopped = true
    this.wiring.loop.cancel(this.attempting)
    this.wiring.loop.cancel(this.expiring)
  }

  private attempt(): void {
    const { loop, world, settings } = this.wiring
    this.caller.host.linkTo(this.target).carry(world, 'tcp-syn', () => this.arrive())
    this.attempting = loop.schedule(loop.nowUs + this.retryUs, world, 'tcp-retransmit', 0, () => this.attempt())
    this.retryUs = Math.min(this.retryUs * 2, settings.maxRetransmitUs)
  }

  /** A request reaches the other machine, whose operating system answers it: its process may be busy or paused. */
  private arrive(): void {
    const { socket, caller, target, port, wiring } = this
    // An answer is on its way already, unless the machine that gave it has forgotten it since.
    const answered = socket.other !== undefined && socket.other.state !== 'gone'
    if (this.stopped || !target.on || answered) return
    const { host } = caller
    const back = target.linkTo(host)
    if (target.process?.listener(port) === undefined) {
      back.carry(caller.endpoint.owner, 'tcp-rst', () => socket.failed('refused'))
      return
    }
    socket.dropOther()
    const { endpoint } = target.process
    const other = new Socket(socket.id, target, host.name, endpoint, wiring.loop, port)
    socket.connectTo(other, new Pipe(socket, other, host.linkTo(target), wiring))
    const out = new Pipe(other, socket, back, wiring)
    other.connectTo(socket, out)
    out.answer(SYN_ACK)
  }
}
