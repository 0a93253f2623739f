// Producer and consumer configs. Left out: security, metrics, interceptors, plug-in classes.

import { INT_MAX, type KeyTable } from './key-definition.ts'

const GROUPS = 'consumer groups are not built yet'
const TRANSACTIONS = 'transactions are not built yet'
const BY_SCENARIO = 'the scenario gives clients their names and the addresses of the brokers'
const BUFFERS = 'socket buffers are not modelled'

// prettier-ignore
const COMMON_KEYS = {
  'bootstrap.servers': { type: 'list', default: [], effect: 'refused', why: BY_SCENARIO },
  'client.id': { type: 'string', default: '', effect: 'refused', why: BY_SCENARIO },
  'request.timeout.ms': { type: 'int', min: 0, unit: 'ms', default: 30_000, effect: 'modelled' },
  'retry.backoff.ms': { type: 'long', min: 0, unit: 'ms', default: 100, effect: 'modelled' },
  'retry.backoff.max.ms': { type: 'long', min: 0, unit: 'ms', default: 1000, since: '3.7', effect: 'modelled' },
  'reconnect.backoff.ms': { type: 'long', min: 0, unit: 'ms', default: 50, effect: 'modelled' },
  'reconnect.backoff.max.ms': { type: 'long', min: 0, unit: 'ms', default: 1000, effect: 'modelled' },
  'metadata.recovery.strategy': { type: 'enum', values: ['none', 'rebootstrap'], default: 'none', defaultSince: { '4.0': 'rebootstrap' }, since: '3.8', effect: 'modelled' },
  'metadata.max.age.ms': { type: 'long', min: 0, unit: 'ms', default: 300_000, effect: 'modelled' },
  'socket.connection.setup.timeout.ms': { type: 'long', min: 1, unit: 'ms', default: 10_000, effect: 'modelled' },
  'socket.connection.setup.timeout.max.ms': { type: 'long', min: 1, unit: 'ms', default: 30_000, effect: 'accepted', why: 'the set-up timeout does not grow' },
  'connections.max.idle.ms': { type: 'long', unit: 'ms', default: 540_000, effect: 'accepted', why: 'idle connections stay open' },
  'send.buffer.bytes': { type: 'int', min: -1, unit: 'bytes', default: 131_072, effect: 'accepted', why: BUFFERS },
} as const satisfies KeyTable

// prettier-ignore
export const PRODUCER_KEYS = {
  'acks': { type: 'acks', default: -1, effect: 'modelled' },
  'enable.idempotence': { type: 'boolean', default: true, effect: 'modelled' },
  'max.in.flight.requests.per.connection': { type: 'int', min: 1, default: 5, effect: 'modelled' },
  'retries': { type: 'int', min: 0, default: INT_MAX, effect: 'modelled' },
  'delivery.timeout.ms': { type: 'int', min: 0, unit: 'ms', default: 120_000, effect: 'modelled' },
  'linger.ms': { type: 'long', min: 0, unit: 'ms', default: 0, defaultSince: { '4.0': 5 }, effect: 'modelled' },
  'batch.size': { type: 'int', min: 0, unit: 'bytes', default: 16_384, effect: 'modelled' },
  'buffer.memory': { type: 'long', min: 0, unit: 'bytes', default: 33_554_432, effect: 'modelled' },
  'max.block.ms': { type: 'long', min: 0, unit: 'ms', default: 60_000, effect: 'modelled' },
  'max.request.size': { type: 'int', min: 0, unit: 'bytes', default: 1_048_576, effect: 'modelled' },
  'metadata.max.idle.ms': { type: 'long', min: 5000, unit: 'ms', default: 300_000, effect: 'accepted', why: 'producers keep metadata of idle topics' },
  'compression.type': { type: 'enum', values: ['none', 'gzip', 'snappy', 'lz4', 'zstd'], default: 'none', effect: 'refused', why: 'compression is not built yet' },
  'partitioner.adaptive.partitioning.enable': { type: 'boolean', default: true, effect: 'accepted', why: 'partitions are not weighted by load' },
  'partitioner.availability.timeout.ms': { type: 'long', min: 0, unit: 'ms', default: 0, effect: 'refused', why: 'leaving out unavailable partitions is not built yet' },
  'partitioner.ignore.keys': { type: 'boolean', default: false, effect: 'refused', why: 'ignoring keys is not built yet; send records without any (keys: 0)' },
  'transactional.id': { type: 'string', default: null, effect: 'refused', why: TRANSACTIONS },
  'transaction.timeout.ms': { type: 'int', unit: 'ms', default: 60_000, effect: 'refused', why: TRANSACTIONS },
  'receive.buffer.bytes': { type: 'int', min: -1, unit: 'bytes', default: 32_768, effect: 'accepted', why: BUFFERS },
  ...COMMON_KEYS,
} as const satisfies KeyTable

