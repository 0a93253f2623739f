// Causes, as they are recognised in real runs: each run names exactly the causes it has, so that every rule is shown where
// it applies and, in all the others, where it does not. What a cure sets is set, and what went wrong must be gone.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LOOP_RULES } from '../../../src/scenario/judge/causes/loop-rules.ts'
import { CAUSE_RULES } from '../../../src/scenario/judge/causes/rules.ts'
import type { Paragraph } from '../../../src/scenario/run-result.ts'
import { loadScenario, runScenario } from '../../../src/simulate.ts'

interface Case {
  readonly name: string
  /** In scenarios/bugs or scenarios/known, or the text itself. */
  readonly scenario: string
  readonly set?: readonly string[]
  /** Rules, in any order; each with what shows it first. */
  readonly causes: Readonly<Record<string, string>>
  /** Of the causes, those whose words must have these in them. */
  readonly words?: Readonly<Record<string, RegExp>>
}

/** Three brokers, a topic that needs two, sessions and lags of seconds, and one thing that goes wrong. */
function small(fault: string, more: { expect?: string; producer?: string } = {}): string {
  const { expect: expected = 'finds: writable(t) gap <= 2500ms', producer = 'acks: all' } = more
  return `
duration: 14s
cluster:
  brokers: 3
  config: { broker.session.timeout.ms: 3000, broker.heartbeat.interval.ms: 500, replica.lag.time.max.ms: 4000 }
topics:
  t: { replicas: [[1, 2, 3]], config: { min.insync.replicas: 2 } }
producers:
  p: { topic: t, rate: 50/s, config: { ${producer} } }
faults:
  - ${fault}
expect: ["${expected}"]
`
}

const NOT_IDEMPOTENT = 'enable.idempotence: false, request.timeout.ms: 1000, delivery.timeout.ms: 20000'
const ANSWERS_LOST =
  '{ at: 3s, drop: { from: producer(p), to: "broker:1", api: Produce, direction: response, nth: 1, count: 1 } }'

/** One broker, and a group of one member that works on each record for 8 ms. */
function groupOfOne(expected: string, more = ''): string {
  return `
duration: 45s
settle: 5s
cluster: { brokers: 1, config: { offsets.topic.num.partitions: 1, offsets.topic.replication.factor: 1 } }
topics: { t: { partitions: 1, replication.factor: 1 } }
producers: { p: { topic: t, rate: 100/s } }
consumers: { g: { topics: [t], members: 1, process: 8ms, config: { auto.offset.reset: earliest, max.poll.records: 50, session.timeout.ms: 6000, heartbeat.interval.ms: 1000, auto.commit.interval.ms: 500 } } }
${more}
expect: ["${expected}"]
`
}

/** A story of groups; what it waits for with `where:` is left out. */
function story(name: string): string {
  const text = readFileSync(new URL(`../../../scenarios/${name}.yaml`, import.meta.url), 'utf8')
  const before = text.slice(0, text.indexOf('\nmatrix:'))
  const faults = /\nfaults:\n(?: {2}.*\n)+/.exec(text)?.[0] ?? ''
  return `${before}${faults}\nexpect: [{ finds: no-duplicate-delivery }]\nallow: [stuck]\n`
}

const ONE_REPLICA = ['topics.t.replicas=[[1]]', 'topics.t.config.min.insync.replicas=1']

/** A table with deletions, and a reader that is away for longer than they are kept. */
const AWAY = `
kafka: "3.9"
duration: 40s
cluster: { brokers: 1, config: { log.cleaner.backoff.ms: 500 } }
topics:
  users:
    replication.factor: 1
    config:
      cleanup.policy: compact
      segment.ms: 1000
      min.cleanable.dirty.ratio: 0.01
      delete.retention.ms: 2000
producers:
  web: { topic: users, phases: [{ for: 10s, rate: 20/s }, { rate: 1/s }], keys: 50, tombstones: 40%, config: { acks: all } }
consumers:
  view: { topic: users, config: { auto.offset.reset: earliest } }
faults:
  - { at: 5s, pause: consumer(view), for: 25s }
expect: ["finds: no-resurrected-keys"]
`

