// The matrix of G-23: what each request is answered in each state of its group, and in which state it leaves the group.
// Column Dead is in dead-group.test.ts.

import { describe, expect, it } from 'vitest'
import { errorName } from '../../src/protocol/error-codes.ts'
import { type Asked, subscription } from './rig.ts'
import { type Column, COLUMNS, scene, type Scene, type SceneOptions } from './states.ts'

/** An error's name; 'waits' for a request that is not answered yet. Behind an arrow the state it leaves the group in. */
type Cells = readonly [absent: string, empty: string, preparing: string, completing: string, stable: string]

interface Row {
  readonly request: string
  readonly cells: Cells
  readonly act: (scene: Scene, column: Column) => string
  readonly options?: SceneOptions
}

const PREPARING = 'PreparingRebalance'

const ROWS: readonly Row[] = [
  {
    request: 'JoinGroup without an id',
    cells: [
      'MEMBER_ID_REQUIRED → Empty',
      'MEMBER_ID_REQUIRED → Empty',
      `MEMBER_ID_REQUIRED → ${PREPARING}`,
      'MEMBER_ID_REQUIRED → CompletingRebalance',
      'MEMBER_ID_REQUIRED → Stable',
    ],
    act: ({ rig, same }) => fate(rig.join(same)),
  },
  {
    request: 'JoinGroup without an id, version 3',
    cells: all(`waits → ${PREPARING}`),
    act: ({ rig, same }) => fate(rig.join(same, 3)),
  },
  {
    request: 'JoinGroup of a new static member',
    cells: all(`waits → ${PREPARING}`),
    act: ({ rig, same }) => fate(rig.join({ ...same, groupInstanceId: 'new' })),
  },
  {
    request: 'JoinGroup of a static member that comes back without its id',
    options: { staticFollower: true },
    // An Empty group knows no static members: this one is new to it.
    cells: [
      `waits → ${PREPARING}`,
      `waits → ${PREPARING}`,
      `waits → ${PREPARING}`,
      `waits → ${PREPARING}`,
      'NONE → Stable',
    ],
    act: ({ rig, same, instance }) => fate(rig.join({ ...same, groupInstanceId: instance })),
  },
  {
    request: 'JoinGroup of a static member that comes back and changes the vote',
    options: { staticFollower: true },
    cells: all(`waits → ${PREPARING}`),
    act: ({ rig, same, instance }) => {
      const protocols = same.protocols.filter(({ name }) => name === 'sticky')
      return fate(rig.join({ ...same, protocols, groupInstanceId: instance }))
    },
  },
  {
    request: 'JoinGroup with an id just given',
    cells: all(`waits → ${PREPARING}`),
    act: ({ rig, same }) => fate(rig.join({ ...same, memberId: rig.memberId(same) })),
  },
  {
    request: 'JoinGroup with an id that nobody has',
    cells: [
      'UNKNOWN_MEMBER_ID → absent',
      'UNKNOWN_MEMBER_ID → Empty',
      `UNKNOWN_MEMBER_ID → ${PREPARING}`,
      'UNKNOWN_MEMBER_ID → CompletingRebalance',
      'UNKNOWN_MEMBER_ID → Stable',
    ],
    act: ({ rig, same }) => fate(rig.join({ ...same, memberId: 'nobody' })),
  },
  {
    request: 'JoinGroup of a follower that says the same',
    cells: [
      'UNKNOWN_MEMBER_ID → absent',
      'UNKNOWN_MEMBER_ID → Empty',
      `waits → ${PREPARING}`,
      'NONE → CompletingRebalance',
      'NONE → Stable',
    ],
    act: ({ rig, same, follower }) => fate(rig.join({ ...same, memberId: follower })),
  },
  {
    request: 'JoinGroup of the leader that says the same',
    cells: [
      'UNKNOWN_MEMBER_ID → absent',
      'UNKNOWN_MEMBER_ID → Empty',
      `waits → ${PREPARING}`,
      'NONE → CompletingRebalance',
      `waits → ${PREPARING}`,
    ],
    act: ({ rig, same, leader }) => fate(rig.join({ ...same, memberId: leader })),
  },
  {
    request: 'JoinGroup of a follower that says something else',
    cells: [
      'UNKNOWN_MEMBER_ID → absent',
      'UNKNOWN_MEMBER_ID → Empty',
      `waits → ${PREPARING}`,
      `waits → ${PREPARING}`,
      `waits → ${PREPARING}`,
    ],
    act: ({ rig, same, follower }) => {
      const protocols = [{ name: 'range', metadata: subscription('orders', 'parts') }]
      return fate(rig.join({ ...same, memberId: follower, protocols }))
    },
  },
  {
    request: 'JoinGroup of another protocol type',
    cells: [
      `waits → ${PREPARING}`,
      `waits → ${PREPARING}`,
      `INCONSISTENT_GROUP_PROTOCOL → ${PREPARING}`,
      'INCONSISTENT_GROUP_PROTOCOL → CompletingRebalance',
      'INCONSISTENT_GROUP_PROTOCOL → Stable',
    ],
    act: ({ rig, same }) => fate(rig.join({ ...same, protocolType: 'connect' }, 3)),
  },
  {
    request: 'JoinGroup without a common protocol',
    cells: [
      `waits → ${PREPARING}`,
      `waits → ${PREPARING}`,
      `INCONSISTENT_GROUP_PROTOCOL → ${PREPARING}`,
      'INCONSISTENT_GROUP_PROTOCOL → CompletingRebalance',
      'INCONSISTENT_GROUP_PROTOCOL → Stable',
    ],
    act: ({ rig, same }) => {
      const protocols = [{ name: 'roundrobin', metadata: subscription('orders') }]
      return fate(rig.join({ ...same, protocols }, 3))
    },
  },
  {
    request: 'SyncGroup of a follower',
    cells: [
      'UNKNOWN_MEMBER_ID → absent',
      'UNKNOWN_MEMBER_ID → Empty',
      `REBALANCE_IN_PROGRESS → ${PREPARING}`,
      'waits → CompletingRebalance',
      'NONE → Stable',
    ],
    act: ({ rig, follower, generation }) => fate(rig.sync(follower, generation)),
  },
  {
    request: 'SyncGroup of the leader',
    cells: [
      'UNKNOWN_MEMBER_ID → absent',
      'UNKNOWN_MEMBER_ID → Empty',
      `REBALANCE_IN_PROGRESS → ${PREPARING}`,
      'NONE → Stable',
      'NONE → Stable',
    ],
    act: ({ rig, leader, generation }) => fate(rig.sync(leader, generation)),
  },
  {
    request: 'SyncGroup of another generation',
    cells: refusals('ILLEGAL_GENERATION'),
    act: ({ rig, follower, generation }) => fate(rig.sync(follower, generation + 1)),
  },
  {
    request: 'SyncGroup of a stranger',
    cells: refusals('UNKNOWN_MEMBER_ID'),
    act: ({ rig, generation }) => fate(rig.sync('nobody', generation)),
  },
  {
    request: 'SyncGroup that names another protocol',
    cells: refusals('INCONSISTENT_GROUP_PROTOCOL'),
    act: ({ rig, follower, generation }) => fate(rig.sync(follower, generation, { protocolName: 'roundrobin' })),
  },
  {
    request: 'SyncGroup of a static member under a wrong id',
    options: { staticFollower: true },
    cells: refusals('FENCED_INSTANCE_ID'),
    act: ({ rig, leader, instance, generation }) => fate(rig.sync(leader, generation, { groupInstanceId: instance })),
  },
  {
    request: 'Heartbeat',
    cells: [
      'UNKNOWN_MEMBER_ID → absent',
      'UNKNOWN_MEMBER_ID → Empty',
      `REBALANCE_IN_PROGRESS → ${PREPARING}`,
      'NONE → CompletingRebalance',
      'NONE → Stable',
    ],
    act: ({ rig, follower, generation }) => rig.heartbeat(follower, generation),
  },
  {
    request: 'Heartbeat of another generation',
    cells: refusals('ILLEGAL_GENERATION'),
    act: ({ rig, follower, generation }) => rig.heartbeat(follower, generation - 1),
  },
  {
    request: 'Heartbeat of a stranger',
    cells: refusals('UNKNOWN_MEMBER_ID'),
    act: ({ rig, generation }) => rig.heartbeat('nobody', generation),
  },
  {
    request: 'Heartbeat of a static member under a wrong id, and of another generation',
    options: { staticFollower: true },
    cells: refusals('FENCED_INSTANCE_ID'),
    act: ({ rig, leader, instance }) => rig.heartbeat(leader, 99, { groupInstanceId: instance }),
  },
  {
    request: 'Heartbeat of an instance that nobody has',
    cells: refusals('UNKNOWN_MEMBER_ID'),
    act: ({ rig, leader, generation }) => rig.heartbeat(leader, generation, { groupInstanceId: 'nobody' }),
  },
  {
    request: 'LeaveGroup of a member',
    cells: [
      'UNKNOWN_MEMBER_ID → absent',
      'UNKNOWN_MEMBER_ID → Empty',
      `NONE → ${PREPARING}`,
      `NONE → ${PREPARING}`,
      `NONE → ${PREPARING}`,
    ],
    act: ({ rig, follower }) => left(rig.leave({ memberId: follower })),
  },
  {
    request: 'LeaveGroup of whoever has an id and never came',
    cells: [
      'NONE → Empty',
      'NONE → Empty',
      `NONE → ${PREPARING}`,
      // One who never came is gone: yet Kafka rebalances.
      `NONE → ${PREPARING}`,
      `NONE → ${PREPARING}`,
    ],
    act: ({ rig, same }) => left(rig.leave({ memberId: rig.memberId(same) })),
  },
  {
    request: 'LeaveGroup of a stranger',
    cells: refusals('UNKNOWN_MEMBER_ID'),
    act: ({ rig }) => left(rig.leave({ memberId: 'nobody' })),
  },
  {
    request: 'LeaveGroup by instance id alone',
    options: { staticFollower: true },
    cells: [
      'UNKNOWN_MEMBER_ID → absent',
      'UNKNOWN_MEMBER_ID → Empty',
      `NONE → ${PREPARING}`,
      `NONE → ${PREPARING}`,
      `NONE → ${PREPARING}`,
    ],
    act: ({ rig, instance }) => left(rig.leave({ groupInstanceId: instance })),
  },
  {
    request: 'OffsetCommit from outside',
    cells: [
      'NONE → Empty',
      'NONE → Empty',
      `UNKNOWN_MEMBER_ID → ${PREPARING}`,
      'UNKNOWN_MEMBER_ID → CompletingRebalance',
      'UNKNOWN_MEMBER_ID → Stable',
    ],
    act: ({ rig }) => committed(rig.commit()),
  },
  {
    request: 'OffsetCommit of a member',
    cells: [
      'GROUP_ID_NOT_FOUND → absent',
      'UNKNOWN_MEMBER_ID → Empty',
      `NONE → ${PREPARING}`,
      'REBALANCE_IN_PROGRESS → CompletingRebalance',
      'NONE → Stable',
    ],
    act: ({ rig, follower, generation }) =>
      committed(rig.commit({ memberId: follower, generationIdOrMemberEpoch: generation })),
  },
  {
    request: 'OffsetCommit of a member, version 8',
    cells: [
      'ILLEGAL_GENERATION → absent',
      'UNKNOWN_MEMBER_ID → Empty',
      `NONE → ${PREPARING}`,
      'REBALANCE_IN_PROGRESS → CompletingRebalance',
      'NONE → Stable',
    ],
    act: ({ rig, follower, generation }) =>
      committed(rig.commit({ memberId: follower, generationIdOrMemberEpoch: generation }, 5, 8)),
  },
  {
    request: 'OffsetCommit of another generation',
    cells: [
      'GROUP_ID_NOT_FOUND → absent',
      'UNKNOWN_MEMBER_ID → Empty',
      `ILLEGAL_GENERATION → ${PREPARING}`,
      'ILLEGAL_GENERATION → CompletingRebalance',
      'ILLEGAL_GENERATION → Stable',
    ],
    act: ({ rig, follower, generation }) =>
      committed(rig.commit({ memberId: follower, generationIdOrMemberEpoch: generation + 1 })),
  },
  {
    request: 'OffsetCommit of a static member under a wrong id',
    options: { staticFollower: true },
    cells: [
      'GROUP_ID_NOT_FOUND → absent',
      'UNKNOWN_MEMBER_ID → Empty',
      `FENCED_INSTANCE_ID → ${PREPARING}`,
      'FENCED_INSTANCE_ID → CompletingRebalance',
      'FENCED_INSTANCE_ID → Stable',
    ],
    act: ({ rig, leader, instance, generation }) => {
      const sender = { memberId: leader, groupInstanceId: instance, generationIdOrMemberEpoch: generation }
      return committed(rig.commit(sender))
    },
  },
  {
    request: 'OffsetFetch',
    cells: ['-1 → absent', '7 → Empty', `7 → ${PREPARING}`, '-1 → CompletingRebalance', '7 → Stable'],
    act: ({ rig }) => String(rig.committed()),
  },
  {
    request: 'DescribeGroups',
    cells: [
      'GROUP_ID_NOT_FOUND, Dead, 0 members → absent',
      'NONE, Empty, 0 members → Empty',
      `NONE, ${PREPARING}, 3 members → ${PREPARING}`,
      'NONE, CompletingRebalance, 2 members → CompletingRebalance',
      'NONE, Stable, 2 members that say what they support → Stable',
    ],
    act: ({ rig }) => {
      const { errorCode, groupState, members } = rig.describe()
      const says = members.some(({ memberMetadata }) => memberMetadata.length > 0)
      return `${errorName(errorCode)}, ${groupState}, ${members.length} members${says ? ' that say what they support' : ''}`
    },
  },
  {
    request: 'DescribeGroups, version 5',
    cells: ['NONE → absent', 'NONE → Empty', `NONE → ${PREPARING}`, 'NONE → CompletingRebalance', 'NONE → Stable'],
    act: ({ rig }) => {
      const body = { groups: ['g'], includeAuthorizedOperations: false }
      return errorName(rig.ask('DescribeGroups', body, 5).groups[0]!.errorCode)
    },
  },
  {
    request: 'ListGroups',
    cells: ['nothing → absent', 'g → Empty', `g → ${PREPARING}`, 'g → CompletingRebalance', 'g → Stable'],
    act: ({ rig }) => {
      const { groups } = rig.ask('ListGroups', { statesFilter: [], typesFilter: ['Classic'] })
      return groups.map(({ groupId }) => groupId).join() || 'nothing'
    },
  },
  {
    request: 'DeleteGroups',
    cells: [
      'GROUP_ID_NOT_FOUND → absent',
      'NONE → absent',
      `NON_EMPTY_GROUP → ${PREPARING}`,
      'NON_EMPTY_GROUP → CompletingRebalance',
      'NON_EMPTY_GROUP → Stable',
    ],
    act: ({ rig }) => errorName(rig.ask('DeleteGroups', { groupsNames: ['g'] }).results[0]!.errorCode),
  },
  {
    request: 'OffsetDelete of a topic that members read',
    cells: [
      'GROUP_ID_NOT_FOUND → absent',
      'NONE → Empty',
      `GROUP_SUBSCRIBED_TO_TOPIC → ${PREPARING}`,
      'GROUP_SUBSCRIBED_TO_TOPIC → CompletingRebalance',
      'GROUP_SUBSCRIBED_TO_TOPIC → Stable',
    ],
    act: ({ rig }) => deleted(rig),
  },
  {
    request: 'OffsetDelete of a group that is not of consumers',
    options: { protocolType: 'connect' },
    cells: [
      'GROUP_ID_NOT_FOUND → absent',
      'NONE → Empty',
      `NON_EMPTY_GROUP → ${PREPARING}`,
      'NON_EMPTY_GROUP → CompletingRebalance',
      'NON_EMPTY_GROUP → Stable',
    ],
    act: ({ rig }) => deleted(rig),
  },
]

