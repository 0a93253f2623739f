// What each producer and consumer lived through, its instances together.

import { describe, expect, it } from 'vitest'
import { checkHistory } from '../../src/history/checkers.ts'
import { checkReads } from '../../src/history/check-reads.ts'
import { nameOfGroup, summariseClients } from '../../src/history/client-summaries.ts'
import { simulate } from '../../src/simulate.ts'
import { completed, HistoryFixture, sent } from './fixture.ts'

describe('the summary of what clients lived through', () => {
  const summaries = ({ history }: HistoryFixture) => {
    const logs = new Map([['orders-0', []]])
    return summariseClients(history, checkHistory(history, logs), checkReads(history, logs))
  }

  it('tells the fate of every record, by producer', () => {
    const fixture = new HistoryFixture()
    fixture.at(0, ...[0, 1, 2, 3].map((n) => sent('web[0]', n)), sent('web[1]', 0), sent('other[0]', 0))
    const retried = {
      type: 'produce-retried',
      partition: 'orders-0',
      records: [0],
      attempt: 1,
      answered: true,
    } as const
    fixture.at(
      2,
      { ...retried, client: 'web[0]', error: 'NOT_LEADER_OR_FOLLOWER' },
      { ...retried, client: 'web[1]', error: 'NOT_LEADER_OR_FOLLOWER' },
    )
    fixture.at(5, completed('web[0]', 0))
    fixture.at(
      7,
      completed('web[0]', 1, { outcome: 'fail', offset: -1, error: 'NOT_ENOUGH_REPLICAS' }),
      completed('web[0]', 2, { outcome: 'unknown', offset: -1, error: 'REQUEST_TIMED_OUT' }),
      completed('web[1]', 0, { outcome: 'fail', offset: -1, error: 'NOT_ENOUGH_REPLICAS' }),
    )
    const [web, other] = summaries(fixture).producers
    expect(web).toMatchObject({ name: 'web', produced: 5, acked: 1, failed: 2, unknown: 2, lost: 1 })
    expect(web?.latency).toEqual({ count: 1, p50Us: 5000, p99Us: 5000, maxUs: 5000 })
    expect(web?.errors).toEqual([
      { name: 'NOT_ENOUGH_REPLICAS', count: 2 },
      { name: 'REQUEST_TIMED_OUT', count: 1 },
    ])
    expect(web?.retriedFor).toEqual([{ name: 'NOT_LEADER_OR_FOLLOWER', count: 2 }])
    expect(other).toMatchObject({ name: 'other', produced: 1, acked: 0, unknown: 1, latency: undefined })
  })

  it('measures a delivery from the send, and a record that is read again only once', () => {
    const fixture = new HistoryFixture()
    const records = [{ offset: 0, leaderEpoch: 0, producer: 'web[0]', n: 0 }]
    const delivered = { type: 'records-delivered', client: 'audit[0]', partition: 'orders-0', records } as const
    fixture.at(0, sent('web[0]', 0))
    fixture.at(3, delivered)
    fixture.at(900, delivered)
    expect(summaries(fixture).consumers).toEqual([
      {
        name: 'audit',
        delivered: 2,
        skipped: 0,
        wentBack: 1,
        inconsistent: 0,
        latency: { count: 1, p50Us: 3000, p99Us: 3000, maxUs: 3000 },
      },
    ])
  })

  it('adds up to the verdict of the run', () => {
    const { verdict, clients } = simulate(
      `{ duration: 3s, cluster: { brokers: 1 }, topics: { t: { partitions: 1, replication.factor: 1 } },
         producers: { a: { topic: t, rate: 50/s, count: 2 }, b: { topic: t, rate: 20/s } }, consumers: { c: { topic: t } } }`,
    )
    const sum = (fate: 'produced' | 'acked' | 'failed' | 'unknown') =>
      clients.producers.reduce((total, producer) => total + producer[fate], 0)
    const { produced, acked, failed, unknown, delivered } = verdict.history
    expect([sum('produced'), sum('acked'), sum('failed'), sum('unknown')]).toEqual([produced, acked, failed, unknown])
    expect(clients.consumers[0]?.delivered).toBe(delivered)
    expect(clients.producers.map(({ name, latency }) => [name, latency?.count])).toEqual([
      ['a', clients.producers[0]?.acked],
      ['b', clients.producers[1]?.acked],
    ])
  })
})

it('an instance belongs to its group', () => {
  expect(nameOfGroup('web[12]')).toBe('web')
  expect(nameOfGroup('web')).toBe('web')
})
