import type { Disk } from '../../sim/host.ts'
import type { Rng } from '../../sim/random/rng.ts'
import type { Buggify } from '../buggify/buggify.ts'
import type { LogConfig } from './log-config.ts'
import type { LogObserver } from './log-observer.ts'
import type { PartitionLog } from './partition-log.ts'

/** What today's Kafka does that older ones did not; today's, unless said otherwise, is the one not named (`src/switches`). */
export interface LogBehaviour {
  /** False brings KAFKA-9491 back (RB-18). */
  readonly raiseHwOnFullTruncate: boolean
  /** False brings KAFKA-5634 back (RB-43). */
  readonly capRetentionAtHw: boolean
  /** False brings KAFKA-10471 back (RB-24). */
  readonly deleteMarkerBeforeLoad: boolean
  /** True brings KAFKA-12964 back (RB-26). */
  readonly snapshotDeleteByName: boolean
  /** False brings KAFKA-16541 back (RB-25). */
  readonly syncEpochCheckpoint: boolean
}

/** What it takes to open the log of a replica. */
export interface OpenLogArgs {
  readonly disk: Disk
  /** Where the replica lives, e.g. `data/orders-0`. */
  readonly dir: string
  readonly config: LogConfig
  /** What the log directory's checkpoints say of this partition; 0 if they do not name it. */
  readonly recoveryPoint: number
  readonly highWatermarkCheckpoint: number
  readonly logStartOffsetCheckpoint?: number
  /** The clean-shutdown marker was there: nothing is recovered. */
  readonly cleanShutdown: boolean
  readonly observer?: LogObserver | undefined
  readonly buggify?: Buggify | undefined
  /** False brings KAFKA-10706 back (RB-19). */
  readonly trimEpochsOnNoopTruncate?: boolean | undefined
  readonly behaviour?: Partial<LogBehaviour> | undefined
  /** For what goes by age: producers that a snapshot names, unflushed records. Without it time stands still. */
  readonly wallMs?: (() => number) | undefined
  /** The stream `segment.jitter.ms` is drawn from. */
  readonly jitter?: (() => Rng) | undefined
  /** Called with the size of each segment that recovery reads: for the time that takes, cold reads apart. */
  readonly recovering?: ((bytes: number) => void) | undefined
  /** Called with files that were given the names of deleted ones, to be removed in `delayMs`. */
  readonly retired?: ((files: readonly string[], delayMs: number) => void) | undefined
  /** False: an append gets one index entry at most, however many batches it has (KAFKA-806). */
  readonly indexEachBatch?: boolean | undefined
  /** Called when a segment was closed and another begun. */
  readonly rolled?: (() => void) | undefined
  /**
   * Called after every truncation: the recovery-point file must be rewritten at once, and whoever cleans the log
   * must stop if closed segments were cut (KAFKA-3330).
   */
  readonly afterTruncation?: ((log: PartitionLog, closedSegments: boolean) => void) | undefined
}
