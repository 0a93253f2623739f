// The topic and broker settings a partition log goes by. Only what is used is here; names in comments are Kafka's keys.

export interface LogConfig {
  /** `segment.bytes`: a segment is rolled before it would grow beyond this. */
  readonly segmentBytes: number
  /** `max.message.bytes`: the largest batch a leader takes. */
  readonly maxMessageBytes: number
  /** `index.interval.bytes`: bytes between two entries of the sparse index. */
  readonly indexIntervalBytes: number
  /** `producer.id.expiration.ms`: how long an idle producer's state is kept. */
  readonly producerIdExpirationMs: number
  /** `flush.messages`: the log is synced as soon as this many records are not. */
  readonly flushMessages: number
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
}

/** Kafka's defaults; the timestamp window is that before 4.0, without bounds. */
export const DEFAULT_LOG_CONFIG: LogConfig = Object.freeze({
  segmentBytes: 1073741824,
  maxMessageBytes: 1048588,
  indexIntervalBytes: 4096,
  producerIdExpirationMs: 86400000,
  flushMessages: Infinity,
  timestampType: 'CreateTime',
  timestampBeforeMaxMs: Infinity,
  timestampAfterMaxMs: Infinity,
  compacted: false,
  deletes: true,
})
