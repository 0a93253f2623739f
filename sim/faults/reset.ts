// Breaks the connections open between two sets of hosts: both ends are told. New ones can be opened at once.

import type { Fault } from './fault.ts'
import { checkLinks } from './links.ts'

export interface ResetArgs {
  readonly from: readonly string[]
  readonly to: readonly string[]
}

export const reset: Fault<ResetArgs> = {
  name: 'reset',
  apply(world, args) {
    checkLinks(world, args)
    world.network.reset(args.from, args.to)
    return undefined
  },
}
