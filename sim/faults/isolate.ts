// Cuts a set of hosts off from all others there are; among themselves they still talk.

import { assert } from '../assert.ts'
import type { Fault } from './fault.ts'
import { healAll } from './fault.ts'
import { onLinks } from './links.ts'

export interface IsolateArgs {
  readonly hosts: readonly string[]
}

export const isolate: Fault<IsolateArgs> = {
  name: 'isolate',
  apply(world, args) {
    const others = world.processes.map((process) => process.name).filter((name) => !args.hosts.includes(name))
    assert(others.length > 0, 'hosts are isolated from others, and there are none')
    return healAll(onLinks(world, { from: args.hosts, to: others }, (from, to) => world.network.block(from, to)))
  },
}
