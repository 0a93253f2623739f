import { beforeEach, describe, expect, it } from 'vitest'
import { deliveriesIn } from '../../src/history/redeliveries.ts'
import {
  assigned,
  committed,
  delivered,
  groupChanged,
  HistoryFixture,
  memberChanged,
  processed,
  revoked,
  sent,
} from './fixture.ts'

let fixture: HistoryFixture

beforeEach(() => {
  fixture = new HistoryFixture()
})

const overlaps = () =>
  fixture.groupHistory.ownership.overlaps.map(({ partition, owner, other }) => `${partition}: ${owner}, ${other}`)

describe('who owns what (IG-6)', () => {
  it('a partition that is given to one while another has it has two owners', () => {
    fixture.at(1, assigned('g[0]', ['t-0', 't-1']))
    fixture.at(2, assigned('g[1]', ['t-1'], 2))
    expect(overlaps()).toEqual(['t-1: g[0], g[1]'])
  })

  it('it has one when the other gave it up, lost it, died before, or started anew', () => {
    fixture.at(1, assigned('g[0]', ['t-0']), assigned('g[1]', ['t-1']), assigned('g[2]', ['t-2']))
    fixture.at(2, revoked('g[0]', ['t-0']), revoked('g[1]', ['t-1'], true))
    const kill = { type: 'fault-applied', fault: 'kill-1', verb: 'kill', detail: '' } as const
    fixture.at(2, { ...kill, targets: ['consumer-g[2]', 'broker-1'] })
    fixture.at(3, assigned('g[3]', ['t-0', 't-1', 't-2'], 2))
    fixture.at(4, { type: 'member-started', client: 'g[3]', group: 'g' })
    fixture.at(5, assigned('g[0]', ['t-0', 't-1', 't-2'], 3))
    expect(overlaps()).toEqual([])
  })

  it.each(['expired', 'removed', 'replaced', 'left'] as const)(
    'whom the coordinator says is %s is a zombie',
    (change) => {
      fixture.at(1, assigned('g[0]', ['t-0']))
      fixture.at(2, memberChanged('g[0]', change))
      fixture.at(3, assigned('g[1]', ['t-0'], 2))
      expect(overlaps()).toEqual([])
      expect(fixture.groupHistory.thrownOut).toHaveLength(change === 'left' ? 0 : 1)
    },
  )

  it.each([
    ['starts anew', { type: 'member-started', client: 'g[0]', group: 'g' }],
    ['stopped, and said nothing to its group', { type: 'member-left', client: 'g[0]', group: 'g', reason: 'closed' }],
    ['was killed', { type: 'fault-applied', fault: 'k', verb: 'kill', detail: '', targets: ['consumer-g[0]'] }],
  ] as const)('a static member that %s takes its own place: nobody is thrown out (G-35)', (_, ended) => {
    fixture.at(1, assigned('g[0]', ['t-0']))
    fixture.at(2, ended)
    fixture.at(3, memberChanged('g[0]', 'replaced'))
    expect(fixture.groupHistory.thrownOut).toEqual([])
    // Somebody else takes it while it runs.
    fixture.at(4, assigned('g[0]', ['t-0']), memberChanged('g[0]', 'replaced'))
    expect(fixture.groupHistory.thrownOut).toEqual([
      { group: 'g', client: 'g[0]', why: 'replaced', atUs: expect.any(Number) },
    ])
  })

  it('whoever left because its application did not poll is one, too (C-11)', () => {
    fixture.at(1, assigned('g[0]', ['t-0']))
    fixture.at(2, { type: 'member-left', client: 'g[0]', group: 'g', reason: 'consumer poll timeout has expired.' })
    fixture.at(3, assigned('g[1]', ['t-0'], 2))
    expect(overlaps()).toEqual([])
  })

  it('whoever was thrown out before it heard of its assignment is one, until it joins again', () => {
    fixture.at(1, memberChanged('g[0]', 'expired'), assigned('g[1]', ['t-0'], 2))
    fixture.at(2, assigned('g[0]', ['t-0'], 1))
    expect(overlaps()).toEqual([])
    expect(fixture.groupHistory.ownership.owners('g', 't-0')).toEqual(['g[1]'])
    fixture.at(3, memberChanged('g[0]', 'joined'), assigned('g[0]', ['t-0'], 3))
    expect(overlaps()).toEqual(['t-0: g[1], g[0]'])
  })

  it('a coordinator that follows one which threw members out in vain has them as before (G-39)', () => {
    const owners = () => fixture.groupHistory.ownership.owners('g', 't-0')
    fixture.at(1, groupChanged('g', 'Stable', 1), assigned('g[0]', ['t-0']))
    fixture.at(2, memberChanged('g[0]', 'expired'))
    expect(owners()).toEqual([])
    fixture.at(3, groupChanged('g', 'Stable', 1, { broker: 2, epoch: 1, from: null, members: ['g[0]-id'] }))
    expect(owners()).toEqual(['g[0]'])
    // The one before still believes to be in office (G-41).
    fixture.at(4, memberChanged('g[0]', 'expired'), groupChanged('g', 'Empty', 2))
    expect(owners()).toEqual(['g[0]'])
    expect(fixture.groupHistory.ownership.gaps).toMatchObject([{ fromUs: 2000, untilUs: 3000 }])
  })

  it('whom a coordinator does not know that begins anew is a zombie: what was on record may be lost', () => {
    fixture.at(1, groupChanged('g', 'Stable', 1), assigned('g[0]', ['t-0']))
    fixture.at(2, groupChanged('g', 'Empty', 0, { broker: 2, epoch: 1, from: null, members: [] }))
    fixture.at(3, assigned('g[1]', ['t-0'], 1))
    expect(overlaps()).toEqual([])
  })

  it('a static member that a generation began without is a zombie until it is of that generation (G-28)', () => {
    const owners = () => fixture.groupHistory.ownership.owners('g', 't-0')
    fixture.at(1, assigned('g[0]', ['t-0']))
    fixture.at(2, groupChanged('g', 'CompletingRebalance', 2), memberChanged('g[0]', 'absent', 2))
    fixture.at(3, assigned('g[1]', ['t-0'], 2))
    // The answer of the generation before, late; and a coordinator that has the new one on record.
    fixture.at(4, assigned('g[0]', ['t-0'], 1))
    const loaded = { broker: 2, epoch: 1, from: null, members: ['g[0]-id', 'g[1]-id'] }
    fixture.at(5, groupChanged('g', 'Stable', 2, loaded))
    expect(overlaps()).toEqual([])
    expect(owners()).toEqual(['g[1]'])
    expect(fixture.groupHistory.thrownOut).toEqual([])
    fixture.at(6, assigned('g[0]', ['t-0'], 2))
    expect(overlaps()).toEqual(['t-0: g[1], g[0]'])
  })

  it('a member that keeps what it had is no second owner', () => {
    fixture.at(1, assigned('g[0]', ['t-0', 't-1']))
    fixture.at(2, assigned('g[0]', ['t-0', 't-1'], 2, []))
    expect(overlaps()).toEqual([])
  })

  it('groups do not disturb each other', () => {
    fixture.at(1, assigned('g[0]', ['t-0']), assigned('h[0]', ['t-0']))
    expect(overlaps()).toEqual([])
  })

  it('tells how long a partition had no owner', () => {
    fixture.at(1, assigned('g[0]', ['t-0', 't-1']))
    fixture.at(5, revoked('g[0]', ['t-0', 't-1']))
    fixture.at(8, assigned('g[0]', ['t-0'], 2))
    const gaps = fixture.groupHistory.ownership.gaps.map(({ partition, fromUs, untilUs }) => [
      partition,
      fromUs,
      untilUs,
    ])
    expect(gaps).toEqual([
      ['t-0', 5000, 8000],
      ['t-1', 5000, Infinity],
    ])
  })
})

