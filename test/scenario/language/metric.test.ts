// Expectations about numbers: how they are read, and what they measure.

import { describe, expect, it } from 'vitest'
import type { History } from '../../../src/history/history.ts'
import { judgeMetric } from '../../../src/scenario/judge/judge-metric.ts'
import { type MetricClaim, parseMetric } from '../../../src/scenario/language/metric.ts'
import { RunRecord } from '../../../src/scenario/judge/run-record.ts'
import type { KafkaEvent } from '../../../src/trace/kafka-event.ts'
import { completed, HistoryFixture, sent } from '../../history/fixture.ts'

function parsed(text: string): MetricClaim {
  const claim = parseMetric(text)
  if (claim === undefined || claim === null) throw new Error(`"${text}" is no metric`)
  return claim
}

describe('a metric', () => {
  it.each([
    [
      'isr-changes(orders-0) between 0s and 50s == 0',
      { kind: 'count', what: 'isr-changes', of: 'orders-0' },
      0,
      50e6,
      '==',
      0,
    ],
    ['fenced(brokers) between 60s and 75s == 1', { kind: 'count', what: 'fenced', of: 'brokers' }, 60e6, 75e6, '==', 1],
    ['elections( orders )<=2', { kind: 'count', what: 'elections', of: 'orders' }, 0, Infinity, '<=', 2],
    ['acked(orders) != 0', { kind: 'count', what: 'acked', of: 'orders' }, 0, Infinity, '!=', 0],
    ['p99(produce.latency) < 500ms', { kind: 'latency', statistic: { percentile: 99 } }, 0, Infinity, '<', 500_000],
    ['p99.9(produce.latency) > 1s', { kind: 'latency', statistic: { percentile: 99.9 } }, 0, Infinity, '>', 1e6],
    [
      'max(produce.latency) between 20s and 30s >= 4s',
      { kind: 'latency', statistic: { percentile: 100 } },
      20e6,
      30e6,
      '>=',
      4e6,
    ],
    ['rebalances(g) <= 2', { kind: 'count', what: 'rebalances', of: 'g' }, 0, Infinity, '<=', 2],
    ['lag(g) == 0', { kind: 'lag', of: 'g', statistic: 'last' }, 0, Infinity, '==', 0],
    ['max(lag(g)) < 100k', { kind: 'lag', of: 'g', statistic: { percentile: 100 } }, 0, Infinity, '<', 100_000],
    ['max( deliveries-per-record(t) ) <= 1', { kind: 'deliveries-per-record', of: 't' }, 0, Infinity, '<=', 1],
    ['sum(stopped-time(g)) < 60s', { kind: 'stopped-time', of: 'g', statistic: 'sum' }, 0, Infinity, '<', 60e6],
    ['mean(produce.latency) < 5ms', { kind: 'latency', statistic: 'mean' }, 0, Infinity, '<', 5000],
  ])('%s', (text, metric, fromUs, untilUs, operator, value) => {
    expect(parseMetric(text)).toEqual({ kind: 'metric', metric, fromUs, untilUs, operator, value })
  })

  it.each([
    'elections(orders) <= 2s',
    'elections(orders) between 5s and 5s == 0',
    'elections(orders) between 0 and 5s == 0',
    'p99(produce.latency) < 500',
  ])('"%s" has something wrong in it', (text) => expect(parseMetric(text)).toBeNull())

  it.each([
    'elections(orders)',
    'elections(orders) = 2',
    'sum(lag(g)) < 5',
    'min(stopped-time(g)) < 5s',
    'p101(produce.latency) < 5ms',
    'p99(lag) < 5',
  ])('"%s" is none', (text) => expect(parseMetric(text)).toBeUndefined())
})

function groundsOf(fixture: HistoryFixture, record = new RunRecord(fixture.bus)) {
  const { history, groupHistory } = fixture
  return { history, groupHistory, record, groups: new Map(), endUs: 0 }
}

