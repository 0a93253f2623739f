// KS3xx: legal, and probably not meant. A run goes on in spite of them.

import type { DiagnosticPages } from './diagnostic-page.ts'

export const WARNING_PAGES = {
  KS301: {
    title: 'any single broker stop blocks acks=all writes',
    says: 'With `min.insync.replicas` as high as the replication factor, the ISR has nobody to spare: as soon as one replica leaves it, a producer with `acks: all` gets NOT_ENOUGH_REPLICAS until it is back. Usual is one less.',
    bad: `topics: { orders: { replication.factor: 3, config: { min.insync.replicas: 3 } } }
faults: [{ at: 10s, kill: leader(orders-0), for: 15s }]`,
    good: `topics: { orders: { replication.factor: 3, config: { min.insync.replicas: 2 } } }
faults: [{ at: 10s, kill: leader(orders-0), for: 15s }]`,
  },
  KS302: {
    title: 'a topic of one replica goes away with its broker',
    says: 'Nobody can take over a partition that has one replica. While its broker is down it has no leader, so a bound on the write gap that is shorter than the fault cannot be met; and what a power loss takes from its disk nobody else has.',
    bad: `topics: { orders: { replication.factor: 1 } }
faults: [{ at: 10s, kill: leader(orders-0), for: 15s }]
expect: [writable(orders) gap <= 5s]`,
    good: `topics: { orders: { replication.factor: 3 } }
faults: [{ at: 10s, kill: leader(orders-0), for: 15s }]
expect: [writable(orders) gap <= 12s]`,
  },
  KS303: {
    title: 'unclean elections are allowed, and nothing is to be lost',
    says: 'With `unclean.leader.election.enable: true` (or an `elect` of `type: unclean`) a replica outside the ISR may become leader, and all acknowledged records that it lacks are lost: that is what the setting is for. Expect the loss (`finds: no-acked-loss`), or turn unclean elections off.',
    bad: `topics: { orders: { replication.factor: 3, config: { unclean.leader.election.enable: true } } }
faults:
  - { at: 10s, isolate: follower(orders-0), for: 20s }
  - { at: 25s, kill: leader(orders-0), for: 20s }
expect: [no-acked-loss]`,
    good: `topics: { orders: { replication.factor: 3, config: { unclean.leader.election.enable: false } } }
faults:
  - { at: 10s, isolate: follower(orders-0), for: 20s }
  - { at: 25s, kill: leader(orders-0), for: 20s }
expect: [no-acked-loss]`,
  },
  KS304: {
    title: 'an expectation that has nothing to judge',
    says: 'It is about a topic that nobody writes, a consumer that has nothing to read, or acknowledgements that a producer with `acks: 0` never gets. A check that could not fail has not passed: the run ends as VACUOUS.',
    bad: 'producers: {}\nconsumers: {}\nexpect: [no-acked-loss]',
    good: 'producers: { web: { topic: orders } }\nconsumers: {}\nexpect: [no-acked-loss]',
  },
  KS305: {
    title: 'a pause or isolation that is too short to be noticed',
    says: 'The controller fences a broker that has sent no heartbeat for `broker.session.timeout.ms` (9 s unless set), and a leader drops a follower that has not caught up for `replica.lag.time.max.ms` (30 s). What is over sooner changes neither leaders nor ISRs; clients only wait. No warning comes if the file expects something about time (`writable`, latencies) or fencing, for then the short pause is meant.',
    bad: 'faults: [{ at: 10s, pause: broker:1, for: 5s }]',
    good: 'faults: [{ at: 10s, pause: broker:1, for: 15s }]',
  },
  KS306: {
    title: 'the run ends before what is expected can happen',
    says: 'After `duration` all faults heal and the cluster has `settle` to come to rest. A `within` that is longer than what is left of the run can never be used up: the run is stuck first. A broker that is cut off at the end needs up to `broker.session.timeout.ms` before its next registration.',
    bad: 'settle: 20s\nfaults: [{ at: 10s, kill: broker:1 }]\nexpect: [isr-full within 90s]',
    good: 'settle: 90s\nfaults: [{ at: 10s, kill: broker:1 }]\nexpect: [isr-full within 90s]',
  },
  KS308: {
    title: 'a consumer that reads nothing',
    says: 'It is assigned no partition, or only topics that no producer writes.',
    bad: 'topics: { orders: { partitions: 1 }, audits: { partitions: 1 } }\nconsumers: { audit: { topic: audits } }',
    good: 'topics: { orders: { partitions: 1 }, audits: { partitions: 1 } }\nconsumers: { audit: { topic: orders } }',
  },
  KS310: {
    title: 'acks=1 cannot promise that nothing is lost',
    says: 'With `acks: 1` the leader answers before any follower has the record. When the leader is killed, loses its power, or is cut off until another leads, what only it had is gone. Use `acks: all` with `min.insync.replicas: 2`, or expect the loss: `finds: no-acked-loss`.',
    bad: `producers: { web: { topic: orders, config: { acks: 1, enable.idempotence: false } } }
faults: [{ at: 10s, kill: leader(orders-0), for: 15s }]
expect: [no-acked-loss]`,
    good: `producers: { web: { topic: orders, config: { acks: all } } }
faults: [{ at: 10s, kill: leader(orders-0), for: 15s }]
expect: [no-acked-loss]`,
  },
  KS311: {
    title: 'retries without idempotence may reorder',
    says: 'Without idempotence and with more than one request in flight, a batch that is sent again comes behind the one that was sent after it. `enable.idempotence: true` keeps order with up to five in flight; so does `max.in.flight.requests.per.connection: 1`.',
    bad: `producers: { web: { topic: orders, config: { enable.idempotence: false } } }
faults: [{ at: 10s, kill: leader(orders-0), for: 15s }]
expect: [order-per-partition]`,
    good: `producers: { web: { topic: orders, config: { enable.idempotence: true } } }
faults: [{ at: 10s, kill: leader(orders-0), for: 15s }]
expect: [order-per-partition]`,
  },
  KS312: {
    title: 'retries without idempotence may write twice',
    says: 'A producer whose answer got lost sends the batch again. An idempotent one numbers its batches, and the leader knows the second for the first; without that the record is in the log twice. Also true with `acks: 1`, where Kafka turns idempotence off.',
    bad: `producers: { web: { topic: orders, config: { enable.idempotence: false } } }
faults: [{ at: 10s, kill: leader(orders-0), for: 15s }]
expect: [no-duplicates-in-log]`,
    good: `producers: { web: { topic: orders, config: { enable.idempotence: true } } }
faults: [{ at: 10s, kill: leader(orders-0), for: 15s }]
expect: [no-duplicates-in-log]`,
  },
  KS313: {
    title: 'acks=all with min.insync.replicas 1 may mean one unsynced copy',
    says: '`acks: all` waits for all that are in the ISR, and with `min.insync.replicas: 1`, which is Kafka’s default, that may be the leader alone. Kafka does not sync before it answers; a power loss of this one machine then takes acknowledged records with it. Set it to 2.',
    bad: `faults:
  - { at: 10s, kill: "broker:2", for: 30s }
  - { at: 20s, power-loss: leader(orders-0), for: 10s }
expect: [no-acked-loss]`,
    good: `topics: { orders: { replication.factor: 3, config: { min.insync.replicas: 2 } } }
faults:
  - { at: 10s, kill: "broker:2", for: 30s }
  - { at: 20s, power-loss: leader(orders-0), for: 10s }
expect: [no-acked-loss]`,
  },
  KS314: {
    title: 'all brokers lose power at once',
    says: 'Kafka’s durability is replication: an acknowledged record is in the memory of several machines, and on disk when the system writes it back. If all lose power together, what nobody has synced is lost, whatever `acks` says. `flush.messages: 1` syncs before the answer, at a price.',
    bad: 'faults: [{ at: 10s, power-loss: all brokers, for: 10s }]\nexpect: [no-acked-loss]',
    good: `topics: { orders: { replication.factor: 3, config: { flush.messages: 1, min.insync.replicas: 2 } } }
faults: [{ at: 10s, power-loss: all brokers, for: 10s }]
expect: [no-acked-loss]`,
  },
  KS315: {
    title: 'a group that never gets a coordinator',
    says: 'Whoever leads the partition of `__consumer_offsets` that a group belongs to coordinates it. The topic is created when a group first asks, with `offsets.topic.replication.factor` replicas, which is 3 unless set; with fewer brokers than that it cannot be, and the group asks for ever. Clusters for tests set it to 1.',
    bad: `cluster: { brokers: 1 }
topics: { orders: { partitions: 1, replication.factor: 1 } }
producers: { web: { topic: orders } }
consumers: { billing: { topics: [orders], members: 2 } }`,
    good: `cluster: { brokers: 1, config: { offsets.topic.replication.factor: 1 } }
topics: { orders: { partitions: 1, replication.factor: 1 } }
producers: { web: { topic: orders } }
consumers: { billing: { topics: [orders], members: 2 } }`,
  },
  KS316: {
    title: 'a poll that is more work than its interval allows',
    says: 'A member must poll again within `max.poll.interval.ms` (5 minutes). One poll returns up to `max.poll.records` (500) of what has piled up; if the work on them takes longer, the client leaves the group while its application works, what it has in hand goes to others, and its commit fails. Fewer records a poll, or a longer interval.',
    bad: `cluster: { brokers: 1, config: { offsets.topic.replication.factor: 1 } }
topics: { orders: { partitions: 1, replication.factor: 1 } }
producers: { web: { topic: orders } }
consumers: { billing: { topics: [orders], members: 2, process: 1s } }
expect: [caught-up(billing)]`,
    good: `cluster: { brokers: 1, config: { offsets.topic.replication.factor: 1 } }
topics: { orders: { partitions: 1, replication.factor: 1 } }
producers: { web: { topic: orders } }
consumers: { billing: { topics: [orders], members: 2, process: 1s, config: { max.poll.records: 100 } } }
expect: [caught-up(billing)]`,
  },
} as const satisfies DiagnosticPages
