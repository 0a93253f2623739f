// Everything on a link stalls, and arrives all at once, in order, when healed.

import type { Fault } from './fault.ts'
import { healAll } from './fault.ts'
import type { LinkArgs } from './links.ts'
import { onLinks } from './links.ts'

export const clog: Fault<LinkArgs> = {
  name: 'clog',
  apply(world, args) {
    return healAll(onLinks(world, args, (from, to) => world.network.clog(from, to)))
  },
}
