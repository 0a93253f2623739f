// Where a log's segments live, and by which settings they are made.

import type { Disk } from '../../sim/host.ts'
import type { Rng } from '../../sim/random/rng.ts'
import type { LogConfig } from './log-config.ts'
import { OFFSET_ENTRY_BYTES } from './offset-index.ts'
import type { OpenLogArgs } from './open-log.ts'
import { TIME_ENTRY_BYTES } from './time-index.ts'

export type SegmentHomeArgs = Pick<OpenLogArgs, 'disk' | 'dir' | 'config'> &
  Partial<Pick<OpenLogArgs, 'jitter' | 'indexEachBatch' | 'rolled' | 'wallMs' | 'cleanShutdown' | 'behaviour'>>

export class SegmentHome {
  readonly disk: Disk
  readonly dir: string
  /** Segments that are there keep what they were made with. */
  config: LogConfig
  /** Memory for one entry of each index, so that adding one allocates nothing. */
  readonly offsetEntry = new Uint8Array(OFFSET_ENTRY_BYTES)
  readonly timeEntry = new Uint8Array(TIME_ENTRY_BYTES)
  /** Any batch of an append may get an index entry, or only the append as a whole (KAFKA-806). */
  readonly indexEachBatch: boolean
  /** An index that is found with room to spare is taken for full: of zeros, where nothing was written (KAFKA-10471). */
  readonly trustsRoom: boolean
  /** Told when a segment was closed and another begun. */
  readonly rolled: (() => void) | undefined
  /** The broker's clock: stands still where none is given. */
  readonly wallMs: () => number
  private readonly jitter: (() => Rng) | undefined
  private rng: Rng | undefined

  constructor(args: SegmentHomeArgs) {
    const { disk, dir, config, jitter, indexEachBatch, rolled, wallMs, cleanShutdown, behaviour } = args
    this.trustsRoom = cleanShutdown === true && behaviour?.deleteMarkerBeforeLoad === false
    this.rolled = rolled
    this.disk = disk
    this.dir = dir
    this.config = config
    this.jitter = jitter
    this.indexEachBatch = indexEachBatch ?? true
    this.wallMs = wallMs ?? (() => 0)
  }

  /** How much earlier than `segment.ms` the next segment is rolled: below `segment.jitter.ms`, and below `segment.ms`. */
  drawRollJitterMs(): number {
    const boundMs = Math.min(this.config.segmentJitterMs, this.config.segmentMs)
    if (boundMs <= 0 || this.jitter === undefined) return 0
    this.rng ??= this.jitter()
    return this.rng.below(boundMs)
  }
}
