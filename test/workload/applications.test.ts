// What applications in a group live through: work that takes its time, records that nobody can handle, worker pools,
// orchestrators. From a file to a verdict, as users see it.

import { describe, expect, it } from 'vitest'
import { simulate } from '../../src/simulate.ts'
import type { KafkaEvent } from '../../src/trace/kafka-event.ts'

const LINES = {
  duration: 'duration: 20s',
  settle: 'settle: 12s',
  cluster: 'cluster: { brokers: 1, config: { offsets.topic.num.partitions: 1, offsets.topic.replication.factor: 1 } }',
  topics:
    'topics: { orders: { partitions: 2, replication.factor: 1 }, rejected: { partitions: 1, replication.factor: 1 } }',
  producers: 'producers: { web: { topic: orders, rate: 20/s, start: 4s, keys: 10 } }',
}
const CONFIG = 'auto.offset.reset: earliest, session.timeout.ms: 10000'
const MANUAL = `${CONFIG}, enable.auto.commit: false`
const POISON = '{ at: 8s, poison: producer(web) }'

interface Run {
  readonly expectations: readonly string[]
  readonly faults?: readonly string[]
  readonly outcome?: string
  onTrace?(event: KafkaEvent, atUs: number): void
}

function run(group: string, { expectations, faults = [], outcome = 'pass', onTrace }: Run) {
  const text = [
    ...Object.values(LINES),
    `consumers: { billing: { topics: [orders], ${group} } }`,
    ...(faults.length === 0 ? [] : ['faults:', ...faults.map((fault) => `  - ${fault}`)]),
    'expect:',
    ...expectations.map((each) => `  - "${each}"`),
  ].join('\n')
  const { verdict } = simulate(text, {
    seed: 1,
    onTrace: ({ event, atUs }) => onTrace?.(event, atUs),
  })
  const unmet = verdict.expectations.filter(({ met }) => !met).map(({ text, message }) => `${text}: ${message}`)
  expect(unmet).toEqual([])
  expect(verdict.outcome).toBe(outcome)
  expect(verdict.notFired).toEqual([])
  return verdict
}

describe('a poisonous record', () => {
  it('is passed by', () => {
    const done: number[] = []
    run(`members: 1, process: { p50: 2ms, p99: 200ms, max: 1s }, poison: skip, config: { ${MANUAL} }`, {
      faults: [POISON],
      expectations: ['caught-up(billing)', 'no-duplicate-delivery', 'commits-cover-processed'],
      onTrace: (event, atUs) => {
        if (event.type === 'records-processed') done.push(atUs)
      },
    })
    // And some records take much longer than others.
    const gaps = done.slice(1).map((atUs, i) => atUs - (done[i] ?? 0))
    expect(Math.max(...gaps)).toBeGreaterThan(150_000)
  })

  it('holds up all that is behind it where it is tried for ever, without a poll: the member is thrown out (C-11)', () => {
    const verdict = run(`members: 1, poison: retry, config: { ${MANUAL}, max.poll.interval.ms: 6000 }`, {
      faults: [POISON],
      expectations: ['max(lag(billing)) > 100'],
      outcome: 'stuck',
    })
    expect(verdict.history.delivered).toBeLessThan(verdict.history.acked)
  })

  it('keeps its member in the group where it is sought again, and only its partition is held up', () => {
    run(`members: 1, poison: { tries: endless, by: seek }, config: { ${MANUAL}, max.poll.interval.ms: 6000 }`, {
      faults: [POISON],
      expectations: ['rebalances(billing) == 1', 'finds: no-duplicate-delivery'],
      outcome: 'stuck',
    })
  })

  it('is tried again three times, and put with the dead letters', () => {
    const tries: number[] = []
    run(
      `members: 1, poison: { tries: 3, backoff: 2s, by: seek, then: dead-letter, topic: rejected }, config: { ${MANUAL} }`,
      {
        faults: [POISON],
        expectations: ['acked(rejected) == 1', 'caught-up(billing)', 'commits-cover-processed', 'no-acked-loss'],
        onTrace: (event, atUs) => {
          if (event.type === 'produce-completed' && event.client === 'billing[0]/dead-letters') tries.push(atUs)
        },
      },
    )
    expect(tries).toHaveLength(1)
    expect(tries[0]).toBeGreaterThan(12_000_000)
  })

  it('kills each process that reads it, again and again', () => {
    const starts: number[] = []
    run(`members: 1, poison: crash, restart: 1s, config: { ${MANUAL} }`, {
      faults: [POISON],
      expectations: ['finds: no-duplicate-delivery'],
      outcome: 'find',
      onTrace: (event, atUs) => {
        if (event.type === 'member-started') starts.push(atUs)
      },
    })
    // Each waits for the session of the one before to end.
    expect(starts.length).toBeGreaterThan(2)
  })
})

describe('work that takes its time', () => {
  it('throws a member out that is slow once (C-11)', () => {
    run(`members: 2, slow: { record: 50, takes: 9s }, config: { ${MANUAL}, max.poll.interval.ms: 6000 }`, {
      expectations: ['rebalances(billing) >= 2', 'finds: no-duplicate-delivery', 'caught-up(billing)'],
      outcome: 'find',
    })
  })
})