describe('commits and what they cover', () => {
  const early = () =>
    fixture.groupHistory.earlyCommits.map(({ partition, offset, unprocessedFrom }) => [
      partition,
      offset,
      unprocessedFrom,
    ])

  it('a commit of what was handed over and is not processed is early', () => {
    fixture.at(1, assigned('g[0]', ['t-0']), delivered('g[0]', 't-0', 5, 6, 7))
    fixture.at(2, processed('g[0]', 't-0', 6), committed('g[0]', 't-0', 8))
    expect(early()).toEqual([['t-0', 8, 6]])
  })

  it('a commit of what is processed is not, nor one of what came before, nor one that failed', () => {
    fixture.at(1, assigned('g[0]', ['t-0']), delivered('g[0]', 't-0', 5, 6))
    fixture.at(2, committed('g[0]', 't-0', 5), committed('g[0]', 't-0', 7, 'CommitFailedException'))
    fixture.at(3, processed('g[0]', 't-0', 7), committed('g[0]', 't-0', 7))
    fixture.at(4, delivered('g[0]', 't-0', 7), committed('g[0]', 't-0', 7))
    expect(early()).toEqual([])
    expect(fixture.groupHistory.commits).toBe(3)
  })

  it('what another member never finished is nothing to this one', () => {
    fixture.at(1, assigned('g[0]', ['t-0']), delivered('g[0]', 't-0', 5, 6))
    fixture.at(2, assigned('g[0]', ['t-0'], 2), delivered('g[0]', 't-0', 9), processed('g[0]', 't-0', 10))
    fixture.at(3, committed('g[0]', 't-0', 10))
    expect(early()).toEqual([])
  })

  it('knows what coordinators said is safe, and forgets what they removed', () => {
    const at = { broker: 1, group: 'g', partition: 't-0' } as const
    const home = '__consumer_offsets-0'
    const commit = {
      ...at,
      home,
      epoch: 0,
      member: 'm',
      generation: 1,
      groupGeneration: 1,
      groupState: 'Stable',
      offset: 7,
    } as const
    fixture.at(1, { type: 'group-offset-committed', ...commit, acknowledged: false })
    expect(fixture.groupHistory.committedOffset('g', 't-0')).toBeUndefined()
    fixture.at(2, { type: 'group-offset-committed', ...commit, acknowledged: true })
    expect(fixture.groupHistory.committedOffset('g', 't-0')).toBe(7)
    fixture.at(3, { type: 'group-offset-removed', ...at, groupState: 'Empty', why: 'expired' })
    expect(fixture.groupHistory.committedOffset('g', 't-0')).toBeUndefined()
  })
})

