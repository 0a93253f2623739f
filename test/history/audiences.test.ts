// What groups and readers never saw, or should never have seen, beside a search that compares everything with everything.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkAudiences } from '../../src/history/audiences.ts'
import { checkKeyOrder, type KeyedRecord } from '../../src/history/key-order.ts'
import { completed, delivered, HistoryFixture, sent } from './fixture.ts'

const RECORDS = 12
const groupOf = (consumer: string) => consumer.replace(/\[.*/, '')

/** Records 0 to 11 of web[0] at their own offsets, of which some are acknowledged; reads by consumer. */
function check(
  outcomes: readonly ('ok' | 'fail' | 'unknown')[],
  reads: readonly (readonly [consumer: string, offsets: readonly number[]])[],
  inLog: readonly number[] = outcomes.map((_, n) => n),
  caughtUp: readonly string[] = [],
) {
  const fixture = new HistoryFixture()
  fixture.at(1, ...outcomes.map((_, n) => sent('web[0]', n)))
  const more = (outcome: 'ok' | 'fail' | 'unknown') =>
    outcome === 'ok' ? { outcome } : { outcome, error: 'REQUEST_TIMED_OUT', offset: -1 }
  fixture.at(2, ...outcomes.map((outcome, n) => completed('web[0]', n, more(outcome))))
  for (const [consumer, offsets] of reads) fixture.at(3, delivered(consumer, 'orders-0', ...offsets))
  const log = inLog.map((n) => ({ offset: n, client: 'web[0]', n }))
  const found = checkAudiences(fixture.history, new Map([['orders-0', log]]), groupOf, new Set(caughtUp))
  return {
    unseen: found.unseen.map(({ consumer, offset }) => `${consumer}@${offset}`),
    aborted: found.aborted.map(({ consumer, offset }) => `${consumer}@${offset}`),
  }
}

const ALL_OK = Array.from({ length: 6 }, () => 'ok' as const)

describe('unseen', () => {
  it('is what lies between the records of a group, whoever of it was handed them', () => {
    const { unseen } = check(ALL_OK, [
      ['g[0]', [1, 2]],
      ['g[1]', [4, 5]],
    ])
    expect(unseen).toEqual(['g@3'])
  })

  it('is what lies behind them only of who says that it has read everything', () => {
    expect(check(ALL_OK, [['g[0]', [0, 1, 2, 3]]]).unseen).toEqual([])
    expect(check(ALL_OK, [['g[0]', [0, 1, 2, 3]]], undefined, ['g']).unseen).toEqual(['g@4', 'g@5'])
  })

  it('is nothing that is not in the log, that nobody acknowledged, or that came before', () => {
    expect(check(ALL_OK, [['g[0]', [1, 4]]], [0, 1, 4, 5]).unseen).toEqual([])
    expect(check(['ok', 'unknown', 'ok'], [['g[0]', [0, 2]]]).unseen).toEqual([])
    expect(check(ALL_OK, [['g[0]', [3, 4]]]).unseen).toEqual([])
  })

  it('is what a search finds that compares everything with everything', () => {
    const outcomes = fc.array(fc.constantFrom('ok', 'fail', 'unknown'), { minLength: RECORDS, maxLength: RECORDS })
    const reads = fc.array(
      fc.tuple(
        fc.constantFrom('g[0]', 'g[1]', 'h[0]'),
        fc.uniqueArray(fc.nat(RECORDS - 1), { minLength: 1 }).map((offsets) => offsets.sort((a, b) => a - b)),
      ),
      { maxLength: 5 },
    )
    const some = fc.subarray(Array.from({ length: RECORDS }, (_, n) => n))
    fc.assert(
      fc.property(outcomes, reads, some, fc.subarray(['g', 'h']), (fates, all, inLog, caughtUp) => {
        const naive = ['g', 'h'].flatMap((audience) => {
          const own = all.filter(([consumer]) => groupOf(consumer) === audience).flatMap(([, offsets]) => offsets)
          return inLog
            .filter(
              (n) => own.some((read) => read <= n) && (caughtUp.includes(audience) || own.some((read) => read >= n)),
            )
            .filter((n) => !own.includes(n) && fates[n] === 'ok')
            .map((n) => `${audience}@${n}`)
        })
        const aborted = all.flatMap(([consumer, offsets]) =>
          offsets.filter((n) => fates[n] === 'fail').map((n) => `${consumer}@${n}`),
        )
        const found = check(fates, all, inLog, caughtUp)
        expect(found.unseen.toSorted()).toEqual(naive.toSorted())
        expect(found.aborted.toSorted()).toEqual(aborted.toSorted())
      }),
      { numRuns: 60 },
    )
  })
})

describe('order by key (P-11, P-13)', () => {
  const of = (...records: readonly (readonly [n: number, key: string | null])[]): KeyedRecord[] =>
    records.map(([n, key], offset) => ({ offset, client: 'web[0]', n, key }))
  const order = (logs: Readonly<Record<string, readonly KeyedRecord[]>>) => {
    const { keyed, found } = checkKeyOrder(new Map(Object.entries(logs)))
    return { keyed, found: found.map(({ partition, offset, text }) => `${partition}@${offset}: ${text}`) }
  }

  it('is kept by records of one key, and none by records of different keys or without', () => {
    expect(order({ 't-0': of([0, 'a'], [3, 'b'], [2, 'a'], [1, null], [0, null]) })).toEqual({ keyed: 3, found: [] })
  })

  it('is broken by one that lies behind a later one', () => {
    const { found } = order({ 't-0': of([1, 'a'], [0, 'a']) })
    expect(found).toEqual(['t-0@1: web[0]#0 behind web[0]#1 of the same key'])
  })

  it('is broken by a key that lies in two partitions, not by one in two topics', () => {
    expect(order({ 't-0': of([0, 'a']), 't-1': of([1, 'a']) }).found).toEqual([
      't-1@0: web[0]#1, and web[0]#0 of the same key in t-0',
    ])
    expect(order({ 't-0': of([0, 'a']), 'u-0': of([1, 'a']) }).found).toEqual([])
  })

  it('takes no notice of a record that lies twice', () => {
    expect(order({ 't-0': of([0, 'a'], [1, 'a'], [0, 'a']) })).toEqual({ keyed: 2, found: [] })
  })
})
