// What is written is answered when it is committed, taken back when it cannot be written, and found again by whoever
// coordinates next (G-38 … G-42).

import { describe, expect, it } from 'vitest'
import { Errors } from '../../src/protocol/error-codes.ts'
import { decodeGroupRecord, encodeGroupRecord } from '../../src/protocol/group-record.ts'
import { BatchBuilder } from '../../src/records/batch-builder.ts'
import { decodeBatches } from '../../src/records/batch-reader.ts'
import { assignments, GroupRig, protocols, REBALANCE_MS, SESSION_MS } from './rig.ts'

const THREE = { replicas: [1, 2, 3] }

/** What stands in the log, in short. */
function written(rig: GroupRig): string[] {
  const { bytes } = rig.log.read(0, 1_000_000, rig.log.logEndOffset, true)
  const records = decodeBatches(bytes)
  if (typeof records === 'string') throw new Error(records)
  return records.map(({ key, value }) => {
    const record = decodeGroupRecord(key!, value)!
    if (record.value === null) return `${record.type} gone`
    return record.type === 'OffsetCommit'
      ? `${record.topic}-${record.partition} = ${record.value.offset}`
      : `${record.group} gen ${record.value.generation}, ${record.value.members.length} members`
  })
}

/** Two members in generation 1, Stable and committed. */
function settled(rig: GroupRig): string[] {
  const ids = [rig.memberId(), rig.memberId()]
  const joins = ids.map((memberId) => rig.join({ memberId }))
  rig.host.clock.advance(0)
  ids.forEach((memberId) => rig.sync(memberId, joins[0]!.answer!.generationId, assignments(ids)))
  rig.replicate()
  expect(rig.state).toBe('Stable')
  return ids
}

describe('an answer waits until what it tells of is committed', () => {
  it('of a commit', () => {
    const rig = new GroupRig(THREE).lead()
    const commit = rig.commit()
    expect(commit.answer).toBeUndefined()
    expect(rig.committed(false)).toBe(-1)
    rig.replicate()
    expect(commit.answer?.topics[0]?.partitions[0]?.errorCode).toBe(0)
    expect(rig.committed(false)).toBe(5)
  })

  it('of a fetch of stable offsets, and of a heartbeat, for what was written before them', () => {
    const rig = new GroupRig(THREE).lead()
    const ids = settled(rig)
    rig.commit({ memberId: ids[0]!, generationIdOrMemberEpoch: 1 })
    const groups = [{ groupId: 'g', memberId: null, memberEpoch: -1, topics: null }]
    const fetch = rig.send('OffsetFetch', { groups, requireStable: true })
    const body = { groupId: 'g', generationId: 1, memberId: ids[0]!, groupInstanceId: null }
    const heartbeat = rig.send('Heartbeat', body)
    expect([fetch.answer, heartbeat.answer]).toEqual([undefined, undefined])
    rig.replicate()
    expect(fetch.answer?.groups[0]?.topics[0]?.partitions[0]?.committedOffset).toBe(5)
    expect(heartbeat.answer?.errorCode).toBe(0)
  })

  it('of the leader: the group is Stable when its assignment is', () => {
    const rig = new GroupRig(THREE).lead()
    const memberId = rig.memberId()
    rig.replicate()
    rig.join({ memberId })
    rig.host.clock.advance(0)
    const sync = rig.sync(memberId, 1, assignments([memberId]))
    expect([sync.answer, rig.state]).toEqual([undefined, 'CompletingRebalance'])
    rig.replicate()
    expect([sync.answer?.errorCode, rig.state]).toEqual([0, 'Stable'])
  })

  it('but MEMBER_ID_REQUIRED is told at once, before its group is on record', () => {
    const rig = new GroupRig(THREE).lead()
    expect(rig.join().answer?.errorCode).toBe(Errors.MEMBER_ID_REQUIRED)
    expect(written(rig)).toEqual(['g gen 0, 0 members'])
    expect(rig.describe().errorCode).toBe(Errors.GROUP_ID_NOT_FOUND)
    rig.replicate()
    expect(rig.state).toBe('Empty')
  })
})

