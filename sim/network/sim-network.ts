// The network of a world: machines, the links between them, and the faults put on those. What travels are the frames of
// connections as TCP would carry them: in order, or the connection breaks; never a lost middle. Left out: packets,
// windows, keep-alive, names (a host is always found), and anything between machines but links.

import { assert } from '../assert.ts'
import type { Endpoint } from '../endpoint.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Network } from '../host.ts'
import type { Owner } from '../owner.ts'
import type { Quantiles } from '../random/quantiles.ts'
import type { Streams } from '../random/streams.ts'
import type { FrameRule } from './frame-rule.ts'
import { FrameSeals } from './frame-seal.ts'
import type { Link } from './link.ts'
import { NetHost } from './net-host.ts'
import { ProcessNetwork } from './process-network.ts'
import { type NetworkSettings, networkSettings } from './settings.ts'
import type { Socket } from './socket.ts'
import type { Wiring } from './wiring.ts'

/** Names of hosts at one end of links. Faults act on each pair of two different hosts. */
type Hosts = readonly string[]

/** Undoes exactly what one fault did; again, it does nothing. */
type Heal = () => void

export class SimNetwork {
  private readonly wiring: Wiring
  private readonly hosts = new Map<string, NetHost>()
  private lastConnectionId = 0

  /** `world` owns what operating systems do by themselves. */
  constructor(loop: EventLoop, streams: Streams, world: Owner, settings: Partial<NetworkSettings> = {}) {
    const checked = networkSettings(settings)
    const seals = checked.strict ? new FrameSeals() : undefined
    this.wiring = { loop, streams, world, settings: checked, seals }
  }

  /** Adds a machine, with power. Machines of one rack are near each other. */
  addHost(name: string, rack?: string): void {
    assert(!this.hosts.has(name), `the network has two hosts '${name}'`)
    this.hosts.set(name, new NetHost(name, rack, this.wiring))
  }

  /** The network for one incarnation, until it is detached. */
  attach(endpoint: Endpoint): Network {
    const host = this.host(endpoint.hostName)
    assert(host.process === undefined, `two processes use the network of ${host.name}`)
    assert(host.on, `a process uses the network of ${host.name}, which has no power`)
    host.process = new ProcessNetwork(endpoint, host, this, this.wiring)
    return host.process
  }

  /**
   * The process died. Its ports are free; the other end of each connection gets `'closed'`, after what had departed. On
   * a machine without power nobody does anything of the kind.
   */
  detach(endpoint: Endpoint): void {
    const host = this.host(endpoint.hostName)
    assert(host.process?.endpoint === endpoint, `a process that does not use the network of ${host.name} leaves it`)
    host.process = undefined
    for (const socket of host.sockets) if (socket.endpoint === endpoint) socket.processDied()
  }

  /** Nobody is told; what is sent to this machine is sent in vain, again and again. Comes before `detach`. */
  powerOff(hostName: string): void {
    const host = this.host(hostName)
    host.on = false
    // Before the sockets go: what is on its way to them is then sent again, not answered.
    for (const other of this.hosts.values()) other.losesTouchWith(host)
    for (const socket of host.sockets) socket.forget()
  }

  /** The machine knows nothing of earlier connections, and answers what comes for them by a reset. */
  powerOn(hostName: string): void {
    this.host(hostName).on = true
  }

  /** What is sent one way does not get through. TCP sends it again, less and less often, and in the end gives up. */
  block(from: Hosts, to: Hosts): Heal {
    return this.onLinks(from, to, (link) => link.block())
  }

  /** Nothing arrives one way, until at the heal all does that would have meanwhile, in order. */
  clog(from: Hosts, to: Hosts): Heal {
    return this.onLinks(from, to, (link) => link.clog())
  }

  /** Adds a delay in µs, drawn for each frame, to what departs one way. */
  addLatency(from: Hosts, to: Hosts, extra: Quantiles): Heal {
    return this.onLinks(from, to, (link) => link.addLatency(extra))
  }

  /** Makes each link one way this narrow, if it is not narrower. */
  limitBandwidth(from: Hosts, to: Hosts, bytesPerMs: number): Heal {
    return this.onLinks(from, to, (link) => link.limitBandwidth(bytesPerMs))
  }

  /** What is sent one way is lost with this probability, and sent again after a timeout. */
  lose(from: Hosts, to: Hosts, probability: number): Heal {
    return this.onLinks(from, to, (link) => link.lose(probability))
  }

  /** Lets a rule decide over each frame sent one way. */
  addRule(from: Hosts, to: Hosts, rule: FrameRule): Heal {
    return this.onLinks(from, to, (link) => link.addRule(rule))
  }

  /** Breaks the open connections between two sets of hosts, whoever made them; both ends are told. */
  reset(from: Hosts, to: Hosts): void {
    for (const socket of this.connections(from, to)) {
      socket.reset()
      socket.other?.reset()
    }
  }

  /** The hosts in `to` forget their connections with those in `from`. Even their own processes are not told. */
  halfOpen(from: Hosts, to: Hosts): void {
    for (const socket of this.connections(to, from)) socket.forget()
  }

  /** Asserts that it exists. */
  host(name: string): NetHost {
    const host = this.hosts.get(name)
    assert(host !== undefined, `the network has no host '${name}'`)
    return host
  }

  newConnectionId(): number {
    return ++this.lastConnectionId
  }

  private onLinks(from: Hosts, to: Hosts, apply: (link: Link) => Heal): Heal {
    const heals: Heal[] = []
    for (const a of from) {
      for (const b of to) if (a !== b) heals.push(apply(this.host(a).linkTo(this.host(b))))
    }
    return () => {
      for (const heal of heals) heal()
    }
  }

  /** The sockets that hosts `at` have to hosts `peers`, of connections made and not ended. */
  private connections(at: Hosts, peers: Hosts): Socket[] {
    const found: Socket[] = []
    for (const name of at) {
      for (const socket of this.host(name).sockets) {
        const made = socket.state === 'open' || socket.other?.state === 'open'
        if (made && peers.includes(socket.peer)) found.push(socket)
      }
    }
    return found
  }
}
