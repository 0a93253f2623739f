// Topic configs. The default of each is the broker's, under the key (or keys, the first one set winning) named here.
// Left out: tiered storage and replication quotas.

import { type KeyTable, LONG_MAX } from './key-definition.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const NO_RETENTION = 'log retention is not built yet'
const NO_CLEANER = 'log compaction is not built yet'
const NO_TIMED_FLUSH = 'flushing by time is not built yet (flush.messages is)'
const SIZE_ONLY = 'segments are rolled by size only'

// prettier-ignore
export const TOPIC_KEYS = {
  'min.insync.replicas': { type: 'int', min: 1, default: 1, effect: 'modelled', broker: [{ key: 'min.insync.replicas' }] },
  'unclean.leader.election.enable': { type: 'boolean', default: false, effectSince: '3.9', effect: 'modelled', broker: [{ key: 'unclean.leader.election.enable' }] },
  'segment.bytes': { type: 'int', min: 14, minSince: { '4.0': 1_048_576 }, unit: 'bytes', default: 1_073_741_824, effect: 'modelled', broker: [{ key: 'log.segment.bytes' }] },
  'segment.ms': { type: 'long', min: 1, unit: 'ms', default: 604_800_000, effect: 'accepted', why: SIZE_ONLY, broker: [{ key: 'log.roll.ms' }, { key: 'log.roll.hours', times: HOUR_MS }] },
  'segment.jitter.ms': { type: 'long', min: 0, unit: 'ms', default: 0, effect: 'accepted', why: SIZE_ONLY, broker: [{ key: 'log.roll.jitter.ms' }, { key: 'log.roll.jitter.hours', times: HOUR_MS }] },
  'segment.index.bytes': { type: 'int', min: 4, unit: 'bytes', default: 10_485_760, effect: 'accepted', why: 'indexes never fill up', broker: [{ key: 'log.index.size.max.bytes' }] },
  'index.interval.bytes': { type: 'int', min: 0, unit: 'bytes', default: 4096, effect: 'modelled', broker: [{ key: 'log.index.interval.bytes' }] },
  'preallocate': { type: 'boolean', default: false, effect: 'accepted', why: 'files grow as they are written', broker: [{ key: 'log.preallocate' }] },
  'max.message.bytes': { type: 'int', min: 0, unit: 'bytes', default: 1_048_588, effect: 'modelled', broker: [{ key: 'message.max.bytes' }] },
  'message.timestamp.type': { type: 'enum', values: ['CreateTime', 'LogAppendTime'], default: 'CreateTime', effect: 'refused', why: 'LogAppendTime is not built yet', broker: [{ key: 'log.message.timestamp.type' }] },
  'message.timestamp.before.max.ms': { type: 'long', min: 0, unit: 'ms', default: LONG_MAX, since: '3.6', effect: 'accepted', why: 'all timestamps are accepted', broker: [{ key: 'log.message.timestamp.before.max.ms' }] },
  'message.timestamp.after.max.ms': { type: 'long', min: 0, unit: 'ms', default: LONG_MAX, defaultSince: { '4.0': 3_600_000 }, since: '3.6', effect: 'accepted', why: 'all timestamps are accepted', broker: [{ key: 'log.message.timestamp.after.max.ms' }] },
  'flush.messages': { type: 'long', min: 1, default: LONG_MAX, effect: 'modelled', broker: [{ key: 'log.flush.interval.messages' }] },
  'flush.ms': { type: 'long', min: 0, unit: 'ms', default: LONG_MAX, effect: 'refused', why: NO_TIMED_FLUSH, broker: [{ key: 'log.flush.interval.ms' }, { key: 'log.flush.scheduler.interval.ms' }] },
  'retention.ms': { type: 'long', min: -1, unit: 'ms', default: 604_800_000, effect: 'refused', why: NO_RETENTION, broker: [{ key: 'log.retention.ms' }, { key: 'log.retention.minutes', times: MINUTE_MS }, { key: 'log.retention.hours', times: HOUR_MS }] },
  'retention.bytes': { type: 'long', unit: 'bytes', default: -1, effect: 'refused', why: NO_RETENTION, broker: [{ key: 'log.retention.bytes' }] },
  'file.delete.delay.ms': { type: 'long', min: 0, unit: 'ms', default: 60_000, effect: 'accepted', why: 'segments are not deleted', broker: [{ key: 'log.segment.delete.delay.ms' }] },
  'cleanup.policy': { type: 'list', values: ['delete', 'compact'], default: ['delete'], effect: 'refused', why: NO_CLEANER, broker: [{ key: 'log.cleanup.policy' }] },
  'min.cleanable.dirty.ratio': { type: 'double', min: 0, max: 1, default: 0.5, effect: 'accepted', why: NO_CLEANER, broker: [{ key: 'log.cleaner.min.cleanable.ratio' }] },
  'delete.retention.ms': { type: 'long', min: 0, unit: 'ms', default: 86_400_000, effect: 'accepted', why: NO_CLEANER, broker: [{ key: 'log.cleaner.delete.retention.ms' }] },
  'min.compaction.lag.ms': { type: 'long', min: 0, unit: 'ms', default: 0, effect: 'accepted', why: NO_CLEANER, broker: [{ key: 'log.cleaner.min.compaction.lag.ms' }] },
  'max.compaction.lag.ms': { type: 'long', min: 1, unit: 'ms', default: LONG_MAX, effect: 'accepted', why: NO_CLEANER, broker: [{ key: 'log.cleaner.max.compaction.lag.ms' }] },
  'compression.type': { type: 'enum', values: ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'], default: 'producer', effect: 'refused', why: 'compression is not built yet', broker: [{ key: 'compression.type' }] },
} as const satisfies KeyTable
