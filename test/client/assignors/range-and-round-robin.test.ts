import { describe, expect, it } from 'vitest'
import { RangeAssignor } from '../../../src/client/assignors/range.ts'
import { RoundRobinAssignor } from '../../../src/client/assignors/round-robin.ts'
import { assign, member, type Spec, written } from './group-rig.ts'

const on = (...topics: string[]): Spec => ({ topics })
const any: Spec = {}

type Row = readonly [topics: string, members: Record<string, Spec>, expected: Record<string, string>]

describe('range (A-1): the tables of Kafka', () => {
  // prettier-ignore
  const ROWS: readonly Row[] = [
    ['t:10', { C0: any, C1: any, C2: any }, { C0: '0,1,2,3', C1: '4,5,6', C2: '7,8,9' }],
    ['t0:3,t1:3', { C0: any, C1: any }, { C0: 't0-0,t0-1,t1-0,t1-1', C1: 't0-2,t1-2' }],
    ['t:2', { C0: any, C1: any, C2: any }, { C0: '0', C1: '1', C2: '' }],
    ['t0:3,t1:3', { C0: on('t0'), C1: on('t0', 't1'), C2: on('t1') }, { C0: 't0-0,t0-1', C1: 't0-2,t1-0,t1-1', C2: 't1-2' }],
    ['t:4', { A: any, B: { instanceId: 'i1' }, C: { instanceId: 'i0' } }, { A: '3', B: '2', C: '0,1' }],
    ['t:3', { c10: any, c2: any }, { c10: '0,1', c2: '2' }],
    ['t0:2', { C0: on('t0', 'gone'), C1: on('gone') }, { C0: 't0-0,t0-1', C1: '' }],
  ]

  it.each(ROWS)('%s %j', (topics, members, expected) => {
    expect(assign(new RangeAssignor(), topics, members)).toEqual(expected)
  })
})

describe('range with racks (KIP-881)', () => {
  const racks = (...of: string[]) => of.map((names) => new Set(names.split('')))
  const inRack = (id: string, rack: string, topics = ['t']) => member(id, topics, { rack })

  it('gives partitions to consumers of their racks, within the quotas', () => {
    const topics = new Map([['t', racks('c', 'b', 'a')]])
    const group = [inRack('C0', 'a'), inRack('C1', 'b'), inRack('C2', 'c')]
    expect(written(new RangeAssignor().assign(topics, group))).toEqual({ C0: '2', C1: '1', C2: '0' })
  })

  it('gives what matches nobody, or more than fits, to whoever has room', () => {
    const topics = new Map([['t', racks('a', 'a', 'a', 'x')]])
    const group = [inRack('C0', 'a'), inRack('C1', 'b')]
    expect(written(new RangeAssignor().assign(topics, group))).toEqual({ C0: '0,1', C1: '2,3' })
  })

  it('spreads topics of the same consumers and size alike', () => {
    const topics = new Map([
      ['t0', racks('ab', 'bc')],
      ['t1', racks('b', 'a')],
    ])
    const group = [inRack('C0', 'a', ['t0', 't1']), inRack('C1', 'b', ['t0', 't1'])]
    // Partition 0 of both is in rack b, partition 1 of both in no common one.
    expect(written(new RangeAssignor().assign(topics, group))).toEqual({ C0: 't0-1,t1-1', C1: 't0-0,t1-0' })
  })

  it('leaves topics alone whose consumers have no racks', () => {
    const topics = new Map([
      ['t0', racks('c', 'abc', 'a')],
      ['t2', racks('b', '', 'abc', 'abc', 'b')],
      ['t3', racks('ab', 'ac')],
    ])
    const group = [member('C0', ['t2', 't3']), member('C1', ['t2', 't3']), inRack('C2', 'a', ['t0'])]
    expect(written(new RangeAssignor().assign(topics, group))).toMatchObject({ C0: 't2-0,t2-1,t2-2,t3-0' })
  })

  it('looks at no rack when every partition is in every rack', () => {
    const topics = new Map([['t', racks('ab', 'ab')]])
    const group = [inRack('C0', 'b'), inRack('C1', 'a')]
    expect(written(new RangeAssignor().assign(topics, group))).toEqual({ C0: '0', C1: '1' })
  })
})

describe('roundrobin (A-2): the tables of Kafka', () => {
  // prettier-ignore
  const ROWS: readonly Row[] = [
    ['t0:3,t1:3', { C0: any, C1: any }, { C0: 't0-0,t0-2,t1-1', C1: 't0-1,t1-0,t1-2' }],
    ['t0:1,t1:2,t2:3', { C0: on('t0'), C1: on('t0', 't1'), C2: any }, { C0: 't0-0', C1: 't1-0', C2: 't1-1,t2-0,t2-1,t2-2' }],
    ['t0:2,t1:2,t2:2', { C0: on('t0', 't2'), C1: on('t1', 't2') }, { C0: 't0-0,t0-1,t2-0', C1: 't1-0,t1-1,t2-1' }],
    ['t1:1,t2:1,t10:1', { C0: any, C1: any }, { C0: 't1-0,t2-0', C1: 't10-0' }],
    ['t:2', { C0: any, C1: any, C2: any }, { C0: '0', C1: '1', C2: '' }],
    ['t:3', { A: any, B: { instanceId: 'i1' }, C: { instanceId: 'i0' } }, { A: '2', B: '1', C: '0' }],
  ]

  it.each(ROWS)('%s %j', (topics, members, expected) => {
    expect(assign(new RoundRobinAssignor(), topics, members)).toEqual(expected)
  })
})
