// A narrow link: frames queue for it. What has queued by the time it heals still leaves at the narrow link's pace.

import { assert } from '../assert.ts'
import type { Fault } from './fault.ts'
import { healAll } from './fault.ts'
import type { LinkArgs } from './links.ts'
import { onLinks } from './links.ts'

export interface BandwidthArgs extends LinkArgs {
  readonly bytesPerMs: number
}

export const bandwidth: Fault<BandwidthArgs> = {
  name: 'bandwidth',
  apply(world, args) {
    assert(args.bytesPerMs > 0, `a link of ${args.bytesPerMs} bytes per ms`)
    return healAll(onLinks(world, args, (from, to) => world.network.limitBandwidth(from, to, args.bytesPerMs)))
  },
}
