// Nothing travels between two sets of hosts, or only one way. Senders are not told: TCP sends again when it heals, or
// gives up in the end.

import type { Fault } from './fault.ts'
import { healAll } from './fault.ts'
import type { LinkArgs } from './links.ts'
import { onLinks } from './links.ts'

export const partition: Fault<LinkArgs> = {
  name: 'partition',
  apply(world, args) {
    return healAll(onLinks(world, args, (from, to) => world.network.block(from, to)))
  },
}