it('join phases that end with members are rebalances; one that ends without is none', () => {
  fixture.at(1, groupChanged('g', 'CompletingRebalance', 1))
  fixture.at(2, groupChanged('g', 'Stable', 1), groupChanged('g', 'Empty', 2))
  const cause = { kind: 'other', client: '', detail: '' }
  expect(fixture.groupHistory.rebalances).toEqual([{ group: 'g', generation: 1, atUs: 1000, cause }])
})

describe('records handed to one group more than once', () => {
  beforeEach(() => {
    for (let n = 0; n < 4; n++) fixture.at(0, sent('web[0]', n, 't'))
    fixture.at(1, assigned('g[0]', ['t-0']), delivered('g[0]', 't-0', 0, 1, 2))
    fixture.at(2, assigned('g[1]', ['t-0'], 2), delivered('g[1]', 't-0', 2, 3))
    fixture.at(3, assigned('g[0]', ['t-0'], 3), delivered('g[0]', 't-0', 2))
    fixture.at(4, assigned('h[0]', ['t-0']), delivered('h[0]', 't-0', 0, 1))
  })

  it('are found, with how often, and who had them when', () => {
    const { records, redelivered, most } = deliveriesIn(fixture.history, 'g', 't')
    expect([records, most]).toEqual([4, 3])
    const handed = [
      { member: 'g[0]', atUs: 1000 },
      { member: 'g[1]', atUs: 2000 },
    ]
    expect(redelivered).toEqual([{ partition: 't-0', client: 'web[0]', n: 2, times: 3, handed }])
  })

  it('are none of another group, or topic', () => {
    expect(deliveriesIn(fixture.history, 'h', undefined)).toEqual({ records: 2, redelivered: [], most: 1 })
    expect(deliveriesIn(fixture.history, 'g', 'u')).toEqual({ records: 0, redelivered: [], most: 0 })
  })
})
