// A network without processes: peers that open connections, send what they are told to, and note all they hear.

import { EventLoop } from '../../../sim/event-loop.ts'
import type { Connection, ConnectionHandlers, Frame, Micros, Network } from '../../../sim/host.ts'
import type { NetworkSettings } from '../../../sim/network/settings.ts'
import { SimNetwork } from '../../../sim/network/sim-network.ts'
import { Owner } from '../../../sim/owner.ts'
import { fixed } from '../../../sim/random/quantiles.ts'
import { Streams } from '../../../sim/random/streams.ts'
import { FakeEndpoint } from '../fake-endpoint.ts'

export const PORT = 9092
/** One way, between any two hosts of a plain rig. */
export const LATENCY_US = 100
export const MS = 1000
export const SECOND = 1_000_000

/** Every frame takes LATENCY_US; its size costs nothing. */
const PLAIN: Partial<NetworkSettings> = {
  sameHostUs: fixed(LATENCY_US),
  sameRackUs: fixed(LATENCY_US),
  otherRackUs: fixed(LATENCY_US),
  bytesPerMs: Infinity,
}

export interface RigOptions {
  readonly seed?: number
  readonly order?: 'fifo' | 'shuffle'
  readonly settings?: Partial<NetworkSettings>
}

export function frame(value: string | number, sizeBytes = 100): Frame {
  return { kind: 'test-frame', sizeBytes, digest: 7, body: value }
}

export class Rig {
  readonly loop: EventLoop
  readonly world = new Owner(0, 'world')
  readonly network: SimNetwork
  /** What peers noted: time, peer, what. */
  readonly log: string[] = []
  private readonly peers = new Map<string, Peer>()

  constructor({ seed = 1, order = 'fifo', settings = PLAIN }: RigOptions = {}) {
    const streams = new Streams(seed)
    this.loop = new EventLoop(order === 'shuffle' ? { order, shuffleRng: streams.stream('order') } : { order })
    this.network = new SimNetwork(this.loop, streams, this.world, settings)
  }

  /** Adds a host with a peer on it that accepts connections. */
  add(name: string, rack?: string): Peer {
    this.network.addHost(name, rack)
    const peer = new Peer(this, name, this.peers.size + 1)
    this.peers.set(name, peer)
    return peer
  }

  run(untilUs: Micros): this {
    this.loop.run(untilUs)
    return this
  }

  /** Plans `fn` as an event of the world's. */
  at(atUs: Micros, fn: () => void): void {
    this.loop.schedule(atUs, this.world, 'test', 0, fn)
  }

  /** Two peers, 'a' and 'b', with a connection open at both ends; the log is empty, and the time 1 ms, if that was enough. */
  static pair(options?: RigOptions) {
    const rig = new Rig(options)
    const a = rig.add('a')
    const b = rig.add('b')
    const fromA = a.connect('b')
    rig.run(MS)
    if (b.accepted.length === 0) rig.run(100 * MS)
    const fromB = b.accepted[0]
    if (!fromA.open || fromB === undefined) throw new Error('no connection')
    rig.log.length = 0
    return { rig, a, b, fromA, fromB, network: rig.network, log: rig.log }
  }
}

export class Peer {
  readonly name: string
  readonly accepted: Connection[] = []
  /** Bodies of all frames heard, in order. */
  readonly heard: unknown[] = []
  endpoint: FakeEndpoint
  net: Network
  incarnation = 1
  private readonly rig: Rig
  private readonly id: number

  constructor(rig: Rig, name: string, id: number) {
    this.rig = rig
    this.name = name
    this.id = id
    this.endpoint = new FakeEndpoint(rig.loop, new Owner(id, name), name)
    this.net = rig.network.attach(this.endpoint)
    this.listen()
  }

  connect(to: string, timeoutMs = 30_000, port = PORT): Connection {
    return this.net.connect(to, port, timeoutMs, this.handlers(`to ${to}`))
  }

  /** The process dies; its machine lives. */
  crash(): void {
    this.rig.loop.kill(this.endpoint.owner)
    this.rig.network.detach(this.endpoint)
  }

  powerLoss(): void {
    this.rig.network.powerOff(this.name)
    this.crash()
  }

  /** The next incarnation starts, on a machine with power, and listens. */
  start(): void {
    this.rig.network.powerOn(this.name)
    this.incarnation++
    this.endpoint = new FakeEndpoint(this.rig.loop, new Owner(this.id, this.name), this.name)
    this.net = this.rig.network.attach(this.endpoint)
    this.listen()
  }

  pause(): void {
    this.rig.loop.pause(this.endpoint.owner)
  }

  resume(): void {
    this.rig.loop.resume(this.endpoint.owner)
  }

  private listen(): void {
    const { incarnation } = this
    this.net.listen(PORT, (connection) => {
      this.note(incarnation, `accepts ${connection.peer}`)
      this.accepted.push(connection)
      connection.handle(this.handlers(`from ${connection.peer}`))
    })
  }

  private handlers(which: string): ConnectionHandlers {
    const { incarnation } = this
    return {
      onOpen: () => this.note(incarnation, `open ${which}`),
      onFrame: (received) => {
        this.heard.push(received.body)
        this.note(incarnation, `hears ${String(received.body)}`)
      },
      onClose: (reason) => this.note(incarnation, `loses ${which}: ${reason}`),
    }
  }

  private note(incarnation: number, what: string): void {
    const name = this.incarnation === 1 ? this.name : `${this.name}#${incarnation}`
    this.rig.log.push(`${this.rig.loop.nowUs} ${name} ${what}`)
    if (incarnation !== this.incarnation) this.rig.log.push(`a ghost of ${name}`)
  }
}
