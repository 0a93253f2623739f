// Broker keys of topics as they are created, of replication, and of the log.

import { accepted, modelled, refused } from '../key-note.ts'
import { NO_INFLATED_LIMIT, ONE_FORMAT, ONE_LZ4, TIERED } from './reasons.ts'

const DIRS = 'replicas do not move between log directories'

// prettier-ignore
export const REPLICATION_NOTES = {
  'default.replication.factor': modelled('How many replicas a partition gets if its topic does not say.', { atLeast: 1 }),
  'num.partitions': modelled('How many partitions a topic gets if it does not say.'),
  'auto.create.topics.enable': accepted('topics are those of the scenario', 'Whether asking for an unknown topic creates it.'),
  'delete.topic.enable': modelled('Whether topics can be deleted.'),
  'min.insync.replicas': modelled('How many replicas must be in sync for a write with acks=all, and for the high watermark to rise.'),
  'unclean.leader.election.enable': modelled('Whether a replica out of sync may lead when no other is left, at the price of what it lacks.', { effectSince: '3.9' }),
  'unclean.leader.election.interval.ms': modelled('How often the controller looks for partitions that need an unclean election.'),
  'eligible.leader.replicas.enable': refused('eligible leader replicas are a feature of the cluster: set cluster.features.eligible.leader.replicas.version', 'Whether the controller remembers replicas that left the ISR with everything committed (KIP-966).'),
  'replica.lag.time.max.ms': modelled('How long a follower may go without having caught up before it leaves the ISR.', { atLeast: 1 }),
  'replica.fetch.wait.max.ms': modelled('How long a leader keeps the fetch of a follower that has nothing to get.', { atLeast: 0 }),
  'replica.fetch.min.bytes': modelled('How much data a leader waits for before it answers a follower.', { atLeast: 0 }),
  'replica.fetch.max.bytes': modelled('How much data of one partition a follower asks for.'),
  'replica.fetch.response.max.bytes': modelled('How much data a follower asks for in one request.'),
  'replica.fetch.backoff.ms': modelled('How long a follower leaves a partition alone whose fetch failed.'),
  'num.replica.fetchers': modelled('How many threads fetch from each leading broker.', { atLeast: 1 }),
  'num.replica.alter.log.dirs.threads': accepted(DIRS, 'How many threads move replicas between directories.'),
  'replica.socket.timeout.ms': modelled('How long a follower waits for an answer of the leader.', { atLeast: 1 }),
  'replica.socket.receive.buffer.bytes': accepted('socket buffers are not modelled', 'The size of the receive buffer for replication.'),
  'replica.high.watermark.checkpoint.interval.ms': modelled('How often high watermarks are written to disk.', { atLeast: 1 }),
  'replica.selector.class': modelled('How a leader chooses the follower that a consumer may read from.', { only: ['org.apache.kafka.common.replica.RackAwareReplicaSelector'] }),
  'follower.fetch.last.tiered.offset.enable': accepted(TIERED, 'Whether a new follower begins where local data begins.'),
  'auto.leader.rebalance.enable': modelled('Whether the controller gives leadership back to preferred replicas.'),
  'leader.imbalance.check.interval.seconds': modelled('How often the controller looks for leaders that are not the preferred ones.'),
  'leader.imbalance.per.broker.percentage': accepted('KRaft controllers do not look at it (R-107)', 'From how many misplaced leaders on they are moved.'),
}

