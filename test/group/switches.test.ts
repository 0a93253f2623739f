// Both sides of each switch that acts in a coordinator.

import { describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import type { Switches } from '../../src/switches/switches.ts'
import { assignments, GroupRig, SESSION_MS } from './rig.ts'

const rigWith = (switches: Partial<Switches>, retentionMinutes = 60) =>
  new GroupRig({ switches, config: { 'offsets.retention.minutes': retentionMinutes } }).lead()

describe('requireMemberId (KIP-394, B-14)', () => {
  it('on: whoever asks again and again without an id is no member', () => {
    const rig = rigWith({})
    for (let i = 0; i < 3; i++) expect(rig.join().answer?.errorCode).toBe(Errors.MEMBER_ID_REQUIRED)
    expect(rig.describe().members).toEqual([])
  })

  it('off: each attempt is another member, and stays until its session ends', () => {
    const rig = rigWith({ requireMemberId: false })
    for (let i = 0; i < 3; i++) expect(rig.join().answer).toBeUndefined()
    expect(rig.describe().members).toHaveLength(3)
  })
})

describe('rebalanceOnStaticReturn (KAFKA-9801, B-11)', () => {
  /** What the member is assigned that came back while its leader thought about the assignment. */
  const assignedAfterReturn = (switches: Partial<Switches>) => {
    const rig = rigWith(switches)
    const joins = ['a', 'b'].map((groupInstanceId) => rig.join({ groupInstanceId }))
    rig.host.clock.advance(0)
    const ids = joins.map(({ answer }) => answer!.memberId)
    const back = rig.join({ groupInstanceId: 'b' })
    const lead = rig.sync(ids[0]!, 1, { groupInstanceId: 'a', ...assignments(ids) })
    if (lead.answer?.errorCode !== 0) return 'another rebalance'
    const { memberId } = back.answer!
    return Buffer.from(rig.sync(memberId, 1, { groupInstanceId: 'b' }).answer!.assignment).toString() || 'nothing'
  }

  it('on: the group rebalances', () => {
    expect(assignedAfterReturn({})).toBe('another rebalance')
  })

  it('off: it is assigned nothing, for the leader knew its old id', () => {
    expect(assignedAfterReturn({ rebalanceOnStaticReturn: false })).toBe('nothing')
  })
})

describe('skipAssignment (KIP-814, B-12)', () => {
  const returned = (switches: Partial<Switches>) => {
    const rig = rigWith(switches)
    const joined = rig.join({ groupInstanceId: 'a' })
    rig.host.clock.advance(0)
    rig.sync(joined.answer!.memberId, 1, { groupInstanceId: 'a' })
    return { former: joined.answer!.memberId, answer: rig.join({ groupInstanceId: 'a' }).answer! }
  }

  it('on: a leader that comes back knows that it leads', () => {
    const { answer } = returned({})
    expect(answer).toMatchObject({ leader: answer.memberId, skipAssignment: true })
    expect(answer.members).toHaveLength(1)
  })

  it('off: it takes itself for a follower, and nobody watches for new partitions', () => {
    const { former, answer } = returned({ skipAssignment: false })
    expect(answer).toMatchObject({ leader: former, skipAssignment: false, members: [] })
  })
})

describe('expireOnlyAtRest (KAFKA-13636, B-8)', () => {
  const committedAfterLongRebalance = (switches: Partial<Switches>) => {
    const rig = rigWith(switches)
    const patient = { sessionTimeoutMs: 1_800_000, rebalanceTimeoutMs: 2_000_000_000 }
    const memberId = rig.memberId(patient)
    rig.commit()
    rig.join({ memberId, ...patient })
    rig.host.clock.advance(0)
    for (let i = 0; i < 4; i++) {
      rig.host.clock.advance(1_700_000)
      expect(rig.heartbeat(memberId, 1)).toBe('NONE')
    }
    return rig.committed()
  }

  it('on: nothing expires while a group rebalances', () => {
    expect(committedAfterLongRebalance({})).toBe(5)
  })

  it('off: offsets of topics it reads expire as well', () => {
    expect(committedAfterLongRebalance({ expireOnlyAtRest: false })).toBe(-1)
  })
})

describe('keepSubscribedOffsets (KIP-211, B-9)', () => {
  const committedOfQuietPartition = (switches: Partial<Switches>) => {
    const rig = rigWith(switches)
    const [only = ''] = rig.stable()
    rig.commit({ memberId: only, generationIdOrMemberEpoch: 1 })
    for (let passedMs = 0; passedMs < 2 * 3_600_000; passedMs += SESSION_MS / 2) {
      rig.host.clock.advance(SESSION_MS / 2)
      rig.heartbeat(only, 1)
    }
    expect(rig.state).toBe('Stable')
    return rig.committed()
  }

  it('on: a group in use keeps what it committed, however long ago', () => {
    expect(committedOfQuietPartition({})).toBe(5)
  })

  it('off: it loses the offset of a partition in which nothing happens', () => {
    expect(committedOfQuietPartition({ keepSubscribedOffsets: false })).toBe(-1)
  })
})

describe('commitGenerationCheck (B-18)', () => {
  const zombieCommits = (switches: Partial<Switches>) => {
    const rig = rigWith(switches)
    const [only = ''] = rig.stable()
    rig.commit({ memberId: only, generationIdOrMemberEpoch: 1 }, 200)
    const { answer } = rig.commit({ memberId: 'zombie', generationIdOrMemberEpoch: 0 }, 100)
    return [answer?.topics[0]?.partitions[0]?.errorCode, rig.committed()]
  }

  it('on: one who is out of the group commits nothing', () => {
    expect(zombieCommits({})).toEqual([Errors.UNKNOWN_MEMBER_ID, 200])
  })

  it('off: it takes the group back', () => {
    expect(zombieCommits({ commitGenerationCheck: false })).toEqual([0, 100])
  })
})

describe('armNewMembers (KAFKA-9752, B-13)', () => {
  /** Two join for the first time; the one that does not lead is never heard of again. */
  const silentSinceItJoined = (switches: Partial<Switches>) => {
    const rig = rigWith(switches)
    const leader = rig.memberId()
    const silent = rig.memberId()
    for (const memberId of [leader, silent]) rig.join({ memberId })
    rig.host.clock.advance(0)
    rig.sync(leader, 1, assignments([leader, silent]))
    for (let passedMs = 0; passedMs < 2 * SESSION_MS; passedMs += SESSION_MS / 2) {
      rig.host.clock.advance(SESSION_MS / 2)
      rig.heartbeat(leader, 1)
    }
    return rig.describe().members.length
  }

  it('on: its session begins when it is answered, and ends', () => {
    expect(silentSinceItJoined({})).toBe(1)
  })

  it('off: it is a member until its group rebalances, or waits for its SyncGroup in vain', () => {
    expect(silentSinceItJoined({ armNewMembers: false })).toBe(2)
  })
})
