// Column Dead of the matrix of G-23. A group is Dead between the moment its coordinator lets it go and the end of the
// shard, which no request can fall into here; the answers are Kafka's all the same.

import { describe, expect, it } from 'vitest'
import { Streams } from '../../sim/random/streams.ts'
import { Errors } from '../../src/protocol/error-codes.ts'
import type { Outcome } from '../../src/group/decision.ts'
import { deleteGroups, describeGroup } from '../../src/group/group-admin.ts'
import { heartbeat } from '../../src/group/heartbeat.ts'
import { createGroup, joinGroup } from '../../src/group/join-group.ts'
import { leaveGroup } from '../../src/group/leave-group.ts'
import { commitOffsets } from '../../src/group/offset-commit.ts'
import { deleteOffsets } from '../../src/group/offset-delete.ts'
import { fetchOffsets } from '../../src/group/offset-fetch.ts'
import { ShardState } from '../../src/group/shard-state.ts'
import { ShardTimers } from '../../src/group/shard-timers.ts'
import { syncGroup } from '../../src/group/sync-group.ts'
import { Fixture } from '../broker/fixture.ts'
import { joinBody } from './rig.ts'

function dead(): ShardState {
  const { context, host } = new Fixture()
  const shard = new ShardState({
    context,
    partition: '__consumer_offsets-0',
    epoch: 1,
    timers: new ShardTimers(host, (_kind, fn) => fn()),
    memberIds: new Streams(1).stream('ids'),
    write: ({ done }) => done(Errors.NONE),
    sessionEnded: () => undefined,
  })
  createGroup(shard, 'g', 'for the test').moveTo('Dead', 0)
  return shard
}

/** Lets the operation say what it has to say. */
function heard<T>(operation: (shard: ShardState, respond: (answer: T) => void) => Outcome): T {
  const answers: T[] = []
  const shard = dead()
  shard.settle(operation(shard, (answer) => answers.push(answer)))
  expect(answers).toHaveLength(1)
  return answers[0]!
}

const NOT_AVAILABLE = { errorCode: Errors.COORDINATOR_NOT_AVAILABLE }
const sender = { groupId: 'g', generationId: 0, memberId: 'm', groupInstanceId: null }
const caller = { version: 9, clientId: 'c', clientHost: '/h' }

describe('a Dead group answers', () => {
  it('JoinGroup with COORDINATOR_NOT_AVAILABLE, of whoever', () => {
    for (const body of [joinBody(), joinBody({ memberId: 'm' })]) {
      const answer = heard<object>((shard, respond) => joinGroup(shard, { body, ...caller, respond }))
      expect(answer).toMatchObject(NOT_AVAILABLE)
    }
  })

  it('SyncGroup, Heartbeat and LeaveGroup with COORDINATOR_NOT_AVAILABLE', () => {
    const sync = { ...sender, protocolType: 'consumer', protocolName: 'range', assignments: [] }
    expect(heard<object>((shard, respond) => syncGroup(shard, sync, respond))).toMatchObject(NOT_AVAILABLE)
    expect(heard<number>((shard, respond) => heartbeat(shard, sender, respond))).toBe(NOT_AVAILABLE.errorCode)
    const leave = { groupId: 'g', members: [{ memberId: 'm', groupInstanceId: null, reason: null }] }
    expect(heard<object>((shard, respond) => leaveGroup(shard, leave, respond))).toMatchObject(NOT_AVAILABLE)
  })

  it('OffsetCommit with COORDINATOR_NOT_AVAILABLE, from inside and from outside', () => {
    const partitions = [{ partitionIndex: 0, committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: '' }]
    for (const generationIdOrMemberEpoch of [-1, 0]) {
      const body = { ...sender, generationIdOrMemberEpoch, topics: [{ name: 'orders', partitions }] }
      const answer = heard<object>((shard, respond) => commitOffsets(shard, body, 9, respond))
      expect(answer).toMatchObject({ topics: [{ partitions: [NOT_AVAILABLE] }] })
    }
  })

  it('OffsetFetch as if nothing were committed', () => {
    const topics = [{ name: 'orders', partitionIndexes: [0] }]
    const body = { groupId: 'g', memberId: null, memberEpoch: -1, topics }
    for (const stable of [true, false]) {
      const answer = heard<object>((shard, respond) => fetchOffsets(shard, body, stable, respond))
      expect(answer).toMatchObject({ errorCode: 0, topics: [{ partitions: [{ committedOffset: -1, errorCode: 0 }] }] })
    }
  })

  it('DeleteGroups and OffsetDelete with GROUP_ID_NOT_FOUND, DescribeGroups with its state', () => {
    const notFound = { errorCode: Errors.GROUP_ID_NOT_FOUND }
    expect(heard<object>((shard, respond) => deleteGroups(shard, ['g'], respond))).toMatchObject([notFound])
    const body = { groupId: 'g', topics: [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }] }
    expect(heard<object>((shard, respond) => deleteOffsets(shard, body, respond))).toMatchObject(notFound)
    const shard = dead()
    shard.undo.lastWritten = 1
    shard.undo.commit(1)
    expect(describeGroup(shard, 'g', 6)).toMatchObject({ errorCode: 0, groupState: 'Dead' })
  })
})
