import { describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { assignments, GroupRig, protocols, REBALANCE_MS, SESSION_MS, subscription } from './rig.ts'

describe('a first member', () => {
  it('is given an id, comes with it, leads, assigns, and the group is Stable', () => {
    const rig = new GroupRig().lead()
    const first = rig.join()
    expect(first.answer).toMatchObject({ errorCode: Errors.MEMBER_ID_REQUIRED, generationId: -1 })
    const memberId = first.answer!.memberId
    // G-9: as Java writes a random UUID.
    expect(memberId).toMatch(/^test-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const second = rig.join({ memberId })
    rig.host.clock.advance(0)
    expect(second.answer).toMatchObject({ errorCode: 0, generationId: 1, leader: memberId, protocolName: 'range' })
    expect(second.answer!.members.map((member) => member.memberId)).toEqual([memberId])
    expect(rig.state).toBe('CompletingRebalance')
    const assignment = new Uint8Array([1, 2])
    const sync = rig.sync(memberId, 1, { assignments: [{ memberId, assignment }] })
    expect(sync.answer).toMatchObject({ errorCode: 0, assignment })
    expect(rig.state).toBe('Stable')
  })
})

describe('the initial delay (G-25)', () => {
  const delayed = (rebalanceTimeoutMs: number) => {
    const rig = new GroupRig({ config: { 'group.initial.rebalance.delay.ms': 3000 } }).lead()
    const come = () => rig.join({ memberId: rig.memberId(), rebalanceTimeoutMs })
    return { rig, come }
  }

  it('is waited out, also when everybody is there', () => {
    const { rig, come } = delayed(REBALANCE_MS)
    const first = come()
    rig.host.clock.advance(2999)
    expect(first.answer).toBeUndefined()
    rig.host.clock.advance(1)
    expect(first.answer?.generationId).toBe(1)
  })

  it('is waited out once more for each round in which somebody came', () => {
    const { rig, come } = delayed(REBALANCE_MS)
    const first = come()
    rig.host.clock.advance(1000)
    const second = come()
    rig.host.clock.advance(2000)
    expect(first.answer).toBeUndefined()
    rig.host.clock.advance(3000)
    expect([first, second].map(({ answer }) => answer?.generationId)).toEqual([1, 1])
    expect(first.answer?.members).toHaveLength(2)
    expect(second.answer?.members).toHaveLength(0)
  })

  it('ends with the rebalance timeout, whoever still comes', () => {
    // 3000, then min(3000, 4000 − 3000) more, then nothing is left.
    const { rig, come } = delayed(4000)
    const first = come()
    rig.host.clock.advance(2000)
    come()
    rig.host.clock.advance(1500)
    come()
    expect(first.answer).toBeUndefined()
    rig.host.clock.advance(500)
    expect(first.answer?.members).toHaveLength(3)
  })

  it('is waited out for a group that was in use before and is empty (new coordinator)', () => {
    const { rig, come } = delayed(REBALANCE_MS)
    const first = come()
    rig.host.clock.advance(3000)
    rig.leave({ memberId: first.answer!.memberId })
    expect(rig.state).toBe('Empty')
    const again = come()
    rig.host.clock.advance(1000)
    come()
    rig.host.clock.advance(2000)
    expect(again.answer).toBeUndefined()
    rig.host.clock.advance(3000)
    expect(again.answer?.generationId).toBe(3)
  })
})

describe('a later join phase (G-26 … G-28)', () => {
  it('ends as soon as everybody has come back', () => {
    const rig = new GroupRig().lead()
    const [leader = '', follower = ''] = rig.stable(2)
    const third = rig.join({ memberId: rig.memberId() })
    expect(rig.heartbeat(leader, 1)).toBe('REBALANCE_IN_PROGRESS')
    rig.join({ memberId: leader })
    expect(third.answer).toBeUndefined()
    rig.join({ memberId: follower })
    expect(third.answer).toMatchObject({ errorCode: 0, generationId: 2, leader })
  })

  it('is held open by one who has an id and has not come yet, until that one is given up (G-27)', () => {
    const rig = new GroupRig().lead()
    const [only = ''] = rig.stable()
    rig.memberId()
    const again = rig.join({ memberId: only })
    expect(again.answer).toBeUndefined()
    rig.host.clock.advance(SESSION_MS)
    expect(again.answer?.generationId).toBe(2)
  })

  it('ends at the rebalance timeout without those who have not come', () => {
    const rig = new GroupRig().lead()
    const [leader = '', follower = ''] = rig.stable(2)
    const again = rig.join({ memberId: leader })
    for (let passedMs = 0; passedMs < REBALANCE_MS; passedMs += SESSION_MS / 2) {
      expect(again.answer).toBeUndefined()
      expect(rig.heartbeat(follower, 1)).toBe('REBALANCE_IN_PROGRESS')
      rig.host.clock.advance(SESSION_MS / 2)
    }
    expect(again.answer).toMatchObject({ generationId: 2, leader })
    expect(again.answer?.members).toHaveLength(1)
    expect(rig.heartbeat(follower, 1)).toBe('UNKNOWN_MEMBER_ID')
  })

  it('gives the leadership to one who has come back, if the leader has not (G-30)', () => {
    const rig = new GroupRig().lead()
    const [, follower = ''] = rig.stable(2)
    const changed = { protocols: [{ name: 'range', metadata: subscription('parts') }] }
    const again = rig.join({ memberId: follower, ...changed })
    rig.host.clock.advance(SESSION_MS)
    expect(again.answer).toMatchObject({ generationId: 2, leader: follower })
  })

  it('lets static members be away, and waits for somebody to come (G-28)', () => {
    const rig = new GroupRig().lead()
    const joins = ['a', 'b'].map((groupInstanceId) => rig.join({ groupInstanceId, sessionTimeoutMs: 300_000 }))
    rig.host.clock.advance(0)
    const [leader = '', follower = ''] = joins.map(({ answer }) => answer!.memberId)
    rig.sync(leader, 1)
    rig.sync(follower, 1, { groupInstanceId: 'b' })
    rig.leave({ memberId: leader, groupInstanceId: 'a' })
    rig.host.clock.advance(REBALANCE_MS)
    expect(rig.state).toBe('PreparingRebalance')
    const back = rig.join({ memberId: follower, groupInstanceId: 'b' })
    expect(back.answer).toMatchObject({ generationId: 2, leader: follower })
  })

  it('of nobody leaves the group Empty, in a new generation, without a protocol (G-15)', () => {
    const rig = new GroupRig().lead()
    const [only = ''] = rig.stable()
    rig.leave({ memberId: only })
    expect(rig.host.events('group-changed').map(({ from, to }) => `${from}>${to}`)).toEqual([
      'null>Empty',
      'Empty>PreparingRebalance',
      'PreparingRebalance>CompletingRebalance',
      'CompletingRebalance>Stable',
      'Stable>PreparingRebalance',
      'PreparingRebalance>Empty',
    ])
    expect(rig.host.events('group-changed').at(-1)).toMatchObject({ generation: 2, protocol: null, members: [] })
  })
})

describe('sessions (G-31)', () => {
  it('end without heartbeats, and the others rebalance', () => {
    const rig = new GroupRig().lead()
    const [leader = '', follower = ''] = rig.stable(2)
    rig.host.clock.advance(SESSION_MS / 2)
    expect(rig.heartbeat(leader, 1)).toBe('NONE')
    rig.host.clock.advance(SESSION_MS / 2)
    expect(rig.heartbeat(follower, 1)).toBe('UNKNOWN_MEMBER_ID')
    expect(rig.heartbeat(leader, 1)).toBe('REBALANCE_IN_PROGRESS')
    const gone = rig.host.events('group-member-changed').filter(({ change }) => change === 'expired')
    expect(gone.map(({ member }) => member)).toEqual([follower])
  })

  it('are prolonged by commits', () => {
    const rig = new GroupRig().lead()
    const [only = ''] = rig.stable()
    for (let i = 0; i < 4; i++) {
      rig.host.clock.advance(SESSION_MS / 2)
      rig.commit({ memberId: only, generationIdOrMemberEpoch: 1 })
    }
    expect(rig.heartbeat(only, 1)).toBe('NONE')
  })

  it('do not end while the coordinator lets a member wait', () => {
    const rig = new GroupRig().lead()
    const [leader = '', follower = ''] = rig.stable(2)
    const waiting = rig.join({ memberId: leader })
    for (let passedMs = 0; passedMs < 3 * SESSION_MS; passedMs += SESSION_MS / 2) {
      rig.host.clock.advance(SESSION_MS / 2)
      rig.heartbeat(follower, 1)
    }
    expect(waiting.answer).toBeUndefined()
    rig.join({ memberId: follower })
    expect(waiting.answer).toMatchObject({ errorCode: 0, generationId: 2 })
  })

  it('of new members that wait end after five minutes', () => {
    const rig = new GroupRig().lead()
    const patient = { sessionTimeoutMs: 1_800_000, rebalanceTimeoutMs: 3_600_000 }
    rig.join({ memberId: rig.memberId(), ...patient })
    rig.host.clock.advance(0)
    // The first never comes back: the join phase is open for an hour.
    const late = rig.join({}, 3)
    rig.host.clock.advance(299_999)
    expect(late.answer).toBeUndefined()
    rig.host.clock.advance(1)
    expect(late.answer).toMatchObject({ errorCode: Errors.UNKNOWN_MEMBER_ID, memberId: '' })
    expect(rig.describe().members).toHaveLength(1)
  })
})

describe('the wait for SyncGroup (G-32)', () => {
  it('ends at the rebalance timeout: who has not sent one goes', () => {
    const rig = new GroupRig().lead()
    const ids = [rig.memberId(), rig.memberId()]
    ids.forEach((memberId) => rig.join({ memberId }))
    rig.host.clock.advance(0)
    const [leader = '', follower = ''] = ids
    rig.sync(leader, 1, assignments(ids))
    for (let passedMs = 0; passedMs < REBALANCE_MS; passedMs += SESSION_MS / 2) {
      expect(ids.map((id) => rig.heartbeat(id, 1))).toEqual(['NONE', 'NONE'])
      rig.host.clock.advance(SESSION_MS / 2)
    }
    expect(rig.heartbeat(follower, 1)).toBe('UNKNOWN_MEMBER_ID')
    expect(rig.state).toBe('PreparingRebalance')
  })

  it('of followers ends when the leader has assigned; each gets its own', () => {
    const rig = new GroupRig().lead()
    const ids = [rig.memberId(), rig.memberId()]
    ids.forEach((memberId) => rig.join({ memberId }))
    rig.host.clock.advance(0)
    const [leader = '', follower = ''] = ids
    const waiting = rig.sync(follower, 1)
    expect(waiting.answer).toBeUndefined()
    const own = rig.sync(leader, 1, assignments(ids))
    expect(Buffer.from(own.answer!.assignment).toString()).toBe(leader)
    expect(Buffer.from(waiting.answer!.assignment).toString()).toBe(follower)
  })

  it('ends with REBALANCE_IN_PROGRESS when somebody comes (G-17)', () => {
    const rig = new GroupRig().lead()
    const ids = [rig.memberId(), rig.memberId()]
    ids.forEach((memberId) => rig.join({ memberId }))
    rig.host.clock.advance(0)
    const waiting = rig.sync(ids[1]!, 1)
    rig.join({ memberId: rig.memberId() })
    expect(waiting.answer).toMatchObject({ errorCode: Errors.REBALANCE_IN_PROGRESS, protocolName: null })
    expect(waiting.answer!.assignment).toHaveLength(0)
  })
})

describe('the vote (G-29)', () => {
  const voted = (...lists: readonly string[][]) => {
    const rig = new GroupRig().lead()
    const joins = lists.map((names) => rig.join({ protocols: protocols(...names) }, 3))
    rig.host.clock.advance(0)
    return joins[0]!.answer!.protocolName
  }

  it('goes to what most members prefer, of what all support', () => {
    expect(voted(['a', 'b'], ['b', 'a'], ['b', 'a'])).toBe('b')
    expect(voted(['c', 'a'], ['c', 'b', 'a'], ['b', 'a'])).toBe('a')
  })

  it('goes to the name that sorts first in a tie', () => {
    expect(voted(['b', 'a'], ['a', 'b'])).toBe('a')
  })
})

describe('capacity (G-33)', () => {
  it('refuses new members of a full group, and whoever comes back last to one that is too full', () => {
    const rig = new GroupRig({ config: { 'group.max.size': 2 } }).lead()
    const [leader = '', follower = ''] = rig.stable(2)
    expect(rig.join().answer).toMatchObject({ errorCode: Errors.GROUP_MAX_SIZE_REACHED, memberId: '' })
    rig.leave({ memberId: follower })
    rig.join({ memberId: rig.memberId() })
    const third = rig.join({}, 3)
    expect(rig.join({ memberId: leader }).answer).toMatchObject({ errorCode: Errors.GROUP_MAX_SIZE_REACHED })
    // It is removed, but nobody looks whether the others are complete now: they wait for the rebalance timeout.
    expect(third.answer).toBeUndefined()
    rig.host.clock.advance(REBALANCE_MS)
    expect(third.answer).toMatchObject({ errorCode: 0, generationId: 2 })
  })
})

describe('static members (KIP-345)', () => {
  const settled = () => {
    const rig = new GroupRig().lead()
    const joins = ['a', 'b'].map((groupInstanceId) => rig.join({ groupInstanceId, protocols: protocols('range', 'x') }))
    rig.host.clock.advance(0)
    const ids = joins.map(({ answer }) => answer!.memberId)
    rig.sync(ids[0]!, 1, { groupInstanceId: 'a', ...assignments(ids) })
    rig.sync(ids[1]!, 1, { groupInstanceId: 'b' })
    return { rig, ids }
  }

  it('are named after their instance', () => {
    expect(settled().ids.map((id) => id.slice(0, 2))).toEqual(['a-', 'b-'])
  })

  it('come back under a new id to the same generation and assignment, and fence the old id (G-35, G-36)', () => {
    const { rig, ids } = settled()
    const back = rig.join({ groupInstanceId: 'b', protocols: protocols('range', 'x') })
    expect(back.answer).toMatchObject({ errorCode: 0, generationId: 1, leader: ids[0], skipAssignment: false })
    const newId = back.answer!.memberId
    expect(newId).not.toBe(ids[1])
    expect(rig.heartbeat(ids[1]!, 1, { groupInstanceId: 'b' })).toBe('FENCED_INSTANCE_ID')
    expect(rig.heartbeat(newId, 1, { groupInstanceId: 'b' })).toBe('NONE')
    const sync = rig.sync(newId, 1, { groupInstanceId: 'b' })
    expect(Buffer.from(sync.answer!.assignment).toString()).toBe(ids[1])
    expect(rig.state).toBe('Stable')
  })

  it('that lead are told not to assign anew, or of old that somebody else leads (KIP-814)', () => {
    const { rig, ids } = settled()
    const back = rig.join({ groupInstanceId: 'a', protocols: protocols('range', 'x') })
    const newId = back.answer!.memberId
    expect(back.answer).toMatchObject({ generationId: 1, leader: newId, skipAssignment: true })
    expect(back.answer!.members).toHaveLength(2)
    const before9 = rig.join({ groupInstanceId: 'a', protocols: protocols('range', 'x') }, 8)
    expect(before9.answer).toMatchObject({ generationId: 1, leader: newId, members: [] })
    expect(before9.answer!.memberId).not.toBe(newId)
    expect(ids[0]).not.toBe(newId)
  })

  it('fence whoever waits under the old id, at once', () => {
    const { rig, ids } = settled()
    const waiting = rig.join({ groupInstanceId: 'a', memberId: ids[0]!, protocols: protocols('range', 'x') })
    expect(waiting.answer).toBeUndefined()
    rig.join({ groupInstanceId: 'a', protocols: protocols('range', 'x') })
    expect(waiting.answer?.errorCode).toBe(Errors.FENCED_INSTANCE_ID)
  })

  it('cause a rebalance when they come back in the middle of one (KAFKA-9801)', () => {
    const rig = new GroupRig().lead()
    const join = rig.join({ groupInstanceId: 'a' })
    rig.host.clock.advance(0)
    const sync = rig.sync(join.answer!.memberId, 99, { groupInstanceId: 'a' })
    expect(sync.answer?.errorCode).toBe(Errors.ILLEGAL_GENERATION)
    const back = rig.join({ groupInstanceId: 'a' })
    expect(back.answer).toMatchObject({ errorCode: 0, generationId: 2 })
  })
})

describe('LeaveGroup (G-34)', () => {
  it('takes leave of several at once, each with its own error, with one rebalance for all', () => {
    const rig = new GroupRig().lead()
    const [, second = '', third = ''] = rig.stable(3)
    const { members } = rig.leave({ memberId: second }, { memberId: 'nobody' }, { memberId: third })
    expect(members.map(({ errorCode }) => errorCode)).toEqual([0, Errors.UNKNOWN_MEMBER_ID, 0])
    const rebalances = rig.host.events('group-changed').filter(({ from }) => from === 'Stable')
    expect(rebalances).toHaveLength(1)
  })

  it('answers a JoinGroup of the leaver that waits', () => {
    const rig = new GroupRig().lead()
    const [leader = ''] = rig.stable(2)
    const waiting = rig.join({ memberId: leader })
    rig.leave({ memberId: leader })
    expect(waiting.answer).toMatchObject({ errorCode: Errors.UNKNOWN_MEMBER_ID, memberId: '' })
  })
})

describe('at the door', () => {
  it('requests without a group are refused (G-6)', () => {
    const rig = new GroupRig().lead()
    const none = { groupId: '' }
    expect(rig.join(none).answer?.errorCode).toBe(Errors.INVALID_GROUP_ID)
    expect(rig.sync('m', 1, none).answer?.errorCode).toBe(Errors.INVALID_GROUP_ID)
    expect(rig.heartbeat('m', 1, none)).toBe('INVALID_GROUP_ID')
    expect(rig.ask('LeaveGroup', { groupId: '', members: [] }).errorCode).toBe(Errors.INVALID_GROUP_ID)
  })

  it('sessions outside the limits are refused (G-24)', () => {
    const rig = new GroupRig().lead()
    for (const sessionTimeoutMs of [5999, 1_800_001]) {
      expect(rig.join({ sessionTimeoutMs }).answer?.errorCode).toBe(Errors.INVALID_SESSION_TIMEOUT)
    }
  })

  it('SyncGroup 5 must name its protocol, an older one need not', () => {
    const rig = new GroupRig().lead()
    const [only = ''] = rig.stable()
    const nameless = { protocolName: null, protocolType: null }
    expect(rig.sync(only, 1, nameless).answer?.errorCode).toBe(Errors.INCONSISTENT_GROUP_PROTOCOL)
    const body = { groupId: 'g', generationId: 1, memberId: only, groupInstanceId: null, assignments: [], ...nameless }
    expect(rig.ask('SyncGroup', body, 4).errorCode).toBe(0)
  })
})
