// Moves of groups, and what the world is told of groups and members.

import { Errors, errorName } from '../protocol/error-codes.ts'
import type { GroupRecord } from '../protocol/group-record.ts'
import type { RequestOf } from '../protocol/messages.ts'
import type { GroupMemberChanged, GroupOffsetRemoved } from '../trace/group-event.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { GroupState } from './group-state.ts'
import type { JoinAnswer, Member, SyncAnswer } from './member.ts'
import type { ShardState } from './shard-state.ts'

/** Moves the group and tells of it. */
export function moveGroup(shard: ShardState, group: ClassicGroup, to: GroupState, reason: string): void {
  const from = group.state
  group.moveTo(to, shard.nowMs)
  traceGroup(shard, group, from, reason)
}

/** Begins the group's next generation and tells of it. */
export function beginGeneration(shard: ShardState, group: ClassicGroup): void {
  const from = group.state
  group.beginGeneration(shard.nowMs)
  traceGroup(shard, group, from, 'the join phase is over')
}

export function traceGroup(
  shard: ShardState,
  group: ClassicGroup,
  from: GroupState | null,
  reason: string,
  to: GroupState = group.state,
): void {
  const { host, id } = shard.context
  // While a partition is loaded, groups come and go in its history only.
  if (!shard.isActive || !host.trace.wants('group-changed')) return
  host.trace.emit({
    type: 'group-changed',
    broker: id,
    partition: shard.partition,
    epoch: shard.epoch,
    group: group.id,
    from,
    to,
    generation: group.generation,
    protocol: group.protocol,
    leader: group.leaderId,
    members: [...group.members.keys()],
    reason,
  })
}

export function traceMember(
  shard: ShardState,
  group: ClassicGroup,
  member: Pick<Member, 'id' | 'instanceId' | 'clientId'>,
  change: GroupMemberChanged['change'],
): void {
  const { host, id } = shard.context
  if (!host.trace.wants('group-member-changed')) return
  host.trace.emit({
    type: 'group-member-changed',
    broker: id,
    group: group.id,
    generation: group.generation,
    member: member.id,
    instance: member.instanceId,
    clientId: member.clientId,
    change,
  })
}

/** What goes out names the member only where Kafka does; it is told here who it was that waited. */
export function traceJoinAnswer(shard: ShardState, groupId: string, memberId: string, answer: JoinAnswer): void {
  const { host, id } = shard.context
  if (!host.trace.wants('group-join-answered')) return
  host.trace.emit({
    type: 'group-join-answered',
    broker: id,
    group: groupId,
    member: memberId,
    error: answer.errorCode === Errors.NONE ? null : errorName(answer.errorCode),
    generation: answer.generationId,
    protocol: answer.protocolName,
    leader: answer.leader,
    members: answer.members.map(({ memberId }) => memberId),
  })
}

export function traceSyncAnswer(shard: ShardState, groupId: string, memberId: string, answer: SyncAnswer): void {
  const { host, id } = shard.context
  if (!host.trace.wants('group-sync-answered')) return
  host.trace.emit({
    type: 'group-sync-answered',
    broker: id,
    group: groupId,
    member: memberId,
    error: answer.errorCode === Errors.NONE ? null : errorName(answer.errorCode),
    generation: shard.groups.get(groupId)?.generation ?? -1,
    assignment: answer.assignment,
  })
}

/** A request waits: a join at most for the longest join phase there can be, a sync for a leader and its write. */
export function traceParked(shard: ShardState, group: ClassicGroup, memberId: string, request: 'join' | 'sync'): void {
  const { host, id, config } = shard.context
  if (!host.trace.wants('group-request-parked')) return
  const { rebalanceTimeoutMs } = group
  const atMostMs =
    request === 'join'
      ? Math.max(rebalanceTimeoutMs, config['group.initial.rebalance.delay.ms'])
      : rebalanceTimeoutMs + config['offsets.commit.timeout.ms']
  host.trace.emit({ type: 'group-request-parked', broker: id, group: group.id, member: memberId, request, atMostMs })
}

/** Offsets go into a write, or are acknowledged. */
export function traceCommit(
  shard: ShardState,
  group: ClassicGroup,
  { memberId, generationIdOrMemberEpoch }: RequestOf<'OffsetCommit'>,
  records: readonly GroupRecord[],
  acknowledged: boolean,
): void {
  const { host, id } = shard.context
  if (!host.trace.wants('group-offset-committed')) return
  for (const record of records) {
    if (record.type !== 'OffsetCommit' || record.value === null) continue
    host.trace.emit({
      type: 'group-offset-committed',
      broker: id,
      home: shard.partition,
      epoch: shard.epoch,
      group: group.id,
      member: memberId,
      generation: generationIdOrMemberEpoch,
      groupGeneration: group.generation,
      groupState: group.state,
      partition: `${record.topic}-${record.partition}`,
      offset: record.value.offset,
      acknowledged,
    })
  }
}

export function traceRemoval(
  shard: ShardState,
  group: Pick<ClassicGroup, 'id' | 'state'>,
  offset: { readonly topic: string; readonly partition: number },
  why: GroupOffsetRemoved['why'],
): void {
  const { host, id } = shard.context
  if (!host.trace.wants('group-offset-removed')) return
  const partition = `${offset.topic}-${offset.partition}`
  host.trace.emit({
    type: 'group-offset-removed',
    broker: id,
    group: group.id,
    groupState: group.state,
    partition,
    why,
  })
}