// prettier-ignore
export const LOG_NOTES = {
  'log.dir': accepted('one directory is like another', 'The directory of the logs, if log.dirs names none.'),
  'log.dirs': modelled('The directories of the logs, each on a disk of its own: /data/a,/data/b.'),
  'cordoned.log.dirs': refused('directories are not cordoned', 'Directories that get no new partitions.'),
  'log.dir.failure.timeout.ms': modelled('How long a broker may fail to report a broken directory before it stops.'),
  'log.segment.bytes': modelled('How large a segment file grows before a new one is begun.'),
  'log.roll.ms': modelled('After how long a segment is closed although it is not full.'),
  'log.roll.hours': modelled('The same as log.roll.ms in hours, if that is not set.'),
  'log.roll.jitter.ms': modelled('How much chance is taken off the age at which segments are closed.'),
  'log.roll.jitter.hours': modelled('The same as log.roll.jitter.ms in hours, if that is not set.'),
  'log.index.interval.bytes': modelled('After how many bytes the offset index gets an entry.'),
  'log.index.size.max.bytes': modelled('How large an index may grow before its segment is closed.'),
  'log.preallocate': accepted('files grow as they are written', 'Whether a new segment takes its whole space at once.'),
  'message.max.bytes': modelled('How large a batch may be.'),
  'max.decompressed.message.bytes': accepted(NO_INFLATED_LIMIT, 'How large a batch may be once it is decompressed.'),
  'log.message.downconversion.enable': accepted(ONE_FORMAT, 'Whether old clients get batches in an old format.'),
  'log.message.format.version': accepted(ONE_FORMAT, 'The format in which logs are written.'),
  'log.message.timestamp.type': refused('LogAppendTime is not built yet', 'Whose clock stamps records: the producer’s or the leader’s.'),
  'log.message.timestamp.before.max.ms': modelled("How far behind the broker's clock a record's timestamp may be."),
  'log.message.timestamp.after.max.ms': modelled("How far ahead of the broker's clock a record's timestamp may be."),
  'log.message.timestamp.difference.max.ms': modelled("How far a record's timestamp may be off the broker's clock."),
  'log.flush.interval.messages': modelled('After how many records a log is synced to disk.'),
  'log.flush.interval.ms': modelled('After how long a log is synced to disk.'),
  'log.flush.scheduler.interval.ms': modelled('How often the broker looks for logs that must be synced.'),
  'log.flush.offset.checkpoint.interval.ms': modelled('How often recovery points are written to disk.', { atLeast: 1 }),
  'log.flush.start.offset.checkpoint.interval.ms': modelled('How often the starts of logs are written to disk.', { atLeast: 1 }),
  'log.initial.task.delay.ms': modelled('How long after its start a broker begins to tend its logs.'),
  'num.recovery.threads.per.data.dir': accepted('logs are recovered one after the other', 'How many logs of a directory are recovered at a time.'),
  'producer.id.expiration.ms': modelled('After how long without a record a producer is forgotten, and its sequences with it.', { before: 604_800_000 }),
  'producer.id.expiration.check.interval.ms': modelled('How often the broker looks for producers to forget.'),
  'compression.type': modelled('How logs are compressed: as producers did, or as named here.'),
  'compression.gzip.level': modelled('How hard gzip tries.'),
  'compression.lz4.level': accepted(ONE_LZ4, 'How hard lz4 tries.'),
  'compression.zstd.level': modelled('How hard zstd tries.'),
}

// prettier-ignore
export const RETENTION_NOTES = {
  'log.retention.ms': modelled('After how long segments are deleted.'),
  'log.retention.minutes': modelled('The same as log.retention.ms in minutes, if that is not set.'),
  'log.retention.hours': modelled('The same as log.retention.ms in hours, if neither that nor the minutes are set.'),
  'log.retention.bytes': modelled('How large a partition may grow before its oldest segments are deleted.'),
  'log.retention.check.interval.ms': modelled('How often the broker looks for segments to delete.'),
  'log.segment.delete.delay.ms': modelled('How long files of a deleted segment stay on disk.'),
  'log.cleanup.policy': modelled('Whether old segments are deleted, compacted by key, or both.'),
  'log.cleaner.enable': modelled('Whether compaction runs at all.'),
  'log.cleaner.threads': modelled('How many logs are compacted at a time.'),
  'log.cleaner.backoff.ms': modelled('How long the cleaner sleeps when there is nothing to do.'),
  'log.cleaner.dedupe.buffer.size': modelled('How much memory the map of keys may take.'),
  'log.cleaner.io.buffer.size': modelled('How much memory reading and writing may take.'),
  'log.cleaner.io.buffer.load.factor': modelled('How full the map of keys may get.'),
  'log.cleaner.io.max.bytes.per.second': modelled('How fast the cleaner may read and write.'),
  'log.cleaner.min.cleanable.ratio': modelled('How much of a log must be new before it is compacted.'),
  'log.cleaner.delete.retention.ms': modelled('How long deletion markers outlive what they delete.'),
  'log.cleaner.min.compaction.lag.ms': modelled('How long a record is left alone by compaction.'),
  'log.cleaner.max.compaction.lag.ms': modelled('After how long a record must have been compacted.'),
}
