// A lossy link. TCP hides lost packets behind retransmissions, so frames arrive late, never not at all.

import { assert } from '../assert.ts'
import type { Fault } from './fault.ts'
import { healAll } from './fault.ts'
import type { LinkArgs } from './links.ts'
import { onLinks } from './links.ts'

export interface LossArgs extends LinkArgs {
  /** Of a frame being lost, each time it is sent: in [0, 1). */
  readonly probability: number
}

export const loss: Fault<LossArgs> = {
  name: 'loss',
  apply(world, args) {
    assert(args.probability >= 0 && args.probability < 1, `frames lost with probability ${args.probability}`)
    return healAll(onLinks(world, args, (from, to) => world.network.lose(from, to, args.probability)))
  },
}
