// Broker and controller configs: those of the log, replication, the broker's life cycle, the controller. Groups and
// transactions have a table of their own. Left out: listeners, security, quotas, metrics, tiered storage.

import { GROUP_AND_TRANSACTION_KEYS } from './group-and-transaction-keys.ts'
import { INT_MAX, type KeyTable, LONG_MAX } from './key-definition.ts'

const NO_QUORUM = 'there is one controller, so nothing is elected'
const NO_SNAPSHOTS = 'the metadata log is never snapshotted or cut'
const NO_RETENTION = 'log retention is not built yet'
const NO_CLEANER = 'log compaction is not built yet'
const NO_TIMED_FLUSH = 'flushing by time is not built yet (log.flush.interval.messages is)'
const SIZE_ONLY = 'segments are rolled by size only'
const NO_ZOOKEEPER = 'ZooKeeper mode is not modelled'
const ZK_SHUTDOWN = 'only brokers with ZooKeeper read it'

// prettier-ignore
const OWN_KEYS = {
  // Topics as they are created
  'default.replication.factor': { type: 'int', min: 1, max: 32767, default: 1, effect: 'modelled' },
  'num.partitions': { type: 'int', min: 1, default: 1, effect: 'modelled' },
  'auto.create.topics.enable': { type: 'boolean', default: true, effect: 'accepted', why: 'topics are those of the scenario' },
  'delete.topic.enable': { type: 'boolean', default: true, effect: 'modelled' },

  // Replication
  'min.insync.replicas': { type: 'int', min: 1, default: 1, effect: 'modelled' },
  'unclean.leader.election.enable': { type: 'boolean', default: false, effectSince: '3.9', effect: 'modelled' },
  'unclean.leader.election.interval.ms': { type: 'long', min: 1, unit: 'ms', default: 300_000, since: '3.9', effect: 'modelled' },
  'replica.lag.time.max.ms': { type: 'long', min: 1, unit: 'ms', default: 30_000, effect: 'modelled' },
  'replica.fetch.wait.max.ms': { type: 'int', min: 0, unit: 'ms', default: 500, effect: 'modelled' },
  'replica.fetch.min.bytes': { type: 'int', min: 0, unit: 'bytes', default: 1, effect: 'modelled' },
  'replica.fetch.max.bytes': { type: 'int', min: 0, unit: 'bytes', default: 1_048_576, effect: 'modelled' },
  'replica.fetch.response.max.bytes': { type: 'int', min: 0, unit: 'bytes', default: 10_485_760, effect: 'modelled' },
  'replica.fetch.backoff.ms': { type: 'int', min: 0, unit: 'ms', default: 1000, effect: 'modelled' },
  'num.replica.fetchers': { type: 'int', min: 1, default: 1, effect: 'modelled' },
  'replica.socket.timeout.ms': { type: 'int', min: 1, unit: 'ms', default: 30_000, effect: 'modelled' },
  'replica.socket.receive.buffer.bytes': { type: 'int', min: -1, unit: 'bytes', default: 65_536, effect: 'accepted', why: 'socket buffers are not modelled' },
  'replica.high.watermark.checkpoint.interval.ms': { type: 'long', min: 1, unit: 'ms', default: 5000, effect: 'modelled' },
  'replica.selector.class': { type: 'enum', values: ['org.apache.kafka.common.replica.RackAwareReplicaSelector'], default: null, effect: 'modelled' },
  'eligible.leader.replicas.enable': { type: 'boolean', default: false, effect: 'refused', why: 'eligible leader replicas are a feature of the cluster: set cluster.features.eligible.leader.replicas.version' },
  'auto.leader.rebalance.enable': { type: 'boolean', default: true, effect: 'modelled' },
  'leader.imbalance.check.interval.seconds': { type: 'long', min: 1, unit: 's', default: 300, effect: 'modelled' },
  'leader.imbalance.per.broker.percentage': { type: 'int', min: 0, unit: 'percent', default: 10, effect: 'accepted', why: 'KRaft controllers do not look at it (R-107)' },

  // The log
  'log.segment.bytes': { type: 'int', min: 14, minSince: { '4.0': 1_048_576 }, unit: 'bytes', default: 1_073_741_824, effect: 'modelled' },
  'log.roll.ms': { type: 'long', min: 1, unit: 'ms', default: null, effect: 'accepted', why: SIZE_ONLY },
  'log.roll.hours': { type: 'int', min: 1, unit: 'h', default: 168, effect: 'accepted', why: SIZE_ONLY },
  'log.roll.jitter.ms': { type: 'long', min: 0, unit: 'ms', default: null, effect: 'accepted', why: SIZE_ONLY },
  'log.roll.jitter.hours': { type: 'int', min: 0, unit: 'h', default: 0, effect: 'accepted', why: SIZE_ONLY },
  'log.index.interval.bytes': { type: 'int', min: 0, unit: 'bytes', default: 4096, effect: 'modelled' },
  'log.index.size.max.bytes': { type: 'int', min: 4, unit: 'bytes', default: 10_485_760, effect: 'accepted', why: 'indexes never fill up' },
  'log.preallocate': { type: 'boolean', default: false, effect: 'accepted', why: 'files grow as they are written' },
  'message.max.bytes': { type: 'int', min: 0, unit: 'bytes', default: 1_048_588, effect: 'modelled' },
  'log.message.timestamp.type': { type: 'enum', values: ['CreateTime', 'LogAppendTime'], default: 'CreateTime', effect: 'refused', why: 'LogAppendTime is not built yet' },
  'log.message.timestamp.before.max.ms': { type: 'long', min: 0, unit: 'ms', default: LONG_MAX, since: '3.6', effect: 'accepted', why: 'all timestamps are accepted' },
  'log.message.timestamp.after.max.ms': { type: 'long', min: 0, unit: 'ms', default: LONG_MAX, defaultSince: { '4.0': 3_600_000 }, since: '3.6', effect: 'accepted', why: 'all timestamps are accepted' },
  'log.flush.interval.messages': { type: 'long', min: 1, default: LONG_MAX, effect: 'modelled' },
  'log.flush.interval.ms': { type: 'long', min: 0, unit: 'ms', default: null, effect: 'refused', why: NO_TIMED_FLUSH },
  'log.flush.scheduler.interval.ms': { type: 'long', min: 0, unit: 'ms', default: LONG_MAX, effect: 'refused', why: NO_TIMED_FLUSH },
  'log.flush.offset.checkpoint.interval.ms': { type: 'int', min: 1, unit: 'ms', default: 60_000, effect: 'modelled' },
  'log.flush.start.offset.checkpoint.interval.ms': { type: 'int', min: 1, unit: 'ms', default: 60_000, effect: 'modelled' },
  'log.initial.task.delay.ms': { type: 'long', min: 0, unit: 'ms', default: 30_000, since: '3.9', effect: 'accepted', why: 'background work starts with the broker' },
  'log.retention.ms': { type: 'long', min: -1, unit: 'ms', default: null, effect: 'refused', why: NO_RETENTION },
  'log.retention.minutes': { type: 'int', min: -1, unit: 'min', default: null, effect: 'refused', why: NO_RETENTION },
  'log.retention.hours': { type: 'int', min: -1, unit: 'h', default: 168, effect: 'refused', why: NO_RETENTION },
  'log.retention.bytes': { type: 'long', unit: 'bytes', default: -1, effect: 'refused', why: NO_RETENTION },
  'log.retention.check.interval.ms': { type: 'long', min: 1, unit: 'ms', default: 300_000, effect: 'refused', why: NO_RETENTION },
  'log.segment.delete.delay.ms': { type: 'long', min: 0, unit: 'ms', default: 60_000, effect: 'accepted', why: 'segments are not deleted' },
  'log.cleanup.policy': { type: 'list', values: ['delete', 'compact'], default: ['delete'], effect: 'refused', why: NO_CLEANER },
  'log.cleaner.enable': { type: 'boolean', default: true, effect: 'accepted', why: NO_CLEANER },
  'log.cleaner.threads': { type: 'int', min: 0, default: 1, effect: 'accepted', why: NO_CLEANER },
  'log.cleaner.backoff.ms': { type: 'long', min: 0, unit: 'ms', default: 15_000, effect: 'accepted', why: NO_CLEANER },
  'log.cleaner.min.cleanable.ratio': { type: 'double', min: 0, max: 1, default: 0.5, effect: 'accepted', why: NO_CLEANER },
  'log.cleaner.delete.retention.ms': { type: 'long', min: 0, unit: 'ms', default: 86_400_000, effect: 'accepted', why: NO_CLEANER },
  'log.cleaner.min.compaction.lag.ms': { type: 'long', min: 0, unit: 'ms', default: 0, effect: 'accepted', why: NO_CLEANER },
  'log.cleaner.max.compaction.lag.ms': { type: 'long', min: 1, unit: 'ms', default: LONG_MAX, effect: 'accepted', why: NO_CLEANER },
  'compression.type': { type: 'enum', values: ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'], default: 'producer', effect: 'refused', why: 'compression is not built yet' },
  'num.recovery.threads.per.data.dir': { type: 'int', min: 1, default: 1, defaultSince: { '4.0': 2 }, effect: 'accepted', why: 'logs are recovered one after the other' },
  'log.dir.failure.timeout.ms': { type: 'long', min: 1, unit: 'ms', default: 30_000, since: '3.7', effect: 'accepted', why: 'log directories do not fail' },
  'producer.id.expiration.ms': { type: 'int', min: 1, unit: 'ms', default: 604_800_000, defaultSince: { '3.4': 86_400_000 }, since: '3.4', effect: 'modelled' },
  'producer.id.expiration.check.interval.ms': { type: 'int', min: 1, unit: 'ms', default: 600_000, since: '3.4', effect: 'modelled' },

  // Requests
  'num.io.threads': { type: 'int', min: 1, default: 8, effect: 'modelled' },
  'num.network.threads': { type: 'int', min: 1, default: 3, effect: 'accepted', why: 'the network has no threads' },
  'background.threads': { type: 'int', min: 1, default: 10, effect: 'accepted', why: 'background work has no pool' },
  'queued.max.requests': { type: 'int', min: 1, default: 500, effect: 'accepted', why: 'the request queue has no bound' },
  'request.timeout.ms': { type: 'int', min: 1, unit: 'ms', default: 30_000, effect: 'modelled' },
  'fetch.max.bytes': { type: 'int', min: 1024, unit: 'bytes', default: 57_671_680, effect: 'modelled' },
  'fetch.purgatory.purge.interval.requests': { type: 'int', default: 1000, effect: 'accepted', why: 'what is done is dropped at once' },
  'producer.purgatory.purge.interval.requests': { type: 'int', default: 1000, effect: 'accepted', why: 'what is done is dropped at once' },
  'max.incremental.fetch.session.cache.slots': { type: 'int', min: 0, default: 1000, effect: 'modelled' },
  'socket.connection.setup.timeout.ms': { type: 'long', min: 1, unit: 'ms', default: 10_000, effect: 'modelled' },
  'socket.connection.setup.timeout.max.ms': { type: 'long', min: 1, unit: 'ms', default: 30_000, effect: 'accepted', why: 'the set-up timeout does not grow' },
  'connections.max.idle.ms': { type: 'long', unit: 'ms', default: 600_000, effect: 'accepted', why: 'idle connections stay open' },

  // Life cycle
  'broker.heartbeat.interval.ms': { type: 'int', min: 1, unit: 'ms', default: 2000, effect: 'modelled' },
  'broker.session.timeout.ms': { type: 'int', min: 1, unit: 'ms', default: 9000, effect: 'modelled' },
  'initial.broker.registration.timeout.ms': { type: 'int', min: 1, unit: 'ms', default: 60_000, effect: 'modelled' },
  'controlled.shutdown.enable': { type: 'boolean', default: true, effect: 'modelled' },
  'controlled.shutdown.max.retries': { type: 'int', default: 3, effect: 'accepted', why: ZK_SHUTDOWN },
  'controlled.shutdown.retry.backoff.ms': { type: 'long', unit: 'ms', default: 5000, effect: 'accepted', why: ZK_SHUTDOWN },
  'zookeeper.session.timeout.ms': { type: 'int', unit: 'ms', default: 18_000, effect: 'refused', why: NO_ZOOKEEPER },

  // Controller and metadata log
  'controller.quorum.election.timeout.ms': { type: 'int', min: 1, unit: 'ms', default: 1000, effect: 'accepted', why: NO_QUORUM },
  'controller.quorum.election.backoff.max.ms': { type: 'int', min: 1, unit: 'ms', default: 1000, effect: 'accepted', why: NO_QUORUM },
  'controller.quorum.fetch.timeout.ms': { type: 'int', min: 1, unit: 'ms', default: 2000, effect: 'accepted', why: NO_QUORUM },
  'controller.quorum.request.timeout.ms': { type: 'int', min: 1, unit: 'ms', default: 2000, effect: 'modelled' },
  'controller.quorum.append.linger.ms': { type: 'int', min: 0, unit: 'ms', default: 25, effect: 'modelled' },
  'controller.quorum.retry.backoff.ms': { type: 'int', min: 1, unit: 'ms', default: 20, effect: 'modelled' },
  'metadata.max.idle.interval.ms': { type: 'int', min: 1, max: INT_MAX, unit: 'ms', default: 500, effect: 'modelled' },
  'metadata.log.max.record.bytes.between.snapshots': { type: 'long', min: 1, unit: 'bytes', default: 20_971_520, effect: 'accepted', why: NO_SNAPSHOTS },
  'metadata.log.max.snapshot.interval.ms': { type: 'long', min: 0, unit: 'ms', default: 3_600_000, since: '3.4', effect: 'accepted', why: NO_SNAPSHOTS },
  'metadata.max.retention.bytes': { type: 'long', unit: 'bytes', default: -1, defaultSince: { '3.4': 104_857_600 }, effect: 'accepted', why: NO_SNAPSHOTS },
  'metadata.max.retention.ms': { type: 'long', unit: 'ms', default: 604_800_000, effect: 'accepted', why: NO_SNAPSHOTS },
} as const satisfies KeyTable

export const BROKER_KEYS = { ...OWN_KEYS, ...GROUP_AND_TRANSACTION_KEYS } as const