describe('who waits for others hears when what was written before is lost (G-42)', () => {
  const LINGERS = { config: { 'group.coordinator.append.linger.ms': 5 } }

  it('in a join phase of a group that goes with it', () => {
    const rig = new GroupRig(LINGERS).lead()
    const memberId = rig.memberId()
    const join = rig.join({ memberId })
    expect([join.answer, rig.log.logEndOffset]).toEqual([undefined, 0])
    rig.lead(2)
    expect(join.answer).toMatchObject({ errorCode: Errors.NOT_COORDINATOR, memberId: '' })
    expect(rig.host.events('group-join-answered').at(-1)).toMatchObject({ member: memberId, error: 'NOT_COORDINATOR' })
  })

  it('by a name that it was never told', () => {
    const rig = new GroupRig(LINGERS).lead()
    rig.memberId()
    const join = rig.join({ groupInstanceId: 'one' })
    rig.lead(2)
    expect(join.answer?.errorCode).toBe(Errors.NOT_COORDINATOR)
    const parked = rig.host.events('group-request-parked').at(-1)
    expect(rig.host.events('group-join-answered').at(-1)?.member).toBe(parked?.member)
  })

  it('also of a group that could not be created, whose answer names nobody', () => {
    const rig = new GroupRig({ ...THREE, config: { 'group.initial.rebalance.delay.ms': 10_000 } }).lead()
    const join = rig.join({ groupInstanceId: 'one' })
    rig.host.clock.advance(5000)
    expect(join.answer).toMatchObject({ errorCode: Errors.COORDINATOR_NOT_AVAILABLE, memberId: '' })
    const parked = rig.host.events('group-request-parked').at(-1)
    expect(rig.host.events('group-join-answered').at(-1)?.member).toBe(parked?.member)
  })

  it('or is not committed in time', () => {
    const rig = new GroupRig({ ...THREE, config: { 'group.initial.rebalance.delay.ms': 10_000 } }).lead()
    const join = rig.join({ memberId: rig.memberId() })
    rig.host.clock.advance(4999)
    expect(join.answer).toBeUndefined()
    rig.host.clock.advance(1)
    expect(join.answer?.errorCode).toBe(Errors.COORDINATOR_NOT_AVAILABLE)
  })

  it('and where it waits for its leader', () => {
    const rig = new GroupRig(THREE).lead()
    const ids = [rig.memberId(), rig.memberId()]
    ids.forEach((memberId) => rig.join({ memberId }))
    rig.host.clock.advance(0)
    const follower = rig.sync(ids[1]!, 1)
    rig.host.clock.advance(5000)
    expect(follower.answer?.errorCode).toBe(Errors.COORDINATOR_NOT_AVAILABLE)
  })
})

describe('what is on record (G-11)', () => {
  it('is each Stable generation, each Empty one, and each offset', () => {
    const rig = new GroupRig().lead()
    const [only = ''] = rig.stable()
    rig.commit({ memberId: only, generationIdOrMemberEpoch: 1 }, 3)
    rig.commit({ memberId: only, generationIdOrMemberEpoch: 1 }, 2)
    rig.leave({ memberId: only })
    rig.ask('DeleteGroups', { groupsNames: ['g'] })
    expect(written(rig)).toEqual([
      'g gen 0, 0 members',
      'g gen 1, 1 members',
      'orders-0 = 3',
      // A commit may move an offset back (O-2).
      'orders-0 = 2',
      'g gen 2, 0 members',
      'OffsetCommit gone',
      'GroupMetadata gone',
    ])
  })

  it('gathers for a while in one batch', () => {
    const rig = new GroupRig({ config: { 'group.coordinator.append.linger.ms': 5 } }).lead()
    const commits = [1, 2, 3].map((offset) => rig.commit({}, offset))
    rig.host.clock.advance(4)
    expect(rig.log.logEndOffset).toBe(0)
    rig.host.clock.advance(1)
    expect(rig.log.logEndOffset).toBe(3)
    expect(rig.host.events('log-appended')).toMatchObject([{ firstOffset: 0, lastOffset: 2 }])
    expect(commits.map(({ answer }) => answer?.topics[0]?.partitions[0]?.errorCode)).toEqual([0, 0, 0])
  })

  it('never holds a metadata text that is too long (O-1)', () => {
    const rig = new GroupRig({ config: { 'offset.metadata.max.bytes': 4 } }).lead()
    const partition = (partitionIndex: number, committedMetadata: string) => ({
      partitionIndex,
      committedOffset: 1,
      committedLeaderEpoch: -1,
      committedMetadata,
    })
    const topics = [{ name: 'orders', partitions: [partition(0, '12345'), partition(1, '1234')] }]
    const answer = rig.commit({ topics }).answer!
    const errors = answer.topics[0]!.partitions.map(({ errorCode }) => errorCode)
    expect(errors).toEqual([Errors.OFFSET_METADATA_TOO_LARGE, 0])
    expect(written(rig)).toEqual(['orders-1 = 1'])
  })

  it('never holds an offset of a partition that nobody knows', () => {
    const rig = new GroupRig().lead()
    const at = { committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: '' }
    const topics = [
      { name: 'nothing', partitions: [{ partitionIndex: 0, ...at }] },
      { name: 'orders', partitions: [7, 0].map((partitionIndex) => ({ partitionIndex, ...at })) },
    ]
    expect(rig.commit({ topics }).answer?.topics).toEqual([
      { name: 'nothing', partitions: [{ partitionIndex: 0, errorCode: Errors.UNKNOWN_TOPIC_OR_PARTITION }] },
      {
        name: 'orders',
        partitions: [
          { partitionIndex: 7, errorCode: Errors.UNKNOWN_TOPIC_OR_PARTITION },
          { partitionIndex: 0, errorCode: 0 },
        ],
      },
    ])
  })
})

