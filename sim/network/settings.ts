// What the network between machines is like: how long a frame takes, how wide a link is, and how patient TCP is. The
// latencies are those of an ordinary data centre; racks are rooms of it (or availability zones), not continents.

import { assert } from '../assert.ts'
import type { Micros } from '../host.ts'
import { type Quantiles, quantiles } from '../random/quantiles.ts'

/** A directed link that is not like others of its kind. */
export interface LinkSettings {
  /** One-way latency in µs, transmission not counted. */
  readonly latencyUs?: Quantiles
  readonly bytesPerMs?: number
}

export interface NetworkSettings {
  /** One-way latency of a machine to itself, in µs, transmission not counted. */
  readonly sameHostUs: Quantiles
  /** One-way latency between two machines of one rack. Machines without a rack count as sharing one. */
  readonly sameRackUs: Quantiles
  /** One-way latency between two machines of different racks. */
  readonly otherRackUs: Quantiles
  /** Width of each directed link: frames queue for it. */
  readonly bytesPerMs: number
  /** Freezes what is sent, and checks at delivery that its bytes are as they were sent. Slow: for tests. */
  readonly strict: boolean
  /** What is different about the link from one machine to another; undefined: nothing. Asked once for each link. */
  readonly linkSettings: (from: string, to: string) => LinkSettings | undefined
  /** TCP's first retransmission timeout on an open connection; doubled after each that was in vain. */
  readonly retransmitUs: Micros
  readonly maxRetransmitUs: Micros
  /** After so many retransmissions in vain, one timeout later, the connection breaks with `'timeout'`. */
  readonly retransmissions: number
  /** The first retransmission timeout of a handshake; doubled likewise. */
  readonly handshakeRetransmitUs: Micros
}

/** 10 Gbit/s; Linux's TCP (an established connection that gets no answer breaks after 924.6 s). */
export const DEFAULT_NETWORK_SETTINGS: NetworkSettings = {
  sameHostUs: quantiles({ min: 8, p50: 20, p99: 80, p999: 300, max: 2_000 }),
  sameRackUs: quantiles({ min: 40, p50: 90, p99: 350, p999: 1_500, max: 10_000 }),
  otherRackUs: quantiles({ min: 200, p50: 350, p99: 900, p999: 3_000, max: 20_000 }),
  bytesPerMs: 1_250_000,
  strict: false,
  linkSettings: () => undefined,
  retransmitUs: 200_000,
  maxRetransmitUs: 120_000_000,
  retransmissions: 15,
  handshakeRetransmitUs: 1_000_000,
}

/** The defaults with `overrides` applied, checked. */
export function networkSettings(overrides: Partial<NetworkSettings> = {}): NetworkSettings {
  const settings = { ...DEFAULT_NETWORK_SETTINGS, ...overrides }
  for (const latency of ['sameHostUs', 'sameRackUs', 'otherRackUs'] as const) {
    const [lowest = -1] = settings[latency].values
    assert(lowest >= 0, `network setting ${latency} begins at ${lowest}, must be >= 0`)
  }
  for (const timeout of ['retransmitUs', 'maxRetransmitUs', 'handshakeRetransmitUs'] as const) {
    const us = settings[timeout]
    assert(Number.isSafeInteger(us) && us > 0, `network setting ${timeout} is ${us}, must be a whole number > 0`)
  }
  const { bytesPerMs, retransmissions } = settings
  assert(bytesPerMs > 0, `network setting bytesPerMs is ${bytesPerMs}, must be > 0`)
  assert(Number.isSafeInteger(retransmissions) && retransmissions >= 0, `network: ${retransmissions} retransmissions`)
  return settings
}
