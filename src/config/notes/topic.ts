// Keys of topics.

import { accepted, modelled, refused } from '../key-note.ts'
import { NO_INFLATED_LIMIT, ONE_FORMAT, ONE_LZ4, SHARE_GROUPS, TIERED } from './reasons.ts'

const NO_THROTTLE = 'replication is not throttled'

// prettier-ignore
export const TOPIC_NOTES = {
  'cleanup.policy': modelled('Whether old segments are deleted, compacted by key, or both.'),
  'compression.gzip.level': modelled('How hard gzip tries.'),
  'compression.lz4.level': accepted(ONE_LZ4, 'How hard lz4 tries.'),
  'compression.type': modelled('How the log is compressed: as producers did, or as named here.'),
  'compression.zstd.level': modelled('How hard zstd tries.'),
  'delete.retention.ms': modelled('How long deletion markers outlive what they delete in a compacted topic.'),
  'errors.deadletterqueue.group.enable': refused(SHARE_GROUPS, 'Whether share groups may use this topic for records they gave up.'),
  'file.delete.delay.ms': modelled('How long files of a deleted segment stay on disk.'),
  'flush.messages': modelled('After how many records the log is synced to disk.'),
  'flush.ms': modelled('After how long the log is synced to disk.'),
  'follower.replication.throttled.replicas': refused(NO_THROTTLE, 'The followers that fetch at a throttled rate.'),
  'index.interval.bytes': modelled('After how many bytes the offset index gets an entry.'),
  'internal.segment.bytes': refused('segment.bytes is the size of segments', 'The size of segments where tests want smaller ones than Kafka allows.'),
  'leader.replication.throttled.replicas': refused(NO_THROTTLE, 'The leaders that serve followers at a throttled rate.'),
  'local.retention.bytes': accepted(TIERED, 'How much of a tiered partition stays on local disk.'),
  'local.retention.ms': accepted(TIERED, 'How long segments of a tiered partition stay on local disk.'),
  'max.compaction.lag.ms': modelled('After how long a record must have been compacted.'),
  'max.decompressed.message.bytes': accepted(NO_INFLATED_LIMIT, 'How large a batch may be once it is decompressed.'),
  'max.message.bytes': modelled('How large a batch may be.'),
  'message.downconversion.enable': accepted(ONE_FORMAT, 'Whether old clients get batches in an old format.'),
  'message.format.version': accepted(ONE_FORMAT, 'The format in which the log is written.'),
  'message.timestamp.after.max.ms': modelled("How far ahead of the broker's clock a record's timestamp may be."),
  'message.timestamp.before.max.ms': modelled("How far behind the broker's clock a record's timestamp may be."),
  'message.timestamp.difference.max.ms': modelled("How far a record's timestamp may be off the broker's clock."),
  'message.timestamp.type': refused('LogAppendTime is not built yet', 'Whose clock stamps records: the producer’s or the leader’s.'),
  'min.cleanable.dirty.ratio': modelled('How much of a log must be new before it is compacted.'),
  'min.compaction.lag.ms': modelled('How long a record is left alone by compaction.'),
  'min.insync.replicas': modelled('How many replicas must be in sync for a write with acks=all, and for the high watermark to rise.'),
  'preallocate': accepted('files grow as they are written', 'Whether a new segment takes its whole space at once.'),
  'remote.copy.lag.bytes': accepted(TIERED, 'How much of a partition may wait to be copied to remote storage.'),
  'remote.copy.lag.ms': accepted(TIERED, 'How long a segment may wait to be copied to remote storage.'),
  'remote.log.copy.disable': refused(TIERED, 'Whether nothing more is copied to remote storage.'),
  'remote.log.delete.on.disable': refused(TIERED, 'Whether remote segments go when tiering is turned off.'),
  'remote.storage.enable': refused(TIERED, 'Whether old segments move to remote storage.'),
  'retention.bytes': modelled('How large a partition may grow before its oldest segments are deleted.'),
  'retention.ms': modelled('After how long segments are deleted.'),
  'segment.bytes': modelled('How large a segment file grows before a new one is begun.'),
  'segment.index.bytes': modelled('How large an index may grow before its segment is closed.'),
  'segment.jitter.ms': modelled('How much chance is taken off the age at which segments are closed.'),
  'segment.ms': modelled('After how long a segment is closed although it is not full.'),
  'unclean.leader.election.enable': modelled('Whether a replica out of sync may lead when no other is left, at the price of what it lacks.', { effectSince: '3.9' }),
}