describe('a write that fails', () => {
  it('for want of replicas times out, and the client looks for another coordinator (G-38)', () => {
    const rig = new GroupRig(THREE).lead()
    const commit = rig.commit()
    rig.host.clock.advance(4999)
    expect(commit.answer).toBeUndefined()
    rig.host.clock.advance(1)
    expect(commit.answer?.topics[0]?.partitions[0]?.errorCode).toBe(Errors.COORDINATOR_NOT_AVAILABLE)
    // It may count all the same, later.
    rig.replicate()
    expect(rig.committed()).toBe(5)
  })

  it('as the leader goes is taken back, and answered NOT_COORDINATOR', () => {
    const rig = new GroupRig({ ...THREE, config: { 'group.coordinator.append.linger.ms': 5 } }).lead()
    const commit = rig.commit()
    const groups = [{ groupId: 'g', memberId: null, memberEpoch: -1, topics: null }]
    const fetch = rig.send('OffsetFetch', { groups, requireStable: true })
    rig.replicas.hosted('__consumer_offsets', 0)!.stop()
    rig.host.clock.advance(5)
    expect(commit.answer?.topics[0]?.partitions[0]?.errorCode).toBe(Errors.NOT_COORDINATOR)
    expect(fetch.answer?.groups[0]?.errorCode).toBe(Errors.NOT_COORDINATOR)
    expect(rig.committed()).toBe(-1)
    expect(rig.describe().errorCode).toBe(Errors.GROUP_ID_NOT_FOUND)
  })

  it('of an assignment makes the members rebalance', () => {
    const rig = new GroupRig(THREE).lead()
    const ids = [rig.memberId(), rig.memberId()]
    rig.replicate()
    ids.forEach((memberId) => rig.join({ memberId }))
    rig.host.clock.advance(0)
    const syncs = ids.map((id) => rig.sync(id, 1, assignments(ids)))
    rig.host.clock.advance(5000)
    expect(syncs.map(({ answer }) => answer?.errorCode)).toEqual([15, 15])
    expect(rig.state).toBe('PreparingRebalance')
  })

  it('of a static member that comes back gives its old id back', () => {
    const rig = new GroupRig(THREE).lead()
    const joined = rig.join({ groupInstanceId: 'a' })
    rig.host.clock.advance(0)
    const { memberId } = joined.answer!
    rig.sync(memberId, 1, { groupInstanceId: 'a' })
    rig.replicate()
    const back = rig.join({ groupInstanceId: 'a' })
    expect(back.answer).toBeUndefined()
    rig.host.clock.advance(5000)
    expect(back.answer).toMatchObject({ errorCode: Errors.COORDINATOR_NOT_AVAILABLE, memberId: '' })
    const heartbeat = rig.send('Heartbeat', { groupId: 'g', generationId: 1, memberId, groupInstanceId: 'a' })
    rig.replicate()
    expect(heartbeat.answer?.errorCode).toBe(0)
  })

  it('of one that came back twice, or was removed meanwhile, takes back what is left to take back', () => {
    for (const meanwhile of ['comes back again', 'is removed'] as const) {
      const rig = new GroupRig(THREE).lead()
      const joined = rig.join({ groupInstanceId: 'a' })
      rig.host.clock.advance(0)
      rig.sync(joined.answer!.memberId, 1, { groupInstanceId: 'a' })
      rig.replicate()
      const back = rig.join({ groupInstanceId: 'a' })
      rig.host.clock.advance(100)
      if (meanwhile === 'comes back again') {
        const again = rig.join({ groupInstanceId: 'a' })
        rig.host.clock.advance(5000)
        expect(back.answer?.errorCode).toBe(Errors.FENCED_INSTANCE_ID)
        expect(again.answer?.errorCode).toBe(Errors.COORDINATOR_NOT_AVAILABLE)
        expect(rig.host.events('group-member-changed').map(({ change }) => change)).toEqual([
          'joined',
          'replaced',
          'replaced',
          'replaced',
        ])
      } else {
        rig.send('LeaveGroup', { groupId: 'g', members: [{ memberId: '', groupInstanceId: 'a', reason: null }] })
        rig.host.clock.advance(5000)
        expect(back.answer?.errorCode).toBe(Errors.UNKNOWN_MEMBER_ID)
        expect(rig.state).toBe('Empty')
      }
    }
  })
})

