// Hand-made runs for the reports' tests: a passing one, one that lost records, one that is stuck.

import type { RunResult, TimelineEntry, Verdict } from '../../src/scenario/run-result.ts'

export function passingVerdict(changes: Partial<Verdict> = {}): Verdict {
  return {
    scenario: 'leader-crash',
    seed: 42,
    kafka: '4.0',
    outcome: 'pass',
    passed: true,
    violations: [],
    expectations: [
      { text: 'no-acked-loss', met: true, message: '19 988 acknowledged records are all in the log' },
      { text: 'isr-full within 90s', met: true, message: 'after 12.4s' },
    ],
    notFired: [],
    history: {
      produced: 20000,
      acked: 19988,
      failed: 0,
      unknown: 12,
      delivered: 19991,
      lost: 0,
      duplicated: 0,
      reordered: 0,
    },
    cluster: {
      partitions: [
        {
          topic: 'orders',
          partition: 0,
          leader: 2,
          leaderEpoch: 1,
          isr: [1, 2, 3],
          highWatermark: 9996,
          logEndOffset: 9996,
        },
        {
          topic: 'orders',
          partition: 1,
          leader: 3,
          leaderEpoch: 0,
          isr: [1, 2, 3],
          highWatermark: 9995,
          logEndOffset: 9995,
        },
      ],
    },
    events: 412345,
    simulatedMs: 100_000,
    traceHash: '0123456789abcdef',
    reproduce: 'npx kafkasim run scenarios/leader-crash.yaml --seed 42',
    ...changes,
  }
}

export function passingRun(changes: Partial<RunResult> = {}): RunResult {
  return {
    verdict: passingVerdict(),
    chosenFaults: [],
    judged: [],
    description:
      'The leader of a partition crashes under load with acks=all. Another takes over, and the old one truncates what was never committed and catches up.',
    timeline: [
      entry(0.412, 'broker', 'broker-1', 'registered (broker epoch 5)'),
      entry(1.02, 'election', 'orders-0', 'created: leader 1, replicas [1,2,3]'),
      entry(10, 'fault', 'broker-1', 'kill leader(orders-0)'),
      entry(19.003, 'broker', 'broker-1', 'fenced (broker epoch 5)'),
      entry(19.003, 'election', 'orders-0', 'leader 1 → 2, epoch 1, isr [2,3] (leader fenced)'),
      entry(25, 'heal', 'broker-1', 'kill healed'),
      entry(25.8, 'truncation', 'orders-0', 'broker-1 truncates from 2010 to 2001'),
      entry(27.12, 'isr', 'orders-0', 'ISR expands from [2,3] to [1,2,3] (AlterPartition)'),
    ],
    setup: {
      brokers: [1, 2, 3].map((id) => ({ id, rack: id === 3 ? 'b' : 'a', kafka: '4.0' })),
      topics: [{ name: 'orders', partitions: 2, replicationFactor: 3, minInsyncReplicas: 2, uncleanElection: false }],
      producers: [{ name: 'web', topic: 'orders', count: 2, ratePerSecond: 100, acks: -1, idempotent: true }],
      consumers: [{ name: 'audit', topics: ['orders'] }],
      switches: [],
      eligibleLeaderReplicas: false,
      drawn: [],
    },
    violations: [],
    paragraphs: [],
    explanations: [],
    stuckOn: [],
    buggify: {},
    marks: {},
    withoutEffect: [],
    clients: {
      producers: [
        {
          name: 'web',
          topic: 'orders',
          produced: 20000,
          acked: 19988,
          failed: 0,
          unknown: 12,
          lost: 0,
          duplicated: 0,
          reordered: 0,
          latency: { count: 19988, p50Us: 4_210, p99Us: 81_900, maxUs: 9_412_250 },
          errors: [
            { name: 'REQUEST_TIMED_OUT', count: 12 },
            { name: 'NOT_LEADER_OR_FOLLOWER', count: 3 },
          ],
          retriedFor: [{ name: 'NOT_LEADER_OR_FOLLOWER', count: 21 }],
        },
      ],
      consumers: [
        {
          name: 'audit',
          delivered: 19991,
          skipped: 0,
          wentBack: 0,
          inconsistent: 0,
          latency: { count: 19991, p50Us: 9_050, p99Us: 120_400, maxUs: 9_500_000 },
        },
      ],
    },
    groups: [],
    writeGaps: [{ topic: 'orders', partition: 'orders-0', gapMs: 9412.25, endedAtMs: 19_412.25 }],
    ...changes,
  }
}