const CASES: readonly Case[] = [
  {
    name: 'a reader of a compacted topic that is away for too long',
    scenario: AWAY,
    causes: { 'tombstone-compacted-away': 'finds: no-resurrected-keys' },
    words: { 'tombstone-compacted-away': /^view\[0\] read k\d+ at users-0@\d+ .* keeps tombstones for 2000 ms after/ },
  },
  {
    name: 'a bit of a record that changes on the disk of the leader',
    scenario: small('{ at: 5s, corrupt: { on: "broker:1", partition: t-0, offset: 100 } }', {
      expect: 'finds: no-acked-loss',
    }),
    causes: { 'rotten-record': 'finds: no-acked-loss' },
    words: { 'rotten-record': /acknowledged t-0@100 .* At 5\.000s a bit of its batch changed on the disk of broker-1/ },
  },
  {
    name: 'recovery that cuts a log at a rotten batch',
    scenario: small(
      '{ at: 5s, corrupt: { on: "broker:1", partition: t-0, offset: 100 } }\n  - { at: 6s, restart: "broker:1" }',
      { expect: 'finds: no-acked-loss' },
    ),
    set: ONE_REPLICA,
    causes: { 'cut-at-rot': 'finds: no-acked-loss' },
    words: { 'cut-at-rot': /the log ended at 100\. / },
  },
  {
    name: 'a disk that lies about syncs, with a sync for each append',
    scenario: small('{ at: 3s, lying-sync: "broker:1" }\n  - { at: 5s, power-loss: "broker:1", for: 1s }', {
      expect: 'finds: no-acked-loss',
    }),
    set: [...ONE_REPLICA, 'topics.t.config.flush.messages=1'],
    causes: { 'lying-sync': 'finds: no-acked-loss' },
  },
  {
    name: 'rot in the offset of a batch, which no checksum covers',
    scenario: small('{ at: 3s, corrupt: { on: "broker:1", file: t-0/00000000000000000000.log, position: 7 } }', {
      expect: 'finds: no-poll-skip',
    }).replace(
      'faults:',
      'consumers: { audit: { topic: t, start: 6s, config: { auto.offset.reset: earliest } } }\nfaults:',
    ),
    causes: { 'rot-leads-past': 'finds: no-poll-skip' },
  },
  {
    name: 'a follower that is given rotten bytes, again and again',
    scenario: small(
      '{ at: 2s, isolate: "broker:3", for: 4s }\n  - { at: 5s, corrupt: { on: "broker:1", partition: t-0, offset: 150 } }',
      { expect: 'isr-full within 8s' },
    ),
    causes: { 'follower-behind-rot': 'isr-full within 8s' },
    words: {
      'follower-behind-rot': /in the batch with offsets \d+ to \d+\. It leads t-0\. Broker 3 must copy that batch/,
    },
  },
  {
    name: 'a reader that waits for a high watermark, which waits for a follower that is given rotten bytes (R-66, R-76)',
    scenario: small(
      '{ at: 2s, isolate: "broker:2", for: 6s }\n  - { at: 4s, corrupt: { on: "broker:1", partition: t-0, offset: 120 } }\n  - { at: 5s, stop: "broker:1", for: 1s }',
      { expect: 'caught-up(audit)', producer: 'acks: 1, enable.idempotence: false' },
    )
      .replace('duration: 14s', 'duration: 10s\nsettle: 4s')
      .replace('[[1, 2, 3]]', '[[1, 2]]')
      .replace('faults:', 'consumers: { audit: { topic: t, config: { auto.offset.reset: earliest } } }\nfaults:'),
    causes: { 'follower-behind-rot': 'caught-up(audit)' },
  },
  {
    name: 'a group that reads what has no leader, for a file of the only replica had rotted',
    scenario: groupOfOne(
      'caught-up(g)',
      'faults:\n  - { at: 3s, corrupt: { on: "broker:1", file: t-0/leader-epoch-checkpoint, position: 2 } }\n  - { at: 4s, kill: "broker:1", for: 1s }',
    )
      .replace('duration: 45s', 'duration: 8s')
      .replace('brokers: 1,', 'brokers: 2,')
      .replace('{ partitions: 1, replication.factor: 1 }', '{ replicas: [[1]] }'),
    causes: { 'rotten-file': 'caught-up(g)' },
  },
  {
    name: 'a log directory that fails for a file in it that had rotted',
    scenario: small(
      '{ at: 3s, corrupt: { on: "broker:3", file: t-0/leader-epoch-checkpoint, position: 2 } }\n  - { at: 4s, kill: "broker:3", for: 1s }',
      { expect: 'isr-full within 8s' },
    ),
    causes: { 'rotten-file': 'isr-full within 8s' },
    words: { 'rotten-file': /a bit of data\/t-0\/leader-epoch-checkpoint changed on its disk/ },
  },
  {
    name: 'a reader that is given rotten bytes, again and again',
    scenario: small('{ at: 5s, corrupt: { on: "broker:1", partition: t-0, offset: 150, count: 3 } }', {
      expect: 'isr-full within 8s',
    })
      .replace('duration: 14s', 'duration: 8s\nsettle: 4s')
      .replace(
        'faults:',
        'consumers: { audit: { topic: t, start: 6s, config: { auto.offset.reset: earliest } } }\nfaults:',
      ),
    causes: { 'reader-behind-rot': 'stuck' },
    words: {
      'reader-behind-rot': /^audit\[0\] is at \d+ of t-0, .*in the batch with offsets \d+ to \d+\. It leads t-0\./,
    },
  },
  {
    name: 'a checkpoint of high watermarks in pieces, which the disk had said was synced',
    scenario: small(
      '{ at: 1s, lying-sync: "broker:3", for: 4s }\n  - { at: 3s, power-loss: "broker:3", lose: some, torn-write: true, for: 1s }',
      { expect: 'isr-full within 8s' },
    ).replace('cluster:', 'disk: { zeroed-tail: 100% }\ncluster:'),
    set: ['cluster.config.replica.high.watermark.checkpoint.interval.ms=100'],
    causes: { 'lied-file': 'isr-full within 8s' },
  },
  {
    name: 'a log directory that fails for good',
    scenario: small('{ at: 3s, disk-error: "broker:3", forever: true }', { expect: 'isr-full within 8s' }),
    causes: { 'failed-directory': 'isr-full within 8s' },
  },
  {
    name: 'a topic with one replica, whose last write the loss of power tears',
    scenario: small('{ at: 3s, power-loss: "broker:1", for: 1s, torn-write: true }', {
      expect: 'finds: no-acked-loss',
    }),
    set: ONE_REPLICA,
    causes: { 'only-replica': 'finds: no-acked-loss' },
    words: {
      'only-replica':
        /an end of \d+ \(a write was torn there, and recovery cut off what had reached the disk of it\)\./,
    },
  },
  {
    name: 'a broker that a probe kills before it serves, again and again',
    scenario: `${small(
      '{ at: 2900ms, slow-cpu: { on: "broker:3", factor: 100 }, forever: true }\n  - { at: 3s, restart: "broker:3", probe: 200ms }',
      { expect: 'isr-full within 8s' },
    ).replace('rate: 50/s', 'rate: 50/s, size: 20KiB')}settle: 3s\n`,
    causes: { 'restart-loop': 'isr-full within 8s' },
    words: { 'restart-loop': /a probe kills it when it does not serve within 200ms: it began \d+ times\. / },
  },
  {
    name: 'a leader whose disk runs full',
    scenario: small('{ at: 3s, disk-full: "broker:1", for: 8s }'),
    causes: { 'leader-lost-its-directory': 'finds: writable(t) gap <= 2500ms' },
    words: {
      'leader-lost-its-directory': /No space left on device .* the controller elected broker 2 \(session of broker 1/,
    },
  },
  {
    name: 'a follower with one failed directory of two',
    scenario: small('{ at: 3s, disk-error: { on: "broker:3", dir: /a }, for: 8s }'),
    set: ['cluster.config.log.dirs=/a,/b', 'cluster.config.metadata.log.dir=/b'],
    causes: { 'offline-replica-counts': 'finds: writable(t) gap <= 2500ms' },
  },
  {
    name: 'a consumer that is paused for longer than its session',
    scenario: story('consumer-pause'),
    set: ['consumers.billing.config.session.timeout.ms=10000'],
    causes: { 'session-ended': 'finds: no-duplicate-delivery' },
    words: {
      'session-ended': /handed to billing\[\d\] at \d+\.\d+s.*of billing\[1\] for its whole session.* at 28\.\d+s/,
    },
  },
  {
    name: 'a handler that works for longer than the poll interval',
    scenario: story('slow-handler'),
    set: ['consumers.worker.config.max.poll.records=500'],
    causes: {
      'poll-interval-exceeded': 'finds: no-duplicate-delivery',
      'loop-of-late-polls': 'stuck',
    },
    words: { 'poll-interval-exceeded': /handed to worker\[\d\] at 3\d\.\d+s.*left the group/ },
  },
  {
    name: 'a group in a cluster that is too small for __consumer_offsets',
    scenario: groupOfOne('finds: stable(g)').replace(
      'offsets.topic.replication.factor: 1',
      'offsets.topic.replication.factor: 3',
    ),
    causes: { 'no-coordinator': 'finds: stable(g)' },
    words: { 'no-coordinator': /the topic is to have 3 replicas, there is 1 broker/ },
  },
  {
    name: 'a group that works off hardly more than comes',
    scenario: groupOfOne('finds: caught-up(g) within 5s', 'faults: [{ at: 5s, kill: "consumer(g)", for: 7s }]'),
    causes: { 'works-off-slowly': 'finds: caught-up(g) within 5s' },
    words: { 'works-off-slowly': /g was \d+ records behind\. Its 1 member got through \d+ a second more than came/ },
  },
  {
    name: 'a group that has more to work on than there is time for',
    scenario: groupOfOne('no-acked-loss').replace('process: 8ms', 'process: 1s').replace('45s', '10s'),
    causes: { 'works-too-slowly': 'stuck' },
    words: {
      'works-too-slowly':
        /^At \d+\.\d+s g was 9\d\d records behind\. Its application works on each for 1s or longer, on 1 at a time, which makes 9\d\d\.000s; the run ended \d\.\d+s later, with 9\d\d left\.$/,
    },
  },
  {
    name: 'a group whose member still works on what its last poll returned',
    scenario: groupOfOne('no-acked-loss')
      .replace('process: 8ms', 'process: 1s')
      .replace('45s', '10s')
      .replace('config: { auto', 'config: { max.poll.interval.ms: 6000, auto'),
    causes: { 'left-while-working': 'stuck' },
    words: { 'left-while-working': /^At \d+\.\d+s g\[0\] had not polled for max\.poll\.interval\.ms/ },
  },
  {
    name: 'acks=1, the leader dies',
    scenario: 'rb-21-acks1',
    set: ['producers.p.config.acks=1'],
    causes: { 'acks-1': 'finds: no-acked-loss' },
    words: {
      'acks-1':
        /^Broker 1, leader in epoch 0, acknowledged t-0@\d+ \(p\[0\]#\d+\) at 1\.\d+s, .*broker [23] took office in epoch 1 \(session of broker 1 expired\)/,
    },
  },
  {
    name: 'the same where unclean elections are allowed, and none takes place',
    scenario: 'rb-21-acks1',
    set: ['producers.p.config.acks=1', 'topics.t.config.unclean.leader.election.enable=true'],
    causes: { 'acks-1': 'finds: no-acked-loss' },
  },
  {
    name: 'the same with a switch set that has nothing to do with it',
    scenario: 'rb-21-acks1',
    set: ['producers.p.config.acks=1', 'switches.nameNewLeader=false'],
    causes: { 'acks-1': 'finds: no-acked-loss' },
  },
  {
    name: 'acks=1, the leader is deposed and does not know',
    scenario: 'rb-29-zombie-leader',
    set: ['producers.p.config.acks=1'],
    causes: { 'acks-1': 'finds: no-acked-loss', 'zombie-leader': 'finds: no-acked-loss' },
    words: {
      'zombie-leader': /But it had been deposed: since epoch 1 broker [23] was the leader .*nobody had told broker 1/,
    },
  },
  {
    name: 'an unclean election',
    scenario: 'rb-20-unclean-election',
    set: ['topics.t.config.unclean.leader.election.enable=true'],
    causes: { 'unclean-election': 'finds: no-acked-loss' },
    words: {
      'unclean-election': /with \[1\] in sync.*broker 2, which was in no ISR any more, was elected all the same/,
    },
  },
  {
    name: 'an unclean election, with acks=1: what was committed is lost all the same',
    scenario: 'rb-20-unclean-election',
    set: ['topics.t.config.unclean.leader.election.enable=true', 'producers.p.config.acks=1'],
    causes: { 'unclean-election': 'finds: no-acked-loss' },
  },
  {
    name: 'min.insync.replicas=1',
    scenario: 'rb-22-min-isr-1',
    set: ['topics.t.config.min.insync.replicas=1'],
    causes: { 'min-isr-1': 'finds: no-acked-loss' },
    words: { 'min-isr-1': /The ISR had shrunk to it alone.*it lost power, and its log came back with an end of \d+/ },
  },
  {
    name: 'the same with acks=1, which would not have asked for more',
    scenario: 'rb-22-min-isr-1',
    set: ['topics.t.config.min.insync.replicas=1', 'producers.p.config.acks=1'],
    causes: { 'acks-1': 'finds: no-acked-loss' },
  },
  {
    name: 'all replicas lose power',
    scenario: 'rb-23-correlated-power-loss',
    set: ['topics.t.config.flush.messages=1000000'],
    causes: { 'all-lost-power': 'finds: no-acked-loss' },
    words: { 'all-lost-power': /page caches of brokers 1, 2 and 3.*lost power \(3\.000s\)/ },
  },
  {
    name: 'all replicas lose power, and some of them more than others',
    scenario: 'rb-23-correlated-power-loss',
    set: ['topics.t.config.flush.messages=1000000', 'seed=2'],
    causes: { 'all-lost-power': 'finds: no-acked-loss', 'elected-without-its-tail': 'finds: no-acked-loss' },
    words: { 'elected-without-its-tail': /still had the record, but broker \d was in the ISR as well/ },
  },
  {
    name: 'a topic with one replica',
    scenario: small('{ at: 3s, power-loss: "broker:1", lose: all-unflushed, for: 1s }', {
      expect: 'finds: no-acked-loss',
    }),
    set: ['topics.t.replicas=[[1]]', 'disk.flush=never'],
    causes: { 'only-replica': 'finds: no-acked-loss' },
    words: { 'only-replica': /There is no other replica of it\. At 3\.000s broker 1 lost power/ },
  },
  {
    name: 'the same with acks=1: acks=all would have asked nobody else',
    scenario: small('{ at: 3s, power-loss: "broker:1", lose: all-unflushed, for: 1s }', {
      expect: 'finds: no-acked-loss',
      producer: 'acks: 1',
    }),
    set: ['topics.t.replicas=[[1]]', 'disk.flush=never'],
    causes: { 'only-replica': 'finds: no-acked-loss' },
  },
  {
    name: 'a topic with one replica, whose broker dies: there is nobody to elect, cleanly or not',
    scenario: small('{ at: 3s, kill: "broker:1", for: 6s }'),
    set: ['topics.t.replicas=[[1]]', 'topics.t.config.min.insync.replicas=1'],
    causes: { 'no-leader': 'finds: writable(t) gap <= 2500ms' },
  },
  {
    name: 'the last replica standing, before Kafka could do anything about it',
    scenario: 'rb-08-last-replica-standing',
    set: ['kafka=3.8'],
    causes: { 'last-replica-standing': 'finds: no-acked-loss' },
  },
  {
    name: 'the last replica standing',
    scenario: 'rb-08-last-replica-standing',
    set: ['cluster.features.eligible.leader.replicas.version=0'],
    causes: { 'last-replica-standing': 'finds: no-acked-loss' },
    words: { 'last-replica-standing': /Brokers 2 and 3 still had the record, but only a member of the ISR may lead/ },
  },
  {
    name: 'a leader that shrinks everyone, and dies',
    scenario: 'rb-30-leader-shrinks-everyone',
    set: ['cluster.features.eligible.leader.replicas.version=0'],
    causes: { 'no-leader': 'finds: writable(t) gap <= 5s' },
    words: {
      'no-leader': /It waited for broker 1, all that was left of its ISR\. The others had left the ISR by then/,
    },
  },
  {
    name: 'the last known leader',
    scenario: 'rb-30-leader-shrinks-everyone',
    set: [
      'cluster.features.eligible.leader.replicas.version=1',
      'topics.t.config.min.insync.replicas=1',
      'expect=["finds: no-unclean-election"]',
    ],
    // That it is elected although it is dead is RB-33.
    causes: { 'last-known-leader': 'finds: no-unclean-election', 'known-upstream': 'valid-controller-state' },
  },
  {
    name: 'a switch',
    scenario: 'rb-06-joins-isr-too-early',
    set: ['switches.isrExpandRequiresLeso=false'],
    causes: { 'switched-on-purpose': 'finds: no-acked-loss' },
    words: { 'switched-on-purpose': /KAFKA-7128/ },
  },
  {
    name: 'a switch that readers suffer from, beside an unclean election',
    scenario: 'rb-41-consumer-misses-truncation',
    set: ['switches.consumerValidatesPosition=false'],
    causes: { 'switched-on-purpose': 'finds: no-poll-skip', 'unclean-election-allowed': 'isr-holds-committed' },
  },
  {
    name: 'what Kafka itself does',
    scenario: 'rb-47-missed-demotion',
    set: ['switches.trustLeoAcrossSameLeaderEpochs=true'],
    causes: { 'known-upstream': 'finds: no-acked-loss' },
    words: { 'known-upstream': /A leader that lost and regained its office in one metadata delta/ },
  },
  {
    name: 'a dead leader',
    scenario: small('{ at: 3s, kill: "broker:1", for: 8s }'),
    causes: { 'dead-leader': 'finds: writable(t) gap <= 2500ms' },
    words: { 'dead-leader': /^Broker 1 led t-0 and fell silent\..*it elected broker 2/ },
  },
  {
    name: 'a leader that is cut off from the cluster, and not from its clients',
    scenario: small('{ at: 3s, partition: { from: "broker:1", to: ["broker:2", "broker:3", controller] }, for: 8s }'),
    causes: { 'deposed-leader': 'finds: writable(t) gap <= 2500ms' },
  },
  {
    name: 'a leader that is cut off from its controller only',
    scenario: small('{ at: 3s, partition: { from: "broker:1", to: controller }, for: 8s }', {
      expect: 'finds: writable(t) gap <= 500ms',
    }),
    causes: { 'cut-from-controller': 'finds: writable(t) gap <= 500ms' },
    words: { 'cut-from-controller': /could not reach the controller\. Clients and followers it could/ },
  },
  {
    name: 'a leader that dies, then a follower, and too few are left',
    scenario: small('{ at: 3s, kill: "broker:1", for: 6500ms }\n  - { at: 4s, kill: "broker:3", for: 9s }'),
    causes: { 'several-in-a-row': 'finds: writable(t) gap <= 2500ms' },
    words: {
      'several-in-a-row':
        /^t-0 could not be written for several reasons.*from \d.*its leader, broker 1, was silent.*; from \d.*fewer than the 2/,
    },
  },
  {
    name: 'a leader that is cut off from everybody',
    scenario: small('{ at: 3s, isolate: "broker:1", for: 8s }'),
    causes: { 'deposed-leader': 'finds: writable(t) gap <= 2500ms' },
    words: {
      'deposed-leader': /^Broker 1 led t-0 and was cut off from the rest of the cluster\. It went on as leader: what/,
    },
  },
  {
    name: 'a leader that stands still: nobody hangs up on its clients',
    scenario: small('{ at: 3s, pause: "broker:1", for: 2800ms }'),
    causes: { 'dead-leader': 'finds: writable(t) gap <= 2500ms' },
  },
  {
    name: 'a dead follower',
    scenario: small('{ at: 3s, kill: "broker:3", for: 8s }'),
    causes: { 'dead-follower': 'finds: writable(t) gap <= 2500ms' },
    words: { 'dead-follower': /broker 3 fell silent.*its session expired and it left the ISR/ },
  },
  {
    name: 'a follower that is cut off from its leader only',
    scenario: small('{ at: 3s, clog: { from: "broker:1", to: "broker:3", one-way: true }, for: 8s }'),
    causes: { 'slow-follower': 'finds: writable(t) gap <= 2500ms' },
    words: { 'slow-follower': /broker 3 did not catch up any more/ },
  },
  {
    name: 'too few in sync',
    scenario: small('{ at: 3s, kill: ["broker:2", "broker:3"], for: 8s }', { expect: 'finds: writable(t) gap <= 5s' }),
    causes: { 'below-min-isr': 'finds: writable(t) gap <= 5s' },
    words: { 'below-min-isr': /the ISR of t-0 was \[1\] .*fewer than the 2/ },
  },
  {
    name: 'too few in sync for a part of the wait, which was too long without it',
    scenario: small('{ at: 3s, kill: ["broker:2", "broker:3"], for: 8s }'),
    causes: { 'below-min-isr': 'finds: writable(t) gap <= 2500ms' },
  },
  {
    name: 'an answer that is lost, without idempotence',
    scenario: small(ANSWERS_LOST, { expect: 'finds: no-duplicates-in-log', producer: `acks: all, ${NOT_IDEMPOTENT}` }),
    causes: { 'retry-without-idempotence': 'finds: no-duplicates-in-log' },
    words: {
      'retry-without-idempotence':
        /lies at t-0@\d+ and again at @\d+\. At 3\.\d+s p\[0\] took its first attempt for failed/,
    },
  },
  {
    name: 'an epoch that was raised',
    scenario: 'ku-07-raised-epoch',
    set: ['producers.p.config.max.in.flight.requests.per.connection=5'],
    causes: { 'renumbered-after-expiry': 'finds: no-duplicates-in-log' },
  },
  {
    name: 'who is down for ever',
    scenario: small('{ at: 3s, kill: ["broker:2", "broker:3"], forever: true }', { expect: 'no-acked-loss' }),
    causes: { 'down-for-ever': 'stuck' },
    words: { 'down-for-ever': /broker-2, broker-3, and the fault "kill .*" is never healed/ },
  },
  {
    name: 'who is down for a time, and nothing that matters',
    scenario: small('{ at: 3s, kill: "broker:3", for: 8s }', { expect: 'no-acked-loss' }),
    causes: {},
  },
]

function paragraphsOf(
  { scenario, set = [] }: Pick<Case, 'scenario' | 'set'>,
  more: readonly string[] = [],
): readonly Paragraph[] {
  const inBugs = !scenario.includes('\n')
  const file = inBugs ? fileOf(scenario) : 'small.yaml'
  const text = inBugs ? readFileSync(file, 'utf8') : scenario
  // The rows of a matrix are what is set here.
  const rows = inBugs ? withoutMatrix(text) : text
  const loaded = loadScenario(rows, { file, set: [...set, ...more] })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings))
  return runScenario(loaded.scenario, { seed: loaded.scenario.seed ?? 1, recheck: 'off' }).paragraphs
}

