// The topic and broker settings a partition log goes by. Only what is used is here; names in comments are Kafka's keys.

import type { Compression } from '../records/compression/codec.ts'

/** `producer`: as each batch came. */
export type LogCompression = 'producer' | 'uncompressed' | Compression

export interface LogConfig {
  /** `segment.bytes`: a segment is rolled before it would grow beyond this. */
  readonly segmentBytes: number
  /** `segment.ms`: and before it would span more time than this, by the timestamps of its records. */
  readonly segmentMs: number
  /** `segment.jitter.ms`: up to this much earlier, by chance. */
  readonly segmentJitterMs: number
  /** `segment.index.bytes`: and before one of its indexes would grow beyond this. */
  readonly segmentIndexBytes: number
  /** `retention.ms`: segments whose newest record is older may go; −1: never. */
  readonly retentionMs: number
  /** `retention.bytes`: the oldest segments go while the rest is still this large; −1: never. */
  readonly retentionBytes: number
  /** `file.delete.delay.ms`: how long a deleted segment stays on disk under another name. */
  readonly fileDeleteDelayMs: number
  /** `max.message.bytes`: the largest batch a leader takes. */
  readonly maxMessageBytes: number
  /** `index.interval.bytes`: bytes between two entries of the sparse index. */
  readonly indexIntervalBytes: number
  /** `producer.id.expiration.ms`: how long an idle producer's state is kept. */
  readonly producerIdExpirationMs: number
  /** `compression.type`, with its level: how batches of clients are compressed in the log; as they came if `producer`. */
  readonly compression: LogCompression
  /** Batches remembered of each producer: five, a constant in Kafka. */
  readonly batchesKeptPerProducer: number
  /** `flush.messages`: the log is synced as soon as this many records are not. */
  readonly flushMessages: number
  /** `flush.ms`: and when a look at it, every `log.flush.scheduler.interval.ms`, finds that it was not for this long. */
  readonly flushMs: number
  /** `message.timestamp.type` (W-45). */
  readonly timestampType: 'CreateTime' | 'LogAppendTime'
  /** `message.timestamp.before.max.ms`: how far in the past a record's timestamp may lie (W-46). */
  readonly timestampBeforeMaxMs: number
  /** `message.timestamp.after.max.ms`: how far in the future. */
  readonly timestampAfterMaxMs: number
  /** `cleanup.policy` contains `compact`: records without a key are refused (W-46). */
  readonly compacted: boolean
  /** `cleanup.policy` contains `delete`: else records may not be deleted either. */
  readonly deletes: boolean
  /** `delete.retention.ms`: how long a tombstone stays after the cleaner first saw it. */
  readonly deleteRetentionMs: number
  /** `min.cleanable.dirty.ratio`: what share of a log must be dirty before it is cleaned. */
  readonly minCleanableDirtyRatio: number
  /** `min.compaction.lag.ms`: segments with younger records are not cleaned. */
  readonly minCompactionLagMs: number
  /** `max.compaction.lag.ms`: a log with an older dirty record is cleaned however little is dirty. */
  readonly maxCompactionLagMs: number
}

/** Kafka's defaults; the timestamp window is that before 4.0, without bounds. */
export const DEFAULT_LOG_CONFIG: LogConfig = Object.freeze({
  segmentBytes: 1073741824,
  segmentMs: 604800000,
  segmentJitterMs: 0,
  segmentIndexBytes: 10485760,
  retentionMs: 604800000,
  retentionBytes: -1,
  fileDeleteDelayMs: 60000,
  maxMessageBytes: 1048588,
  indexIntervalBytes: 4096,
  producerIdExpirationMs: 86400000,
  compression: 'producer',
  batchesKeptPerProducer: 5,
  flushMessages: Infinity,
  flushMs: Infinity,
  timestampType: 'CreateTime',
  timestampBeforeMaxMs: Infinity,
  timestampAfterMaxMs: Infinity,
  compacted: false,
  deletes: true,
  deleteRetentionMs: 86400000,
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Infinity,
})
