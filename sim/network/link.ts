// The way from one machine to another, in one direction: how long things take on it, and the faults in force. What is
// blocked or lost never leaves the sender; what is clogged stands before the receiver's door. Latency and loss draw from
// streams named after the link, so that no other link's draws depend on it. Left out: routes and switches that links share.

import { assert } from '../assert.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Frame, Kind, Micros } from '../host.ts'
import type { Owner } from '../owner.ts'
import type { Quantiles } from '../random/quantiles.ts'
import type { Rng } from '../random/rng.ts'
import type { Streams } from '../random/streams.ts'
import { type FrameRule, LOST_WITH_CONNECTION } from './frame-rule.ts'
import { InForce, once } from './in-force.ts'
import type { NetHost } from './net-host.ts'
import type { Pipe } from './pipe.ts'
import { HEADER_BYTES } from './segments.ts'
import type { NetworkSettings } from './settings.ts'
import type { Wiring } from './wiring.ts'

export class Link {
  readonly from: NetHost
  readonly to: NetHost
  /** Pipes that may still carry something, in the order in which they came. */
  readonly pipes = new Set<Pipe>()
  private readonly loop: EventLoop
  private readonly name: string
  private readonly streams: Streams
  private readonly rng: Rng
  private faultStream: Rng | undefined = undefined
  private readonly latency: Quantiles
  private readonly baseBytesPerMs: number
  private bytesPerMs: number
  /** When the last byte queued so far will be on the wire, in ns: small frames take less than a µs. */
  private busyUntilNs = 0
  private blocks = 0
  private clogs = 0
  private cloggedSinceUs: Micros = 0
  private readonly extras = new InForce<Quantiles>()
  private readonly limits = new InForce<number>()
  private readonly losses = new InForce<number>()
  private readonly rules = new InForce<FrameRule>()
  /** Lone packets that stand before the clogged door. */
  private standing: (() => void)[] = []

  constructor(from: NetHost, to: NetHost, wiring: Wiring) {
    const { loop, streams, settings } = wiring
    this.from = from
    this.to = to
    this.loop = loop
    this.name = `link/${from.name}>${to.name}`
    this.streams = streams
    this.rng = streams.stream(this.name)
    const own = settings.linkSettings(from.name, to.name)
    this.latency = own?.latencyUs ?? latencyBetween(from, to, settings)
    this.baseBytesPerMs = own?.bytesPerMs ?? settings.bytesPerMs
    this.bytesPerMs = this.baseBytesPerMs
  }

  /** Whether something sent now gets onto the wire; if not, only sending it again later helps. */
  passes(): boolean {
    if (this.blocks > 0 || !this.to.on) return false
    return this.losses.items.length === 0 || !this.loses()
  }

  /** When something that leaves now arrives. It takes its place in the link's queue. */
  transit(sizeBytes: number): Micros {
    const nowNs = this.loop.nowUs * 1000
    const startNs = this.busyUntilNs > nowNs ? this.busyUntilNs : nowNs
    this.busyUntilNs = startNs + Math.ceil((sizeBytes * 1_000_000) / this.bytesPerMs)
    let delayUs = this.rng.quantile(this.latency)
    const extras = this.extras.items
    for (let i = 0; i < extras.length; i++) {
      const extra = extras[i]
      if (extra !== undefined) delayUs += this.faultRng().quantile(extra)
    }
    return Math.ceil(this.busyUntilNs / 1000) + delayUs
  }

  /** What rules do to a frame of a process that goes onto the wire: µs more, or `LOST_WITH_CONNECTION`. */
  fateOf(frame: Frame): Micros {
    const rules = this.rules.items
    let extraUs = 0
    for (let i = 0; i < rules.length; i++) {
      const fate = rules[i]?.judge(frame, () => this.faultRng()) ?? 0
      if (fate === LOST_WITH_CONNECTION) return fate
      extraUs += fate
    }
    return extraUs
  }

  /** Whether what arrives at `atUs` has to stand and wait. */
  holdsUp(atUs: Micros): boolean {
    return this.clogs > 0 && atUs > this.cloggedSinceUs
  }

  /** Sends one packet that is not part of a connection. It may be lost, and nobody will send it again. */
  carry(owner: Owner, kind: Kind, fn: () => void): void {
    if (!this.passes()) return
    const atUs = this.transit(HEADER_BYTES)
    this.loop.schedule(atUs, owner, kind, 0, () => {
      if (!this.holdsUp(atUs)) fn()
      else this.standing.push(() => this.loop.schedule(this.loop.nowUs, owner, kind, 0, fn))
    })
  }

  // Each fault returns what heals it, which does nothing the second time.

  block(): () => void {
    this.blocks++
    return once(() => {
      this.blocks--
    })
  }

  clog(): () => void {
    this.clogs++
    if (this.clogs === 1) {
      this.cloggedSinceUs = this.loop.nowUs
      for (const pipe of this.pipes) pipe.clogged()
    }
    return once(() => {
      this.clogs--
      if (this.clogs > 0) return
      for (const pipe of this.pipes) pipe.unclogged()
      const standing = this.standing
      this.standing = []
      for (const arrive of standing) arrive()
    })
  }

  addLatency(extra: Quantiles): () => void {
    assert((extra.values[0] ?? -1) >= 0, `${this.name} is made faster by ${extra.values[0]} µs`)
    return this.extras.add(extra)
  }

  limitBandwidth(bytesPerMs: number): () => void {
    assert(bytesPerMs > 0, `${this.name} is limited to ${bytesPerMs} bytes per ms`)
    const lift = this.limits.add(bytesPerMs)
    const narrow = (): void => {
      this.bytesPerMs = Math.min(this.baseBytesPerMs, ...this.limits.items)
    }
    narrow()
    return () => {
      lift()
      narrow()
    }
  }

  lose(probability: number): () => void {
    assert(probability >= 0 && probability <= 1, `${this.name} loses with probability ${probability}`)
    return this.losses.add(probability)
  }

  addRule(rule: FrameRule): () => void {
    return this.rules.add(rule)
  }

  private loses(): boolean {
    let lost = false
    for (const probability of this.losses.items) if (this.faultRng().chance(probability)) lost = true
    return lost
  }

  /** Faults draw from a stream of their own, so that the latency itself stays as it was without them. */
  private faultRng(): Rng {
    this.faultStream ??= this.streams.stream(`${this.name}/faults`)
    return this.faultStream
  }
}

function latencyBetween(from: NetHost, to: NetHost, settings: NetworkSettings): Quantiles {
  if (from === to) return settings.sameHostUs
  return from.rack === to.rack ? settings.sameRackUs : settings.otherRackUs
}