function fileOf(name: string): string {
  return `scenarios/${name.startsWith('ku-') ? 'known' : 'bugs'}/${name}.yaml`
}

/** Line by line the same, but for the rows, and with what each row must show taken for all. */
function withoutMatrix(text: string): string {
  const lines = text.split('\n')
  if (!text.includes('\nmatrix:')) return text
  const finds = [...text.matchAll(/^ {4}finds: (.*)$/gm)].map(([, found]) => `{ finds: ${found} }`)
  let within = ''
  const kept = lines.map((line) => {
    within = /^\w+:/.exec(line)?.[0] ?? within
    return within === 'matrix:' || within === 'expect:' ? '' : line
  })
  return [...kept, `expect: [${finds.join(', ')}]`].join('\n')
}

describe.each(CASES)('$name', ({ scenario, set = [], causes, words = {} }) => {
  const paragraphs = paragraphsOf({ scenario, set })

  it('is told by exactly its causes', () => {
    const told = paragraphs.map(({ cause, shownBy, broken }) => [cause?.rule ?? `none: ${broken}`, shownBy[0]])
    expect(Object.fromEntries(told)).toEqual(causes)
    for (const [rule, pattern] of Object.entries(words)) {
      expect(paragraphs.find(({ cause }) => cause?.rule === rule)?.cause?.happened).toMatch(pattern)
    }
  })

  it('names the lines that say so', () => {
    const text = scenario.includes('\n') ? scenario : withoutMatrix(readFileSync(fileOf(scenario), 'utf8'))
    for (const { path, place } of paragraphs.flatMap(({ cause }) => cause?.because ?? [])) {
      if (place === undefined || place === '--set') continue
      const line = text.split('\n')[Number(place.split(':').at(-1)) - 1] ?? ''
      expect(line).toContain(
        path.startsWith('faults.') ? 'at:' : path.split(/\.config\.|\.features\.|^consumers\.\w+\.(?!config)/).at(-1),
      )
    }
  })

  const cures = paragraphs.flatMap((paragraph) =>
    (paragraph.cause?.cures ?? []).map(({ set: cure }) => ({ paragraph, cure })),
  )
  for (const { paragraph, cure } of cures.filter(({ cure: settings }) => settings.length > 0)) {
    it(`is cured by ${cure.join(' ')}`, () => {
      const then = paragraphsOf({ scenario, set }, cure)
      const still = then.filter(({ cause }) => cause?.rule === paragraph.cause?.rule)
      expect(still).toEqual([])
      const shown = new Set(then.flatMap(({ shownBy }) => shownBy))
      expect(paragraph.shownBy.filter((name) => shown.has(name))).toEqual([])
    })
  }
})

