// KS1xx: keys and values, Kafka configs, names, the matrix.

import type { DiagnosticPages } from './diagnostic-page.ts'

export const KEY_PAGES = {
  KS101: {
    title: 'unknown key',
    says: 'There is no such key in this place. Unknown keys are never ignored: a misspelt setting would leave the default in force, and the verdict would be about something else. If the key exists elsewhere, the message says where it belongs.',
    bad: 'topics: { orders: { partitons: 3, replication.factor: 3 } }',
    good: 'topics: { orders: { partitions: 3, replication.factor: 3 } }',
  },
  KS102: {
    title: 'a key is missing',
    says: 'Something that has no default was left out: `duration`, `cluster` and `topics` of a file, the `topic` of a client, the time of a fault.',
    bad: 'faults: [{ kill: broker:1, for: 5s }]',
    good: 'faults: [{ at: 10s, kill: broker:1, for: 5s }]',
  },
  KS103: {
    title: 'unknown Kafka config',
    says: 'Kafka has no config of this name in this scope. Under `config:` stand Kafka’s own keys, spelt as in its documentation: those of brokers in `cluster.config`, those of topics in `topics.<name>.config`, and so on.',
    bad: 'topics: { orders: { replication.factor: 3, config: { min.insync.replica: 2 } } }',
    good: 'topics: { orders: { replication.factor: 3, config: { min.insync.replicas: 2 } } }',
  },
  KS104: {
    title: 'a value has the wrong type',
    says: 'A list where a number is meant, a text where a mapping is meant, and the like. The message says what is expected there and what was found.',
    bad: 'faults: { at: 5s, kill: broker:1, for: 5s }',
    good: 'faults: [{ at: 5s, kill: broker:1, for: 5s }]',
  },
  KS105: {
    title: 'a value is out of range',
    says: 'The value is of the right type and too small, too large, or empty; or a range ends before it begins.',
    bad: 'cluster: { brokers: 0 }',
    good: 'cluster: { brokers: 3 }',
  },
  KS106: {
    title: 'a literal cannot be read',
    says: 'Durations, sizes, rates and probabilities of a scenario have units: `500ms`, `1h30m`, `64KiB`, `200/s`, `2%`; ranges have two dots: `1ms..5ms`. Only Kafka’s own keys are plain numbers.',
    bad: 'duration: 60',
    good: 'duration: 60s',
  },
  KS107: {
    title: 'YAML reads this as a number or a boolean, and a text is meant',
    says: 'Without quotes, YAML takes `3.10` for the number 3.1 and `on` or `true` for a boolean. Quote what is a text.',
    bad: 'kafka: 4.0',
    good: 'kafka: "4.0"',
  },
  KS108: {
    title: 'a number is too large to be exact',
    says: 'Whole numbers above 2^53 − 1 cannot be told from their neighbours and are refused, not rounded.',
    bad: 'seed: 9007199254740993',
    good: 'seed: 9007199254740991',
  },
  KS109: {
    title: 'too many alternatives',
    says: 'Every combination of the lists in a producer’s config is checked against Kafka’s rules, and every row of a matrix is checked and run: at most 10,000 combinations and 1,000 rows.',
    bad: `matrix:
  topics.orders.partitions: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
  producers.web.keys: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  settle: [61s, 62s, 63s, 64s, 65s, 66s, 67s, 68s, 69s, 70s]`,
    good: 'matrix:\n  topics.orders.partitions: [1, 3, 11]\n  producers.web.keys: [1, 10]',
  },
  KS110: {
    title: 'a Kafka config of another scope',
    says: 'Kafka has this config, but not there: a broker config in a producer, for instance, or the broker’s name of a topic config (`log.segment.bytes` for `segment.bytes`). The message says where it belongs.',
    bad: 'producers: { web: { topic: orders, config: { replica.lag.time.max.ms: 10000 } } }',
    good: 'cluster: { brokers: 3, config: { replica.lag.time.max.ms: 10000 } }',
  },
  KS111: {
    title: 'a Kafka config value is not valid',
    says: 'Kafka would refuse to start with this value. Kafka’s keys have no units of their own: times are whole milliseconds, sizes are bytes. The message shows the default.',
    bad: 'cluster: { brokers: 3, config: { broker.session.timeout.ms: 9s } }',
    good: 'cluster: { brokers: 3, config: { broker.session.timeout.ms: 9000 } }',
  },
  KS112: {
    title: 'a Kafka config is known and not modelled',
    says: 'Kafka has this config, or takes this value of it, and kafkasim does not do what it says. What is not built may have its default only: to accept another value and ignore it would make the verdict wrong. `kafkasim explain` and the name of the config say what is missing.',
    bad: 'topics: { orders: { replication.factor: 3, config: { message.timestamp.type: LogAppendTime } } }',
    good: 'topics: { orders: { replication.factor: 3, config: { message.timestamp.type: CreateTime } } }',
  },
  KS113: {
    title: 'Kafka forbids this combination of configs',
    says: 'Each value is fine and together they are not: Kafka would throw a ConfigException when the client or the broker starts.',
    bad: 'producers: { web: { topic: orders, config: { acks: 1, enable.idempotence: true } } }',
    good: 'producers: { web: { topic: orders, config: { acks: all, enable.idempotence: true } } }',
  },
  KS114: {
    title: 'Kafka changes another config silently because of this one',
    says: 'A producer that is not told otherwise is idempotent, and settings such as `acks: 1` turn that off without a word; a long `linger.ms` makes `delivery.timeout.ms` longer. Write down what you mean and the warning is gone.',
    bad: 'producers: { web: { topic: orders, config: { acks: 1 } } }',
    good: 'producers: { web: { topic: orders, config: { acks: 1, enable.idempotence: false } } }',
  },
  KS115: {
    title: 'no such buggify point',
    says: '`buggify:` takes `true`, `false`, or a list of points: legal but rare behaviour that is switched on. `kafkasim list buggify` lists them.',
    bad: 'buggify: [early-flash]',
    good: 'buggify: [early-flush]',
  },
  KS120: {
    title: 'not of this Kafka version, or a version that is not modelled',
    says: 'A release that kafkasim does not know, a config before the release that introduced it or after the one that dropped it, or a feature level that the oldest node of the cluster cannot work at.',
    bad: 'kafka: "3.7"\ncluster: { brokers: 3, features: { eligible.leader.replicas.version: 1 } }',
    good: 'kafka: "4.0"\ncluster: { brokers: 3, features: { eligible.leader.replicas.version: 1 } }',
  },
  KS130: {
    title: 'part of the format, not built yet',
    says: 'The scenario format has this, and this release of kafkasim does not do it. It is refused, not ignored.',
    bad: 'faults: [{ at: 5s, upgrade: broker:1 }]',
    good: 'faults: [{ at: 5s, restart: broker:1 }]',
  },
  KS140: {
    title: 'a name that cannot be used',
    says: 'Names of topics, clients and faults consist of letters, digits, `.`, `_` and `-`, as topic names do in Kafka; two brokers cannot have one id.',
    bad: 'producers: { "web shop": { topic: orders } }',
    good: 'producers: { web-shop: { topic: orders } }',
  },
  KS141: {
    title: 'replicas do not fit the brokers',
    says: 'A topic has more replicas than there are brokers, or what `replicas:` lists is at odds with itself, with `partitions` or with `replication.factor`. With a range of brokers the smallest number counts.',
    bad: 'topics: { orders: { replication.factor: 5 } }',
    good: 'topics: { orders: { replication.factor: 3 } }',
  },
  KS142: {
    title: 'a reference to something that does not exist',
    says: 'A client names a topic that the file does not have, `replicas:` a broker that is not in the cluster, a fault an API that nobody speaks. Nothing is created on the fly.',
    bad: 'producers: { web: { topic: order } }',
    good: 'producers: { web: { topic: orders } }',
  },
  KS150: {
    title: 'a path of the matrix names no place that it can set',
    says: 'Paths are dotted, as with `--set`: `producers.web.config.acks`, `cluster.brokers`. Each step takes the longest key that there is.',
    bad: 'matrix: { producers.web.config.ack: [0, 1] }',
    good: 'matrix: { producers.web.config.linger.ms: [0, 5] }',
  },
  KS151: {
    title: 'a matrix cannot be read',
    says: 'A matrix is a mapping of paths to lists of values, all combinations of which are run; or it has `include:` with a list of rows, each with a `label` of its own.',
    bad: 'matrix: { topics.orders.partitions: 3 }',
    good: 'matrix: { topics.orders.partitions: [1, 3] }',
  },
  KS152: {
    title: '`where:` matches no row of the matrix',
    says: 'An expectation with `where:` is about the rows that set these values. No row does, so it would never be judged.',
    bad: 'matrix: { topics.orders.partitions: [1, 3] }\nexpect: [{ where: { partitions: 2 }, pass: no-acked-loss }]',
    good: 'matrix: { topics.orders.partitions: [1, 3] }\nexpect: [{ where: { partitions: 3 }, pass: no-acked-loss }]',
  },
} as const satisfies DiagnosticPages
