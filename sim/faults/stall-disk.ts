// Syncs and cold reads make no progress until healed; what needs neither goes on.

import type { Fault, ProcessArgs } from './fault.ts'
import { healAll } from './fault.ts'

export const stallDisk: Fault<ProcessArgs> = {
  name: 'stall-disk',
  apply(world, args) {
    return healAll([world.process(args.process).machine.disk.stall()])
  },
}
