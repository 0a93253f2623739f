// What a record of __consumer_offsets does to a shard's memory: when it is appended (G-42), and when a partition is loaded
// (G-39). A group with members is Stable in the generation on record, one without is Empty: what was going on in between
// nobody knows any more (G-40).

import { unreachable } from '../../sim/assert.ts'
import type { GroupMetadataValue, GroupRecord } from '../protocol/group-record.ts'
import { ClassicGroup } from './classic-group.ts'
import { createGroup } from './join-group.ts'
import { traceGroup } from './group-trace.ts'
import { Member } from './member.ts'
import type { ShardState } from './shard-state.ts'

export function replay(shard: ShardState, record: GroupRecord, recordOffset: number): void {
  const { group: groupId } = record
  switch (record.type) {
    case 'OffsetCommit': {
      const { topic, partition, value } = record
      if (value === null) return shard.offsets.remove(groupId, topic, partition)
      if (shard.groups.get(groupId) === undefined) createGroup(shard, groupId, 'offsets were committed from outside')
      return shard.offsets.put(groupId, { ...value, topic, partition, recordOffset })
    }
    case 'GroupMetadata':
      if (record.value !== null) return shard.groups.set(groupId, restored(groupId, record.value))
      return removeGroup(shard, groupId)
    default:
      return unreachable(record, 'record of __consumer_offsets')
  }
}

function removeGroup(shard: ShardState, groupId: string): void {
  const group = shard.groups.get(groupId)
  if (group === undefined) return
  shard.groups.delete(groupId)
  traceGroup(shard, group, group.state, 'nothing is left of it', 'Dead')
}

function restored(groupId: string, value: GroupMetadataValue): ClassicGroup {
  const group = new ClassicGroup(groupId, value.members.length > 0 ? 'Stable' : 'Empty', value.currentStateTimestampMs)
  group.generation = value.generation
  group.protocolType = value.protocolType === '' ? null : value.protocolType
  group.protocol = value.protocol
  group.leaderId = value.leader
  for (const stored of value.members) {
    const member = new Member(
      {
        id: stored.memberId,
        instanceId: stored.groupInstanceId,
        clientId: stored.clientId,
        clientHost: stored.clientHost,
        protocolType: value.protocolType,
      },
      stored.rebalanceTimeoutMs === -1 ? stored.sessionTimeoutMs : stored.rebalanceTimeoutMs,
      stored.sessionTimeoutMs,
      // Of all that it supported, only what the group used is on record.
      [{ name: value.protocol ?? '', metadata: stored.subscription }],
    )
    member.assignment = stored.assignment
    group.add(member)
  }
  group.topics = group.computeTopics()
  return group
}
