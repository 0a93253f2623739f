import { describe, expect, it } from 'vitest'
import { tellOfGroup } from '../../src/scenario/judge/group-story.ts'
import type { GroupChanged, GroupMemberChanged } from '../../src/trace/group-event.ts'

const ID = 'app[0]-5f1c9c2e-0d1f-4a6b-9c3d-0123456789ab'

function moved(changes: Partial<GroupChanged>): string | undefined {
  return tellOfGroup({
    type: 'group-changed',
    broker: 2,
    partition: '__consumer_offsets-0',
    epoch: 1,
    group: 'g',
    from: 'Stable',
    to: 'PreparingRebalance',
    generation: 4,
    protocol: 'range',
    leader: ID,
    members: [ID],
    reason: `session of ${ID} has ended`,
    ...changes,
  })?.text
}

function member(change: GroupMemberChanged['change']): string | undefined {
  const plain = { type: 'group-member-changed', broker: 2, group: 'g', generation: 4, instance: null } as const
  return tellOfGroup({ ...plain, member: ID, clientId: 'app[0]', change })?.text
}

describe('the timeline tells of groups', () => {
  it('a rebalance begins, with its reason, and is over', () => {
    expect(moved({})).toBe('a rebalance begins: session of app[0]-5f1c has ended')
    expect(moved({ from: 'CompletingRebalance', to: 'Stable' })).toBe(
      'the rebalance is over: generation 4, 1 member, led by app[0]-5f1c (range)',
    )
    expect(moved({ from: 'PreparingRebalance', to: 'Empty', members: [] })).toBe(
      'has no members any more, in generation 4',
    )
    expect(moved({ from: 'PreparingRebalance', to: 'CompletingRebalance' })).toBeUndefined()
  })

  it('a member comes with the id that it was given: of that nobody need know', () => {
    const reason = `${ID} joins: need to re-join with the given member-id: ${ID}`
    expect(moved({ from: 'Empty', reason })).toBe('a rebalance begins: app[0]-5f1c joins')
  })

  it('committed offsets are gone, of several partitions in one line', () => {
    const event = { type: 'group-offset-removed', broker: 1, group: 'g', groupState: 'Empty' } as const
    const told = tellOfGroup({ ...event, partition: 'orders-3', why: 'expired' })
    expect(told).toMatchObject({ subject: 'orders-3', text: 'the offset that g committed has expired' })
    expect(told?.shared).toEqual(tellOfGroup({ ...event, partition: 'orders-0', why: 'expired' })?.shared)
    expect(tellOfGroup({ ...event, partition: 'orders-0', why: 'deleted' })?.shared?.cause).not.toBe(
      told?.shared?.cause,
    )
  })

  it('another broker finds the group, if there is anything to find', () => {
    expect(moved({ from: null, to: 'Stable', members: [ID, 'b'] })).toBe(
      'broker-2 finds it Stable in generation 4, with 2 members',
    )
    expect(moved({ from: null, to: 'Empty', generation: 0, members: [] })).toBeUndefined()
  })

  it('members come and go', () => {
    expect(member('joined')).toBe('app[0]-5f1c joins')
    expect(member('expired')).toBe('app[0]-5f1c was silent for its whole session, and is out')
    expect(member('given-id')).toBeUndefined()
  })

  it('coordinators change, if they have groups', () => {
    const event = { type: 'coordinator-changed', broker: 3, partition: '__consumer_offsets-0', epoch: 2 } as const
    expect(tellOfGroup({ ...event, state: 'active', groups: 2 })?.text).toBe('broker-3 coordinates 2 groups')
    expect(tellOfGroup({ ...event, state: 'active', groups: 0 })).toBeUndefined()
    expect(tellOfGroup({ ...event, state: 'resigned', groups: 2 })).toBeUndefined()
  })
})
