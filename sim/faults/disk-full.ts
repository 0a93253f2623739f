// The disk takes no more, or only so much more; what is deleted makes room. Healed, somebody has looked after it (`mending`).

import { disksOf, mending } from './disks.ts'
import type { DiskArgs, Fault } from './fault.ts'

export interface DiskFullArgs extends DiskArgs {
  /** What still fits. */
  readonly freeBytes: number
  /** Told of each append that does not fit. */
  readonly onHit?: () => void
}

export const diskFull: Fault<DiskFullArgs> = {
  name: 'disk-full',
  apply(world, args) {
    const { freeBytes, onHit } = args
    const heals = disksOf(world, args).map((disk) => disk.fill(freeBytes, () => onHit?.()))
    return mending(world.process(args.process), heals)
  },
}
