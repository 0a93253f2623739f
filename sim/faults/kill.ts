// Kills a process as by kill -9: the page cache stays, peers see their connections close. Healed by
// starting it again, unless another fault holds it down.

import type { Fault, ProcessArgs } from './fault.ts'

export const kill: Fault<ProcessArgs> = {
  name: 'kill',
  apply(world, args) {
    const process = world.process(args.process)
    if (!process.alive) return undefined
    process.crash()
    return process.holdDown()
  },
}