it('of a wait that no rule explains, what became of the partition is told', () => {
  // Nobody is slow or down: the network holds answers to the producer back.
  const fault = '{ at: 3s, clog: { from: "broker:1", to: producer(p), one-way: true }, for: 5s }'
  const [paragraph, ...others] = paragraphsOf({ scenario: small(fault) })
  expect(others).toEqual([])
  expect(paragraph).toMatchObject({
    cause: undefined,
    shownBy: ['finds: writable(t) gap <= 2500ms'],
    facts: [expect.stringMatching(/^t-0 from 0\.1\d\ds on: leader 1, ISR \[1, 2, 3\] \(/)],
  })
})

/** Shown elsewhere, on runs made by hand. */
const BY_HAND = ['rot', 'unclean-election-asked', 'in-flight-without-idempotence', 'not-yet-mended', 'unsynced-loss']

it('every rule is shown by a run, or on one made by hand', () => {
  const shown = new Set([...CASES.flatMap(({ causes }) => Object.keys(causes)), ...BY_HAND])
  // Groups that go round have a test of their own.
  const others = CAUSE_RULES.filter((rule) => !LOOP_RULES.includes(rule))
  expect(others.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([])
  expect(new Set(CAUSE_RULES.map(({ id }) => id)).size).toBe(CAUSE_RULES.length)
})
