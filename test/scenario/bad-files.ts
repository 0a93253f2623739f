// Scenario files with something wrong in them, and the codes they are told. What people see of it is in the golden file
// `findings.golden.txt`.

import type { DiagnosticCode } from '../../src/scenario/text/diagnostics.ts'

export interface BadFile {
  readonly title: string
  readonly codes: readonly DiagnosticCode[]
  readonly text: string
  readonly set?: readonly string[]
}

/** A good file that the parts of others are put into. */
export const GOOD = `kafka: "4.0"
duration: 60s
cluster: { brokers: 3, racks: [a, b] }
topics: { orders: { partitions: 3, replication.factor: 3 } }
producers: { web: { topic: orders, count: 2 } }
consumers: { audit: { topic: orders } }
`

const good = (...lines: readonly string[]): string => `${GOOD}${lines.join('\n')}\n`
const fault = (item: string): string => good('faults:', `  - ${item}`)
const producer = (config: string): string => GOOD.replace('count: 2', `config: ${config}`)
const ELR = 'eligible.leader.replicas.version'
const features = (kafka: string, set: string): string =>
  GOOD.replace('4.0', kafka).replace('racks: [a, b]', `features: { ${set} }`)

export const BAD_FILES: readonly BadFile[] = [
  { title: 'no YAML', codes: ['KS001'], text: 'name: "open\nduration: 5s\n' },
  { title: 'tabs for indentation', codes: ['KS001'], text: 'cluster:\n\tbrokers: 3\n' },
  { title: 'two documents', codes: ['KS001'], text: 'name: a\n---\nname: b\n' },
  { title: 'a tag', codes: ['KS001'], text: 'name: !!js/function "x"\n' },
  { title: 'empty', codes: ['KS002'], text: '' },
  { title: 'only comments', codes: ['KS002'], text: '# nothing\n' },
  { title: 'a list', codes: ['KS003'], text: '- name: a\n' },
  { title: 'a key twice', codes: ['KS004'], text: good('duration: 5s') },
  {
    title: 'a merge key',
    codes: ['KS005'],
    text: good('network:', '  default: &d { latency: 1ms }', '  client:', '    <<: *d'),
  },
  { title: '__proto__', codes: ['KS005'], text: good('__proto__: { name: x }') },
  { title: 'a key that is no text', codes: ['KS005'], text: good('? [a, b]', ': 1') },
  { title: 'a NUL byte', codes: ['KS006'], text: 'name: a\u0000b\n' },
  { title: 'an alias bomb', codes: ['KS007'], text: bomb() },
  { title: 'an alias of itself', codes: ['KS007'], text: good('faults: &f [ *f ]') },
  { title: 'unknown key', codes: ['KS101'], text: good('durration: 5s') },
  { title: 'a key in the wrong place', codes: ['KS101'], text: good('partitions: 5') },
  {
    title: 'a Kafka config outside of config',
    codes: ['KS101'],
    text: GOOD.replace('partitions: 3', 'min.insync.replicas: 2'),
  },
  { title: 'a missing key', codes: ['KS102'], text: GOOD.replace('duration: 60s\n', '') },
  { title: 'a consumer of nothing', codes: ['KS102'], text: GOOD.replace('audit: { topic: orders }', 'audit: {}') },
  {
    title: 'unknown Kafka config',
    codes: ['KS103'],
    text: GOOD.replace('partitions: 3', 'config: { min.insync.replica: 2 }'),
  },
  {
    title: 'keys that nearly exist, in other places',
    codes: ['KS101', 'KS103'],
    text: good('replicaton.factor: 3', 'min.insync.replica: 2').replace(
      'partitions: 3',
      'config: { replication.factor: 3, linger.mss: 5, partitons: 2 }',
    ),
  },
  { title: 'a mapping where a list is meant', codes: ['KS104'], text: good('faults: { at: 5s, kill: controller }') },
  { title: 'nothing where a mapping is meant', codes: ['KS104'], text: good('network:') },
  { title: 'out of range', codes: ['KS105'], text: GOOD.replace('brokers: 3', 'brokers: 0') },
  { title: 'a range that runs backwards', codes: ['KS105'], text: GOOD.replace('60s', '60s..30s') },
  { title: 'a duration without unit', codes: ['KS106'], text: GOOD.replace('60s', '60') },
  { title: 'a rate that is none', codes: ['KS106'], text: GOOD.replace('count: 2', 'rate: fast') },
  { title: 'a version that is a number', codes: ['KS107'], text: GOOD.replace('"4.0"', '4.0') },
  { title: 'a name that is a boolean', codes: ['KS107'], text: good('name: true') },
  { title: 'a seed beyond 2^53', codes: ['KS108'], text: good('seed: 9007199254740993') },
  { title: 'too many combinations', codes: ['KS109'], text: producer(combinations()) },
  { title: 'a broker config in a producer', codes: ['KS110'], text: producer('{ replica.lag.time.max.ms: 10000 }') },
  {
    title: "a broker's name for a topic config",
    codes: ['KS110'],
    text: GOOD.replace('partitions: 3', 'config: { log.segment.bytes: 2000000 }'),
  },
  {
    title: 'a duration for a Kafka config',
    codes: ['KS111'],
    text: GOOD.replace('racks: [a, b]', 'config: { broker.session.timeout.ms: 9s }'),
  },
  {
    title: 'sizes, hours and misspelt words for Kafka configs',
    codes: ['KS111'],
    text: producer('{ batch.size: 16KB, compression.type: snapy }').replace(
      'racks: [a, b]',
      'config: { log.retention.hours: 2d, log.segment.bytes: 1 GiB, log.retention.minutes: 90s }',
    ),
  },
  { title: 'an address for clients', codes: ['KS112'], text: producer('{ bootstrap.servers: "localhost:9092" }') },
  { title: 'a topic config in a producer', codes: ['KS110'], text: producer('{ min.insync.replicas: 2 }') },
  { title: 'an expectation where a list is meant', codes: ['KS104'], text: good('expect: no-acked-loss') },
  { title: 'a fault in a sentence', codes: ['KS104'], text: fault('kill the leader') },
  {
    title: 'expectations in words of other people',
    codes: ['KS211'],
    text: good('expect: [zero-loss, availability, no-dupes, quick, every-message-arrives]'),
  },
  {
    title: 'one bad value of a list',
    codes: ['KS111'],
    text: producer('{ acks: [1, all, 2], enable.idempotence: false }'),
  },
  {
    title: 'a config that is not built',
    codes: ['KS112'],
    text: GOOD.replace('partitions: 3', 'config: { message.timestamp.type: LogAppendTime }'),
  },
  {
    title: 'a value of a config that is not modelled',
    codes: ['KS112', 'KS113'],
    text: GOOD.replace(
      'racks: [a, b]',
      'config: { replica.lag.time.max.ms: 0, replica.selector.class: com.example.NearestFirst }',
    ),
  },
  { title: 'a config of admin clients', codes: ['KS110'], text: producer('{ bootstrap.controllers: "c:9093" }') },
  { title: 'idempotence with acks=1', codes: ['KS113'], text: producer('{ acks: 1, enable.idempotence: true }') },
  {
    title: 'followers that wait longer than their leaders',
    codes: ['KS113'],
    text: GOOD.replace(
      'brokers: 3',
      'config: { replica.lag.time.max.ms: 400 }, brokers: [{ id: 1 }, { id: 2, config: { replica.fetch.wait.max.ms: 60000 } }, { id: 3 }]',
    ),
  },
  {
    title: 'too little memory for the log cleaner',
    codes: ['KS113'],
    text: GOOD.replace('racks: [a, b]', 'config: { log.cleaner.dedupe.buffer.size: 3000000, log.cleaner.threads: 3 }'),
  },
  {
    title: 'lags of compaction that exclude each other',
    codes: ['KS113'],
    text: GOOD.replace('partitions: 3', 'config: { min.compaction.lag.ms: 60000, max.compaction.lag.ms: 5000 }'),
  },
  { title: 'idempotence turned off silently', codes: ['KS114', 'KS104'], text: `${producer('{ acks: 1 }')}seed: x\n` },
  { title: 'a buggify point that does not exist', codes: ['KS115'], text: good('buggify: [early-flush, early-flash]') },
  { title: 'buggify that is neither', codes: ['KS104'], text: good('buggify: 3') },
  { title: 'a version that is not modelled', codes: ['KS120'], text: GOOD.replace('4.0', '3.2') },
  {
    title: 'a broker of a version that is not modelled',
    codes: ['KS120'],
    text: GOOD.replace('brokers: 3, racks: [a, b]', 'brokers: [{ id: 1 }, { id: 2, kafka: "2.8" }, { id: 3 }]'),
  },
  { title: 'a feature before its release', codes: ['KS120'], text: features('3.7', `${ELR}: 1`) },
  {
    title: 'a feature below its metadata.version',
    codes: ['KS120'],
    text: features('4.0', `metadata.version: 3.9-IV0, ${ELR}: 1`),
  },
  {
    title: 'a config before its release',
    codes: ['KS120'],
    text: GOOD.replace('4.0', '3.6').replace('count: 2', 'config: { retry.backoff.max.ms: 500 }'),
  },
  {
    title: 'a config after its last release',
    codes: ['KS120'],
    text: GOOD.replace('racks: [a, b]', 'config: { leader.imbalance.per.broker.percentage: 5 }'),
  },
  {
    title: 'a config of a release that is not modelled',
    codes: ['KS120'],
    text: GOOD.replace('racks: [a, b]', 'config: { group.consumer.assignment.interval.ms: 500 }'),
  },
  { title: 'a metadata.version that is none', codes: ['KS120'], text: features('4.0', 'metadata.version: 4.0-IV9') },
  { title: 'a metadata.version that is too new', codes: ['KS120'], text: features('3.6', 'metadata.version: 3.7-IV4') },
  { title: 'a metadata.version that is too old', codes: ['KS120'], text: features('4.0', 'metadata.version: 3.3-IV1') },
  {
    title: 'a metadata.version that is too new for one broker',
    codes: ['KS120'],
    text: features('4.0', 'metadata.version: 4.0-IV0').replace(
      'brokers: 3',
      'brokers: [{ id: 1 }, { id: 2, kafka: ["3.9", "4.0"] }, { id: 3 }]',
    ),
  },
  { title: 'an unknown feature', codes: ['KS101'], text: features('4.0', 'elr.version: 1') },
  { title: 'a feature level that is none', codes: ['KS104'], text: features('4.0', `${ELR}: 2`) },
  {
    title: 'a matrix of what does not exist',
    codes: ['KS150'],
    text: good('matrix: { producers.web.config.ack: [1, all], matrix.x: [1], cluster.brokers: [1, 2] }'),
  },
  { title: 'a matrix that is a list', codes: ['KS151'], text: good('matrix: [producers.web.config.acks]') },
  { title: 'a matrix without values', codes: ['KS151'], text: good('matrix: { cluster.brokers: [], settle: 5s }') },
  {
    title: 'rows without labels, or with the same',
    codes: ['KS151'],
    text: good('matrix:', '  include:', '    - { settle: 5s }', '    - { label: a }', '    - { label: a, settle: 9s }'),
  },
  {
    title: 'a matrix of both kinds',
    codes: ['KS151'],
    text: good('matrix: { include: [{ label: a }], settle: [5s] }'),
  },
  {
    title: 'a matrix that is too large',
    codes: ['KS109'],
    text: good(`matrix: { seed: ${many()}, settle: ${many('s')} }`),
  },
  {
    title: 'a bad value in a row of a matrix',
    codes: ['KS105', 'KS111'],
    text: good('matrix: { cluster.brokers: [3, 0], producers.web.config.acks: [all, most] }'),
  },
  {
    title: 'where without rows',
    codes: ['KS152', 'KS210'],
    text: good('expect:', '  - { where: { acks: 1 }, pass: isr-full }', '  - {}'),
  },
  {
    title: 'where compared with a mapping',
    codes: ['KS104'],
    text: good('matrix: { settle: [5s, 9s] }', 'expect: [{ where: { settle: { a: 1 } }, pass: isr-full }]'),
  },
  {
    title: 'a line pushed in among the others',
    codes: ['KS001'],
    text: `cluster:\n  config:\n    num.partitions: 3\n      linger.ms: 9\n    replica.fetch.wait.max.ms: 360\n`,
  },
  {
    title: 'where of rows that are not there',
    codes: ['KS152'],
    text: good(
      'matrix: { producers.web.config.acks: [1, all], cluster.brokers: [3, 5] }',
      'expect:',
      '  - { where: { ack: 1 }, pass: isr-full }',
      '  - { where: { acks: [all, 0] }, pass: isr-full }',
      '  - { where: { label: small }, pass: isr-full }',
    ).replace('count: 2', 'config: { enable.idempotence: false }'),
  },
  {
    title: 'group settings without a group',
    codes: ['KS206'],
    text: GOOD.replace(
      'audit: { topic: orders }',
      'audit: { topic: orders, process: 2ms, commit: after, workers: 2, from: end, poison: skip, restart: 5s, fails: { record: 5 }, config: { session.timeout.ms: 9000, group.instance.id: a } }',
    ),
  },
  {
    title: 'loads that contradict each other',
    codes: ['KS206', 'KS105', 'KS102'],
    text: GOOD.replace(
      'web: { topic: orders, count: 2 }',
      [
        'web: { topic: orders, outstanding: 5, rate: 10/s }',
        'api: { topic: orders, think: 5ms, phases: [{ rate: 5/s }, { for: 10us }], keys: { count: 3, hot: 3, share: 50% } }',
        'app: { topic: orders, phases: [], bursts: { every: 5s, for: 5s, rate: 9/s }, keys: { count: 5, skew: zipf, hot: 2 } }',
      ].join(',\n  '),
    ),
  },
  {
    title: 'kafkajs as if it were another client',
    codes: ['KS206', 'KS104', 'KS113'],
    text: GOOD.replace(
      'audit: { topic: orders }',
      'audit: { client: kafkajs, topic: orders, members: 1, workers: 3, commit: before, config: { heartbeat.interval.ms: 30000 } }',
    ).replace('count: 2', 'client: sarama'),
  },
  {
    title: 'an application that makes no sense',
    codes: ['KS206', 'KS102', 'KS142'],
    text: GOOD.replace(
      'audit: { topic: orders }',
      'audit: { topic: orders, members: 1, queue: 9, slow: { takes: 5s }, poison: { by: seek, then: dead-letter, topic: rejects } }',
    ),
  },
  {
    title: 'workers that seek, and somebody who tries for ever and gives up',
    codes: ['KS206', 'KS102'],
    text: GOOD.replace(
      'audit: { topic: orders }',
      'audit: { topic: orders, members: 1, workers: 2, poison: { tries: endless, by: seek, then: dead-letter } }',
    ),
  },
  {
    title: 'tries that are no number, quantiles of nothing',
    codes: ['KS104', 'KS105', 'KS106'],
    text: GOOD.replace(
      'audit: { topic: orders }',
      'audit: { topic: orders, members: 1, process: { p50: 5ms }, poison: { tries: often, backoff: 1 } }',
    ),
  },
  {
    title: 'events of groups that cannot come',
    codes: ['KS221', 'KS220'],
    text: GOOD.replace('audit: { topic: orders }', 'audit: { topic: orders, members: 2 }').concat(
      'faults:\n',
      '  - { when: joining(audits), kill: consumer(audit) }\n',
      '  - { when: "assigned(audit[2])", kill: consumer(audit) }\n',
      '  - { when: state(audit) == Rebalancing, kill: consumer(audit) }\n',
    ),
  },
  {
    title: 'poison of consumers, and grace of a kill',
    codes: ['KS204', 'KS206'],
    text: good('faults:', '  - { at: 5s, poison: consumer(audit) }', '  - { at: 6s, kill: "broker:1", grace: 5s }'),
  },
  {
    title: 'a probe of what starts nothing',
    codes: ['KS206'],
    text: good('faults:', '  - { at: 6s, pause: "broker:1", for: 2s, probe: 5s }'),
  },
  {
    title: 'a group that is told its partitions',
    codes: ['KS206'],
    text: GOOD.replace('audit: { topic: orders }', 'audit: { topic: orders, members: 3, partitions: [0] }'),
  },
  {
    title: 'a group whose members are fenced by each other, heartbeat too seldom, and have no such assignor',
    codes: ['KS113', 'KS111'],
    text: GOOD.replace(
      'audit: { topic: orders }',
      'audit: { topic: orders, members: 3, config: { group.instance.id: a, session.timeout.ms: 3000, partition.assignment.strategy: ranges } }',
    ),
  },
  {
    title: 'a group by its Kafka name, of another client, in the new protocol',
    codes: ['KS130', 'KS112'],
    text: GOOD.replace(
      'audit: { topic: orders }',
      'audit: { topic: orders, members: 3, client: kafkajs, group: audits, config: { group.protocol: consumer } }',
    ),
  },
  {
    title: 'expectations of groups that are none',
    codes: ['KS212'],
    text: good('expect: ["rebalances(audit) <= 2", "stable(audits) within 5s", "max(lag(audit)) < 5"]'),
  },
  {
    title: 'faults of groups that are none',
    codes: ['KS204'],
    text: good(
      'faults:',
      '  - { at: 5s, kill: coordinator(audit) }',
      '  - { at: 5s, scale: { group: audits, members: 3 } }',
      '  - { at: 5s, stop: "consumers(audit[1])" }',
    ),
  },
  { title: 'three controllers', codes: ['KS130'], text: GOOD.replace('racks: [a, b]', 'controllers: 3') },
  { title: 'a verb that is not built', codes: ['KS130'], text: fault('{ at: 5s, upgrade: "broker:1" }') },
  {
    title: 'an expectation that is not built',
    codes: ['KS130'],
    text: good('expect: ["exactly-once"]'),
  },
  { title: 'a monitor of what is not there', codes: ['KS142'], text: good('monitors: { m: { topic: order } }') },
  {
    title: 'a monitor that asks now and then',
    codes: ['KS106'],
    text: good('monitors: { m: { topic: orders, every: often } }'),
  },
  {
    title: 'a metric that cannot be read',
    codes: ['KS210'],
    text: good('expect: ["fenced(brokers) between 5 and 9s == 1"]'),
  },
  {
    title: 'metrics of what is not there',
    codes: ['KS212'],
    text: good(
      'expect: ["fenced(broker:9) == 1", "isr-changes(orders-7) == 0", "acked(order) > 0", "delivered(orders) > 0"]',
    ),
  },
  { title: 'a name with a blank', codes: ['KS140'], text: GOOD.replace('web:', '"web shop":') },
  {
    title: 'more replicas than brokers',
    codes: ['KS141'],
    text: GOOD.replace('replication.factor: 3', 'replication.factor: 5'),
  },
  {
    title: 'replicas on a broker that is not there',
    codes: ['KS142'],
    text: GOOD.replace('partitions: 3, replication.factor: 3', 'replicas: [[1, 2, 7]]'),
  },
  {
    title: 'a producer of a topic that is not there',
    codes: ['KS142'],
    text: GOOD.replace('web: { topic: orders', 'web: { topic: order'),
  },
  { title: 'two verbs', codes: ['KS201'], text: fault('{ at: 5s, kill: controller, pause: "broker:1" }') },
  { title: 'no verb', codes: ['KS201'], text: fault('{ at: 5s, for: 3s }') },
  { title: 'unknown verb', codes: ['KS202'], text: fault('{ at: 5s, puase: "broker:1" }') },
  { title: 'no target', codes: ['KS203'], text: fault('{ at: 5s, kill: the leader }') },
  {
    title: 'targets written as one would say them',
    codes: ['KS203'],
    text: fault('{ at: 5s, kill: [rack a, leader of orders-0, broker-2, "billing[0]"] }'),
  },
  {
    title: 'clients as targets, by their names alone',
    codes: ['KS203'],
    text: fault('{ at: 5s, kill: [audit, web, webb] }'),
  },
  { title: 'leader of a topic that is not there', codes: ['KS204'], text: fault('{ at: 5s, kill: leader(order-0) }') },
  {
    title: 'leader of a partition that is not there',
    codes: ['KS204'],
    text: fault('{ at: 5s, kill: leader(orders-3) }'),
  },
  { title: 'a rack that is not there', codes: ['KS204'], text: fault('{ at: 5s, power-loss: "rack:c" }') },
  { title: 'an instance that is not there', codes: ['KS204'], text: fault('{ at: 5s, pause: "producer(web[2])" }') },
  {
    title: 'a fault so long after its trigger that it never comes',
    codes: ['KS205'],
    text: fault('{ when: "epoch(orders-0) >= 1", after: 2m, kill: controller }'),
  },
  {
    title: 'data that nobody reads',
    codes: ['KS222'],
    text: GOOD.replace('brokers: 3,', 'brokers: [{ id: 1, data: ./x }, { id: 2 }, { id: 3 }],'),
  },
  {
    title: 'triggers that wait for each other',
    codes: ['KS221'],
    text: good(
      'faults:',
      '  - { id: a, when: fired(c), kill: broker:1, for: 1s }',
      '  - { id: b, when: fired(a), kill: broker:2, for: 1s }',
      '  - { id: c, when: healed(b), kill: broker:3, for: 1s }',
      '  - { id: d, when: fired(a), pause: broker:3, for: 20s }',
    ),
  },
  {
    title: 'triggers that cannot come',
    codes: ['KS221'],
    text: good(
      'faults:',
      '  - { when: "isr(orders-0) == [1,1]", kill: broker:1 }',
      '  - { when: "size(isr(orders-0)) > 3", kill: broker:1 }',
    ),
  },
  {
    title: 'a trigger that is a mapping',
    codes: ['KS104'],
    text: fault('{ when: { isr: orders-0 }, kill: broker:1 }'),
  },
  {
    title: 'a trigger that needs quotes',
    codes: ['KS001'],
    text: fault('{ when: isr(orders-0) == [1], kill: broker:1 }'),
  },
  {
    title: 'an election of a topic',
    codes: ['KS104'],
    text: fault('{ at: 5s, elect: { partitions: [orders] } }'),
  },
  {
    title: 'a nemesis told what means nothing for its verbs',
    codes: ['KS206'],
    text: good('nemesis: { faults: { elect: { for: 3s, targets: [broker:1] }, rolling-restart: { for: 3s } } }'),
  },
  {
    title: 'a nemesis with an unknown verb',
    codes: ['KS202'],
    text: good('nemesis: { faults: { kill: 1, restrat: 1 } }'),
  },
  { title: 'a nemesis with a list of verbs', codes: ['KS104'], text: good('nemesis: { faults: [kill, pause] }') },
  {
    title: 'a nemesis that heals before it begins',
    codes: ['KS205'],
    text: good('nemesis: { faults: { kill: 1 }, heal-before-end: 2m }'),
  },
  { title: 'a matrix with a value twice', codes: ['KS151'], text: good('matrix: { settle: [5s, 6s, 5s] }') },
  { title: 'a fault after the end', codes: ['KS205'], text: fault('{ at: 2m, kill: controller }') },
  {
    title: 'a fault that the end cuts short',
    codes: ['KS205', 'KS206'],
    text: fault('{ at: 50s, kill: controller, for: 20s, forever: true }'),
  },
  { title: 'lose without power-loss', codes: ['KS206'], text: fault('{ at: 5s, kill: controller, lose: some }') },
  {
    title: 'two faults of one id',
    codes: ['KS207'],
    text: good('faults:', '  - { id: a, at: 5s, kill: controller }', '  - { id: a, at: 9s, kill: controller }'),
  },
  {
    title: 'a broker parted from itself',
    codes: ['KS208'],
    text: fault('{ at: 5s, partition: [["broker:1"], ["broker:1", "broker:2"]] }'),
  },
  { title: 'latency of no links', codes: ['KS208'], text: fault('{ at: 5s, latency: { by: 100ms..1s } }') },
  { title: 'a fault without a time', codes: ['KS102'], text: fault('{ kill: controller, for: 5s }') },
  {
    title: 'a fault that waits for nothing anybody knows',
    codes: ['KS220'],
    text: fault('{ when: "isr(orders-0) = [1]", kill: controller }'),
  },
  {
    title: 'faults that wait for what cannot come',
    codes: ['KS221'],
    text: good(
      'faults:',
      '  - { id: a, when: "isr(order-0) == [1]", kill: controller }',
      '  - { id: b, when: "leader(orders-7) == 2", kill: controller }',
      '  - { id: c, when: "isr(orders-0) == [1, 5]", kill: controller }',
      '  - { id: d, when: fenced(broker:9), kill: controller }',
      '  - { id: e, when: healed(a), kill: controller }',
      '  - { id: f, when: fired(f), kill: controller }',
      '  - { id: g, when: healed(h), reset: "broker:1" }',
      '  - { id: h, when: healed(g), kill: "broker:1", for: 5s }',
      '  - { id: i, when: fired(kil), kill: "broker:1", for: 5s }',
    ),
  },
  {
    title: 'after without when, a reset with an end',
    codes: ['KS206'],
    text: fault('{ at: 5s, after: 1s, reset: "broker:1", for: 5s }'),
  },
  {
    title: 'a repetition that is none',
    codes: ['KS106'],
    text: fault('{ at: 5s, repeat: 5 times, kill: controller }'),
  },
  {
    title: 'a repetition beyond the end',
    codes: ['KS205'],
    text: fault('{ at: 5s, repeat: every 20s x4, kill: controller, for: 1s }'),
  },
  {
    title: 'a delay of what nobody speaks',
    codes: ['KS142'],
    text: fault('{ at: 5s, delay: { api: Fetsch, from: "broker:1", by: 1s } }'),
  },
  {
    title: 'a loss of everything',
    codes: ['KS105'],
    text: fault('{ at: 5s, loss: { on: "broker:1", probability: 100% } }'),
  },
  {
    title: 'what an administrator cannot do',
    codes: ['KS104', 'KS204'],
    text: good(
      'faults:',
      '  - { at: 5s, elect: { partitions: [orders-3] } }',
      '  - { at: 5s, elect: { partitions: orders-0 } }',
      '  - { at: 5s, add-partitions: { topic: order, to: 6 } }',
      '  - { at: 5s, add-partitions: { topic: orders, to: 3 } }',
      '  - { at: 5s, alter-offsets: { group: biling, topic: orders, to: 0 } }',
      '  - { at: 5s, alter-offsets: { group: billing, topic: order, to: 0 } }',
    ),
  },
  {
    title: 'keys of a rolling restart elsewhere',
    codes: ['KS206'],
    text: good(
      'faults:',
      '  - { at: 5s, kill: "broker:1", down: 5s, with: stop }',
      '  - { at: 5s, rolling-restart: brokers, for: 5s }',
    ),
  },
  {
    title: 'new configs where there are none to be had',
    codes: ['KS206', 'KS101', 'KS111'],
    text: good(
      'faults:',
      '  - { at: 5s, kill: consumer(audit), for: 1s, config: { max.poll.records: 5 } }',
      '  - { at: 5s, rolling-restart: brokers, config: { max.poll.records: 5 } }',
      '  - { at: 5s, rolling-restart: consumers(audit), config: { acks: all, group.instance.id: a } }',
      '  - { at: 5s, rolling-restart: consumers(audit), config: { partition.assignment.strategy: stickier } }',
    ),
  },
  {
    title: 'a nemesis that has nothing to do, and no time for it',
    codes: ['KS105', 'KS205'],
    text: good('nemesis: { faults: { kill: 0 }, heal-before-end: 60s }'),
  },
  {
    title: 'a nemesis of what does not exist',
    codes: ['KS204', 'KS210', 'KS202'],
    text: good(
      'nemesis:',
      '  never: [power-loss majority, kill most, drink all, "kill broker:9", kill leader(orders-0)]',
      '  faults: { kill: { targets: ["broker:7"] }, drink: 2 }',
    ),
  },
  { title: 'a producer that starts too late', codes: ['KS205'], text: GOOD.replace('count: 2', 'start: 60s') },
  { title: 'an expectation without its limit', codes: ['KS210'], text: good('expect:', '  - isr-full within') },
  {
    title: 'an expectation by another name',
    codes: ['KS211'],
    text: good('expect: [no-data-loss, constructor, stopped-time(audit) < 10s, at-least-once]'),
  },
  { title: 'unknown expectation', codes: ['KS211'], text: good('expect: [no-acked-los]') },
  {
    title: 'an expectation of a topic that is not there',
    codes: ['KS212'],
    text: good('expect: [writable(order) gap <= 5s]'),
  },
  {
    title: 'an expectation of a consumer that is not there',
    codes: ['KS212'],
    text: good('expect: [caught-up(audi) within 5s]'),
  },
  { title: 'an anomaly that does not exist', codes: ['KS213'], text: good('allow: [{ stuk: "why not" }]') },
  {
    title: 'as many replicas as must be in sync',
    codes: ['KS301', 'KS104'],
    text: `${GOOD.replace('partitions: 3', 'config: { min.insync.replicas: 3 }')}seed: x\n`,
  },
  {
    title: 'a pause that nobody notices',
    codes: ['KS305', 'KS104'],
    text: `${fault('{ at: 5s, pause: "broker:1", for: 5s }')}seed: x\n`,
  },
  {
    title: 'a hope that acks=1 cannot meet',
    codes: ['KS310', 'KS104'],
    text: `${producer('{ acks: 1, enable.idempotence: false }')}faults: [{ at: 5s, kill: "broker:1" }]\nexpect: [no-acked-loss]\nseed: x\n`,
  },
  {
    title: 'a topic of one replica that is to stay writable',
    codes: ['KS302', 'KS104'],
    text: `${fault('{ at: 5s, kill: leader(orders-0), for: 20s }').replace('replication.factor: 3', 'replication.factor: 1')}expect: [writable(orders) gap <= 5s]\nseed: x\n`,
  },
  {
    title: 'unclean elections where nothing is to be lost',
    codes: ['KS303', 'KS104'],
    text: `${fault('{ at: 5s, kill: majority brokers, repeat: every 20s x2, for: 10s }').replace('partitions: 3', 'config: { unclean.leader.election.enable: true }')}expect: [no-acked-loss]\nseed: x\n`,
  },
  {
    title: 'expectations that have nothing to judge, of consumers that have nothing to read',
    codes: ['KS304', 'KS308', 'KS104'],
    text: good('expect:', '  - no-acked-loss', '  - caught-up(audit)', '  - acked(orders) >= 5', 'seed: x').replace(
      'producers: { web: { topic: orders, count: 2 } }\n',
      '',
    ),
  },
  {
    title: 'a run that ends before what is expected of it',
    codes: ['KS306', 'KS104'],
    text: `${fault('{ at: 5s, kill: "broker:1" }')}settle: 20s\nexpect: [isr-full within 45s]\nseed: x\n`,
  },
  {
    title: 'a broker that cannot be back in time',
    codes: ['KS306', 'KS104'],
    text: `${fault('{ at: 55s, kill: "broker:1" }')}settle: 5s\nseed: x\n`,
  },
  {
    title: 'retries that reorder and double',
    codes: ['KS311', 'KS312', 'KS104'],
    text: `${producer('{ enable.idempotence: false }')}faults: [{ at: 5s, reset: "broker:1" }]\nexpect: [order-per-partition, no-duplicates-in-log]\nseed: x\n`,
  },
  {
    title: 'one unsynced copy, by the default of min.insync.replicas',
    codes: ['KS313', 'KS104'],
    text: good(
      'faults:',
      '  - { at: 5s, kill: "broker:1", for: 20s }',
      '  - { at: 9s, power-loss: leader(orders-0), for: 5s }',
      'expect: [no-acked-loss]',
      'seed: x',
    ),
  },
  {
    title: 'darkness',
    codes: ['KS314', 'KS104'],
    text: `${fault('{ at: 5s, power-loss: ["rack:a", "rack:b"], for: 5s }')}expect: [no-acked-loss]\nseed: x\n`,
  },
  {
    title: 'a group without a coordinator, by the default of offsets.topic.replication.factor',
    codes: ['KS315', 'KS104'],
    text: `${GOOD.replace('brokers: 3, racks: [a, b]', 'brokers: 1').replace('replication.factor: 3', 'replication.factor: 1').replace('audit: { topic: orders }', 'audit: { topic: orders, members: 2 }')}seed: x\n`,
  },
  {
    title: 'polls that are more work than their interval allows',
    codes: ['KS316', 'KS104'],
    text: `${GOOD.replace('audit: { topic: orders }', 'audit: { topic: orders, members: 2, process: 1s }')}expect: [stable(audit)]\nseed: x\n`,
  },
  { title: 'a number of racks', codes: ['KS104'], text: GOOD.replace('racks: [a, b]', 'racks: 3') },
  { title: '--set without a value', codes: ['KS401'], text: GOOD, set: ['duration', 'seed='] },
  {
    title: '--set of a place that is not there',
    codes: ['KS402'],
    text: GOOD,
    set: ['cluster.config.broker.session.timeout.m=5'],
  },
  {
    title: '--set of a bad value',
    codes: ['KS106', 'KS111'],
    text: GOOD,
    set: ['settle=soon', 'producers.web.config.linger.ms=-1'],
  },
  {
    title: 'many things at once',
    codes: ['KS120', 'KS106', 'KS130', 'KS103', 'KS110', 'KS201', 'KS204', 'KS211'],
    text: [
      'name: many',
      'kafka: "3.2"',
      'duration: 1 minute',
      'cluster: { brokers: 3, combined: true }',
      'topics:',
      '  orders: { partitions: 6, replication.factor: 3, config: { min.insync.replica: 2 } }',
      'producers:',
      '  web: { topic: orders, config: { acks: all, replica.lag.time.max.ms: 10000 } }',
      'faults:',
      '  - { at: 5s, kill: leader(orders-0), pause: follower(orders-0) }',
      '  - { at: 9s, kill: leader(order-0) }',
      'expect: [no-aked-loss]',
      '',
    ].join('\n'),
  },
]

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let i = 1; i < 9; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    )
  return `${lines.join('\n')}\n`
}

function many(unit = ''): string {
  return `[${Array.from({ length: 40 }, (_, i) => `${i + 1}${unit}`).join(', ')}]`
}

function combinations(): string {
  const many = Array.from({ length: 22 }, (_, i) => i + 1).join(', ')
  return `{ linger.ms: [${many}], request.timeout.ms: [${many}], retries: [${many}] }`
}
