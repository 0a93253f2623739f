// Sessions of members (G-31): who is silent for too long goes. What follows from that is in expire-session.ts.

import type { ClassicGroup } from './classic-group.ts'
import type { Member } from './member.ts'
import type { ShardState } from './shard-state.ts'
import { sessionTimer } from './shard-timers.ts'

/** The member was heard of: its session begins anew. */
export function armSession(
  shard: ShardState,
  group: ClassicGroup,
  member: Pick<Member, 'id' | 'sessionTimeoutMs'>,
  timeoutMs: number = member.sessionTimeoutMs,
): void {
  const { id } = member
  shard.timers.set(sessionTimer(group.id, id), timeoutMs, 'group-session-timeout', () =>
    shard.settle(shard.sessionEnded(group.id, id)),
  )
}

export function disarmSession(shard: ShardState, group: ClassicGroup, memberId: string): void {
  shard.timers.cancel(sessionTimer(group.id, memberId))
}