describe('what is answered in each state (G-23)', () => {
  for (const { request, cells, act, options } of ROWS) {
    for (const [i, column] of COLUMNS.entries()) {
      it(`${request}, ${column}: ${cells[i]}`, () => {
        const set = scene(column, options)
        const answer = act(set, column)
        const { errorCode, groupState } = set.rig.describe()
        expect(`${answer} → ${errorName(errorCode) === 'NONE' ? groupState : 'absent'}`).toBe(cells[i])
      })
    }
  }
})

function all(cell: string): Cells {
  return [cell, cell, cell, cell, cell]
}

/** Of a sender who is wrong whatever the group does. */
function refusals(error: string): Cells {
  return [
    'UNKNOWN_MEMBER_ID → absent',
    'UNKNOWN_MEMBER_ID → Empty',
    `${error} → ${PREPARING}`,
    `${error} → CompletingRebalance`,
    `${error} → Stable`,
  ]
}

function fate({ answer }: Asked<'JoinGroup'> | Asked<'SyncGroup'>): string {
  return answer === undefined ? 'waits' : errorName(answer.errorCode)
}

function left({ errorCode, members }: { errorCode: number; members: readonly { errorCode: number }[] }): string {
  expect(errorCode).toBe(0)
  return errorName(members[0]!.errorCode)
}

function committed({ answer }: Asked<'OffsetCommit'>): string {
  return errorName(answer!.topics[0]!.partitions[0]!.errorCode)
}

function deleted(rig: Scene['rig']): string {
  const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }]
  const answer = rig.ask('OffsetDelete', { groupId: 'g', topics })
  return errorName(answer.errorCode === 0 ? answer.topics[0]!.partitions[0]!.errorCode : answer.errorCode)
}