describe('a log that holds what the coordinator did not write', () => {
  it('is read anew; whoever noticed is sent away, and finds on coming back what the log says', () => {
    const rig = new GroupRig().lead()
    rig.commit({}, 3)
    const builder = new BatchBuilder()
    const at = { leaderEpoch: -1, metadata: '', commitTimestampMs: 1 }
    const record = { type: 'OffsetCommit', group: 'h', topic: 'orders', partition: 0 } as const
    const { key, value } = encodeGroupRecord({ ...record, value: { offset: 77, ...at } })
    builder.append(1, key, value)
    rig.replicas.hosted('__consumer_offsets', 0)!.appendAsLeader(builder.build(), 1, 'coordinator')
    expect(rig.commit({}, 4).answer?.topics[0]?.partitions[0]?.errorCode).toBe(Errors.NOT_COORDINATOR)
    expect(rig.host.events('coordinator-changed').map(({ state }) => state)).toEqual([
      'loading',
      'active',
      'failed',
      'loading',
      'active',
    ])
    expect(rig.committed()).toBe(4)
    const groups = rig.ask('ListGroups', { statesFilter: [], typesFilter: [] }).groups
    expect(groups.map(({ groupId }) => groupId).toSorted()).toEqual(['g', 'h'])
  })
})

describe('a broker that loses the partition (G-20)', () => {
  it('tells also whoever waits in a group that it takes back: a join that wrote nothing waits for the writes before it (G-42)', () => {
    const rig = new GroupRig({ ...THREE, config: { 'group.coordinator.append.linger.ms': 5 } }).lead()
    const commit = rig.commit()
    // The group is there because of the commit, which is not written yet.
    const join = rig.join({ groupInstanceId: 'a' })
    rig.lead(2)
    expect(commit.answer?.topics[0]?.partitions[0]?.errorCode).toBe(Errors.NOT_COORDINATOR)
    expect(join.answer?.errorCode).toBe(Errors.NOT_COORDINATOR)
  })

  it('sends everybody who waits elsewhere, and answers NOT_COORDINATOR from then on', () => {
    const rig = new GroupRig(THREE).lead()
    const ids = settled(rig)
    const join = rig.join({ memberId: ids[0]! })
    const commit = rig.commit({ memberId: ids[0]!, generationIdOrMemberEpoch: 1 })
    rig.lead(2)
    expect(join.answer?.errorCode).toBe(Errors.NOT_COORDINATOR)
    expect(commit.answer?.topics[0]?.partitions[0]?.errorCode).toBe(Errors.NOT_COORDINATOR)
    expect(rig.heartbeat(ids[0]!, 1)).toBe('NOT_COORDINATOR')
    expect(rig.join().answer?.errorCode).toBe(Errors.NOT_COORDINATOR)
    expect(rig.ask('ListGroups', { statesFilter: [], typesFilter: [] })).toMatchObject({ errorCode: 0, groups: [] })
    expect(rig.host.clock.pending).toBe(0)
  })

  it('tells members that wait for their assignment', () => {
    const rig = new GroupRig(THREE).lead()
    const ids = [rig.memberId(), rig.memberId()]
    ids.forEach((memberId) => rig.join({ memberId }))
    rig.host.clock.advance(0)
    const sync = rig.sync(ids[1]!, 1)
    rig.lead(2)
    expect(sync.answer?.errorCode).toBe(Errors.NOT_COORDINATOR)
  })
})

