// The record of a run finds the first event that differs, whatever differs in it.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differenceLines, EventRecord } from '../../scripts/golden/event-record.ts'

interface Event {
  readonly atUs: number
  readonly node: string
  readonly kind: string
  readonly hash: string
}

const event = fc.record({
  atUs: fc.nat({ max: 2 ** 45 }),
  node: fc.constantFrom('broker-1', 'broker-2', 'controller-3000', 'producer-web[0]'),
  kind: fc.constantFrom('fetch', 'produce', 'job-end', 'Größe'),
  hash: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((hash) => hash.toString(16).padStart(16, '0')),
})
const events = fc.array(event, { minLength: 1, maxLength: 40 }).map((list) => list.toSorted((a, b) => a.atUs - b.atUs))
const firstOrdinal = fc.constantFrom(1, 5000)

function recordOf(list: readonly Event[], first = 1): EventRecord {
  const record = new EventRecord()
  list.forEach(({ hash, ...rest }, i) => record.add({ ordinal: first + i, ...rest }, hash))
  return record
}

function stored(record: EventRecord): EventRecord {
  return EventRecord.decode(record.encode())
}

describe('a record', () => {
  it('is the same after it was stored', () => {
    fc.assert(
      fc.property(events, firstOrdinal, (list, first) => {
        const record = recordOf(list, first)
        expect(stored(record).differenceFrom(record)).toBeUndefined()
        list.forEach(({ atUs, node, kind }, i) => {
          expect(stored(record).event(i)).toEqual({ ordinal: first + i, atUs, node, kind })
        })
      }),
    )
  })

  it('names exactly the event that is changed: its time, node, kind, or only what it is about', () => {
    const change = fc.constantFrom<(e: Event) => Event>(
      (e) => ({ ...e, atUs: e.atUs + 1 }),
      (e) => ({ ...e, node: 'broker-9' }),
      (e) => ({ ...e, kind: 'append' }),
      (e) => ({ ...e, hash: (e.hash.startsWith('0') ? '1' : '0') + e.hash.slice(1) }),
    )
    fc.assert(
      fc.property(events, fc.nat(), change, firstOrdinal, (list, where, changed, first) => {
        const at = where % list.length
        const other = list.map((e, i) => (i === at ? changed(e) : e))
        const difference = stored(recordOf(list, first)).differenceFrom(recordOf(other, first))
        const { atUs, node, kind } = other[at]!
        expect(difference?.old?.ordinal).toBe(first + at)
        expect(difference?.new).toEqual({ ordinal: first + at, atUs, node, kind })
      }),
    )
  })

  it('names the event that one of them has no more', () => {
    fc.assert(
      fc.property(events, fc.nat(), (list, where) => {
        const at = where % list.length
        const [long, short] = [recordOf(list), recordOf(list.slice(0, at))]
        const last = { ordinal: at + 1, atUs: list[at]?.atUs, node: list[at]?.node, kind: list[at]?.kind }
        expect(short.differenceFrom(long)).toEqual({ old: undefined, new: last })
        expect(long.differenceFrom(short)).toEqual({ old: last, new: undefined })
      }),
    )
  })

  it('says in words what was and what is', () => {
    const old = { ordinal: 7, atUs: 1500, node: 'broker-1', kind: 'fetch' }
    expect(differenceLines({ old, new: { ...old, kind: 'append' } })).toEqual([
      '  was event 7 at 1500 µs: broker-1 fetch',
      '  is  event 7 at 1500 µs: broker-1 append',
    ])
    expect(differenceLines({ old, new: undefined })[1]).toBe('  is  nothing: the run has ended')
    expect(differenceLines({ old, new: old })[2]).toBe('  (the same event; what it is about differs)')
  })
})
