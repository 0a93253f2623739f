// Groups brought into each state, with two members of which the first leads, for tests of what is answered in it.

import type { RequestOf } from '../../src/protocol/messages.ts'
import { GroupRig, type GroupRigOptions, protocols } from './rig.ts'

export const COLUMNS = ['absent', 'Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable'] as const
export type Column = (typeof COLUMNS)[number]

export interface Scene {
  readonly rig: GroupRig
  /** Of the members; in column absent and Empty nobody has them any more. */
  readonly leader: string
  readonly follower: string
  /** The instance id of the follower, in a group with a static one. */
  readonly instance: string
  /** Of the group; 1 where it is absent. */
  readonly generation: number
  /** What both support and say of themselves. */
  readonly same: Pick<RequestOf<'JoinGroup'>, 'protocols' | 'protocolType'>
}

export interface SceneOptions extends GroupRigOptions {
  readonly staticFollower?: boolean
  readonly protocolType?: string
}

const INSTANCE = 'i1'

/** An offset of orders-0 is committed wherever there is a group. */
export function scene(column: Column, options: SceneOptions = {}): Scene {
  const rig = new GroupRig(options).lead()
  const same = { protocolType: options.protocolType ?? 'consumer', protocols: protocols('range', 'sticky') }
  if (column === 'absent') {
    return { rig, leader: 'test-gone', follower: 'test-gone-too', instance: INSTANCE, generation: 1, same }
  }
  const leader = rig.memberId(same)
  const first = rig.join({ memberId: leader, ...same })
  const follower = joinFollower(rig, same, options.staticFollower === true)
  rig.host.clock.advance(0)
  if (first.answer?.generationId !== 1) throw new Error('the first generation has not begun')
  const members = { rig, leader, follower: follower(), instance: INSTANCE, same }
  const types = { protocolType: same.protocolType }
  if (column === 'CompletingRebalance') return { ...members, generation: 1 }
  const given = [leader, members.follower].map((memberId) => ({ memberId, assignment: Buffer.from(memberId) }))
  rig.sync(leader, 1, { ...types, assignments: given })
  rig.sync(members.follower, 1, types)
  rig.commit({ memberId: leader, generationIdOrMemberEpoch: 1 }, 7)
  if (column === 'Stable') return { ...members, generation: 1 }
  if (column === 'Empty') {
    rig.leave({ memberId: leader }, { memberId: members.follower })
    return { ...members, generation: 2 }
  }
  const third = rig.memberId(same)
  rig.join({ memberId: third, ...same })
  return { ...members, generation: 1 }
}

function joinFollower(rig: GroupRig, same: Scene['same'], isStatic: boolean): () => string {
  if (!isStatic) {
    const follower = rig.memberId(same)
    rig.join({ memberId: follower, ...same })
    return () => follower
  }
  const joined = rig.join({ groupInstanceId: INSTANCE, ...same })
  return () => {
    if (joined.answer === undefined) throw new Error('the static member waits')
    return joined.answer.memberId
  }
}
