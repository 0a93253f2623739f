import { describe, expect, it } from 'vitest'
import { AssignorError } from '../../../src/client/assignors/assignor.ts'
import { CooperativeStickyAssignor, StickyAssignor } from '../../../src/client/assignors/sticky.ts'
import { decodeSubscription, encodeSubscription } from '../../../src/protocol/consumer-protocol.ts'
import { assign, member, partitionsOf, type Spec, topicsOf, written } from './group-rig.ts'

const any: Spec = {}
const had = (owned: string, generation: number, topics?: string[]): Spec => ({
  owned: partitionsOf(owned),
  generation,
  ...(topics === undefined ? {} : { topics }),
})

type Row = readonly [topics: string, members: Record<string, Spec>, expected: Record<string, string>]

describe('sticky (A-3 to A-6): the tables of Kafka', () => {
  // prettier-ignore
  const ROWS: readonly Row[] = [
    ['t0:2,t1:2,t2:2,t3:2', { C0: any, C1: any, C2: any }, { C0: 't0-0,t1-1,t3-0', C1: 't0-1,t2-0,t3-1', C2: 't1-0,t2-1' }],
    ['t0:2,t1:2,t2:2,t3:2', { C0: had('t0-0,t1-1,t3-0', 1), C2: had('t1-0,t2-1', 1) }, { C0: 't0-0,t0-1,t1-1,t3-0', C2: 't1-0,t2-0,t2-1,t3-1' }],
    ['t:6', { C0: had('0,2,4', 1), C1: had('1,3,5', 1), C2: any }, { C0: '0,2', C1: '1,3', C2: '4,5' }],
    ['t0:1,t1:2,t2:3', { C0: { topics: ['t0'] }, C1: { topics: ['t0', 't1'] }, C2: any }, { C0: 't0-0', C1: 't1-0,t1-1', C2: 't2-0,t2-1,t2-2' }],
    ['t0:1,t1:2,t2:3', { C1: had('t1-0,t1-1', 1, ['t0', 't1']), C2: had('t2-0,t2-1,t2-2', 1) }, { C1: 't0-0,t1-0,t1-1', C2: 't2-0,t2-1,t2-2' }],
    ['t:4', { C0: had('0,1', 5), C1: had('0,1,2', 4), C2: had('2,3', 5) }, { C0: '0,1', C1: '3', C2: '2' }],
    ['t:5', { C0: had('0,2', 1), C1: had('1,3', 1) }, { C0: '0,2,4', C1: '1,3' }],
  ]

  it.each(ROWS)('%s %j', (topics, members, expected) => {
    expect(assign(new StickyAssignor(), topics, members)).toEqual(expected)
  })

  it('reads only its user data: what the subscription owns is another matter (A-3)', () => {
    const claimed = member('C1', ['t'], { owned: partitionsOf('0,1'), generation: 3 })
    const silent = { ...claimed, subscription: { ...claimed.subscription, userData: null } }
    const group = [member('C0', ['t']), silent]
    expect(written(new StickyAssignor().assign(topicsOf('t:2'), group))).toEqual({ C0: '0', C1: '1' })
  })

  it('tells in its user data what it had, and in which generation', () => {
    const assignor = new StickyAssignor()
    expect(assignor.userData()).toBeNull()
    assignor.onAssignment(partitionsOf('1,t9-4'), 7)
    const { subscription } = member('C0', ['t'], { owned: partitionsOf('1,t9-4'), generation: 7 })
    expect(assignor.userData()).toEqual(subscription.userData)
  })

  it('drops a former owner that does not subscribe any more, where Kafka would assign to it or fail (B-47)', () => {
    const group = {
      C0: had('t1-0,t1-1', 2, ['t0', 't1']),
      C1: had('t0-1,t0-3', 1, ['t1']),
      C2: had('t0-2', 1, ['t0']),
    }
    const got = assign(new StickyAssignor(), 't0:4,t1:2', group)
    expect(got['C1']).not.toMatch(/t0/)
    const failing = {
      C0: had('t0-2', 2, ['t0', 't2']),
      C1: had('t0-1,t1-0,t2-1', 1, ['t1']),
      C2: had('', 2, ['t0']),
    }
    expect(assign(new StickyAssignor(), 't0:3,t1:1,t2:3', failing)['C1']).toBe('t1-0')
  })

  it('fails as Kafka does when a topic has fewer partitions than a member owns of it', () => {
    const group = { C0: had('5', 1), C1: any }
    expect(() => assign(new StickyAssignor(), 't:1', group)).toThrow(AssignorError)
  })
})

