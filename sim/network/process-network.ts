// The network as one incarnation of a process has it: its ports and the connections it asks for.

import { assert } from '../assert.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Connection, ConnectionHandlers, Listener, Network } from '../host.ts'
import { Dial } from './dial.ts'
import type { NetHost } from './net-host.ts'
import type { SimNetwork } from './sim-network.ts'
import type { Wiring } from './wiring.ts'

type Accept = (connection: Connection) => void

export class ProcessNetwork implements Network {
  readonly endpoint: Endpoint
  readonly host: NetHost
  private readonly network: SimNetwork
  private readonly wiring: Wiring
  private readonly ports = new Map<number, Accept>()

  constructor(endpoint: Endpoint, host: NetHost, network: SimNetwork, wiring: Wiring) {
    this.endpoint = endpoint
    this.host = host
    this.network = network
    this.wiring = wiring
  }

  listen(port: number, accept: Accept): Listener {
    this.checkAlive()
    assert(!this.ports.has(port), `${this.host.name} listens at port ${port} twice`)
    this.ports.set(port, accept)
    return {
      close: () => {
        if (this.ports.get(port) === accept) this.ports.delete(port)
      },
    }
  }

  connect(hostName: string, port: number, connectTimeoutMs: number, handlers: ConnectionHandlers): Connection {
    this.checkAlive()
    assert(connectTimeoutMs > 0, `a connection is to be made within ${connectTimeoutMs} ms`)
    const target = this.network.host(hostName)
    const timeoutUs = Math.ceil(connectTimeoutMs * 1000)
    const dial = new Dial(this.network.newConnectionId(), this, target, port, timeoutUs, this.wiring)
    dial.socket.handle(handlers)
    if (!this.endpoint.postpone(dial)) dial.depart(this.wiring.loop.nowUs)
    return dial.socket
  }

  /** Who accepts connections at this port, if somebody who lives does. */
  listener(port: number): Accept | undefined {
    return this.endpoint.owner.state === 'dead' ? undefined : this.ports.get(port)
  }

  private checkAlive(): void {
    const { owner } = this.endpoint
    assert(
      owner.state !== 'dead' && this.host.process === this,
      `the network of ${owner.name} is used by a dead process`,
    )
  }
}