// prettier-ignore
export const CONSUMER_KEYS = {
  'auto.offset.reset': { type: 'enum', values: ['latest', 'earliest', 'none'], default: 'latest', effect: 'modelled' },
  'isolation.level': { type: 'enum', values: ['read_uncommitted', 'read_committed'], default: 'read_uncommitted', effect: 'modelled' },
  'fetch.min.bytes': { type: 'int', min: 0, unit: 'bytes', default: 1, effect: 'modelled' },
  'fetch.max.bytes': { type: 'int', min: 0, unit: 'bytes', default: 52_428_800, effect: 'modelled' },
  'fetch.max.wait.ms': { type: 'int', min: 0, unit: 'ms', default: 500, effect: 'modelled' },
  'max.partition.fetch.bytes': { type: 'int', min: 0, unit: 'bytes', default: 1_048_576, effect: 'modelled' },
  'check.crcs': { type: 'boolean', default: true, effect: 'modelled' },
  'client.rack': { type: 'string', default: '', effect: 'modelled' },
  'default.api.timeout.ms': { type: 'int', min: 0, unit: 'ms', default: 60_000, effect: 'accepted', why: 'assigned consumers wait as long as it takes' },
  'allow.auto.create.topics': { type: 'boolean', default: true, effect: 'accepted', why: 'topics are those of the scenario' },
  'max.poll.records': { type: 'int', min: 1, default: 500, effect: 'accepted', why: 'records are handed over as they are fetched' },
  'max.poll.interval.ms': { type: 'int', min: 1, unit: 'ms', default: 300_000, effect: 'refused', why: GROUPS },
  'group.id': { type: 'string', default: null, effect: 'refused', why: GROUPS },
  'group.instance.id': { type: 'string', default: null, effect: 'refused', why: GROUPS },
  'group.protocol': { type: 'enum', values: ['classic', 'consumer'], default: 'classic', effect: 'refused', why: GROUPS },
  'group.remote.assignor': { type: 'string', default: null, effect: 'refused', why: GROUPS },
  'session.timeout.ms': { type: 'int', unit: 'ms', default: 45_000, effect: 'refused', why: GROUPS },
  'heartbeat.interval.ms': { type: 'int', unit: 'ms', default: 3000, effect: 'refused', why: GROUPS },
  'enable.auto.commit': { type: 'boolean', default: true, effect: 'refused', why: GROUPS },
  'auto.commit.interval.ms': { type: 'int', min: 0, unit: 'ms', default: 5000, effect: 'refused', why: GROUPS },
  'partition.assignment.strategy': { type: 'list', default: ['range', 'cooperative-sticky'], effect: 'refused', why: GROUPS },
  'receive.buffer.bytes': { type: 'int', min: -1, unit: 'bytes', default: 65_536, effect: 'accepted', why: BUFFERS },
  ...COMMON_KEYS,
} as const satisfies KeyTable