describe('a broker that gets the partition (G-39)', () => {
  it('finds groups as they were last on record, with a whole session for each member', () => {
    const rig = new GroupRig(THREE).lead()
    const ids = settled(rig)
    rig.commit({ memberId: ids[0]!, generationIdOrMemberEpoch: 1 }, 9)
    rig.replicate()
    rig.host.clock.advance(SESSION_MS - 1)
    rig.lead(2)
    rig.lead(1)
    expect(rig.state).toBe('Stable')
    expect(rig.committed(false)).toBe(9)
    const sync = rig.sync(ids[1]!, 1)
    expect(Buffer.from(sync.answer!.assignment).toString()).toBe(ids[1])
    rig.host.clock.advance(SESSION_MS - 1)
    expect(rig.heartbeat(ids[0]!, 1)).toBe('NONE')
    rig.host.clock.advance(1)
    expect(rig.heartbeat(ids[1]!, 1)).toBe('UNKNOWN_MEMBER_ID')
  })

  it('knows nothing of a generation that was under way; its number comes again (G-40)', () => {
    const rig = new GroupRig(THREE).lead()
    const ids = settled(rig)
    const joins = ids.map((memberId) => rig.join({ memberId }))
    expect(joins[0]!.answer?.generationId).toBe(2)
    rig.lead(2)
    rig.lead(1)
    expect(rig.heartbeat(ids[0]!, 2)).toBe('ILLEGAL_GENERATION')
    expect(rig.heartbeat(ids[0]!, 1)).toBe('NONE')
    const again = ids.map((memberId) => rig.join({ memberId, protocols: protocols('range') }))
    expect(again[0]!.answer?.generationId).toBe(2)
  })

  it('counts what was written and not yet committed only when it is', () => {
    const rig = new GroupRig(THREE).lead()
    rig.commit({}, 3)
    rig.replicate()
    rig.commit({}, 4)
    rig.lead(2)
    rig.lead(1)
    expect(rig.committed(false)).toBe(3)
    rig.replicate()
    expect(rig.committed(false)).toBe(4)
  })

  it('forgets what tombstones say is gone', () => {
    const rig = new GroupRig().lead()
    rig.commit()
    rig.ask('DeleteGroups', { groupsNames: ['g'] })
    rig.lead(2)
    rig.lead(1)
    expect(rig.ask('ListGroups', { statesFilter: [], typesFilter: [] }).groups).toEqual([])
    expect(rig.committed()).toBe(-1)
  })

  it('steps over records of other protocols', () => {
    const rig = new GroupRig().lead()
    const builder = new BatchBuilder()
    const stranger = encodeGroupRecord({ type: 'GroupMetadata', group: 'x', value: null })
    builder.append(1, stranger.key.with(1, 3), new Uint8Array([0, 0]))
    rig.replicas.hosted('__consumer_offsets', 0)!.appendAsLeader(builder.build(), 1, 'coordinator')
    rig.commit()
    rig.lead(2)
    rig.lead(1)
    expect(rig.committed()).toBe(5)
  })

  it('rebalances a group that is too large for it now (G-33)', () => {
    const config = { 'group.max.size': 2 }
    const rig = new GroupRig({ config }).lead()
    const ids = settled(rig)
    rig.lead(2)
    Object.assign(config, { 'group.max.size': 1 })
    Object.assign(rig.context.config, config)
    rig.lead(1)
    expect(rig.state).toBe('PreparingRebalance')
    expect(rig.commit({ memberId: ids[0]!, generationIdOrMemberEpoch: 1 }).answer?.topics[0]?.partitions[0]).toEqual({
      partitionIndex: 0,
      errorCode: 0,
    })
  })

  it('stays as it is when it is elected again without losing it', () => {
    const rig = new GroupRig().lead()
    const [only = ''] = rig.stable()
    const waiting = rig.memberId()
    rig.lead(1)
    expect(rig.join({ memberId: waiting }).answer).toBeUndefined()
    expect(rig.heartbeat(only, 1)).toBe('REBALANCE_IN_PROGRESS')
    rig.host.clock.advance(REBALANCE_MS)
  })
})
