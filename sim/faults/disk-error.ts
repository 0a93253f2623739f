// Operations fail with an I/O error: of one kind or of any, from the nth on, so many, or by chance. Healed, somebody has
// looked after the disk (`mending`).

import type { DiskOperation } from '../disk/disk-error.ts'
import type { Rng } from '../random/rng.ts'
import { disksOf, mending } from './disks.ts'
import type { DiskArgs, Fault } from './fault.ts'

export interface DiskErrorArgs extends DiskArgs {
  /** Default: any. */
  readonly operation?: DiskOperation | undefined
  /** The first that fails, counted from 1 since the fault began; default 1. */
  readonly nth?: number
  /** Default: all from then on. */
  readonly count?: number
  /** Of each of these; drawn from the stream. */
  readonly probability?: number
  readonly rng?: () => Rng
  /** Told of each that fails. */
  readonly onHit?: () => void
}

export const diskError: Fault<DiskErrorArgs> = {
  name: 'disk-error',
  apply(world, args) {
    const { operation, nth = 1, count = Infinity, probability = 1, rng, onHit } = args
    const rule = { operation, nth, count, probability, rng, onHit }
    const heals = disksOf(world, args).map((disk) => disk.fail(rule))
    return mending(world.process(args.process), heals)
  },
}
