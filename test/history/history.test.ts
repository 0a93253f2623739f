// What clients did, as the trace tells it: outcomes by record, counts, and how long nothing was acknowledged.

import { describe, expect, it } from 'vitest'
import { completed, HistoryFixture, sent } from './fixture.ts'

describe('outcomes', () => {
  it('are ok, fail or unknown, and pending until then', () => {
    const fixture = new HistoryFixture()
    const { history } = fixture
    fixture.at(1, sent('web[0]', 0), sent('web[0]', 1), sent('web[0]', 2), sent('web[0]', 3))
    fixture.at(2, completed('web[0]', 0, { offset: 7 }))
    fixture.at(2, completed('web[0]', 1, { outcome: 'fail', offset: -1, error: 'MESSAGE_TOO_LARGE' }))
    fixture.at(2, completed('web[0]', 2, { outcome: 'unknown', offset: -1, error: 'REQUEST_TIMED_OUT' }))
    const records = history.clients.get('web[0]')!
    expect([0, 1, 2, 3].map((n) => records.outcome(n))).toEqual(['ok', 'fail', 'unknown', 'pending'])
    expect([records.offset(0), records.isAcked(0), records.isAcked(2)]).toEqual([7, true, false])
    expect(history.partitionNames[records.partition(0)]).toBe('orders-0')
    expect(history.counts).toEqual({ produced: 4, acked: 1, failed: 1, unknown: 1, delivered: 0 })
    expect(history.pending()).toBe(1)
    expect([...history.errors]).toEqual([
      ['MESSAGE_TOO_LARGE', 1],
      ['REQUEST_TIMED_OUT', 1],
    ])
  })

  it('are never ok with acks=0: nobody acknowledged it', () => {
    const fixture = new HistoryFixture()
    fixture.at(1, sent('web[0]', 0), completed('web[0]', 0, { acks: 0, offset: -1 }))
    expect(fixture.history.counts).toMatchObject({ acked: 0, unknown: 1 })
    expect(fixture.history.clients.get('web[0]')?.outcome(0)).toBe('unknown')
  })

  it('come once, and only for records that were sent, in order of the counter', () => {
    const fixture = new HistoryFixture()
    fixture.at(1, sent('web[0]', 0), completed('web[0]', 0))
    expect(() => fixture.at(2, completed('web[0]', 0))).toThrow('completed twice')
    expect(() => fixture.at(3, completed('web[0]', 5))).toThrow('never sent')
    expect(() => fixture.at(4, sent('web[0]', 2))).toThrow('sends record 2 after 0')
  })

  it('are kept for as many records as are sent, and a record without a partition has none', () => {
    const fixture = new HistoryFixture()
    for (let n = 0; n < 5000; n++) fixture.at(n + 1, sent('web[0]', n), completed('web[0]', n, { offset: n * 2 }))
    fixture.at(6000, sent('web[0]', 5000), completed('web[0]', 5000, { outcome: 'fail', partition: '', offset: -1 }))
    const records = fixture.history.clients.get('web[0]')!
    expect([records.count, records.offset(1023), records.offset(4999)]).toEqual([5001, 2046, 9998])
    expect(records.partition(5000)).toBe(-1)
  })
})

describe('deliveries', () => {
  it('are counted', () => {
    const fixture = new HistoryFixture()
    const record = (offset: number) => ({ offset, leaderEpoch: 1, producer: 'web[0]', n: offset })
    const poll = { type: 'records-delivered', client: 'reader[0]', partition: 'orders-0' } as const
    fixture.at(1, { ...poll, records: [record(0), record(4)] }, { ...poll, records: [] })
    expect(fixture.history.counts.delivered).toBe(2)
    expect(fixture.history.deliveredCount('reader[1]')).toBe(0)
  })
})

describe('the longest stretch in which writers waited', () => {
  const gapOf = (fixture: HistoryFixture, ...partitions: string[]) =>
    fixture.history.longestWriteGap('orders', partitions.length === 0 ? ['orders-0'] : partitions)

  it('lies between two acknowledgements, while something was under way', () => {
    const fixture = new HistoryFixture()
    fixture.at(10, sent('a', 0), completed('a', 0))
    fixture.at(12, sent('a', 1))
    fixture.at(50, completed('a', 1))
    fixture.at(60, sent('a', 2), completed('a', 2))
    expect(gapOf(fixture)).toEqual({ partition: 'orders-0', gapUs: 38_000, endedUs: 50_000 })
  })

  it('begins with the first record sent, if that is not acknowledged for long', () => {
    const fixture = new HistoryFixture()
    fixture.at(5, sent('a', 0))
    fixture.at(50, completed('a', 0))
    fixture.at(60, sent('a', 1), completed('a', 1))
    expect(gapOf(fixture)).toEqual({ partition: 'orders-0', gapUs: 45_000, endedUs: 50_000 })
  })

  it('is open while the oldest record has no outcome, and ends with the last one sent', () => {
    const fixture = new HistoryFixture()
    fixture.at(10, sent('a', 0), completed('a', 0))
    fixture.at(20, sent('a', 1))
    fixture.at(80, sent('a', 2))
    fixture.at(500, sent('elsewhere', 0, 'payments'))
    expect(gapOf(fixture)).toEqual({ partition: 'orders-0', gapUs: 60_000, endedUs: 80_000 })
  })

  it('does not count waiting after the last record was sent', () => {
    const fixture = new HistoryFixture()
    fixture.at(10, sent('a', 0))
    fixture.at(30, sent('a', 1))
    fixture.at(900, completed('a', 0), completed('a', 1))
    expect(gapOf(fixture)).toEqual({ partition: 'orders-0', gapUs: 20_000, endedUs: 30_000 })
  })

  it('is none on a partition that nobody wrote to for a while', () => {
    const fixture = new HistoryFixture()
    fixture.at(10, sent('a', 0), completed('a', 0))
    fixture.at(90, sent('a', 1))
    fixture.at(91, completed('a', 1))
    fixture.at(95, sent('a', 2), completed('a', 2))
    expect(gapOf(fixture)?.gapUs).toBe(1_000)
  })

  it('is the longest of all partitions, and failures do not end it', () => {
    const fixture = new HistoryFixture()
    fixture.at(10, sent('a', 0), completed('a', 0), sent('b', 0))
    fixture.at(20, sent('a', 1), completed('a', 1), sent('b', 1))
    fixture.at(30, completed('b', 1, { partition: 'orders-1', outcome: 'fail', offset: -1 }))
    fixture.at(40, completed('b', 0, { partition: 'orders-1' }), sent('a', 2), completed('a', 2))
    expect(gapOf(fixture, 'orders-0', 'orders-1')).toEqual({ partition: 'orders-1', gapUs: 30_000, endedUs: 40_000 })
    expect(fixture.history.longestWriteGap('orders', [])).toBeUndefined()
  })
})
