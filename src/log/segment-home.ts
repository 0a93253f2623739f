// Where a log's segments live, and by which settings they are made.

import type { Disk } from '../../sim/host.ts'
import type { Rng } from '../../sim/random/rng.ts'
import type { LogConfig } from './log-config.ts'
import { OFFSET_ENTRY_BYTES } from './offset-index.ts'
import { TIME_ENTRY_BYTES } from './time-index.ts'

export class SegmentHome {
  readonly disk: Disk
  readonly dir: string
  /** Segments that are there keep what they were made with. */
  config: LogConfig
  /** Memory for one entry of each index, so that adding one allocates nothing. */
  readonly offsetEntry = new Uint8Array(OFFSET_ENTRY_BYTES)
  readonly timeEntry = new Uint8Array(TIME_ENTRY_BYTES)
  /** Told when a segment was closed and another begun. */
  readonly rolled: (() => void) | undefined
  private readonly jitter: (() => Rng) | undefined
  private rng: Rng | undefined

  /** `jitter` gives the stream that `segment.jitter.ms` is drawn from, if it is drawn. */
  constructor(disk: Disk, dir: string, config: LogConfig, jitter?: () => Rng, rolled?: () => void) {
    this.rolled = rolled
    this.disk = disk
    this.dir = dir
    this.config = config
    this.jitter = jitter
  }

  /** How much earlier than `segment.ms` the next segment is rolled: below `segment.jitter.ms`, and below `segment.ms`. */
  drawRollJitterMs(): number {
    const boundMs = Math.min(this.config.segmentJitterMs, this.config.segmentMs)
    if (boundMs <= 0 || this.jitter === undefined) return 0
    this.rng ??= this.jitter()
    return this.rng.below(boundMs)
  }
}