it('an application that seeks the beginning of what it is given reads all of it again when it is started again', () => {
  run(`members: 1, from: beginning, config: { ${MANUAL} }`, {
    faults: ['{ at: 14s, stop: consumer(billing), for: 2s }'],
    expectations: ['finds: no-duplicate-delivery', 'max(deliveries-per-record(orders)) == 2', 'caught-up(billing)'],
    outcome: 'find',
  })
})

describe('a pool of workers', () => {
  it('commits what is done without a gap, and nothing else, whoever is done first', () => {
    run(`members: 2, workers: 4, process: { p50: 5ms, p99: 400ms, max: 2s }, config: { ${MANUAL} }`, {
      faults: ['{ at: 12s, kill: "consumer(billing[0])", for: 6s }'],
      expectations: ['commits-cover-processed', 'caught-up(billing)', 'no-poll-skip'],
    })
  })

  it('loses what auto-commit commits before it is done, when the process dies (B-19, C-16)', () => {
    run(`members: 1, workers: 2, process: 200ms, config: { ${CONFIG}, auto.commit.interval.ms: 1000 }`, {
      faults: ['{ at: 14s, kill: "consumer(billing[0])", for: 4s }'],
      expectations: ['finds: commits-cover-processed', 'caught-up(billing)'],
      outcome: 'find',
    })
  })

  it('makes its application pause its partitions, not leave its group, when more waits than it takes (C-23)', () => {
    const verdict = run(
      `members: 1, workers: 1, queue: 10, process: 100ms, config: { ${MANUAL}, max.poll.interval.ms: 6000, max.poll.records: 5 }`,
      {
        expectations: ['rebalances(billing) == 1', 'max(lag(billing)) > 100', 'commits-cover-processed'],
        outcome: 'stuck',
      },
    )
    expect(verdict.history.delivered).toBeLessThan(verdict.history.acked)
  })

  it('is let finish when its process is asked to stop', () => {
    run(`members: 1, workers: 2, process: 50ms, slow: { every: 50, takes: 1s }, config: { ${MANUAL} }`, {
      faults: ['{ at: 12s, sigterm: consumer(billing), for: 5s }'],
      expectations: ['no-duplicate-delivery', 'commits-cover-processed', 'caught-up(billing)', 'fenced(billing) == 0'],
    })
  })

  it('is let finish no longer when one of them fails meanwhile', () => {
    const left: number[] = []
    run(`members: 1, workers: 2, process: 200ms, poison: close, config: { ${MANUAL} }`, {
      faults: ['{ at: 6s, poison: producer(web) }', '{ at: 6200ms, sigterm: consumer(billing), for: 6s }'],
      expectations: ['fenced(billing) == 0', 'commits-cover-processed'],
      onTrace: (event, atUs) => {
        if (event.type === 'member-left') left.push(atUs)
      },
    })
    // The poisonous record waits behind those that were polled before it.
    expect(left[0]).toBeGreaterThan(6_500_000)
    expect(left[0]).toBeLessThan(12_000_000)
  })
})

describe('sigterm', () => {
  it('kills who has not stopped when grace is over: nothing is committed, and nobody leaves', () => {
    run(`members: 1, slow: { record: 100, takes: 12s }, config: { ${MANUAL} }`, {
      faults: ['{ at: 9s, sigterm: consumer(billing), grace: 2s, for: 5s }'],
      expectations: ['finds: no-duplicate-delivery', 'fenced(billing) == 1', 'caught-up(billing)'],
      outcome: 'find',
    })
  })
})

describe('a producer in a closed loop', () => {
  const times = (more: string, network: string): { sent: number; most: number } => {
    const text = [
      'duration: 8s',
      'settle: 10s',
      LINES.cluster,
      LINES.topics,
      `producers: { web: { topic: orders, outstanding: 3, ${more} } }`,
      network,
      'expect: [no-acked-loss]',
    ].join('\n')
    let sent = 0
    let answered = 0
    let most = 0
    const { verdict } = simulate(text, {
      seed: 1,
      onTrace: ({ event }) => {
        if (event.type === 'produce-invoked') sent += 1
        if (event.type === 'produce-completed') answered += 1
        most = Math.max(most, sent - answered)
      },
    })
    expect(verdict.outcome).toBe('pass')
    return { sent, most }
  }

  it('has so many records on their way, and slows down with the cluster', () => {
    const slow = times('size: { p50: 200B, max: 5KiB }', 'network: { client: { latency: 100ms } }')
    expect(slow.most).toBe(3)
    const thinking = times('think: 1s', 'network: { client: { latency: 100ms } }')
    expect(thinking.most).toBe(3)
    expect(slow.sent).toBeGreaterThan(60)
    expect(thinking.sent).toBeGreaterThan(9)
    expect(thinking.sent).toBeLessThan(slow.sent / 3)
  })
})
