// Syncs and cold reads make no progress until healed; what needs neither goes on.

import { disksOf } from './disks.ts'
import type { DiskArgs, Fault } from './fault.ts'
import { healAll } from './fault.ts'

export const stallDisk: Fault<DiskArgs> = {
  name: 'stall-disk',
  apply(world, args) {
    return healAll(disksOf(world, args).map((disk) => disk.stall()))
  },
}
