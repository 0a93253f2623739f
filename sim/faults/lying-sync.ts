// Syncs end in time and make nothing durable: a drive with a write cache of its own, and no battery.

import { disksOf } from './disks.ts'
import type { DiskArgs, Fault } from './fault.ts'
import { healAll } from './fault.ts'

export const lyingSync: Fault<DiskArgs> = {
  name: 'lying-sync',
  apply(world, args) {
    return healAll(disksOf(world, args).map((disk) => disk.lie()))
  },
}
