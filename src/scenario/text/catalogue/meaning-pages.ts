// KS2xx: faults, expectations, triggers.

import type { DiagnosticPages } from './diagnostic-page.ts'

export const MEANING_PAGES = {
  KS201: {
    title: 'a fault needs exactly one verb',
    says: 'A fault says when (`at`, `when`), what (one verb, such as `kill`) and how long (`for`). Two things that happen at one time are two faults.',
    bad: 'faults: [{ at: 5s, kill: broker:1, stall-disk: broker:2, for: 5s }]',
    good: 'faults:\n  - { at: 5s, kill: broker:1, for: 5s }\n  - { at: 5s, stall-disk: broker:2, for: 5s }',
  },
  KS202: {
    title: 'unknown fault verb',
    says: 'There is no fault of this name. `kafkasim list faults` lists all that can be broken.',
    bad: 'faults: [{ at: 5s, crash: broker:1, for: 5s }]',
    good: 'faults: [{ at: 5s, kill: broker:1, for: 5s }]',
  },
  KS203: {
    title: 'a target cannot be read',
    says: 'Whom a fault hits is written `broker:2`, `rack:a`, `leader(orders-0)`, `follower(orders-0)`, `controller`, `producer(web)`, `consumer(audit)`, or `one|minority|majority|all brokers`; a list means all of them.',
    bad: 'faults: [{ at: 5s, kill: the leader, for: 5s }]',
    good: 'faults: [{ at: 5s, kill: leader(orders-0), for: 5s }]',
  },
  KS204: {
    title: 'a target names something that does not exist',
    says: 'A topic, partition, broker, rack or client that this file does not have, whatever is drawn. Partitions and instances count from 0, brokers from 1.',
    bad: 'faults: [{ at: 5s, kill: leader(order-0), for: 5s }]',
    good: 'faults: [{ at: 5s, kill: leader(orders-0), for: 5s }]',
  },
  KS205: {
    title: 'a fault lies outside the run',
    says: 'At `duration` producers stop and faults heal. A fault that begins later would never happen; one that would last longer is cut short, which is only a warning: say `forever: true` if it is never to heal.',
    bad: 'faults: [{ at: 2m, kill: broker:1 }]',
    good: 'faults: [{ at: 20s, kill: broker:1 }]',
  },
  KS206: {
    title: 'keys of a fault that do not go together',
    says: '`for` and `forever` exclude each other, some verbs are over at once and take neither, and some keys belong to one verb only (`lose` to `power-loss`, `down` to `rolling-restart`).',
    bad: 'faults: [{ at: 5s, kill: broker:1, lose: all-unflushed, for: 5s }]',
    good: 'faults: [{ at: 5s, power-loss: broker:1, lose: all-unflushed, for: 5s }]',
  },
  KS207: {
    title: 'two faults have the same id',
    says: 'Other faults wait for a fault by its `id` (`when: healed(a)`), so it must be one fault’s only.',
    bad: 'faults:\n  - { id: a, at: 5s, kill: broker:1, for: 5s }\n  - { id: a, at: 30s, kill: broker:2, for: 5s }',
    good: 'faults:\n  - { id: a, at: 5s, kill: broker:1, for: 5s }\n  - { id: b, at: 30s, kill: broker:2, for: 5s }',
  },
  KS208: {
    title: 'both ends of a network fault overlap, or one is missing',
    says: 'A link has two ends. `on` means all links of these; `from` and `to` the links between those. Nobody can be parted from itself.',
    bad: 'faults: [{ at: 5s, latency: { by: 100ms }, for: 5s }]',
    good: 'faults: [{ at: 5s, latency: { on: broker:1, by: 100ms }, for: 5s }]',
  },
  KS210: {
    title: 'an expectation cannot be read',
    says: 'The word is known and what follows it is not as it should be: a limit or a unit is missing, for instance. `kafkasim list expectations` shows the forms.',
    bad: 'expect: [writable(orders) gap 15s]',
    good: 'expect: [writable(orders) gap <= 15s]',
  },
  KS211: {
    title: 'unknown expectation or invariant',
    says: 'There is no expectation of this name. Engine invariants are always on and cannot be expected; `finds:` may name one that is to be broken.',
    bad: 'expect: [no-aked-loss]',
    good: 'expect: [no-acked-loss]',
  },
  KS212: {
    title: 'an expectation names something that does not exist',
    says: 'A topic, partition, consumer or broker that this file does not have.',
    bad: 'expect: [caught-up(audt) within 30s]',
    good: 'expect: [caught-up(audit) within 30s]',
  },
  KS213: {
    title: 'an anomaly that cannot be allowed',
    says: '`allow:` takes safety expectations, whose breaking is then tolerated, and `stuck`, each with a reason.',
    bad: 'allow: [{ stuk: "nobody can lead" }]',
    good: 'allow: [{ stuck: "nobody can lead" }]',
  },
  KS220: {
    title: 'a trigger cannot be read',
    says: '`when:` waits for an event: `isr(orders-0) == [1]`, `leader(orders-0) == 2`, `record orders-0@500 acked`, `fenced(broker:2)`, `healed(kill-1)`.',
    bad: 'faults: [{ when: "isr(orders-0) = [1]", kill: broker:1, for: 5s }]',
    good: 'faults: [{ when: "isr(orders-0) == [1]", kill: broker:1, for: 5s }]',
  },
  KS221: {
    title: 'a trigger names something that does not exist, or waits for what cannot come',
    says: 'A topic, broker or fault that is not there; a fault that waits for itself, or for one that is never healed. A fault that never happens makes a run vacuous, so this is told before.',
    bad: 'faults: [{ id: a, when: fired(a), kill: broker:1, for: 5s }]',
    good: 'faults:\n  - { id: a, at: 5s, kill: broker:1, for: 5s }\n  - { when: healed(a), kill: broker:2, for: 5s }',
  },
  KS222: {
    title: 'a data directory cannot be used',
    says: '`data:` of a broker names a directory of Kafka segment files beside the scenario file: folders such as `orders-0` with `.log` files. Every batch is looked at; the first that cannot be read is told with its file, the byte where it starts, the offset that is due there, and the reason. A partition that is in the data of one broker must be in that of each of its replicas, and `replicas` of its topic must say which these are.',
    bad: 'cluster: { brokers: [{ id: 1, data: ./no-such-folder }, { id: 2 }, { id: 3 }] }',
    good: 'cluster: { brokers: [{ id: 1 }, { id: 2 }, { id: 3 }] }',
  },
} as const satisfies DiagnosticPages
