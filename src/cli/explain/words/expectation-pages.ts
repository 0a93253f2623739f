// What each expectation means, and how it is written: a page for each word of the language, and a form that it reads.

import type { SafetyId } from '../../../scenario/language/expectation.ts'
import type { Count } from '../../../scenario/language/metric.ts'

export interface ExpectationPage {
  readonly says: string
  readonly form: string
  readonly facts?: readonly (readonly [label: string, text: string])[]
}

const FINDS = ['finds', 'with `finds:` in front it must be broken: for lessons, and bugs that are known'] as const
const WINDOW = ['window', 'in all of the run, or `between 10s and 20s` from its start'] as const
const SETTLED = ['within', 'counted from the last heal; without it, by the end of `settle`'] as const

type Word =
  | SafetyId
  | Count
  | 'isr-full'
  | 'writable'
  | 'caught-up'
  | 'stable'
  | 'lag'
  | 'stopped-time'
  | 'deliveries-per-record'
  | 'produce.latency'

export const EXPECTATION_PAGES: { readonly [W in Word]: ExpectationPage } = {
  'no-acked-loss': {
    says: 'Every record that was acknowledged is in the log of the leader in the end.',
    form: 'no-acked-loss',
    facts: [['acks=0', 'such records count as sent, never as acknowledged'], ['Jepsen', 'lost-write'], FINDS],
  },
  'no-duplicates-in-log': {
    says: 'No record lies in a log at two offsets.',
    form: 'no-duplicates-in-log',
    facts: [['Jepsen', 'duplicate'], FINDS],
  },
  'order-per-partition': {
    says: 'The records of each producer lie in each partition in the order in which it sent them.',
    form: 'order-per-partition',
    facts: [['Jepsen', 'nonmonotonic-send, int-nonmonotonic-send'], FINDS],
  },
  'logs-agree-below-hw': {
    says: 'In the end all replicas of a partition hold the same records below their high watermarks.',
    form: 'logs-agree-below-hw',
    facts: [FINDS],
  },
  'no-unclean-election': {
    says: 'Every leader came from the ISR.',
    form: 'no-unclean-election',
    facts: [FINDS],
  },
  'no-offset-regression': {
    says: 'A partition whose end was told to a monitor is never told to end earlier (KIP-207).',
    form: 'no-offset-regression',
    facts: [['needs', '`monitors:` in the file'], FINDS],
  },
  'no-poll-skip': {
    says: 'No consumer skips offsets between one batch that it gets and the next.',
    form: 'no-poll-skip',
    facts: [['Jepsen', 'poll-skip, int-poll-skip'], FINDS],
  },
  'no-nonmonotonic-poll': {
    says: 'No consumer is given offsets that go backwards, unless it started anew.',
    form: 'no-nonmonotonic-poll',
    facts: [['Jepsen', 'nonmonotonic-poll, int-nonmonotonic-poll'], FINDS],
  },
  'no-inconsistent-offsets': {
    says: 'Nobody reads two different records at one offset of a partition.',
    form: 'no-inconsistent-offsets',
    facts: [['Jepsen', 'inconsistent-offsets'], FINDS],
  },
  'no-resurrected-keys': {
    says: 'Whoever reads a topic with keys and keeps the last value of each, until it is handed a tombstone, holds no key in the end that was deleted below its position.',
    form: 'no-resurrected-keys',
    facts: [['needs', 'producers with `keys:` and `tombstones:`'], FINDS],
  },
  'no-duplicate-delivery': {
    says: 'No record is handed to the application of one group twice.',
    form: 'no-duplicate-delivery',
    facts: [['needs', 'a group: `consumers:` with `members:`'], ['Jepsen', 'more than one in consume-counts'], FINDS],
  },
  'no-ownership-overlap': {
    says: 'No partition is owned by two members of a group at once; those that were thrown out do not count.',
    form: 'no-ownership-overlap',
    facts: [['needs', 'a group: `consumers:` with `members:`'], FINDS],
  },
  'commits-cover-processed': {
    says: 'No member commits an offset beyond what its application has processed.',
    form: 'commits-cover-processed',
    facts: [['needs', 'a group: `consumers:` with `members:`'], FINDS],
  },
  'no-unseen': {
    says: 'Every acknowledged record behind the first that a group, or a reader, was handed is handed to it, too.',
    form: 'no-unseen',
    facts: [
      ['end', 'what lies behind its last record counts if it has caught up: nobody will hand it over any more'],
      ['and', 'what `auto.offset.reset` jumps over is unseen, if it is in the log still'],
      ['Jepsen', 'unseen'],
      FINDS,
    ],
  },
  'no-aborted-reads': {
    says: 'Nobody is handed a record of which its producer was told for certain that it is not written.',
    form: 'no-aborted-reads',
    facts: [['Jepsen', 'G1a, as far as there is one without transactions'], FINDS],
  },
  'no-commit-regression': {
    says: 'The committed offset of a group and partition never goes back, for whatever reason (O-2 lets it).',
    form: 'no-commit-regression',
    facts: [
      ['needs', 'a group: `consumers:` with `members:`'],
      ['invariant', 'group-offsets-advance: without a good reason it is a defect in any case'],
      FINDS,
    ],
  },
  'order-per-key': {
    says: 'The records of a producer under one key lie in one partition, in the order in which it sent them.',
    form: 'order-per-key',
    facts: [['growth', 'a topic that grows sends keys elsewhere (P-13): then they lie in two'], FINDS],
  },
  'no-rebalance-loop': {
    says: 'No group rebalances again and again for one reason: five times close together, three of them for one member.',
    form: 'no-rebalance-loop',
    facts: [
      ['reasons', 'late polls, silence, members that die, that are stopped and started, and topics that change'],
      [
        'close',
        'within a minute, or six times `max.poll.interval.ms` or `session.timeout.ms` where that is the reason',
      ],
      ['needs', 'a group: `consumers:` with `members:`'],
      FINDS,
    ],
  },
  'isr-full': {
    says: 'The ISR of every partition is its whole list of replicas again.',
    form: 'isr-full within 90s',
    facts: [SETTLED],
  },
  writable: {
    says: 'No partition of the topic goes longer without an acknowledgement while producers send.',
    form: 'writable(orders) gap <= 15s',
  },
  'caught-up': {
    says: 'The consumer has read all that is committed; a group has also committed that it did.',
    form: 'caught-up(audit) within 30s',
    facts: [SETTLED],
  },
  stable: {
    says: 'Every live member of the group has its assignment, and every partition an owner.',
    form: 'stable(billing) within 30s',
    facts: [SETTLED],
  },
  'failed-commits': {
    says: 'How often a commit of a member of the group failed: refused by its coordinator, or without an answer; attempts count.',
    form: '"failed-commits(billing) == 0"',
    facts: [WINDOW],
  },
  rebalances: {
    says: 'How often a join phase of the group ended with members in it, the first time included.',
    form: '"rebalances(billing) <= 2"',
    facts: [WINDOW],
  },
  lag: {
    says: 'How many records of its topics a group has not committed, looked at every 100 ms; alone: at the end.',
    form: '"max(lag(billing)) < 1000"',
    facts: [['statistics', 'min, mean, max, and percentiles such as p50, p99, p99.9'], WINDOW],
  },
  'stopped-time': {
    says: 'How long partitions of a group had no owner, after their first: of all together, or the longest.',
    form: '"sum(stopped-time(billing)) < 60s"',
    facts: [['statistics', 'sum and max'], WINDOW],
  },
  'deliveries-per-record': {
    says: 'How often any record of the topic was handed to one group, at most.',
    form: '"max(deliveries-per-record(orders)) <= 1"',
  },
  'isr-changes': {
    says: 'How often ISRs of a topic or partition changed.',
    form: '"isr-changes(orders-0) between 10s and 20s == 0"',
    facts: [WINDOW],
  },
  elections: {
    says: 'How often partitions of a topic, or one partition, got another leader.',
    form: '"elections(orders) <= 2"',
    facts: [WINDOW],
  },
  truncations: {
    says: 'How often replicas of a topic or partition cut off the end of their logs.',
    form: '"truncations(orders) == 0"',
    facts: [WINDOW],
  },
  fenced: {
    says: 'How often the controller fenced brokers, or one broker; of a group, how often members were thrown out.',
    form: '"fenced(brokers) between 10s and 20s >= 1"',
    facts: [['of', '`brokers`, one such as `broker:2`, or a group'], WINDOW],
  },
  acked: {
    says: 'How many records of a topic were acknowledged.',
    form: '"acked(orders) >= 1000"',
    facts: [WINDOW],
  },
  delivered: {
    says: 'How many records a consumer got, or all members of a group.',
    form: '"delivered(audit) between 10s and 20s >= 1"',
    facts: [WINDOW],
  },
  'jumped-over': {
    says: 'How many offsets a consumer passed over, because what it asked for was gone and `auto.offset.reset` moved it.',
    form: '"jumped-over(audit) == 0"',
    facts: [WINDOW],
  },
  'produce.latency': {
    says: 'How long records took from being sent to being acknowledged, the wait in the producer included.',
    form: '"p99(produce.latency) < 500ms"',
    facts: [['statistics', 'min, mean, max, and percentiles such as p50, p99, p99.9'], WINDOW],
  },
}
