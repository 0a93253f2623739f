// What clients of other libraries have by default where the Java client has something else, as configs under Kafka's names:
// librdkafka 2.x (what Go, Python, .NET and more build on), and kafkajs 2.2. Values that a file sets win. What has no name in
// Kafka's configs is left out: kafkajs's growing backoff, librdkafka's limits of queues.

import type { ConfigOverrides } from '../config/resolve-config.ts'
import type { ClientLibrary } from './partitioners/make-partitioner.ts'

export const CLIENT_LIBRARIES = ['java', 'librdkafka', 'kafkajs'] as const satisfies readonly ClientLibrary[]

const CONSUMERS: { readonly [Library in ClientLibrary]: ConfigOverrides } = {
  java: {},
  librdkafka: {
    'partition.assignment.strategy': 'range,roundrobin',
    // One record a poll: its offset is what is committed, in the background.
    'max.poll.records': 1,
    'isolation.level': 'read_committed',
    'session.timeout.ms': 45_000,
  },
  kafkajs: {
    'partition.assignment.strategy': 'RoundRobinAssigner',
    'session.timeout.ms': 30_000,
    // The rebalance timeout that it sends; nobody minds how often it polls.
    'max.poll.interval.ms': 60_000,
    // All that was fetched.
    'max.poll.records': 1_000_000,
    'fetch.max.wait.ms': 5000,
    'fetch.max.bytes': 10_485_760,
    'isolation.level': 'read_committed',
  },
}

const PRODUCERS: { readonly [Library in ClientLibrary]: ConfigOverrides } = {
  java: {},
  librdkafka: {
    'enable.idempotence': false,
    'max.in.flight.requests.per.connection': 1_000_000,
    'linger.ms': 5,
    'batch.size': 1_000_000,
    'delivery.timeout.ms': 300_000,
  },
  kafkajs: {
    'enable.idempotence': false,
    'max.in.flight.requests.per.connection': 1_000_000,
    'linger.ms': 0,
    retries: 5,
    'retry.backoff.ms': 300,
  },
}

export function libraryDefaults(scope: 'consumer' | 'producer', library: ClientLibrary): ConfigOverrides {
  return (scope === 'consumer' ? CONSUMERS : PRODUCERS)[library]
}
