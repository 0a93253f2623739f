// Syncs and cold reads take longer.

import type { Fault, ProcessArgs } from './fault.ts'
import { healAll } from './fault.ts'

export interface SlowDiskArgs extends ProcessArgs {
  readonly factor: number
}

export const slowDisk: Fault<SlowDiskArgs> = {
  name: 'slow-disk',
  apply(world, args) {
    return healAll([world.process(args.process).machine.disk.slow(args.factor)])
  },
}
