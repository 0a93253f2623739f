// Requests of members of groups, and of others who ask about groups: everything that is not said is as a first consumer of
// group `groupId` would have it.

import type { Request } from './requests.ts'
import type { Json, JsonObject } from './step.ts'

const SESSION_MS = 30_000
const REBALANCE_MS = 60_000

type Fields = { readonly [field: string]: Json }

export function findCoordinator(...coordinatorKeys: readonly string[]): Request {
  return { api: 'FindCoordinator', body: { keyType: 0, coordinatorKeys } }
}

export function joinGroup(groupId: string, fields: Fields = {}): Request {
  const plain = {
    groupId,
    sessionTimeoutMs: SESSION_MS,
    rebalanceTimeoutMs: REBALANCE_MS,
    memberId: '',
    groupInstanceId: null,
    protocolType: 'consumer',
    protocols: protocols('range'),
    reason: null,
  }
  return { api: 'JoinGroup', body: { ...plain, ...fields } }
}

/** Subscriptions to topic 'groups', for each of these assignors. */
export function protocols(...names: readonly string[]): JsonObject[] {
  return names.map((name) => ({ name, metadata: subscription('groups') }))
}

/** As consumers write it, version 0: a topic, no user data. */
export function subscription(topic: string): Uint8Array {
  return Uint8Array.from([0, 0, 0, 0, 0, 1, 0, topic.length, ...Buffer.from(topic), 255, 255, 255, 255])
}

/** Each of these members is given one byte, its place in the list. */
export function assigned(...memberIds: readonly string[]): Fields {
  return { assignments: memberIds.map((memberId, place) => ({ memberId, assignment: Uint8Array.of(place) })) }
}

export function syncGroup(groupId: string, generationId: number, memberId: string, fields: Fields = {}): Request {
  const plain = {
    groupId,
    generationId,
    memberId,
    groupInstanceId: null,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [],
  }
  return { api: 'SyncGroup', body: { ...plain, ...fields } }
}

export function heartbeat(
  groupId: string,
  generationId: number,
  memberId: string,
  groupInstanceId: string | null = null,
): Request {
  return { api: 'Heartbeat', body: { groupId, generationId, memberId, groupInstanceId } }
}

export function leaveGroup(groupId: string, ...members: readonly Fields[]): Request {
  const all = members.map((member) => ({ memberId: '', groupInstanceId: null, reason: null, ...member }))
  return { api: 'LeaveGroup', body: { groupId, members: all } }
}

/** A commit for partition 0 of topic 'groups', from outside unless it says otherwise. */
export function offsetCommit(groupId: string, committedOffset: number, fields: Fields = {}): Request {
  const partition = { partitionIndex: 0, committedOffset, committedLeaderEpoch: -1, committedMetadata: 'note' }
  const plain = {
    groupId,
    generationIdOrMemberEpoch: -1,
    memberId: '',
    groupInstanceId: null,
    topics: [{ name: 'groups', partitions: [partition] }],
  }
  return { api: 'OffsetCommit', body: { ...plain, ...fields } }
}

/** Null asks for everything that the group has committed. */
export function offsetFetch(
  groupId: string,
  topics: readonly JsonObject[] | null = null,
  requireStable = true,
): Request {
  return { api: 'OffsetFetch', body: { groups: [{ groupId, memberId: null, memberEpoch: -1, topics }], requireStable } }
}

export function offsetDelete(groupId: string, name: string, partitionIndex = 0): Request {
  return { api: 'OffsetDelete', body: { groupId, topics: [{ name, partitions: [{ partitionIndex }] }] } }
}

export function describeGroups(...groups: readonly string[]): Request {
  return { api: 'DescribeGroups', body: { groups, includeAuthorizedOperations: false } }
}

export function listGroups(statesFilter: readonly string[] = [], typesFilter: readonly string[] = []): Request {
  return { api: 'ListGroups', body: { statesFilter, typesFilter } }
}

export function deleteGroups(...groupsNames: readonly string[]): Request {
  return { api: 'DeleteGroups', body: { groupsNames } }
}
