// Syncs and cold reads take longer.

import { disksOf } from './disks.ts'
import type { DiskArgs, Fault } from './fault.ts'
import { healAll } from './fault.ts'

export interface SlowDiskArgs extends DiskArgs {
  readonly factor: number
}

export const slowDisk: Fault<SlowDiskArgs> = {
  name: 'slow-disk',
  apply(world, args) {
    return healAll(disksOf(world, args).map((disk) => disk.slow(args.factor)))
  },
}
