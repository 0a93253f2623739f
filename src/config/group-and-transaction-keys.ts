// Broker configs of the group and transaction coordinators. What is not built is known all the same, so that it is refused
// by name and not called unknown.

import { INT_MAX, type KeyTable } from './key-definition.ts'

const GROUPS = 'the consumer group protocol of KIP-848 is not built yet'
const THREADS = 'each partition of __consumer_offsets has a thread of its own'
const TRANSACTIONS = 'transactions are not built yet'

// prettier-ignore
export const GROUP_AND_TRANSACTION_KEYS = {
  'group.min.session.timeout.ms': { type: 'int', unit: 'ms', default: 6000, effect: 'modelled' },
  'group.max.session.timeout.ms': { type: 'int', unit: 'ms', default: 1_800_000, effect: 'modelled' },
  'group.initial.rebalance.delay.ms': { type: 'int', unit: 'ms', default: 3000, effect: 'modelled' },
  'group.max.size': { type: 'int', min: 1, default: INT_MAX, effect: 'modelled' },
  'group.coordinator.rebalance.protocols': { type: 'list', default: ['classic'], defaultSince: { '4.0': ['classic', 'consumer'] }, effect: 'refused', why: GROUPS },
  'group.coordinator.append.linger.ms': { type: 'int', min: 0, unit: 'ms', default: 10, defaultSince: { '4.0': 5 }, effect: 'modelled' },
  'group.coordinator.threads': { type: 'int', min: 1, default: 1, defaultSince: { '4.0': 4 }, effect: 'accepted', why: THREADS },
  'group.consumer.session.timeout.ms': { type: 'int', min: 1, unit: 'ms', default: 45_000, effect: 'refused', why: GROUPS },
  'group.consumer.min.session.timeout.ms': { type: 'int', min: 1, unit: 'ms', default: 45_000, effect: 'refused', why: GROUPS },
  'group.consumer.max.session.timeout.ms': { type: 'int', min: 1, unit: 'ms', default: 60_000, effect: 'refused', why: GROUPS },
  'group.consumer.heartbeat.interval.ms': { type: 'int', min: 1, unit: 'ms', default: 5000, effect: 'refused', why: GROUPS },
  'group.consumer.min.heartbeat.interval.ms': { type: 'int', min: 1, unit: 'ms', default: 5000, effect: 'refused', why: GROUPS },
  'group.consumer.max.heartbeat.interval.ms': { type: 'int', min: 1, unit: 'ms', default: 15_000, effect: 'refused', why: GROUPS },
  'group.consumer.assignors': { type: 'list', default: ['uniform', 'range'], effect: 'refused', why: GROUPS },
  'offsets.topic.num.partitions': { type: 'int', min: 1, default: 50, effect: 'modelled' },
  'offsets.topic.replication.factor': { type: 'int', min: 1, max: 32767, default: 3, effect: 'modelled' },
  'offsets.topic.segment.bytes': { type: 'int', min: 1, unit: 'bytes', default: 104_857_600, effect: 'modelled' },
  'offsets.retention.minutes': { type: 'int', min: 1, unit: 'min', default: 10_080, effect: 'modelled' },
  'offsets.retention.check.interval.ms': { type: 'long', min: 1, unit: 'ms', default: 600_000, effect: 'modelled' },
  'offset.metadata.max.bytes': { type: 'int', unit: 'bytes', default: 4096, effect: 'modelled' },
  'offsets.commit.timeout.ms': { type: 'int', min: 1, unit: 'ms', default: 5000, effect: 'modelled' },
  'transaction.state.log.num.partitions': { type: 'int', min: 1, default: 50, effect: 'refused', why: TRANSACTIONS },
  'transaction.state.log.replication.factor': { type: 'int', min: 1, max: 32767, default: 3, effect: 'refused', why: TRANSACTIONS },
  'transaction.state.log.min.isr': { type: 'int', min: 1, default: 2, effect: 'refused', why: TRANSACTIONS },
  'transaction.max.timeout.ms': { type: 'int', min: 1, unit: 'ms', default: 900_000, effect: 'refused', why: TRANSACTIONS },
  'transactional.id.expiration.ms': { type: 'int', min: 1, unit: 'ms', default: 604_800_000, effect: 'refused', why: TRANSACTIONS },
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': { type: 'int', min: 1, unit: 'ms', default: 10_000, effect: 'refused', why: TRANSACTIONS },
  'transaction.remove.expired.transaction.cleanup.interval.ms': { type: 'int', min: 1, unit: 'ms', default: 3_600_000, effect: 'refused', why: TRANSACTIONS },
  'transaction.partition.verification.enable': { type: 'boolean', default: true, effect: 'refused', why: TRANSACTIONS },
} as const satisfies KeyTable