describe('cooperative-sticky (A-7): the tables of Kafka', () => {
  // prettier-ignore
  const ROWS: readonly Row[] = [
    ['t:6', { C0: any, C1: any, C2: any }, { C0: '0,3', C1: '1,4', C2: '2,5' }],
    ['t:6', { C0: had('0,1,2', 1), C1: had('3,4,5', 1), C2: any }, { C0: '0,1', C1: '3,4', C2: '' }],
    ['t:6', { C0: had('0,1', 2), C1: had('3,4', 2), C2: had('', 2) }, { C0: '0,1', C1: '3,4', C2: '2,5' }],
    ['t:6', { C0: had('0,1', 3), C1: had('3,4', 3) }, { C0: '0,1,2', C1: '3,4,5' }],
    ['t:7', { C0: had('0,1,2,3', 1), C1: had('4,5,6', 1), C2: any }, { C0: '0,1,2', C1: '4,5', C2: '' }],
    ['t:7', { C0: had('0,1,2', 2), C1: had('4,5', 2), C2: had('', 2) }, { C0: '0,1,2', C1: '4,5', C2: '3,6' }],
    ['t:3', { C0: had('0,1', 4), C1: had('1,2', 4) }, { C0: '0', C1: '2' }],
    ['t:3', { C0: had('0,1', 5), C1: had('1,2', 4) }, { C0: '0,1', C1: '2' }],
    ['a:2,b:2', { C0: had('a-0,a-1', 1), C1: had('b-0,b-1', 1, ['b']), C2: { topics: ['a'] } }, { C0: 'a-1', C1: 'b-0,b-1', C2: '' }],
  ]

  it.each(ROWS)('%s %j', (topics, members, expected) => {
    expect(assign(new CooperativeStickyAssignor(), topics, members)).toEqual(expected)
  })

  it('takes the generation from the user data of members that send none in their subscription', () => {
    const stale = new CooperativeStickyAssignor()
    stale.onAssignment([], 4)
    const old = member('C1', ['t'], had('1,2', -1))
    const group = [
      member('C0', ['t'], had('0,1', 5)),
      { ...old, subscription: { ...old.subscription, userData: stale.userData() } },
    ]
    expect(written(new CooperativeStickyAssignor().assign(topicsOf('t:3'), group))).toEqual({ C0: '0,1', C1: '2' })
  })

  it('assigns alike from subscriptions that went over the wire', () => {
    const group = [member('C0', ['t'], had('0,1,2', 1)), member('C1', ['t'])].map((one) => ({
      ...one,
      subscription: decodeSubscription(encodeSubscription(one.subscription)) ?? one.subscription,
    }))
    expect(written(new CooperativeStickyAssignor().assign(topicsOf('t:3'), group))).toEqual({ C0: '0,1', C1: '' })
  })

  // What does not match a rack is given up each time, the ideal of the rest is another each time, and every member that
  // gives something up calls for the next rebalance. The classes of Kafka 4.0.2 do the same, partition for partition.
  it('with racks, and members that subscribe differently, may never come to rest (KIP-881)', () => {
    const racks = (...of: string[]) => of.map((names) => new Set(names.split('')))
    const topics = new Map([
      ['t0', racks('a', 'c', '')],
      ['t2', racks('ab', 'b', 'a', 'a')],
      ['t3', racks('', '', '')],
    ])
    const wants = { C3: ['a', 't0', 't2'], C4: ['b', 't2', 't3'], C5: ['a', 't2'], C6: ['b', 't3'] }
    const assignor = new CooperativeStickyAssignor()
    let owned = new Map([['C4', partitionsOf('t2-0,t2-1,t2-3')]])
    const seen = new Set<string>()
    for (let generation = 2; generation < 40; generation++) {
      const group = Object.entries(wants).map(([id, [rack = '', ...names]]) =>
        member(id, names, { rack, owned: owned.get(id) ?? [], generation: owned.has(id) ? generation : -1 }),
      )
      owned = assignor.assign(topics, group)
      seen.add(JSON.stringify(written(owned)))
    }
    const common = { C3: 't0-0,t0-1,t0-2', C5: 't2-2' }
    const one = JSON.stringify({ C3: common.C3, C4: 't2-1,t2-3,t3-2', C5: common.C5, C6: 't3-0,t3-1' })
    const other = JSON.stringify({ C3: common.C3, C4: 't2-0,t2-1', C5: common.C5, C6: 't3-0' })
    expect([...seen]).toEqual([one, other])
  })
})