describe('what is counted', () => {
  const change = (leader: number, isr: readonly number[], partition = 'orders-0'): KafkaEvent => {
    const common = {
      type: 'partition-changed',
      replicas: [1, 2, 3],
      leaderEpoch: 0,
      partitionEpoch: 0,
      elr: [],
      lastKnownElr: [],
      reason: '',
    } as const
    return { ...common, partition, leader, isr }
  }
  const fence = (broker: number, state: 'fenced' | 'registered' = 'fenced'): KafkaEvent => {
    return { type: 'broker-state-changed', broker, state, brokerEpoch: 1 }
  }

  function measure(text: string): string {
    const fixture = new HistoryFixture()
    const record = new RunRecord(fixture.bus)
    fixture.at(1, change(1, [1, 2, 3]), change(2, [2, 3, 1], 'orders-1'), fence(3, 'registered'))
    fixture.at(10, change(1, [1, 2]), fence(3))
    fixture.at(20, change(1, [2, 1]), change(-1, [1], 'orders-1'))
    fixture.at(30, change(2, [2]), change(1, [1], 'orders-1'), fence(1))
    return judgeMetric(parsed(text), groundsOf(fixture, record)).message
  }

  it.each([
    ['isr-changes(orders-0) == 0', 'it is 2'],
    ['isr-changes(orders) == 0', 'it is 3'],
    ['isr-changes(orders) between 10ms and 30ms == 0', 'it is 2'],
    ['isr-changes(order) == 0', 'it is 0'],
    // From nobody to broker 1 counts, from 2 to nobody does not.
    ['elections(orders) == 0', 'it is 2'],
    ['elections(orders-0) between 0s and 30ms == 0', 'it is 0'],
    ['fenced(brokers) == 0', 'it is 2'],
    ['fenced(broker:3) == 0', 'it is 1'],
    ['fenced(brokers) between 20ms and 1s == 0', 'it is 1'],
  ])('%s: %s', (text, message) => expect(measure(text)).toBe(message))
})

describe('deliveries', () => {
  it('are counted by consumer and by when they came', () => {
    const fixture = new HistoryFixture()
    const records = [0, 1, 2].map((n) => ({ offset: n, leaderEpoch: 0, producer: 'web[0]', n }))
    const delivered = (client: string, partition: string) =>
      ({ type: 'records-delivered', client, partition, records }) as const
    fixture.at(10, delivered('near[0]', 'orders-0'), delivered('far[0]', 'orders-0'))
    fixture.at(20, delivered('near[0]', 'orders-1'))
    const count = (text: string) => judgeMetric(parsed(text), groundsOf(fixture)).message
    expect(count('delivered(near) == 6')).toBe('it is 6')
    expect(count('delivered(near) between 10ms and 20ms == 3')).toBe('it is 3')
    expect(count('delivered(near) between 20ms and 1s == 3')).toBe('it is 3')
    expect(count('delivered(far) == 3')).toBe('it is 3')
    expect(count('delivered(orders) == 0')).toBe('it is 0')
  })
})

describe('latencies', () => {
  /** Record n is sent at 10 n ms and acknowledged n ms later; the third fails. */
  function history(): History {
    const fixture = new HistoryFixture()
    for (let n = 0; n < 10; n++) {
      fixture.at(10 * n, sent('web[0]', n))
      fixture.at(11 * n, completed('web[0]', n, n === 2 ? { outcome: 'fail', offset: -1 } : {}))
    }
    return fixture.history
  }
  const judged = (text: string) => {
    const fixture = new HistoryFixture()
    return judgeMetric(parsed(text), { ...groundsOf(fixture), history: history() })
  }

  it.each([
    ['max(produce.latency) == 9ms', true],
    ['min(produce.latency) == 0ms', true],
    ['p50(produce.latency) == 5ms', true],
    ['p10(produce.latency) <= 0ms', true],
    ['p90(produce.latency) < 9ms', false],
    ['max(produce.latency) between 10ms and 40ms == 3ms', true],
    ['max(produce.latency) between 10ms and 40ms < 3ms', false],
  ])('%s: %s', (text, holds) => {
    expect(judged(text)).toMatchObject({ holds })
    expect(judged(text).vacuous).toBeUndefined()
  })

  it('of nothing prove nothing', () => {
    expect(judged('max(produce.latency) between 20ms and 30ms < 1ms')).toMatchObject({ holds: true, vacuous: true })
  })

  it('are of acknowledged records, which are counted by when they were sent', () => {
    expect(judged('acked(orders) == 9').holds).toBe(true)
    expect(judged('acked(orders) between 10ms and 40ms == 2').holds).toBe(true)
    expect(judged('acked(other) == 0').holds).toBe(true)
  })
})
