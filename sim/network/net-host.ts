// A machine as the network sees it: powered or not, its links, its sockets, and the process that now uses them.

import { Link } from './link.ts'
import type { ProcessNetwork } from './process-network.ts'
import type { Socket } from './socket.ts'
import type { Wiring } from './wiring.ts'

export class NetHost {
  readonly name: string
  readonly rack: string | undefined
  /** Whether it has power. */
  on = true
  /** The incarnation attached, if its process lives. */
  process: ProcessNetwork | undefined = undefined
  /** Sockets whose operating system still has something to say on them. */
  readonly sockets = new Set<Socket>()
  private readonly wiring: Wiring
  private readonly links = new Map<NetHost, Link>()

  constructor(name: string, rack: string | undefined, wiring: Wiring) {
    this.name = name
    this.rack = rack
    this.wiring = wiring
  }

  /** The one link from here to `to`, made at its first use. */
  linkTo(to: NetHost): Link {
    let link = this.links.get(to)
    if (link === undefined) {
      link = new Link(this, to, this.wiring)
      this.links.set(to, link)
    }
    return link
  }

  /** The other machine has no power any more: what is on its way there does not arrive. */
  losesTouchWith(other: NetHost): void {
    const link = this.links.get(other)
    if (link !== undefined) for (const pipe of link.pipes) pipe.receiverOff()
  }
}
