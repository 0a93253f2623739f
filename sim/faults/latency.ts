// Frames take longer: an extra delay, drawn anew for each, on top of what the link takes anyway.

import type { Quantiles } from '../random/quantiles.ts'
import type { Fault } from './fault.ts'
import { healAll } from './fault.ts'
import type { LinkArgs } from './links.ts'
import { onLinks } from './links.ts'

export interface LatencyArgs extends LinkArgs {
  /** In µs. */
  readonly extra: Quantiles
}

export const latency: Fault<LatencyArgs> = {
  name: 'latency',
  apply(world, args) {
    return healAll(onLinks(world, args, (from, to) => world.network.addLatency(from, to, args.extra)))
  },
}
