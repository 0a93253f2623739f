// Lost, duplicated and reordered records, beside a model that compares everything with everything.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkHistory } from '../../src/history/checkers.ts'
import type { PlacedRecord } from '../../src/history/final-log.ts'
import { completed, HistoryFixture, sent } from './fixture.ts'

/** Client `web[0]` had its records 0, 1 … acknowledged at these offsets of orders-0. */
function ackedAt(...offsets: number[]): HistoryFixture {
  const fixture = new HistoryFixture()
  for (const [n, offset] of offsets.entries()) {
    fixture.at(1, sent('web[0]', n), completed('web[0]', n, { offset }))
  }
  return fixture
}

function log(...ns: number[]): PlacedRecord[] {
  return ns.map((n, offset) => ({ offset, client: 'web[0]', n }))
}

const found = (fixture: HistoryFixture, records: PlacedRecord[]) =>
  checkHistory(fixture.history, new Map([['orders-0', records]]))

describe('a history', () => {
  it('is clean if every acknowledged record lies in the log once, in order', () => {
    expect(found(ackedAt(0, 1, 2), log(0, 1, 2))).toEqual({ lost: [], unjudged: [], duplicated: [], reordered: [] })
  })

  it('shows what was acknowledged and is not there', () => {
    const lost = [{ partition: 'orders-0', client: 'web[0]', n: 1, offset: 1 }]
    expect(found(ackedAt(0, 1, 2), log(0, 2))).toEqual({ lost, unjudged: [], duplicated: [], reordered: [] })
  })

  it('asks for nothing that failed, is unknown, or was not acknowledged', () => {
    const fixture = new HistoryFixture()
    for (let n = 0; n < 4; n++) fixture.at(1, sent('web[0]', n))
    fixture.at(2, completed('web[0]', 0, { outcome: 'fail', offset: -1 }))
    fixture.at(2, completed('web[0]', 1, { outcome: 'unknown', offset: -1 }))
    fixture.at(2, completed('web[0]', 2, { acks: 0, offset: -1 }))
    expect(found(fixture, [])).toEqual({ lost: [], unjudged: [], duplicated: [], reordered: [] })
  })

  it('does not judge partitions whose log is not known', () => {
    const { lost, unjudged } = checkHistory(ackedAt(0).history, new Map())
    expect(lost).toEqual([])
    expect(unjudged).toEqual([{ partition: 'orders-0', client: 'web[0]', n: 0, offset: 0 }])
    expect(checkHistory(ackedAt(0).history, new Map([['orders-1', []]])).lost).toEqual([])
  })

  it('shows a record that lies there twice, with both places, and does not call it reordered', () => {
    const duplicated = [{ partition: 'orders-0', client: 'web[0]', n: 0, offset: 2, firstOffset: 0 }]
    expect(found(ackedAt(0, 1), log(0, 1, 0))).toEqual({ lost: [], unjudged: [], duplicated, reordered: [] })
  })

  it('shows a record behind a later one, in the same partition only', () => {
    const reordered = [{ partition: 'orders-0', client: 'web[0]', n: 0, offset: 1, after: 1 }]
    expect(found(ackedAt(1, 0), log(1, 0))).toEqual({ lost: [], unjudged: [], duplicated: [], reordered })
    const apart = new Map([
      ['orders-0', log(1)],
      ['orders-1', log(0)],
    ])
    expect(checkHistory(ackedAt(1, 0).history, apart).reordered).toEqual([])
  })

  it('leaves out records of clients that it does not know', () => {
    expect(
      found(ackedAt(0), [...log(0), { offset: 1, client: 'other', n: 0 }, { offset: 2, client: 'web[0]', n: 9 }]),
    ).toEqual({ lost: [], unjudged: [], duplicated: [], reordered: [] })
  })

  it('agrees with the model on any logs', () => {
    const logs = fc.array(fc.array(fc.nat(7), { maxLength: 12 }), { minLength: 1, maxLength: 2 })
    fc.assert(
      fc.property(logs, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (contents, acked) => {
        const fixture = new HistoryFixture()
        for (const [n, isAcked] of acked.entries()) {
          const partition = `orders-${n % contents.length}`
          const outcome = isAcked ? 'ok' : 'unknown'
          fixture.at(1, sent('web[0]', n), completed('web[0]', n, { partition, outcome }))
        }
        const findings = checkHistory(fixture.history, new Map(contents.map((ns, i) => [`orders-${i}`, log(...ns)])))
        const all = contents.flat()
        expect(findings.lost.map(({ n }) => n)).toEqual(
          [...acked.keys()].filter((n) => acked[n] === true && !all.includes(n)),
        )
        expect(findings.duplicated).toHaveLength(all.length - new Set(all).size)
        const firsts = contents.map((ns, i) =>
          ns.filter((n, at) => ns.indexOf(n) === at && !contents.slice(0, i).flat().includes(n)),
        )
        const behind = firsts.flatMap((ns) => ns.filter((n, at) => ns.slice(0, at).some((before) => before > n)))
        expect(findings.reordered.map(({ n }) => n)).toEqual(behind)
      }),
    )
  })
})
