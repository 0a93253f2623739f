// What the trace tells of the logs of replicas: appends and cuts, where they begin and are committed to, what retention and
// the cleaner take from them, and directories that fail.

import type { TraceEvent } from '../../sim/index.ts'

export type LogEvent =
  | LogAppended
  | LogTruncated
  | LogRecovered
  | LogDirFailed
  | ProducersExpired
  | HighWatermarkChanged
  | LogStartChanged
  | SegmentsDeleted
  | SegmentsReplaced
  | LogCleaned
  | LogUncleanable
  | CheckpointWritten
  | BytesRefused

/** Whole batches reached a replica's log (its page cache). */
export interface LogAppended extends TraceEvent {
  readonly type: 'log-appended'
  readonly broker: number
  readonly partition: string
  readonly as: 'leader' | 'follower'
  readonly firstOffset: number
  readonly lastOffset: number
}

export interface LogTruncated extends TraceEvent {
  readonly type: 'log-truncated'
  readonly broker: number
  readonly partition: string
  readonly fromOffset: number
  readonly toOffset: number
}

export interface LogRecovered extends TraceEvent {
  readonly type: 'log-recovered'
  readonly broker: number
  readonly partition: string
  readonly clean: boolean
  readonly logEndOffset: number
  readonly highWatermark: number
}

/** A log directory of a broker went offline, with all its replicas. */
export interface LogDirFailed extends TraceEvent {
  readonly type: 'log-dir-failed'
  readonly broker: number
  readonly dir: string
  readonly reason: string
}

/** A replica forgot producers that were idle for too long: their next batches may have any sequence. */
export interface ProducersExpired extends TraceEvent {
  readonly type: 'producers-expired'
  readonly broker: number
  readonly partition: string
  readonly count: number
}

export interface HighWatermarkChanged extends TraceEvent {
  readonly type: 'high-watermark-changed'
  readonly broker: number
  readonly partition: string
  readonly as: 'leader' | 'follower'
  readonly from: number
  readonly to: number
}

/** A replica's log begins elsewhere. */
export interface LogStartChanged extends TraceEvent {
  readonly type: 'log-start-changed'
  readonly broker: number
  readonly partition: string
  readonly from: number
  readonly to: number
}

/** A replica dropped its oldest segments. */
export interface SegmentsDeleted extends TraceEvent {
  readonly type: 'segments-deleted'
  readonly broker: number
  readonly partition: string
  readonly count: number
  /** What allowed it: the log start, or the setting. */
  readonly reason: 'log-start' | 'retention.bytes' | 'retention.ms'
  readonly logStartOffset: number
}

/** The cleaner put one segment in the place of others; the log says which. */
export interface SegmentsReplaced extends TraceEvent {
  readonly type: 'segments-replaced'
  readonly broker: number
  readonly partition: string
}

/** A round of the cleaner is over: what was dirty in `[fromOffset, toOffset)` is clean. */
export interface LogCleaned extends TraceEvent {
  readonly type: 'log-cleaned'
  readonly broker: number
  readonly partition: string
  readonly fromOffset: number
  readonly toOffset: number
  /** Of all that was read and written, the clean part included. */
  readonly bytesBefore: number
  readonly bytesAfter: number
  readonly recordsBefore: number
  readonly recordsAfter: number
  /** Records without a value that had been kept for long enough. */
  readonly tombstonesGone: number
}

/** The cleaner could not read a log, and leaves it alone from now on. */
export interface LogUncleanable extends TraceEvent {
  readonly type: 'log-uncleanable'
  readonly broker: number
  readonly partition: string
  readonly problem: string
}

/** A file of a log directory that says something of all its logs was replaced: what it says now. */
export interface CheckpointWritten extends TraceEvent {
  readonly type: 'checkpoint-written'
  readonly broker: number
  readonly dir: string
  readonly file: CheckpointFile
  readonly entries: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[]
}

export type CheckpointFile =
  | 'recovery-point-offset-checkpoint'
  | 'replication-offset-checkpoint'
  | 'log-start-offset-checkpoint'
  | 'cleaner-offset-checkpoint'

/** Bytes that were fetched fail their checksum: they are asked for again, or a member's poll throws (R-26, C-9). */
export interface BytesRefused extends TraceEvent {
  readonly type: 'bytes-refused'
  readonly by: 'follower' | 'consumer'
  readonly partition: string
}
