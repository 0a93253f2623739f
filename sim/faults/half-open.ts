// The hosts in `to` forget their connections with those in `from` and tell nobody: the others learn of it by a reset
// when they next send, and until then wait in vain.

import type { Fault } from './fault.ts'
import { checkLinks } from './links.ts'

export interface HalfOpenArgs {
  readonly from: readonly string[]
  readonly to: readonly string[]
}

export const halfOpen: Fault<HalfOpenArgs> = {
  name: 'half-open',
  apply(world, args) {
    checkLinks(world, args)
    world.network.halfOpen(args.from, args.to)
    return undefined
  },
}