/** Unclean election: excused violations, records lost, logs that differ. */
export function losingRun(): RunResult {
  const base = passingRun()
  return {
    ...base,
    verdict: passingVerdict({
      scenario: 'acks1-loss',
      outcome: 'fail',
      passed: false,
      violations: [
        {
          invariant: 'committed-prefix-agreement',
          rule: 'RI-12',
          excused: null,
          atMs: 25_800.125,
          subject: 'orders-0',
          message:
            'broker 1 and broker 2 both call offset 2005 committed, and hold different batches there: epoch 0 on broker 1, epoch 1 on broker 2',
          events: [40_112, 51_993],
        },
        {
          invariant: 'leader-completeness',
          rule: 'RI-9',
          excused: 'C1: an unclean election was permitted for orders-0',
          atMs: 19_003,
          subject: 'orders-0',
          message: 'broker 2 leads in epoch 1 without offsets 2001–2009, which were committed in epoch 0',
          events: [40_112, 44_001],
        },
      ],
      expectations: [
        { text: 'no-acked-loss', met: false, message: '9 acknowledged records are gone; the first is orders-0@2001' },
        { text: 'writable(orders) gap <= 15s', met: true, message: 'longest gap 9.412s' },
        { text: 'max(produce.latency) between 20s and 30s >= 4s', met: false, message: 'was 1.2s' },
      ],
      history: { ...base.verdict.history, lost: 9, duplicated: 2 },
      reproduce: 'npx kafkasim run scenarios/acks1-loss.yaml --seed 42',
    }),
    timeline: [
      ...base.timeline,
      entry(25.8, 'violation', 'orders-0', 'committed-prefix-agreement: offset 2005 is committed in two versions'),
    ],
    violations: [
      {
        invariant: 'committed-prefix-agreement',
        rule: 'RI-12',
        statement:
          'What was committed stays: a leader in office holds every batch that was ever below a high watermark.',
        excused: null,
        atUs: 25_800_125,
        subject: 'orders-0',
        message: '',
        events: [40_112, 51_993],
        count: 1017,
      },
    ],
    paragraphs: [
      {
        shownBy: ['no-acked-loss', 'leader-completeness'],
        weight: 'failed',
        promised: 'a record that a producer was told is written stays in the log',
        broken: 'no-acked-loss: 9 acknowledged records are gone, orders-0@2001 to @2009',
        facts: ['writable(orders) gap <= 15s: longest gap 19.412s'],
        cause: {
          key: 'unclean-election orders',
          rule: 'unclean-election',
          happened:
            'Broker 1, leader in epoch 0, acknowledged orders-0@2001 (web[0]#2001) at 9.950s, with [1] in sync. At 19.003s broker 2, which was in no ISR any more, was elected all the same.',
          because: [
            { path: 'topics.orders.config.unclean.leader.election.enable', value: 'true', place: 'x.yaml:12' },
            { path: 'topics.orders.config.min.insync.replicas', value: '1', place: undefined },
          ],
          cites: 'R-98, R-102',
          cures: [
            {
              text: 'unclean.leader.election.enable=false: the partition then waits for one of its ISR',
              set: ['topics.orders.config.unclean.leader.election.enable=false'],
            },
            { text: 'replicas in several racks', set: [] },
          ],
        },
      },
      {
        shownBy: ['finds: committed-prefix-agreement'],
        weight: 'found',
        promised: 'what two brokers call committed is the same',
        broken: 'offset 2005 is committed in two versions',
        facts: [],
        cause: undefined,
      },
    ],
    explanations: [
      {
        title: 'committed-prefix-agreement broken on orders-0 at offset 2005',
        subject: 'orders-0',
        chain: [
          { ordinal: 40_000, atUs: 10_000_000, node: 'world', kind: 'fault/kill', cause: 0 },
          { ordinal: 40_112, atUs: 19_003_000, node: 'controller-3000', kind: 'heartbeat-check', cause: 40_000 },
          { ordinal: 51_993, atUs: 25_800_125, node: 'broker-1', kind: 'fetch-response', cause: 40_112 },
        ],
        lastEvents: base.timeline.filter(({ subject }) => subject === 'orders-0'),
        logs: [
          {
            broker: 1,
            state: 'follower',
            leaderEpoch: 1,
            logStartOffset: 0,
            logEndOffset: 2010,
            highWatermark: 2006,
            batches: [
              { firstOffset: 1960, lastOffset: 1999, epoch: 0 },
              { firstOffset: 2000, lastOffset: 2009, epoch: 0 },
            ],
          },
          {
            broker: 2,
            state: 'leader',
            leaderEpoch: 1,
            logStartOffset: 0,
            logEndOffset: 2040,
            highWatermark: 2040,
            batches: [
              { firstOffset: 1960, lastOffset: 2000, epoch: 0 },
              { firstOffset: 2001, lastOffset: 2039, epoch: 1 },
            ],
          },
          {
            broker: 3,
            state: 'dead',
            leaderEpoch: 0,
            logStartOffset: 1980,
            logEndOffset: 2001,
            highWatermark: 2000,
            batches: [{ firstOffset: 1980, lastOffset: 2000, epoch: 0 }],
          },
        ],
      },
    ],
  }
}

export function stuckRun(): RunResult {
  return passingRun({
    verdict: passingVerdict({
      outcome: 'stuck',
      passed: false,
      notFired: ['faults[1] (pause broker:9)'],
      cluster: {
        partitions: [
          { topic: 'orders', partition: 0, leader: -1, leaderEpoch: 4, isr: [2], highWatermark: -1, logEndOffset: -1 },
          { topic: 'orders', partition: 1, leader: 3, leaderEpoch: 0, isr: [3], highWatermark: 90, logEndOffset: 120 },
        ],
      },
    }),
    stuckOn: [
      'orders-0 has no leader: it waits for one of its ISR [2]',
      'orders-1: ISR [3] lacks [1,2] (broker 1 is fenced; broker 2 is down)',
    ],
    withoutEffect: ['cluster.config.num.network.threads'],
  })
}

export function entry(atSeconds: number, kind: TimelineEntry['kind'], subject: string, text: string): TimelineEntry {
  return { atUs: Math.round(atSeconds * 1_000_000), kind, subject, text }
}
